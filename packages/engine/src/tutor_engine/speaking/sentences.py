"""Cuts the stream of an answer into segments to be spoken: first a clause, then sentences.

Promises that the texts of the segments add up to the answer exactly, that none is empty, that the same
answer is cut the same way however it arrives, and that fenced code has nothing to be spoken. A cut is
made only when the first character after it is known, so the last segment always comes from `end`.
"""

import re

from tutor_engine.speaking.port import Segment
from tutor_engine.speaking.spoken import to_spoken

_FIRST_WORDS = 4.0
"""The first clause may end at a comma after this many words; two Hanzi weigh as one word."""
_FIRST_LIMIT_WORDS = 12.0
_LONGEST_CHARS = 360
"""A text without any punctuation is cut after this many characters, at a space where there is one."""
_LONGEST_CODE = 200
"""A backquote or dollar sign without its partner within this distance opens nothing."""

_ENDS = ".!?…。！？；"
_CLAUSES = ",;:，；：、—"
_CJK_ENDS = "。！？；，：、"
_CLOSERS = "\"'”’」』）)]】》*_`~"
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_LAST_TOKEN = re.compile(r"[^\s(\[\"'“‘]*$")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_\u3400-\u9fff\uf900-\ufaff]+(?:['’.,:\-/][^\W_\u3400-\u9fff\uf900-\ufaff]+)*")

_TITLES = frozenset(
    "dr mr mrs ms mx prof st sr jr rev hon gen col capt lt sgt vs e.g i.e cf viz approx ca al dept est fig "
    "figs eq eqs ch chap sec vol ed eds pp p no nos art jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
"""Abbreviations that are followed by the rest of their sentence."""
_NUMBERED = frozenset({"no", "nos", "p", "pp", "ch", "sec", "vol", "fig", "figs", "eq", "eqs", "art", "ed", "al"})
"""Of those, the ones that are also words or may end a sentence: only before a digit they are abbreviations."""
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]$")
_STARTERS = frozenset(
    "The It This That These Those He She We They You There Here In On At But And So However If When While "
    "What Why How For Its Their Our His Her".split()
)


class Segmenter:
    """Cuts one answer. Feed it with `push`, finish with `end`."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._pending = ""
        self._index = 0
        self._opened = False
        """Whether something to be spoken has been cut off already."""

    def push(self, delta: str) -> list[Segment]:
        """Add text; the segments that are certain now."""
        self._pending += delta
        segments: list[Segment] = []
        while (at := self._next_cut()) is not None:
            segments.append(self._take(at, last=False))
        return segments

    def end(self) -> list[Segment]:
        """What is left; the last segment of an answer that is not empty."""
        return [self._take(len(self._pending), last=True)] if self._pending else []

    def _take(self, at: int, *, last: bool) -> Segment:
        text, self._pending = self._pending[:at], self._pending[at:]
        code = _FENCE.match(text.lstrip("\n")) is not None
        spoken = "" if code else to_spoken(text, self._language).text
        segment = Segment(self._index, text, spoken, last)
        self._index += 1
        self._opened = self._opened or bool(spoken)
        return segment

    def _next_cut(self) -> int | None:
        """Where the next segment ends; None while that is not certain."""
        text = self._pending
        start = len(text) - len(text.lstrip())
        if start == len(text):
            return None
        if self._at_fence(start):
            return self._fence_end(start)
        return self._prose_end(start)

    def _at_fence(self, at: int) -> bool:
        """Whether a line that begins here (after blanks) opens a code block."""
        return _FENCE.match(self._pending, at) is not None

    def _fence_end(self, start: int) -> int | None:
        text = self._pending
        opening = _FENCE.match(text, start)
        assert opening is not None
        mark = opening[1]
        closing = re.compile(rf"\n[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*\n").search(text, opening.end())
        return None if closing is None else _skip_blank(text, closing.end())

    def _prose_end(self, start: int) -> int | None:
        text = self._pending
        at, words, fallback = start, _Weight(), start
        while at < len(text):
            character = text[at]
            if character in "`$" and (end := _literal_end(text, at)) != at:
                if end is None:
                    return None
                words.add(text[at:end])
                at = end
                continue
            if character == "\n" and (verdict := self._line_end(at, words)) is not _CONTINUE:
                return verdict
            if character in _ENDS or character in _CLAUSES:
                verdict = self._punctuation(start, at, words)
                if verdict is not _CONTINUE:
                    return verdict
            if character.isspace():
                fallback = at + 1
                if not self._opened and words.total >= _FIRST_LIMIT_WORDS and words.spoken:
                    following = _skip_blank(text, at)
                    return following
            words.add(character)
            at += 1
            if at - start >= _LONGEST_CHARS:
                return self._hard_cut(start, at, fallback)
        return None
