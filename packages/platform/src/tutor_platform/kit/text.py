"""Text that a person has typed, without what nobody sees: control, direction and unassigned characters.

Markup is left alone: pages show text as text.
"""

import re
import unicodedata
from typing import Annotated

from pydantic import BeforeValidator

HAN = re.compile(r"[\u3400-\u9fff]")
"""A Chinese character."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_KEPT = frozenset("\n\t\u200d\u200c")
"""Joiners belong to emoji and to scripts that need them."""


def visible(text: object) -> object:
    """The text without characters that nobody sees, and without space around it; other things unchanged."""
    if not isinstance(text, str):
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        char for char in plain if char in _KEPT or unicodedata.category(char) not in _UNSEEN
    ).strip()


def one_line(text: object) -> object:
    """The same, on one line."""
    return " ".join(str(visible(text)).split()) if isinstance(text, str) else text


Line = Annotated[str, BeforeValidator(one_line)]
"""A line of visible text."""

Words = Annotated[str, BeforeValidator(visible)]
"""Visible text of several lines."""
