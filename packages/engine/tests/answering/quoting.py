"""What every citation is held to."""

from collections.abc import Sequence

from tutor_engine.answering.port import Passage
from tutor_protocol import Citation


def rests_on(citation: Citation, passages: Sequence[Passage]) -> bool:
    """Whether a citation names a retrieved passage and quotes it unchanged."""
    return any(
        citation.document == passage.document
        and citation.page == passage.page
        and 0 <= citation.start - passage.start < citation.end - passage.start <= len(passage.text)
        and passage.text[citation.start - passage.start : citation.end - passage.start] == citation.quote
        for passage in passages
    )
