"""Finds the passages of one knowledge base that speak of a question, and says how sure it is.

English: MiniLM cosine and BM25 merged by rank, two to one; without the model BM25 alone. Chinese: jieba words
and pairs of Hanzi merged by rank; the English model is never asked about Chinese. A score of one half is the
border under which a tutor should say that the library does not know.
"""

import asyncio
import math
import threading
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tutor_engine.answering.port import Passage, ScoredSentence
from tutor_engine.knowledge.document import CutPassage
from tutor_engine.knowledge.embed import Embedder, Vectors
from tutor_engine.knowledge.passages import SEPARATOR
from tutor_engine.knowledge.store import Store, StoredPassage
from tutor_engine.knowledge.tokens import (
    ChineseWords,
    covered,
    english_terms,
    english_words,
    hanzi_pairs,
    rarity,
    stem,
)
from tutor_engine.text import HANZI, plain

_POOL = 40
"""Candidates of each ranking that are merged."""
_RRF = 60
"""Reciprocal rank fusion, Cormack et al. 2009: 1 / (60 + rank)."""
_DENSE_WEIGHT = 2.0
_LONE_HANZI = 0.5
"""A single Hanzi is found inside many other words, so finding it tells little."""
_VOCABULARY_MAX = 4_000
"""Sentences for the recogniser; its language model gains nothing from more."""

COSINE_BORDER, COSINE_SLOPE = 0.44, 0.06
COVERAGE_BORDER_EN, COVERAGE_BORDER_ZH, COVERAGE_SLOPE = 0.45, 0.38, 0.10
"""Where a raw score becomes one half, and over what distance; fitted on the demo libraries."""


def calibrated(raw: float, border: float, slope: float) -> float:
    """0 to 1; one half at the border."""
    return 1.0 / (1.0 + math.exp(-(raw - border) / slope))


Tokens = Callable[[str], frozenset[str]]


class KnowledgeBase:
    """One tutor's library; a `Retriever`. Work on the processor runs in a thread."""

    def __init__(self, kb_id: str, store: Store, chinese: ChineseWords, embedder: Embedder | None) -> None:
        self.kb_id = kb_id
        self.store = store
        self._chinese = chinese
        self._embedder = embedder
        self._lock = threading.Lock()
        self._loaded: tuple[int, list[int], Vectors] | None = None
        """Generation of the store, rows, and their vectors."""

    async def search(self, query: str, language: str, limit: int = 8) -> Sequence[Passage]:
        """Best passages first; none when no word and no meaning is shared."""
        return await asyncio.to_thread(self.search_now, query, language, limit)

    async def headings(self, limit: int = 6) -> Sequence[str]:
        """The first headings of each document in turn."""
        return await asyncio.to_thread(self._headings, limit)

    async def vocabulary(self) -> Sequence[str]:
        """Sentences and headings of the library, as words without marks."""
        return await asyncio.to_thread(self._vocabulary)

    async def warm(self) -> None:
        """Load what the first search needs, and give vectors to passages that came before the model did."""
        await asyncio.to_thread(self._warm)

    def rest(self) -> None:
        """Close the file and forget the vectors until the next search."""
        with self._lock:
            self._loaded = None
        self.store.close()

    def search_now(self, query: str, language: str, limit: int = 8) -> list[Passage]:
        """The same as `search`; blocks."""
        text = plain(query)[:2_000]
        if not text:
            return []
        if language.startswith("zh") and HANZI.search(text):
            return self._search_chinese(text, limit)
        return self._search_english(text, limit)

    def _search_english(self, text: str, limit: int) -> list[Passage]:
        terms = english_terms(text) or english_words(text)[:8]
        lexical = self.store.ranked("words_en", terms, _POOL)
        weights = self._weights("words_en", terms)
        stems = {stem(term): weight for term, weight in weights.items()}
        rows, matrix = self._vectors()
        if self._embedder is None or not rows:
            return self._by_coverage(lexical[:_POOL], stems, _stems, COVERAGE_BORDER_EN, limit)
        vector = self._embedder.encode([text])[0]
        cosines = matrix @ vector
        order = np.argsort(-cosines)[:_POOL]
        dense = [rows[int(i)] for i in order]
        near = dict(zip(dense, (float(cosines[int(i)]) for i in order), strict=True))
        best = _merged((dense, _DENSE_WEIGHT), (lexical, 1.0))[:limit]
        return [
            _by_meaning(passage, vector, near.get(passage.row, 0.0), stems)
            for passage in self.store.passages(best)
        ]

    def _search_chinese(self, text: str, limit: int) -> list[Passage]:
        terms = self._chinese.terms(text) or self._chinese.words(text)[:8]
        # Pairs inside the telling words: longer words count more, and a word cut differently still counts.
        pairs = [pair for term in terms for pair in hanzi_pairs(term) if len(pair) == 2]
        singles = [term for term in terms if len(term) == 1 or not HANZI.search(term)]
        rows = _merged(
            (self.store.ranked("words_zh", terms, _POOL), 1.0),
            (self.store.ranked("pairs_zh", dict.fromkeys(pairs), _POOL), 1.0),
        )
        alone = self._weights("words_zh", singles)
        weights = self._weights("pairs_zh", pairs) | {
            term: weight * (_LONE_HANZI if HANZI.search(term) else 1.0) for term, weight in alone.items()
        }
        return self._by_coverage(rows[:_POOL], weights, _pairs, COVERAGE_BORDER_ZH, limit)

    def _weights(self, index: str, terms: Sequence[str]) -> dict[str, float]:
        count = max(self.store.count(), 1)
        return {term: rarity(df, count) for term, df in self.store.frequencies(index, terms).items()}

    def _by_coverage(
        self,
        rows: Sequence[int],
        weights: Mapping[str, float],
        tokens: Tokens,
        border: float,
        limit: int,
    ) -> list[Passage]:
        """Passages scored by how much of the question they hold; ranks decide between equals."""
        scored: list[tuple[float, Passage]] = []
        for rank, passage in enumerate(self.store.passages(rows)):
            heading = tokens(f"{passage.title} {passage.cut.heading}")
            whole = covered(weights, tokens(passage.cut.text) | heading)
            sentences = tuple(
                ScoredSentence(a, b, round(0.8 * covered(weights, tokens(passage.cut.text[a:b]))
                                           + 0.2 * covered(weights, heading), 4))
                for a, b in passage.cut.sentences
            )  # fmt: skip
            best = max((sentence.score for sentence in sentences), default=0.0)
            raw = 0.5 * whole + 0.5 * best
            found = _passage(passage, calibrated(raw, border, COVERAGE_SLOPE), sentences)
            scored.append((raw + 0.4 / (1 + rank), found))
        scored.sort(key=lambda pair: -pair[0])
        return [passage for _, passage in scored[:limit]]

    def _vectors(self) -> tuple[list[int], Vectors]:
        """Rows and vectors of all passages that have one, read once per change of the store."""
        if self._embedder is None:
            return [], np.zeros((0, 0), np.float32)
        with self._lock:
            generation = self.store.generation
            if self._loaded is None or self._loaded[0] != generation:
                self._loaded = (
                    generation,
                    *self.store.vectors(self._embedder.name, self._embedder.dimension),
                )
            return self._loaded[1], self._loaded[2]

    def _warm(self) -> None:
        if self._embedder is not None:
            missing = self.store.without_vectors(self._embedder.name)
            for at in range(0, len(missing), 64):
                part = missing[at : at + 64]
                vectors = embed_passages(self._embedder, [(p.title, p.cut) for p in part])
                self.store.set_vectors([p.row for p in part], self._embedder.name, vectors)
            self._vectors()
        if any(HANZI.search(heading) for _, heading in self.store.headings()):
            self._chinese.load()

    def _headings(self, limit: int) -> list[str]:
        by_document: dict[str, list[str]] = {}
        for document_id, heading in self.store.headings():
            first = heading.split(SEPARATOR)[0]
            names = by_document.setdefault(document_id, [])
            if first and first not in names:
                names.append(first)
        longest = max((len(names) for names in by_document.values()), default=0)
        turns = (names[i] for i in range(longest) for names in by_document.values() if i < len(names))
        return list(dict.fromkeys(turns))[:limit]

    def _vocabulary(self) -> list[str]:
        found: dict[str, None] = {}
        for passage in self.store.passages():
            for words in (passage.title, *passage.cut.heading.split(SEPARATOR)):
                found.setdefault(words)
            for start, end in passage.cut.sentences:
                found.setdefault(plain(passage.cut.text[start:end]))
            if len(found) > _VOCABULARY_MAX:
                break
        return [words for words in found if words][:_VOCABULARY_MAX]


def embed_passages(
    embedder: Embedder, passages: Sequence[tuple[str, CutPassage]]
) -> list[tuple[Vectors, Vectors]]:
    """Vector of each passage, with its title and heading, and of each of its sentences."""
    texts: list[str] = []
    for title, cut in passages:
        texts.append(". ".join(part for part in (title, cut.heading, plain(cut.text)) if part))
        texts.extend(plain(cut.text[start:end]) for start, end in cut.sentences)
    vectors = embedder.encode(texts)
    found: list[tuple[Vectors, Vectors]] = []
    at = 0
    for _, cut in passages:
        after = at + 1 + len(cut.sentences)
        found.append((vectors[at], vectors[at + 1 : after]))
        at = after
    return found


def _merged(*rankings: tuple[Sequence[int], float]) -> list[int]:
    """Rows by weighted reciprocal rank."""
    sums: dict[int, float] = {}
    for rows, weight in rankings:
        for rank, row in enumerate(rows, start=1):
            sums[row] = sums.get(row, 0.0) + weight / (_RRF + rank)
    return sorted(sums, key=lambda row: -sums[row])


def _by_meaning(passage: StoredPassage, query: Vectors, cosine: float, stems: Mapping[str, float]) -> Passage:
    spans = passage.cut.sentences
    if passage.sentence_vectors is not None:
        scores = [float(score) for score in passage.sentence_vectors @ query]
    else:
        scores = [covered(stems, _stems(passage.cut.text[a:b])) for a, b in spans]
    sentences = tuple(ScoredSentence(a, b, round(s, 4)) for (a, b), s in zip(spans, scores, strict=True))
    raw = max(cosine, *scores) if scores else cosine
    return _passage(passage, calibrated(raw, COSINE_BORDER, COSINE_SLOPE), sentences)


def _passage(passage: StoredPassage, score: float, sentences: tuple[ScoredSentence, ...]) -> Passage:
    cut = passage.cut
    return Passage(
        passage_id=f"{passage.document_id}:{cut.page}:{cut.start}",
        document=passage.document_id,
        title=passage.title,
        heading=cut.heading,
        page=cut.page,
        start=cut.start,
        text=cut.text,
        score=round(score, 4),
        sentences=sentences,
    )


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in english_words(text))


def _pairs(text: str) -> frozenset[str]:
    text = text.replace("\n", "")
    return frozenset(hanzi_pairs(text)) | frozenset(HANZI.findall(text)) | frozenset(english_words(text))
