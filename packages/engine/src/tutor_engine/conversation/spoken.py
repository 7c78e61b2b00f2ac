"""The words of one answer against the position that was played: captions, and what was heard."""

from dataclasses import dataclass, field

from tutor_engine.conversation.events import Word
from tutor_protocol import Citation

_OPENING = frozenset("“‘«([{（【《〈「『")
"""Punctuation that belongs to the word after it."""


def _follows_word(sign: str) -> bool:
    return not sign.isalnum() and not sign.isspace() and sign not in _OPENING


@dataclass(slots=True)
class SpokenAnswer:
    """Text, citations and timed words of one turn."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list[Citation])
    words: list[Word] = field(default_factory=list[Word])
    position_ms: float = 0.0
    _cited: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    _captioned: int = 0

    def cite(self, citation: Citation) -> None:
        """Let the text since the last citation rest on `citation`; without new text, the last one's too."""
        start, end, _ = self._cited[-1] if self._cited else (0, 0, 0)
        if self.text[end:].strip():
            start = end
        if all(known.n != citation.n for known in self.citations):
            self.citations.append(citation)
        self._cited.append((start, len(self.text), citation.n))

    def advance(self, position_ms: float) -> tuple[Word, ...]:
        """Move the playout position (never back) and return the words that began since the last call."""
        self.position_ms = max(self.position_ms, position_ms)
        begun = self._captioned
        while begun < len(self.words) and self.words[begun].start_ms <= self.position_ms:
            begun += 1
        fresh = tuple(self.words[self._captioned : begun])
        self._captioned = begun
        return fresh

    def slice(self, words: tuple[Word, ...]) -> str:
        """The text from the first to the last of `words`, with the punctuation that belongs to them."""
        start, end = words[0].char_start, words[-1].char_end
        while start > 0 and self.text[start - 1] in _OPENING:
            start -= 1
        while end < len(self.text) and _follows_word(self.text[end]):
            end += 1
        return self.text[start:end]

    def cited_at(self, words: tuple[Word, ...]) -> list[int]:
        """Numbers of the citations on which `words` rest."""
        first, last = words[0].char_start, words[-1].char_end
        return sorted({n for start, end, n in self._cited if start < last and first < end})

    def heard(self, *, to_the_end: bool) -> str:
        """What was played: whole words that had ended, or all of the text when it was played to the end."""
        if to_the_end:
            return self.text.strip()
        ended = tuple(word for word in self.words if word.end_ms <= self.position_ms)
        if not ended:
            return ""
        first = Word(0, ended[-1].char_end, 0.0, ended[-1].end_ms)
        return self.slice((first,)).strip()
