"""Cuts the stream of an answer into segments to be spoken: first a clause, then sentences.

Promises that the texts of the segments add up to the answer exactly, that none is empty, that the same
answer is cut the same way however it arrives, and that fenced code has nothing to be spoken. A cut is
made only when the first character after it is known, so the last segment always comes from `end`.
"""

import re
from dataclasses import dataclass

from tutor_engine.speaking.port import Segment
from tutor_engine.speaking.spoken import to_spoken
from tutor_engine.text import HANZI

_FIRST_WORDS = 4.0
"""The first clause may end at a comma after this many words; two Hanzi weigh as one word."""
_FIRST_LIMIT_WORDS = 12.0
"""Without a comma the first clause ends at a space after this many."""
_SHORT_WORDS = 2.0
"""A later sentence with fewer words is spoken with the next: each costs a remote voice a connection."""
_LONGEST_CHARS = 360
_LONGEST_WORDS = 60.0
_LONGEST_LITERAL = 200
"""A backquote or dollar sign without its partner within this distance opens nothing."""

_ENDS = frozenset(".!?…。！？；")
_CLAUSES = frozenset(",;:，；：、—")
_NO_SPACE_AFTER = frozenset("。！？；，：、…—")
"""Punctuation that ends something without a space after it."""
_TAIL = re.compile(r"[.!?…。！？；]*(?:[\"'”’」』）)》】*_~]|\[\^?\d{1,3}\])*")
"""What belongs to a sentence after its first mark: more marks, closing quotes and brackets, citations."""
_HALF_CITATION = re.compile(r"\[\^?\d{0,3}$")
_FENCE = re.compile(r"`{3,}|~{3,}")

_TITLES = frozenset(
    str.split(
        "dr mr mrs ms mx prof st rev hon gen col capt lt sgt vs e.g i.e cf viz approx ca dept est eds jan "
        "feb mar apr jun jul aug sep sept oct nov dec"
    )
)
"""Abbreviations that the rest of their sentence follows."""
_NUMBERED = frozenset(str.split("no nos p pp ch chap sec vol fig figs eq eqs art ed"))
"""Abbreviations only before a number; elsewhere they may be words."""
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Z]|(?:[a-z]\.)+[a-z]")
_STARTERS = frozenset(
    str.split(
        "The It This That These Those He She We They You There Here In On At But And So However If When "
        "While What Why How For Its Their Our His Her"
    )
)
"""After U.S. and the like a sentence begins only with one of these."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Cut before the character at `at`."""

    at: int


class _Wait:
    """More of the answer must be seen first."""


_WAIT = _Wait()
_Verdict = _Cut | _Wait | int
"""An int is where scanning goes on."""


class Segmenter:
    """Cuts one answer. Feed it with `push`, finish with `end`."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._pending = ""
        self._index = 0
        self._opened = False
        self._at_line_start = True

    def push(self, delta: str) -> list[Segment]:
        """Add text; the segments that are certain now."""
        self._pending += delta
        segments: list[Segment] = []
        while isinstance(cut := self._next_cut(), _Cut):
            segments.append(self._take(cut.at, last=False))
        return segments

    def end(self) -> list[Segment]:
        """What is left: the last segment of an answer that is not empty."""
        return [self._take(len(self._pending), last=True)] if self._pending else []

    def _take(self, at: int, *, last: bool) -> Segment:
        text, self._pending = self._pending[:at], self._pending[at:]
        code = self._opens_fence(text, len(text) - len(text.lstrip()))
        spoken = "" if code else to_spoken(text, self._language).text
        segment = Segment(self._index, text, spoken, last)
        self._index += 1
        self._opened = self._opened or bool(spoken)
        self._at_line_start = text.rstrip(" \t").endswith("\n")
        return segment

    def _opens_fence(self, text: str, at: int) -> bool:
        return (self._at_line_start or "\n" in text[:at]) and _FENCE.match(text, at) is not None

    def _next_cut(self) -> _Cut | _Wait:
        text = self._pending
        start = _skip_blank(text, 0)
        if start == len(text) or _may_become_fence(text, start):
            return _WAIT
        if self._opens_fence(text, start):
            return _fence_end(text, start)
        return _Scan(text, start, opened=self._opened).run()


class _Scan:
    """One pass over the pending text for the first place where it may be cut."""

    def __init__(self, text: str, start: int, *, opened: bool) -> None:
        self._text = text
        self._start = start
        self._opened = opened
        self._words = 0.0
        self._space = start
        """Where a text that gets too long is cut: after its last clause, else its last space."""
        self._clause = start

    def run(self) -> _Cut | _Wait:
        at = self._start
        while at < len(self._text):
            verdict = self._step(at)
            if not isinstance(verdict, int):
                return verdict
            if verdict - self._start >= _LONGEST_CHARS or self._words >= _LONGEST_WORDS:
                return self._too_long(verdict)
            at = verdict
        return _WAIT

    def _step(self, at: int) -> _Verdict:
        character = self._text[at]
        if character in "`$":
            return self._literal(at)
        if character == "\n":
            return self._line_end(at)
        if character.isspace():
            return self._blank(at)
        if character in _ENDS or character in _CLAUSES:
            return self._punctuation(at)
        if HANZI.match(character):
            self._words += 0.5
        elif character.isalnum() and not (at > self._start and _is_letter(self._text[at - 1])):
            self._words += 1
        return at + 1

    def _literal(self, at: int) -> _Verdict:
        """Skip inline code and formulas: punctuation in them ends nothing."""
        text = self._text
        mark = text[at]
        inside = at + len(text[at:]) - len(text[at:].lstrip(mark))
        if inside == len(text):
            return _WAIT
        if mark == "$" and (text[inside].isdigit() or text[inside].isspace()):
            return inside
        window = text[inside : inside + _LONGEST_LITERAL]
        closing = window.find(text[at:inside])
        newline = window.find("\n")
        if closing >= 0 and not 0 <= newline < closing:
            self._words += 1
            return inside + closing + (inside - at)
        return inside if newline >= 0 or len(window) == _LONGEST_LITERAL else _WAIT

    def _line_end(self, at: int) -> _Verdict:
        following = _skip_blank(self._text, at)
        if following == len(self._text) or _may_become_fence(self._text, following):
            return _WAIT
        if self._words or _FENCE.match(self._text, following):
            return _Cut(following)
        return following

    def _blank(self, at: int) -> _Verdict:
        following = _skip_blank(self._text, at)
        if following == len(self._text):
            return _WAIT
        if "\n" in self._text[at:following]:
            return self._text.index("\n", at)
        if not self._opened and self._words >= _FIRST_LIMIT_WORDS:
            return _Cut(following)
        self._space = following
        return following

    def _punctuation(self, at: int) -> _Verdict:
        text = self._text
        mark = text[at]
        tail = _TAIL.match(text, at + 1)
        after = tail.end() if tail else at + 1
        if after == len(text) or _HALF_CITATION.match(text, after):
            return _WAIT
        if mark not in _NO_SPACE_AFTER and not text[after].isspace():
            return at + 1
        following = _skip_blank(text, after)
        if following == len(text):
            return _WAIT
        self._clause = self._space = following
        if "\n" in text[after:following]:
            return text.index("\n", after)
        verdict = self._ends_sentence(at, after, following) if mark in _ENDS else False
        if isinstance(verdict, _Wait):
            return verdict
        if verdict and self._words >= (_SHORT_WORDS if self._opened else 0.5):
            return _Cut(following)
        if not self._opened and self._words >= _FIRST_WORDS and mark in _CLAUSES:
            return _Cut(following)
        return following

    def _ends_sentence(self, at: int, after: int, following: int) -> bool | _Wait:
        """Whether the mark at `at` ends a sentence and not an abbreviation or a number."""
        text = self._text
        upcoming = text[following]
        if text[at] in "。！？；":
            return True
        if upcoming.islower():
            return False
        if text[at] != "." or text[at + 1 : at + 2] == ".":
            return True
        token = re.split(r"[\s(\[\"“'‘]", text[self._start : at])[-1]
        if token.isdigit():
            return self._text[self._start : at].rpartition("\n")[2].strip() != token
        if token.lower() in _NUMBERED:
            return not upcoming.isdigit()
        if token.lower() in _TITLES:
            return False
        if _INITIALS.fullmatch(token):
            word = re.compile(r"[^\W\d_]*").match(text, following)
            if word is None or word.end() == len(text):
                return _WAIT
            return word[0] in _STARTERS
        return True

    def _too_long(self, at: int) -> _Cut | _Wait:
        following = _skip_blank(self._text, at)
        if following == len(self._text):
            return _WAIT
        return _Cut(next((cut for cut in (self._clause, self._space) if cut > self._start), following))


def _skip_blank(text: str, at: int) -> int:
    """The first character from `at` that is not a space or line end."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _is_letter(character: str) -> bool:
    return character in "'’-" or (character.isalnum() and not HANZI.match(character))


def _may_become_fence(text: str, at: int) -> bool:
    """Whether the text ends in one or two of the three marks that open a code block."""
    return text[at:] in {"`", "``", "~", "~~"}


def _fence_end(text: str, start: int) -> _Cut | _Wait:
    """After the line that closes the code block and the blank lines behind it."""
    opening = _FENCE.match(text, start)
    mark = opening[0] if opening else "```"
    closing = re.compile(rf"\n[ \t]*{re.escape(mark)}+[ \t]*\n").search(text, start + len(mark))
    if closing is None:
        return _WAIT
    following = _skip_blank(text, closing.end())
    return _WAIT if following == len(text) else _Cut(following)
