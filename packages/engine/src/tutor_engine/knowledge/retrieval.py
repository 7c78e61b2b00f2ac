"""Finds the passages of a library that speak of a question, and says how sure it is.

The index proposes candidates by words and by vectors; they are scored together, best first. A score of one
half is the border under which a tutor should say that the library does not know.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import structlog

from tutor_engine.answering.port import Passage, ScoredSentence
from tutor_engine.knowledge.document import SPEAKER_NOTES
from tutor_engine.knowledge.index.tokens import (
    Tokens,
    covered,
    english_words,
    hanzi_pairs,
    stem,
)
from tutor_engine.knowledge.meaning.background import Meaning
from tutor_engine.knowledge.meaning.embed import MiniLm
from tutor_engine.knowledge.meaning.rerank import Reranker
from tutor_engine.knowledge.port import (
    Frequencies,
    LibraryAway,
    PassageSearch,
    Place,
    Scope,
    StoredPassage,
    Vectors,
)
from tutor_engine.knowledge.reading.passages import SEPARATOR
from tutor_engine.knowledge.scoring import FITTED, USUAL, Rarities, Scale, Scored, confidence, score
from tutor_engine.text import HANZI, plain

log = structlog.get_logger()

_POOL = 40
"""Candidates taken of each ranking."""
_RERANKED = 16
"""Candidates that a reranking model reads; more cost time and bring nothing new to the first eight."""
_MAX_QUESTION_CHARS = 2_000
_LONE_HANZI = 0.5
"""A single Hanzi is found inside many other words, so finding it tells little."""
_HEADING_SHARE = 0.2
"""Of a sentence's score: what its headings hold of the question."""
_COMMON = 0.2
"""Words in a larger share of the passages tell nothing beside a rarer word of the question."""
_COMMON_MIN_PASSAGES = 2_000
_OUTLINE, _HEADED = 4_000, 1_000
"""Passages looked through for the recogniser's sentences, and for headings."""
_HEADINGS_MAX = 50
_ADDRESS = re.compile(r"\S@\S|https?://|\bwww\.")
_KEPT_S, _KEPT_MAX = 30.0, 1_000
_MEASURED = 64
"""Passages from which the scale of a model's cosines is measured."""
_VOCABULARY_MAX = 4_000
"""Sentences for the recogniser; its language model gains nothing from more."""


class Retrieval:
    """Searches the index for all lessons. Work on the processor runs in threads."""

    def __init__(
        self,
        index: PassageSearch,
        tokens: Tokens,
        meaning: Meaning | None = None,
        reranker: Reranker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.kept_headings: dict[Scope, tuple[float, list[str]]] = {}
        """When each library told its headings, and which; every question of every lesson asks for them."""
        self._scale: Scale | None = None
        self._measure_again_s = float("-inf")
        self.index = index
        self.tokens = tokens
        self.meaning = meaning
        self.reranker = reranker

    def scale(self, scope: Scope) -> Scale:
        """Where the model's cosines lie, measured once on the first library that is large enough. Blocks."""
        if self.meaning is None or self.meaning.embedder.name == MiniLm.name:
            return FITTED
        if self._scale is None and self.clock() >= self._measure_again_s:
            self._measure_again_s = self.clock() + _KEPT_S
            places = [passage.place for passage in self.index.outline(scope, _HEADED)]
            step = max(len(places) // _MEASURED, 1)
            name = self.meaning.embedder.name
            self._scale = Scale.measured(self.index.passages(scope, places[::step][:_MEASURED], name))
        return self._scale or USUAL

    def library(self, scope: Scope) -> "Library":
        """What one lesson, or one request, may search."""
        return Library(self, scope)


class Library:
    """Some bases of one tenant, searched together; a `Retriever`."""

    def __init__(self, retrieval: Retrieval, scope: Scope) -> None:
        self._retrieval = retrieval
        self._index = retrieval.index
        self._tokens = retrieval.tokens
        self._meaning = retrieval.meaning
        self._reranker = retrieval.reranker
        self.scope = scope
        self.away = False
        """Whether the last search found no library to look in."""

    async def search(self, query: str, language: str, limit: int = 8) -> Sequence[Passage]:
        """Best passages first; none when no word and no meaning is shared, or the store is `away`."""
        try:
            found = await asyncio.to_thread(self.search_now, query, language, limit)
        except LibraryAway as error:
            log.warning("library_away", detail=str(error))
            self.away = True
            return ()
        self.away = False
        return found

    async def headings(self, limit: int = 6) -> Sequence[str]:
        """The first headings of each document in turn, as they were up to half a minute ago.

        The last known while the store is away.
        """
        kept, now_s = self._retrieval.kept_headings, self._retrieval.clock()
        told_s, names = kept.get(self.scope, (float("-inf"), []))
        if told_s < now_s - _KEPT_S:
            try:
                names = await asyncio.to_thread(self._headings)
            except LibraryAway:
                return names[:limit]
            if len(kept) >= _KEPT_MAX:
                kept.clear()
            kept[self.scope] = (now_s, names)
        return names[:limit]

    async def vocabulary(self) -> Sequence[str]:
        """Sentences and headings of the library, as words without marks; none while the store is away."""
        try:
            return await asyncio.to_thread(self._vocabulary)
        except LibraryAway:
            return ()

    async def warm(self) -> None:
        """Load what the first question needs: vectors, and the dictionary of a Chinese library."""
        with suppress(LibraryAway):
            await asyncio.to_thread(self._warm)

    def search_now(self, query: str, language: str, limit: int = 8) -> list[Passage]:
        """The same as `search`; blocks."""
        text = plain(query)[:_MAX_QUESTION_CHARS]
        if not text:
            return []
        spoken = "zh" if HANZI.search(text) else "en" if language.startswith("zh") else language
        asked = self._tokens.question(text)
        vector = self._meaning.question(text, spoken) if self._meaning is not None else None
        words = self._index.frequencies(self.scope, "words", list(asked.words))
        pairs = self._index.frequencies(self.scope, "pairs", asked.pairs)
        places = self._candidates(words, pairs, vector)
        model = self._meaning.embedder.name if self._meaning is not None else ""
        found = self._index.passages(self.scope, places, model)
        scale = self._retrieval.scale(self.scope)
        rare, chinese = Rarities.of(asked, words, pairs), spoken == "zh"
        best = self._reranked(text, score(found, rare, vector, scale))[:limit]
        per_sentence = _SentenceScores(rare, vector, scale, chinese=chinese)
        return [
            _passage(one, per_sentence(one.passage), confidence(one, rare, chinese=chinese)) for one in best
        ]

    def _candidates(self, words: Frequencies, pairs: Frequencies, vector: Vectors | None) -> list[Place]:
        scope, places = self.scope, dict[Place, None]()
        if vector is not None and self._meaning is not None:
            hits = self._index.nearest(scope, self._meaning.embedder.name, vector, _POOL)
            places |= dict.fromkeys(hit.place for hit in hits)
        for hit in self._index.ranked(scope, "words", _telling(words), _POOL):
            places.setdefault(hit.place)
        for hit in self._index.ranked(scope, "pairs", _telling(pairs), _POOL):
            places.setdefault(hit.place)
        return list(places)

    def _reranked(self, question: str, scored: list[Scored]) -> list[Scored]:
        if self._reranker is None or len(scored) < 2:
            return scored
        first = scored[:_RERANKED]
        texts = [f"{one.passage.cut.heading}\n{one.passage.cut.text}".strip() for one in first]
        order = self._reranker.order(question, texts)
        return scored if order is None else [*(first[place] for place in order), *scored[_RERANKED:]]

    def _warm(self) -> None:
        outline = self._index.outline(self.scope, 1)
        if not outline:
            return
        if self._meaning is not None:
            vector = self._meaning.question(outline[0].cut.text[:200], "en")
            if vector is not None:
                self._index.nearest(self.scope, self._meaning.embedder.name, vector, 1)
        if HANZI.search(outline[0].cut.text):
            self._tokens.load()

    def _headings(self) -> list[str]:
        by_document: dict[str, list[str]] = {}
        for passage in self._index.outline(self.scope, _HEADED):
            if passage.cut.flagged:
                continue
            first = passage.cut.heading.split(SEPARATOR)[0]
            names = by_document.setdefault(passage.document_id, [])
            if _is_subject(first) and first not in names:
                names.append(first)
        longest = max((len(names) for names in by_document.values()), default=0)
        turns = (names[i] for i in range(longest) for names in by_document.values() if i < len(names))
        return list(dict.fromkeys(turns))[:_HEADINGS_MAX]

    def _vocabulary(self) -> list[str]:
        found: dict[str, None] = {}
        for passage in self._index.outline(self.scope, _OUTLINE):
            for words in (passage.title, *passage.cut.heading.split(SEPARATOR)):
                found.setdefault(words)
            for start, end in passage.cut.sentences:
                found.setdefault(plain(passage.cut.text[start:end]))
            if len(found) > _VOCABULARY_MAX:
                break
        return [words for words in found if words][:_VOCABULARY_MAX]


class _SentenceScores:
    """Scores the sentences of passages for one question: by cosine where there is one, else by words."""

    def __init__(
        self,
        rare: Rarities,
        vector: Vectors | None,
        scale: Scale,
        *,
        chinese: bool,
    ) -> None:
        self._vector = vector
        self._scale = scale
        self._tokens: Callable[[str], frozenset[str]] = _pairs if chinese else _stems
        self._weights: Mapping[str, float] = rare.words
        if chinese:
            # Pairs inside the telling words: longer words count more, also when they are cut differently.
            alone = {word: weight for word, weight in rare.words.items() if not _has_pair(word)}
            self._weights = dict(rare.pairs) | {
                word: weight * (_LONE_HANZI if HANZI.search(word) else 1.0) for word, weight in alone.items()
            }

    def __call__(self, passage: StoredPassage) -> tuple[ScoredSentence, ...]:
        spans, vectors = passage.cut.sentences, passage.sentence_vectors
        if self._vector is not None and vectors is not None and vectors.shape[1:] == self._vector.shape:
            scores = [self._scale.of(float(value)) for value in vectors @ self._vector]
        else:
            above = covered(self._weights, self._tokens(f"{passage.title} {passage.cut.heading}"))
            scores = [
                (1 - _HEADING_SHARE) * covered(self._weights, self._tokens(passage.cut.text[start:end]))
                + _HEADING_SHARE * above
                for start, end in spans
            ]
        return tuple(ScoredSentence(a, b, round(s, 4)) for (a, b), s in zip(spans, scores, strict=True))


def _telling(frequencies: Frequencies) -> list[str]:
    """Words that occur, without those so common that looking them up costs much and tells little."""
    held = {word: count for word, count in frequencies.of.items() if count}
    if frequencies.passages < _COMMON_MIN_PASSAGES:
        return list(held)
    rare = [word for word, count in held.items() if count <= frequencies.passages * _COMMON]
    return rare or sorted(held, key=lambda word: held[word])[:1]


def _passage(one: Scored, sentences: tuple[ScoredSentence, ...], sure: float) -> Passage:
    stored, cut = one.passage, one.passage.cut
    return Passage(
        passage_id=f"{stored.place.kb_id}:{stored.document_id}:{stored.version}:{cut.page}:{cut.start}",
        document=stored.document_id,
        title=stored.title,
        heading=cut.heading,
        page=cut.page,
        start=cut.start,
        text=cut.text,
        score=round(sure, 4),
        sentences=sentences,
        version=stored.version,
        flagged=cut.flagged,
    )


def _is_subject(heading: str) -> bool:
    """Whether a heading can be offered to a student; title pages set addresses as large as headings."""
    return bool(heading) and heading not in SPEAKER_NOTES.values() and not _ADDRESS.search(heading)


def _has_pair(word: str) -> bool:
    return any(len(pair) == 2 for pair in hanzi_pairs(word))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in english_words(text))


def _pairs(text: str) -> frozenset[str]:
    text = text.replace("\n", "")
    words = (stem(word) for word in english_words(text))
    return frozenset(hanzi_pairs(text)) | frozenset(HANZI.findall(text)) | frozenset(words)
