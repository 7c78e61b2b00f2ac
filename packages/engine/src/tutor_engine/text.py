"""Written text as people say it: Markdown marks, line breaks and bare links go, the words stay.

Pure functions over strings that every room may use; nothing here knows a document, a voice or a model.
"""

import re

_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\s]{0,600}(?:\s+\"[^\"\n]{0,200}\")?\)")
_LINK = re.compile(r"\[([^\]\n]{1,300})\]\([^)\s]{0,600}(?:\s+\"[^\"\n]{0,200}\")?\)")
_FOOTNOTE = re.compile(r"\[\^?\d{1,3}\]")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>")
_STRONG = re.compile(r"(\*\*|__|~~)(?=\S)(.{1,400}?)(?<=\S)\1", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_\n]{1,400}?)(?<=\S)\1(?![\w*])")
_CODE = re.compile(r"`+([^`\n]{1,400})`+")
_LINE_MARK = re.compile(r"^[ \t]*(?:>[ \t]?)+|^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+", re.MULTILINE)
_URL = re.compile(r"<?https?://\S{1,600}>?")
_SPACE = re.compile(r"\s+")
_CJK = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]"
_CJK_GAP = re.compile(rf"(?<={_CJK}) (?={_CJK})")

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
"""Every Han character, for use inside a character class of a pattern."""

HANZI = re.compile(f"[{HAN}]")
"""One Han character."""


def plain(text: str) -> str:
    """The words of a piece of Markdown on one line."""
    text = _LINE_MARK.sub("", text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = _FOOTNOTE.sub("", text)
    text = _URL.sub("", text)
    text = _TAG.sub("", text)
    text = _STRONG.sub(r"\2", text)
    text = _CODE.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\2", text)
    text = _SPACE.sub(" ", text).strip()
    return _CJK_GAP.sub("", text)


def spoken_length(text: str) -> float:
    """How long a text takes to say, in English words; a Hanzi counts as half a word.

    At usual rates 150 English words or 300 Hanzi take a minute.
    """
    hanzi = len(HANZI.findall(text))
    return hanzi / 2 + len(re.findall(r"[A-Za-z0-9][\w'’.,-]*", HANZI.sub(" ", text)))
