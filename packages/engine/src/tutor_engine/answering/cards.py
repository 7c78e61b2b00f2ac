"""Flash cards: the terms of a part of the library with what it says about them. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from tutor_engine.answering.cloze import clozes
from tutor_engine.answering.port import Passage
from tutor_engine.answering.texts import Language
from tutor_engine.text import plain

MAX_CARDS = 6
"""As many as are learned at one sitting."""


@dataclass(frozen=True, slots=True)
class Card:
    """A term, and the sentence of the library that defines it."""

    term: str
    passage: Passage
    start: int
    end: int

    @property
    def meaning(self) -> str:
        """The words of the library."""
        return plain(self.passage.text[self.start : self.end])


def cards(passages: Sequence[Passage], language: Language) -> tuple[Card, ...]:
    """One card a term, best passages first."""
    found: dict[str, Card] = {}
    for cloze in clozes(passages, language):
        found.setdefault(cloze.term.lower(), Card(cloze.term, cloze.passage, *cloze.span))
    return tuple(found.values())[:MAX_CARDS]


def on_screen(made: Sequence[Card]) -> str:
    """The cards as a list: the term, then what it is."""
    return "\n".join(f"- **{card.term}**: {card.meaning}" for card in made)
