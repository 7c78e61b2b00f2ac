"""Bytes to text: encodings, and characters that a reader cannot see.

Text files keep their length, because their offsets point into the file that people open; text extracted
from a PDF is ours, so there the invisible characters go. Nothing here keeps state.
"""

import codecs
import re
import unicodedata

from tutor_engine.knowledge.document import BadDocument, Unreadable

_INVISIBLE = (
    "\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f"  # control characters but tab, newline, form feed, return
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"  # soft hyphen, joiners and fillers
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # zero width, bidirectional overrides and isolates
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"  # variation selectors, marks, non-characters
    "\U000e0000-\U000e0fff"  # tags: invisible ASCII
)
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_RETURN = re.compile(r"[\r\f\u2028\u2029]")
_BROKEN_WORD = re.compile(r"(?<=\w)[\u00ad\u0002\ufffe]\r?\n")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY_SHARE = 0.02
"""More control characters than this are not a text that somebody wrote."""


def decode_text(data: bytes) -> str:
    """Text of a Markdown or text file, without its byte order mark.

    Raises:
        BadDocument: it is not text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace"))
    for encoding in ("utf-8", "gb18030", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _looks_chinese(text):
            return _checked(text)
    raise BadDocument(Unreadable.BINARY, "unknown encoding")


def hide_invisible(text: str) -> str:
    """The same text and the same length, with a space for each character that cannot be seen."""
    return _RETURN.sub(" ", _HIDDEN.sub(" ", text))


def drop_invisible(text: str) -> str:
    """Text without characters that cannot be seen, words broken at a line's end joined again."""
    return _HIDDEN.sub("", _BROKEN_WORD.sub("", text)).replace("\r\n", "\n").replace("\r", "\n")


def is_invisible(character: str) -> bool:
    """Whether a reader sees nothing where this character stands."""
    return _HIDDEN.match(character) is not None


def _looks_chinese(text: str) -> bool:
    """GB 18030 accepts nearly all bytes; Western accents read as it become rare Hanzi."""
    foreign = [character for character in text[:20_000] if ord(character) > 127]
    if not foreign:
        return True
    usual = sum("\u4e00" <= c <= "\u9fa5" or "\u3000" <= c <= "\u303f" or c >= "\uff00" for c in foreign)
    ascii_letters = sum(c.isascii() and c.isalpha() for c in text[:20_000])
    return usual / len(foreign) > 0.9 and len(foreign) * 8 > ascii_letters


def _checked(text: str) -> str:
    sample = text[:200_000]
    odd = sum(unicodedata.category(c) in ("Cc", "Cn") and c not in "\t\n\r\f" for c in sample)
    if odd > max(2, len(sample) * _BINARY_SHARE):
        raise BadDocument(Unreadable.BINARY, f"{odd} control characters")
    return text
