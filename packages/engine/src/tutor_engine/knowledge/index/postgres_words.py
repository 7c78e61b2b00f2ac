"""Our own words as PostgreSQL's text search types, without its parser: what we cut is what is found.

Every list of words also holds the mark of its base, so that the index itself never touches another base.
"""

from collections.abc import Iterable, Sequence

from tutor_engine.knowledge.port import IndexedWords, TokenIndex

_MAX_LEXEME_BYTES = 1_000
"""PostgreSQL takes 2,046; no word is that long."""
_MAX_POSITION = 16_383


def mark(base_id: int) -> str:
    """The mark of a base; no word has this sign."""
    return f"§{base_id}"


def tsvector(base_id: int, heading: str, text: str) -> str:
    """The literal of a tsvector that holds these words with their places."""
    places: dict[str, list[int]] = {mark(base_id): []}
    for at, word in enumerate((heading.split() + text.split())[:_MAX_POSITION], start=1):
        places.setdefault(word, []).append(at)
    return " ".join(
        _quoted(word) + (":" + ",".join(map(str, at[:255])) if at else "")
        for word, at in places.items()
        if _fits(word)
    )


def vectors_of(base_id: int, indexed: IndexedWords) -> tuple[str, str]:
    """The literals for words and for pairs of Hanzi."""
    return (
        tsvector(base_id, indexed.heading_words, indexed.words),
        tsvector(base_id, indexed.heading_pairs, indexed.pairs),
    )


def any_of(base_ids: Sequence[int], words: Iterable[str]) -> str:
    """The literal of a tsquery: in one of the bases, any of the words. Empty when nothing can be asked."""
    asked = [_quoted(word) for word in words if _fits(word)]
    if not asked or not base_ids:
        return ""
    return f"({' | '.join(_quoted(mark(base)) for base in base_ids)}) & ({' | '.join(asked)})"


def one(word: str) -> str:
    """The literal of a tsquery for one word; empty when it cannot be asked."""
    return _quoted(word) if _fits(word) else ""


COLUMNS: dict[TokenIndex, str] = {"words": "by_words", "pairs": "by_pairs"}


def _fits(word: str) -> bool:
    return bool(word.strip()) and "\x00" not in word and len(word.encode()) <= _MAX_LEXEME_BYTES


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
