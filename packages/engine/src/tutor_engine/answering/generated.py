"""Reads a model's text as it streams: what to speak, what it cites, what belongs on the screen.

Sans-I/O. `[n]` leaves the speech and becomes a citation only when passage n was there; thoughts between
`<think>` marks are dropped; fenced code goes to the screen; emphasis marks go.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor_engine.answering.citations import cite
from tutor_engine.answering.port import Passage
from tutor_engine.answering.terms import terms
from tutor_engine.answering.untrusted import ordered
from tutor_engine.text import plain
from tutor_protocol import Citation

_CITED = re.compile(r"\s*[\[【]\^?(\d{1,2}(?:\s*[,，、]\s*\d{1,2})*)[\]】]")
_HELD = re.compile(r"\s*(?:[\[【][\^\d\s,，、]{0,16})?$|[`*_]{1,2}$|<(?:/?[a-z]{0,8})?$")
"""What may still become a citation, a fence or a thought with the next piece."""
_MARKS = re.compile(r"\*\*|__|`|^#{1,6}\s+", re.MULTILINE)
_MAX_SCREEN_CHARS = 6_000
"""Code and formulas of one answer; more than anybody reads during a lesson."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words to say."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage number that the model wrote; not yet checked."""

    n: int


class ModelText:
    """Feed pieces as they come, then `finish`."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = ""
        """The mark that ends what is being skipped or shown; empty while speaking."""
        self._screen: list[str] = []

    @property
    def screen(self) -> str:
        """Code and formulas so far."""
        return "\n\n".join(part.strip("\n") for part in self._screen if part.strip())

    def feed(self, piece: str) -> Iterator[Spoken | Cited]:
        """What is certain with this piece."""
        self._held += piece
        yield from self._advance(last=False)

    def finish(self) -> Iterator[Spoken | Cited]:
        """What was held back."""
        yield from self._advance(last=True)

    def _advance(self, *, last: bool) -> Iterator[Spoken | Cited]:
        while self._held:
            if self._inside:
                if not self._leave(last=last):
                    return
                continue
            opening = min(
                (at for mark in ("```", "<think>") if (at := self._held.find(mark)) >= 0), default=-1
            )
            sure = self._held if opening < 0 else self._held[:opening]
            if opening < 0 and not last:
                held = _HELD.search(sure)
                sure = sure[: held.start()] if held else sure
            yield from _pieces(sure)
            self._held = self._held[len(sure) :]
            if opening < 0:
                if last:
                    self._held = ""
                return
            self._enter()

    def _enter(self) -> None:
        if self._held.startswith("```"):
            self._inside = "```"
            self._held = self._held[3:]
            self._screen.append("")
        else:
            self._inside = "</think>"
            self._held = self._held[len("<think>") :]

    def _leave(self, *, last: bool) -> bool:
        """Take what lies before the closing mark; False while it has not come."""
        at = self._held.find(self._inside)
        keep = 0 if last else len(self._inside) - 1
        inner = self._held[:at] if at >= 0 else self._held[: max(len(self._held) - keep, 0)]
        if self._inside == "```":
            self._screen[-1] += inner[: max(_MAX_SCREEN_CHARS - sum(map(len, self._screen)), 0)]
        if at < 0:
            self._held = self._held[len(inner) :]
            return False
        if self._inside == "```":
            # The first line of a fence names the language of the code.
            first, newline, rest = self._screen[-1].partition("\n")
            self._screen[-1] = rest if newline and re.fullmatch(r"\w*", first.strip()) else self._screen[-1]
        self._held = self._held[at + len(self._inside) :]
        self._inside = ""
        return True


def _pieces(text: str) -> Iterator[Spoken | Cited]:
    at = 0
    for match in _CITED.finditer(text):
        yield from _spoken(text[at : match.start()])
        for number in re.findall(r"\d+", match.group(1)):
            yield Cited(int(number))
        at = match.end()
    yield from _spoken(text[at:])


def _spoken(text: str) -> Iterator[Spoken]:
    words = _MARKS.sub("", text)
    if words:
        yield Spoken(words)


def citation_for(n: int, said: str, passages: Sequence[Passage]) -> Citation | None:
    """The sentence of passage `n` that is nearest to what was said; None when there is no such passage."""
    if not 1 <= n <= len(passages):
        return None
    passage = passages[n - 1]
    spoken = terms(said)
    best = max(
        passage.sentences,
        key=lambda s: (len(spoken & terms(plain(passage.text[s.start : s.end]))), s.score),
        default=None,
    )
    if best is None:
        quotable = passage.text.strip() and not ordered(passage.text)
        return cite(n, passage, 0, len(passage.text)) if quotable else None
    return cite(n, passage, best.start, best.end)
