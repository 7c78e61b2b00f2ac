"""Citations that can be trusted: every quote is a piece of a passage that retrieval returned.

`cite` makes one; `Proof` stands at the door of the stage and lets nothing else out. Pure: no I/O.
"""

from collections.abc import Iterable

from tutor_engine.answering.port import Move, Passage, Quoted
from tutor_protocol import Citation


def cite(n: int, passage: Passage, start: int, end: int) -> Citation:
    """The citation of `passage.text[start:end]`; offsets of the result count within the page.

    Raises:
        ValueError: nothing lies between the offsets.
    """
    quote = passage.text[start:end]
    if not quote.strip() or start < 0:
        raise ValueError(f"no text between {start} and {end} of passage {passage.passage_id}")
    return Citation(
        n=n,
        document=passage.document,
        title=passage.title,
        page=passage.page,
        quote=quote,
        start=passage.start + start,
        end=passage.start + end,
        version=passage.version,
    )


def rests_on(citation: Citation, passages: Iterable[Passage]) -> bool:
    """Whether a citation names one of these passages, its title and version, and quotes it unchanged."""
    return any(_quotes(citation, passage) for passage in passages)


def _quotes(citation: Citation, passage: Passage) -> bool:
    named = (citation.document, citation.version, citation.page, citation.title)
    if named != (passage.document, passage.version, passage.page, passage.title) or passage.flagged:
        return False
    start, end = citation.start - passage.start, citation.end - passage.start
    # A slice that runs past the end is shorter than it says.
    inside = 0 <= start < end <= len(passage.text)
    return inside and bool(citation.quote.strip()) and passage.text[start:end] == citation.quote


class Proof:
    """Checks and numbers the citations of one answer: n counts places from 1, a place keeps its number."""

    def __init__(self, passages: Iterable[Passage], move: Move | None = None) -> None:
        """Believe what rests on what was retrieved, now or for the exercise that `move` goes on with."""
        self._passages = tuple(passages)
        if move is not None:
            self._passages += tuple(move.passages or ())
            self._passages += tuple(piece.passage for piece in move.speech if isinstance(piece, Quoted))
        self._numbers: dict[tuple[str, str, int, int, int], int] = {}
        self.refused = 0
        """Citations that were not let out."""

    def checked(self, citation: Citation) -> Citation | None:
        """The citation as it may leave the engine; None: it may not."""
        if not rests_on(citation, self._passages):
            self.refused += 1
            return None
        place = (citation.document, citation.version, citation.page, citation.start, citation.end)
        n = self._numbers.setdefault(place, len(self._numbers) + 1)
        return citation if n == citation.n else citation.model_copy(update={"n": n})
