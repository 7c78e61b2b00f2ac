"""A text being read aloud: what surrounds a place in it, and what a reading rule is. Pure."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from tutor_engine.speaking.formulas import formulas_in
from tutor_engine.speaking.units import UNITS
from tutor_engine.text import HAN

LETTERS = f"A-Za-z{HAN}"
_SCRIPT = re.compile(f"[{HAN}]|[A-Za-z]{{2,}}")
"""Han characters and Latin words; single letters are variables and belong to no language."""

_ELEMENTS = re.compile(r"(?:[A-Z][a-z]?){2,3}")


@dataclass(frozen=True)
class Passage:
    """A text being read and the language of the lesson."""

    text: str
    language: str
    all_formula: bool = False

    @cached_property
    def _formulas(self) -> list[tuple[int, int]]:
        return [(0, len(self.text))] if self.all_formula else formulas_in(self.text)

    def in_formula(self, at: int) -> bool:
        """Whether a character stands in a formula."""
        return any(start <= at < end for start, end in self._formulas)

    @cached_property
    def _scripts(self) -> tuple[list[int], list[str]]:
        """Where Han characters and Latin words stand, and which of the two each is."""
        found = [
            match
            for match in _SCRIPT.finditer(self.text)
            if not (match[0].isascii() and self._is_no_word(match))
        ]
        return [m.start() for m in found], ["en" if m[0].isascii() else "zh" for m in found]

    def _is_no_word(self, match: re.Match[str]) -> bool:
        """Whether Latin letters say nothing of the language: "ab" in a formula, a unit, ABC, a molecule."""
        letters, before = match[0], self.text[: match.start()].rstrip(" ")[-1:]
        if len(letters) < 4 and self.in_formula(match.start()):
            return True
        named = len(letters) < 5 and letters[1:].isupper()
        return named or (before.isdigit() and letters in UNITS) or _ELEMENTS.fullmatch(letters) is not None

    def language_at(self, start: int, end: int) -> str:
        """The language in which something between two characters is read: that of its neighbours."""
        places, scripts = self._scripts
        before, after = bisect_left(places, start) - 1, bisect_left(places, end)
        near = [scripts[i] for i in (before, after) if 0 <= i < len(scripts)]
        if self.language == "zh":
            return "en" if near and set(near) == {"en"} and (len(near) == 2 or "zh" not in scripts) else "zh"
        return "zh" if near and set(near) == {"zh"} else "en"


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` are said for the written characters `start` to `end`."""

    start: int
    end: int
    words: str


Reader = Callable[[re.Match[str], Passage, str], str | None]
"""Match, passage and language; None leaves the characters to the later rules."""

Rules = tuple[tuple[str, Reader], ...]
"""Patterns and their readers, tried in this order."""

FLAGS = re.MULTILINE | re.ASCII
"""Of every pattern. ASCII: a Han character beside a number is not part of its word."""

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def silent(_match: re.Match[str], _passage: Passage, _language: str) -> str:
    """Nothing is said."""
    return ""


def pause(_match: re.Match[str], _passage: Passage, language: str) -> str:
    """A comma."""
    return "，" if language == "zh" else ","


def say(words: str) -> Reader:
    """Always the same words."""
    return lambda _match, _passage, _language: words


def any_of(names: Iterable[str]) -> str:
    """A pattern for any of some texts, the longest that fits."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
