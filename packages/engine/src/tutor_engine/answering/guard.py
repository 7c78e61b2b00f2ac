# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Watches the words of a model on their way to the voice: bounded, no foreign address, no echo of the instructions.

Sans-I/O and incremental: whatever way the text is cut into pieces, the same words come out. Only the last,
perhaps unfinished, word is held back.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from tutor_engine.answering.port import AlertKind
from tutor_engine.answering.untrusted import visible
from tutor_engine.text import HAN

MAX_WORDS = 350.0
"""Spoken length after which an answer ends with its sentence: over two minutes of speech."""
_MAX_OVER = 60.0
"""A sentence that does not end within so many more words is cut."""
_MAX_WORD_CHARS = 400
"""Longer runs without a space are taken in parts."""
_ECHO_WORDS = 9
_ECHO_HANZI = 16
"""So many words in a row from the instructions are no accident."""
_TAIL_CHARS = 240

_CJK = rf"{HAN}\u3000-\u303f\uff00-\uffef\u2018\u201c\u201d\u2026"
_TOKEN = re.compile(rf"\s+|[{_CJK}]|[^\s{_CJK}]{{1,{_MAX_WORD_CHARS}}}")
_UNFINISHED = re.compile(rf"[^\s{_CJK}]+$")
_MARK = re.compile(r"<\|[^|\s]{0,40}\|>|=*LIBRARY-[0-9a-fA-F]{4,}=*")
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,12}://|//(?=[\w-]{1,63}\.[a-z])|www\.|mailto:)[^\s<>\"'()\[\]{}|]*"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
    r"|\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.(?-i:com|org|net|edu|gov|io|cn|info|biz|xyz|app|dev|ru)\b(?:[:/][^\s<>\"'()\[\]{}|]*)?",
    re.IGNORECASE,
)
_ADDRESS_END = ".,;:!?…*_~`"
_EMPTY_LINK = re.compile(r"\[([^\[\]]*)\]\(\)|\(\)|<>")
_ALNUM = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)?")
_HANZI = re.compile(f"[{HAN}]")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*$|[。！？]$")


class Halt(Enum):
    """Why an answer was ended."""

    LENGTH = "length"
    ECHO = "echo"
    UNSAFE = "unsafe"


class Guard:
    """Feed text as it comes; `take` and `flush` return what may be said."""

    def __init__(
        self,
        *,
        sources: Iterable[str] = (),
        secret: str = "",
        unsafe: Callable[[str], AlertKind | None] = lambda _: None,
    ) -> None:
        """Allow what stands in `sources`; end the answer at a run of words from `secret` or at `unsafe` words."""
        sources = tuple(sources)
        self._allowed = frozenset(address for text in sources for address in addresses(text))
        self._secret = _Shingles(secret) - sources
        self._unsafe = unsafe
        self._held = ""
        self.tail = ""
        """The last words that came out."""
        self._length = 0.0
        self.halted: Halt | None = None
        """Set once; nothing comes out any more."""
        self.concern: AlertKind | None = None
        """Which rule the words would have broken."""

    def take(self, text: str) -> str:
        """What is certain with this piece: all but the last word."""
        if self.halted:
            return ""
        self._held += visible(text)
        unfinished = _UNFINISHED.search(self._held)
        # A run is cut at the same places however it arrives.
        sure = self._held[: _certain(self._held, unfinished.start() if unfinished else len(self._held))]
        self._held = self._held[len(sure) :]
        return self._watched(sure)

    def flush(self) -> str:
        """The word held back; the text has ended or is interrupted by a mark."""
        rest, self._held = self._held, ""
        return "" if self.halted else self._watched(rest)

    def cleaned(self, text: str) -> str:
        """A whole text for the screen: without foreign addresses, empty when it echoes the instructions."""
        if _Shingles(text).meets(self._secret):
            return ""
        return self._without_foreign(_MARK.sub("", visible(text)))

    def _watched(self, text: str) -> str:
        return "".join(self._words(text))

    def _words(self, text: str) -> Iterator[str]:
        for match in _TOKEN.finditer(text):
            token = match.group()
            if not token.isspace():
                token = self._without_foreign(_MARK.sub("", token))
                self._halt_at(token)
                if self.halted:
                    return
            self.tail = (self.tail + token)[-_TAIL_CHARS:]
            yield token
            if self._length > MAX_WORDS and _SENTENCE_END.search(token):
                self.halted = Halt.LENGTH
                return

    def _halt_at(self, token: str) -> None:
        """Judge a word by itself and by what it completes."""
        self._length += 0.5 if _HANZI.fullmatch(token) else float(any(sign.isalnum() for sign in token))
        if self._length > MAX_WORDS + _MAX_OVER:
            self.halted = Halt.LENGTH
        elif self._secret.follows(token):
            self.halted = Halt.ECHO
        else:
            self.concern = self._unsafe(self.tail + token)
            self.halted = Halt.UNSAFE if self.concern else None

    def _without_foreign(self, text: str) -> str:
        kept = _ADDRESS.sub(self._kept, text)
        return kept if kept == text else _EMPTY_LINK.sub(r"\1", kept)

    def _kept(self, match: re.Match[str]) -> str:
        address = match.group()
        bare = address.rstrip(_ADDRESS_END)
        return address if _same(bare) in self._allowed else address[len(bare) :]


def addresses(text: str) -> frozenset[str]:
    """Addresses that stand in a text, in the form in which they are compared."""
    return frozenset(_same(match.group().rstrip(_ADDRESS_END)) for match in _ADDRESS.finditer(text))


def _same(address: str) -> str:
    return address.rstrip("/").lower()


def _certain(held: str, run: int) -> int:
    """Up to where `held` is certain when its last run of signs begins at `run`."""
    return run + max(len(held) - run - 1, 0) // _MAX_WORD_CHARS * _MAX_WORD_CHARS


class _Shingles:
    """Runs of words of a text, Latin and Han apart, and how far a stream of words follows one."""

    def __init__(self, text: str) -> None:
        self._runs = set(_runs(_ALNUM.findall(text.lower()), _ECHO_WORDS))
        self._runs |= set(_runs(_HANZI.findall(text), _ECHO_HANZI))
        self._latin: deque[str] = deque(maxlen=_ECHO_WORDS)
        self._hanzi: deque[str] = deque(maxlen=_ECHO_HANZI)

    def __sub__(self, others: Iterable[str]) -> "_Shingles":
        """Without the runs that others have too: quoting a source is no echo."""
        for text in others:
            self._runs -= _Shingles(text)._runs
        return self

    def meets(self, other: "_Shingles") -> bool:
        """Whether the two share a run."""
        return not self._runs.isdisjoint(other._runs)

    def follows(self, token: str) -> bool:
        """Whether these words complete a run."""
        found = False
        for word in _ALNUM.findall(token.lower()):
            self._latin.append(word)
            found = found or tuple(self._latin) in self._runs
        for word in _HANZI.findall(token):
            self._hanzi.append(word)
            found = found or tuple(self._hanzi) in self._runs
        return found


def _runs(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))
