"""How well a passage fits a question: BM25 over its words, cosines, and how sure one may be. Pure functions.

The index only proposes candidates; they are scored here, from the same words in every store, so that the
order does not depend on where the library is kept.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tutor_engine.knowledge.index.tokens import QuestionWords, hanzi_pairs, rarity
from tutor_engine.knowledge.port import Frequencies, StoredPassage, Vectors

_K1, _B = 1.6, 0.6
"""BM25's saturation and length: tuned on half of the Chinese questions of `bench.library quality`."""
_PAIRS_SHARE = 0.3
"""Of pairs of Hanzi beside words."""
_WORDS_BESIDE_COSINE = 0.5
_BEST_SENTENCE = 0.3
"""Weights of BM25 (as a share of the best possible) and of the nearest sentence beside the cosine."""


@dataclass(frozen=True, slots=True)
class Rarities:
    """The words of a question with their weight times how rare they are in the library."""

    words: Mapping[str, float]
    pairs: Mapping[str, float]
    unit: float
    """Weight of a word that no passage holds."""
    telling: float
    """What the question tells of its subject, in words as rare in the language as can be."""
    known: float
    """Share of this whose words occur in the library, 0 to 1."""

    @classmethod
    def of(cls, asked: QuestionWords, words: Frequencies, pairs: Frequencies) -> "Rarities":
        """From how common each word is where we search."""
        weights = {word: much * rarity(words.of[word], words.passages) for word, much in asked.words.items()}
        told = sum(asked.telling.values())
        held = sum(much for word, much in asked.telling.items() if _occurs(word, words, pairs))
        return cls(
            weights,
            {pair: rarity(count, pairs.passages) for pair, count in pairs.of.items()},
            rarity(0, words.passages),
            told,
            held / told if told else 0.0,
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a model's cosines lie: models differ in what they call near, our borders do not.

    A sentence compared with passages it does not stand in, and with the one it stands in, on average.
    """

    unrelated: float
    related: float

    def of(self, cosine: float) -> float:
        """The cosine as the model would tell it on whose scale the borders were fitted."""
        width = max(self.related - self.unrelated, _MIN_WIDTH)
        return FITTED.unrelated + (cosine - self.unrelated) * (FITTED.related - FITTED.unrelated) / width

    @classmethod
    def measured(cls, passages: Sequence[StoredPassage]) -> "Scale | None":
        """From passages with vectors; None when they are too few to tell."""
        told = [p for p in passages if p.vector is not None and p.sentence_vectors is not None]
        told = [p for p in told if p.sentence_vectors is not None and len(p.sentence_vectors)]
        if len(told) < _MIN_MEASURED:
            return None
        wholes = np.stack([p.vector for p in told if p.vector is not None])
        near: list[float] = []
        far: list[float] = []
        for at, passage in enumerate(told):
            cosines = np.asarray(passage.sentence_vectors) @ wholes.T
            near.append(float(cosines[:, at].mean()))
            far.append(float(np.delete(cosines, at, axis=1).mean()))
        return cls(sum(far) / len(far), sum(near) / len(near))


FITTED = Scale(0.10, 0.62)
"""MiniLM on the FAQ and the demo library (0.58 and 0.66 related, 0.11 and 0.10 not)."""
USUAL = Scale(0.35, 0.75)
"""Of multilingual models, until enough is there to measure."""
_MIN_WIDTH = 0.05
_MIN_MEASURED = 16


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with what was found out about it."""

    passage: StoredPassage
    fit: float
    """Orders passages."""
    by_words: float
    """What BM25 adds up to, as a share of the best possible."""
    cosine: float | None
    """Greatest cosine of the passage and its sentences; None without a vector."""


def score(
    passages: Sequence[StoredPassage], rarities: Rarities, question: Vectors | None, scale: Scale = FITTED
) -> list[Scored]:
    """All candidates, best first."""
    words = [(_Field(p.indexed.heading_words), _Field(p.indexed.words)) for p in passages]
    lexical = _bm25(words, rarities.words)
    if rarities.pairs:
        pairs = [(_Field(p.indexed.heading_pairs), _Field(p.indexed.pairs)) for p in passages]
        lexical = lexical + _PAIRS_SHARE * _bm25(pairs, rarities.pairs)
    total = sum(rarities.words.values()) + _PAIRS_SHARE * sum(rarities.pairs.values())
    # A question with one common word is not answered by whatever holds that word often.
    lexical = lexical / (max(total, rarities.unit) * (_K1 + 1))
    scored: list[Scored] = []
    for passage, fields, share in zip(passages, words, lexical, strict=True):
        if question is None:
            scored.append(Scored(passage, float(share), float(share), None))
            continue
        whole, best = _cosines(passage, question, scale)
        known = whole is not None
        if whole is None:
            # Not embedded yet: what a passage that holds these words usually has.
            whole = best = 0.15 + 0.45 * _coverage(fields, rarities.words)
        fit = whole + _WORDS_BESIDE_COSINE * float(share) + _BEST_SENTENCE * max(best, 0.0)
        scored.append(Scored(passage, fit, float(share), max(whole, best) if known else None))
    return sorted(scored, key=lambda one: -one.fit)


def _occurs(word: str, words: Frequencies, pairs: Frequencies) -> bool:
    """Whether the library has a word, be it cut differently there."""
    inside = [pair for pair in hanzi_pairs(word) if len(pair) == 2]
    return bool(words.of.get(word)) or (bool(inside) and all(pairs.of.get(pair) for pair in inside))


def logistic(x: float) -> float:
    """0 to 1; one half at 0."""
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, x))))


@dataclass(frozen=True, slots=True)
class _Field:
    """Words joined by single spaces."""

    words: str

    def __len__(self) -> int:
        return self.words.count(" ") + 1 if self.words else 0

    def often(self, word: str) -> int:
        """How often it holds a word; most candidates do not hold most words, and are not even cut."""
        return self.words.split().count(word) if word in self.words else 0


def _bm25(fields: Sequence[tuple[_Field, _Field]], weights: Mapping[str, float]) -> Vectors:
    """BM25F over headings and texts; each field is measured against the candidates' mean length."""
    scores = np.zeros(len(fields), np.float32)
    if not fields or not weights:
        return scores
    lengths = [(len(heading), len(text)) for heading, text in fields]
    mean_heading = max(sum(heading for heading, _ in lengths) / len(fields), 1.0)
    mean_text = max(sum(text for _, text in lengths) / len(fields), 1.0)
    for at, ((heading, text), (in_heading, in_text)) in enumerate(zip(fields, lengths, strict=True)):
        of_heading = 1 - _B + _B * in_heading / mean_heading
        of_text = 1 - _B + _B * in_text / mean_text
        for word, weight in weights.items():
            often = heading.often(word) / of_heading + text.often(word) / of_text
            if often:
                scores[at] += weight * often * (_K1 + 1) / (often + _K1)
    return scores


def _coverage(fields: tuple[_Field, _Field], weights: Mapping[str, float]) -> float:
    present = {*fields[0].words.split(), *fields[1].words.split()}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in present) / total if total else 0.0


def _cosines(passage: StoredPassage, question: Vectors, scale: Scale) -> tuple[float | None, float]:
    if passage.vector is None or passage.vector.shape != question.shape:
        return None, 0.0
    whole = scale.of(float(passage.vector @ question))
    if passage.sentence_vectors is None or not len(passage.sentence_vectors):
        return whole, whole
    return whole, scale.of(float((passage.sentence_vectors @ question).max()))


@dataclass(frozen=True, slots=True)
class _Border:
    """A logistic regression over the fit of a passage and what was asked.

    All but the fit is the same for every passage, so a passage before another is also the surer one.
    """

    at: float
    by_fit: float
    by_telling: float
    by_known: float = 0.0

    def __call__(self, fit: float, question: Rarities) -> float:
        told = self.by_telling * math.log1p(question.telling) + self.by_known * question.known
        return logistic(self.at + self.by_fit * fit + told)


_BY_MEANING = _Border(-6.95, by_fit=8.2, by_telling=1.3)
"""Whether the library has the very words hardly matters here; students use others, and are misheard."""
_BY_WORDS_EN = _Border(-9.8, by_fit=5.9, by_telling=2.2, by_known=6.8)
_BY_WORDS_ZH = _Border(-6.5, by_fit=6.7, by_telling=2.2, by_known=6.0)
"""Fitted on questions of the Python and Debian FAQs and of the demo libraries, beside questions about other
things, then rounded and moved by hand while looking at all of them: there is no clean holdout.
`python -m bench.library quality` measures what they do."""


def confidence(one: Scored, question: Rarities, *, chinese: bool) -> float:
    """How sure one may be that a passage speaks of the question, 0 to 1; one half is the border."""
    if one.cosine is not None:
        return _BY_MEANING(one.fit, question)
    return (_BY_WORDS_ZH if chinese else _BY_WORDS_EN)(one.by_words, question)
