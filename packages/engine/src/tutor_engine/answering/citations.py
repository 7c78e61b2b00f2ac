"""Citations that can be trusted: every quote is a piece of a passage that retrieval returned.

Pure functions.
"""

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
