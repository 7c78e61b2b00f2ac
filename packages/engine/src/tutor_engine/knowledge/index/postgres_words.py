"""Our own words as numbers in PostgreSQL's arrays, without its parser: what we cut is what is found.

Every number stands for a word of one base, so the index itself never touches another base, and how common a
word is elsewhere costs nothing here. Numbers are short, so that thousands of passages are looked up at once.
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

from tutor_engine.knowledge.port import IndexedWords, TokenIndex

COLUMNS: dict[TokenIndex, str] = {"words": "by_words", "pairs": "by_pairs"}
EVERY = ""
"""The word that every passage holds."""
_OFTEN = ((1, 1.0), (2, 0.44), (4, 0.42))
"""What a word adds that is there so many times: BM25's saturation in steps, each a number of its own."""
_TIMES = "²"
"""No word has this sign."""


def number(base_id: int, word: str, times: int = 1) -> int:
    """The number of a word that a passage holds at least so many times.

    Two words of a base share one in a hundred thousand cases; who finds passages by it compares the words.
    """
    name = f"{base_id}§{word}" if times == 1 else f"{base_id}§{word}{_TIMES}{times}"
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) - 2**31


def numbers_of(base_id: int, indexed: IndexedWords) -> tuple[str, str]:
    """The array literals of a passage for words and for pairs of Hanzi."""
    return (
        _literal(base_id, f"{indexed.heading_words} {indexed.words}"),
        _literal(base_id, f"{indexed.heading_pairs} {indexed.pairs}"),
    )


def asked(base_ids: Sequence[int], told: Sequence[tuple[str, float]]) -> Iterator[tuple[int, float]]:
    """Numbers to look up for words with their weights, each with what it adds to a passage's score."""
    for word, weight in told:
        for base in base_ids:
            yield from ((number(base, word, times), weight * share) for times, share in _OFTEN)


def askable(word: str) -> bool:
    """Whether a word can stand in the index at all."""
    return bool(word) and not any(sign.isspace() for sign in word)


def _literal(base_id: int, words: str) -> str:
    found = {number(base_id, EVERY)}
    for word, count in Counter(words.split()).items():
        found.update(number(base_id, word, times) for times, _ in _OFTEN if count >= times)
    return "{" + ",".join(map(str, sorted(found))) + "}"
