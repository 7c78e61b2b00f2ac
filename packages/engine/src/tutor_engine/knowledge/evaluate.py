"""Measures retrieval on a set of questions: SQuAD-style JSON in English or Chinese, indexed for the occasion.

A paragraph is right when it is the one that the question belongs to. Questions marked `is_impossible` are
about something else altogether and should be refused.
"""

import asyncio
import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from tutor_engine.knowledge.document import Block, CutPassage, ParsedPage
from tutor_engine.knowledge.index.tokens import Tokens
from tutor_engine.knowledge.meaning.background import EmbeddingTask, Meaning
from tutor_engine.knowledge.port import BaseKey, Index, PageText, PassageIndex, Scope
from tutor_engine.knowledge.reading.passages import cut_passages
from tutor_engine.knowledge.retrieval import Library, Retrieval
from tutor_engine.text import HANZI

EVALUATION = Scope("evaluation", ("set",))
_KEY = BaseKey("evaluation", "set")
_BORDER = 0.5
_RANK_BONUS = 0.10
"""A sentence of the first passage is preferred to one as good of a later one."""
_DEPTH = 8
_WANTED = "not SQuAD-style, which is data[].paragraphs[] of context and qas[] of question and answers[].text"
_BLOCK = re.compile(r"(?:(?!\n\s*\n).)+", re.DOTALL)


class BadSet(Exception):
    """The file is not a set of questions; the text says why."""


class _Answer(BaseModel):
    text: str


class _Question(BaseModel):
    question: str
    answers: list[_Answer] = []
    is_impossible: bool = False


class _Paragraph(BaseModel):
    context: str
    heading: str = Field("", description="Not in SQuAD: headings above the paragraph.")
    qas: list[_Question] = []


class _Article(BaseModel):
    title: str = ""
    paragraphs: list[_Paragraph]


class _File(BaseModel):
    data: list[_Article]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the place where it is answered; `document` is empty when nowhere."""

    text: str
    document: str = ""
    page: int = 0
    answers: tuple[str, ...] = ()

    @property
    def language(self) -> Literal["en", "zh"]:
        """By script."""
        return "zh" if HANZI.search(self.text) else "en"


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Documents and questions of one file."""

    articles: tuple[_Article, ...]
    questions: tuple[Asked, ...]

    @classmethod
    def read(cls, path: Path) -> "QuestionSet":
        """Read SQuAD-style JSON.

        Raises:
            BadSet: it is none.
        """
        try:
            articles = _File.model_validate_json(path.read_bytes()).data
        except OSError as error:
            raise BadSet(f"{path}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise BadSet(f"{path}: {_WANTED}; {place}: {first['msg']}") from error
        asked: list[Asked] = []
        for number, article in enumerate(articles):
            for page, paragraph in enumerate(article.paragraphs, start=1):
                for q in paragraph.qas:
                    place = ("", 0) if q.is_impossible else (str(number), page)
                    asked.append(Asked(q.question, *place, tuple(answer.text for answer in q.answers)))
        if not any(question.document for question in asked):
            raise BadSet(f"{path}: no question that its documents answer")
        return cls(tuple(articles), tuple(asked))

    def fill(self, index: PassageIndex) -> int:
        """Put the documents into the index; returns the number of passages."""
        count = 0
        for number, article in enumerate(self.articles):
            version = index.begin(_KEY, str(number), sha256="0" * 64, title=article.title, kind="txt")
            for page, paragraph in enumerate(article.paragraphs, start=1):
                cuts = list(_cut(article.title, page, paragraph))
                index.add_pages(_KEY, str(number), version, [PageText(page, paragraph.context)], cuts)
                count += len(cuts)
            index.finish(_KEY, str(number), version)
        return count


@dataclass(frozen=True, slots=True)
class Outcome:
    """What retrieval made of one question."""

    asked: Asked
    rank: int
    """Place of the first right passage, from 0; -1: not among those found."""
    best_score: float
    quoted_right: bool
    """Whether the sentence to be quoted stands in the right paragraph, and holds the answer if known."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over one set; `None` where the set has nothing to measure it with."""

    questions: int
    hit_at_1: float
    hit_at_5: float
    mrr: float
    answer_in_gold: float
    answered: float
    impossible: int
    auroc: float | None
    refused: float | None

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "Figures":
        """Of these outcomes, at least one of which is of a question that has an answer."""
        inside = [one for one in outcomes if one.asked.document]
        outside = [one.best_score for one in outcomes if not one.asked.document]
        scores = [one.best_score for one in inside]
        return cls(
            questions=len(inside),
            hit_at_1=statistics.fmean(one.rank == 0 for one in inside),
            hit_at_5=statistics.fmean(0 <= one.rank < 5 for one in inside),
            mrr=statistics.fmean(1 / (one.rank + 1) if one.rank >= 0 else 0.0 for one in inside),
            answer_in_gold=statistics.fmean(one.quoted_right for one in inside),
            answered=statistics.fmean(score >= _BORDER for score in scores),
            impossible=len(outside),
            auroc=auroc(scores, outside) if outside else None,
            refused=statistics.fmean(score < _BORDER for score in outside) if outside else None,
        )


def measured(
    questions: QuestionSet, index: Index, tokens: Tokens, meaning: Meaning | None
) -> dict[str, Figures]:
    """Fill the index, embed, ask everything: figures of all questions, and of every second one from 1 and 2.

    Blocks, for minutes when thousands of passages are to be embedded.
    """
    questions.fill(index)
    if meaning is not None:
        task = EmbeddingTask(index, meaning)
        task.wake(_KEY)
        asyncio.run(task.catch_up())
    outcomes = list(ask_all(Retrieval(index, tokens, meaning).library(EVALUATION), questions.questions))
    inside = [one for one in outcomes if one.asked.document]
    outside = [one for one in outcomes if not one.asked.document]
    found = {"all": Figures.of(outcomes)}
    for name, first in (("odd", 0), ("even", 1)):
        if inside[first::2]:
            found[name] = Figures.of(inside[first::2] + outside[first::2])
    return found


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """How often a question of the library scores above one that is not."""
    return statistics.fmean((a > b) + (a == b) / 2 for a in inside for b in outside)


def ask_all(library: Library, questions: Sequence[Asked]) -> Iterator[Outcome]:
    """Ask every question; blocks."""
    for asked in questions:
        found = library.search_now(asked.text, asked.language, _DEPTH)
        right = [(p.document, p.page) == (asked.document, asked.page) for p in found]
        best, quoted = float("-inf"), False
        for rank, passage in enumerate(found):
            for sentence in passage.sentences:
                worth = sentence.score + _RANK_BONUS / (rank + 1)
                if worth > best:
                    words = passage.text[sentence.start : sentence.end]
                    best = worth
                    quoted = right[rank] and (
                        not asked.answers or any(answer in words for answer in asked.answers)
                    )
        yield Outcome(
            asked,
            right.index(True) if any(right) else -1,
            max((passage.score for passage in found), default=0.0),
            quoted,
        )


def _cut(title: str, page: int, paragraph: _Paragraph) -> Iterator[CutPassage]:
    text = paragraph.context
    blocks = tuple(
        Block("paragraph", match.start(), match.end())
        for match in _BLOCK.finditer(text)
        if match.group().strip()
    )
    for cut in cut_passages(title, [ParsedPage(page, text, blocks)]):
        yield replace(cut, heading=paragraph.heading)
