"""Every sentence of the doctor, English and Chinese side by side; one module for each kind of check.

A check names what it found and gives the values; which language is spoken is decided when somebody reads.
Commands, names of settings and what other programs say stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
Pair = tuple[str, str]
"""A sentence in English and in Chinese, with the same {places} for values."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one state of affairs."""

    seen: Pair
    why: Pair = ("", "")
    mend: Pair = ("", "")


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a sentence that is itself in two languages."""

    pair: Pair
    values: Mapping[str, "Value"] = field(default_factory=dict[str, "Value"])


Value = str | int | float | Said
"""What fills a place: a fact that is the same in every language, or words."""


def render(pair: Pair, values: Mapping[str, Value], language: Language) -> str:
    """One sentence in one language."""
    filled = {name: _spoken(value, language) for name, value in values.items()}
    return pair[LANGUAGES.index(language)].format_map(filled)


def _spoken(value: Value, language: Language) -> str | int | float:
    return render(value.pair, value.values, language) if isinstance(value, Said) else value
