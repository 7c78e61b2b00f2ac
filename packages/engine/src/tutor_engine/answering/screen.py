"""What is shown and not spoken: code, formulas, and the rest of a quoted passage. Pure functions.

Text of a document on the screen is data too: nothing hidden, nothing fetched from elsewhere, no orders.
"""

import re

from tutor_engine.answering.untrusted import visible, without_orders

_MAX_CHARS = 600
"""About what fits a phone beside the tutor's face."""
_MAX_CODE_CHARS = 1_500
_FENCED = re.compile(r"^[ \t]*(```|~~~)[^\n]*\n.*?^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE_FIRST = re.compile(
    r"\s*(?:[^\n]{0,120}[:：]\s*\n\s*)?^([ \t]*(```|~~~)[^\n]*\n.*?^[ \t]*\2[ \t]*$)",
    re.MULTILINE | re.DOTALL,
)
_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)]{0,2000}\)|!\[([^\]\n]{0,300})\]\[[^\]]{0,200}\]")
_TAG = re.compile(r"<[A-Za-z/!?][^<>]{0,2000}>")
_LINK = re.compile(r"\[([^\]\n]{1,300})\]\([^)\s]{0,2000}(?:\s+\"[^\"\n]{0,200}\")?\)")
_TEX = re.compile(
    r"\\(?:frac|sqrt|sum|int|cdot|times|left|begin|mathrm|vec|alpha|beta|Delta|pi)\b|\$\$|\\[\[(]"
)
_INLINE_TEX = re.compile(r"\$[^$\n]*[\^_\\{}=][^$\n]*\$")


def is_formula(words: str) -> bool:
    """Whether a sentence holds a formula that nobody would understand by ear."""
    return ("$" in words and bool(_INLINE_TEX.search(words))) or _TEX.search(words) is not None


def code_at(text: str) -> str:
    """The code with which a text begins, perhaps announced by a line (“This one counts:”); else empty."""
    found = _CODE_FIRST.match(text)
    return found[1] if found and len(found[1]) <= _MAX_CODE_CHARS else ""


def shown(text: str) -> str:
    """What follows a quotation, as it is shown: cut between paragraphs, never inside code."""
    rest = harmless(text).strip().lstrip(",;，；、 ")
    if len(rest) <= _MAX_CHARS:
        return rest
    cut = _MAX_CHARS
    for block in _FENCED.finditer(rest):
        if block.start() < cut < block.end():
            cut = block.end() if block.end() <= _MAX_CODE_CHARS else block.start()
    return rest[:cut].rstrip()


def harmless(text: str) -> str:
    """Text of a document without what a browser would fetch or a model would follow. Code stays as it is."""
    parts: list[str] = []
    at = 0
    for block in _FENCED.finditer(text):
        parts += (_prose(text[at : block.start()]), without_orders(visible(block.group())))
        at = block.end()
    parts.append(_prose(text[at:]))
    return "".join(parts)


def _prose(text: str) -> str:
    without_pictures = _IMAGE.sub(lambda found: found[1] or found[2] or "", visible(text))
    return without_orders(_TAG.sub("", _LINK.sub(r"\1", without_pictures)))
