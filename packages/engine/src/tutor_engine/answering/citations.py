"""Citations that can be trusted: every quote is a piece of a passage that retrieval returned.

Pure functions.
"""

from collections.abc import Sequence

from tutor_engine.answering.port import Passage
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
    )


def rests_on(citation: Citation, passages: Sequence[Passage]) -> bool:
    """Whether a citation names a retrieved passage and quotes it unchanged."""
    return any(
        citation.document == passage.document
        and citation.page == passage.page
        and 0 <= citation.start - passage.start < citation.end - passage.start <= len(passage.text)
        and passage.text[citation.start - passage.start : citation.end - passage.start] == citation.quote
        for passage in passages
    )
