# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""A quiz from the library: questions with choices, answers by letter, number or word, a score at the end."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from tutor_engine.answering.choosing import picked
from tutor_engine.answering.cloze import Cloze, askable, clozes, is_right
from tutor_engine.answering.grading import Grade, graded_term
from tutor_engine.answering.intent import Intent, asks, classify, normalised
from tutor_engine.answering.port import Move, Passage, Question, Quoted, TeachingState
from tutor_engine.answering.teaching.guidance import guide
from tutor_engine.answering.texts import Language, say

_CHOICES = 3
_MAX_ITEMS = 8
_LETTERS = "ABCD"
_STOP = re.compile(
    r"\b(?:stop|enough|quit|end the quiz|no more|finish|i'm done)\b|^(?:停|停止|结束|不做了|不玩了|够了|算了|不考了)|(?:结束|停止)(?:测验|考试|答题)",
    re.IGNORECASE,
)


_NO_NAME = re.compile(
    r"^(?:how|what|why|when|where|who|kinds|types|parts|which|the (?:life|story|parts))\b|[?？]$|怎|什么|方法$|的(?:来历|起源|种类|特点|故事)$",
    re.IGNORECASE,
)
"""Headings that name no thing, so that nobody would choose them."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question; without choices it is answered freely."""

    cloze: Cloze
    choices: tuple[str, ...]

    @property
    def right(self) -> int:
        """Which choice is right."""
        return self.choices.index(self.cloze.term)

    def asked(self, number: int, language: Language) -> str:
        """The question as it is said."""
        question = say("question", language, number=number, prompt=self.cloze.prompt)
        if not self.choices:
            return say("quiz", language) + question
        named = [
            f"{_LETTERS[place]}, {choice}" if language == "en" else f"{_LETTERS[place]}，{choice}"
            for place, choice in enumerate(self.choices)
        ]
        joined = ("; " if language == "en" else "；").join(named[:-1]) + say("or", language) + named[-1]
        return say("quiz", language) + question + say("choices", language, choices=joined)


@dataclass(frozen=True, slots=True)
class Quizzing(TeachingState):
    """An open question, the questions to come, and the score."""

    open: Item
    rest: tuple[Item, ...] = ()
    seen: tuple[str, ...] = ()
    right: int = 0
    marked: int = 0
    checking: bool = False
    """The student was shown the sentence and says whether they meant the same."""

    @property
    def offered(self) -> tuple[str, ...]:
        """The choices of the open question."""
        return self.open.choices

    def asked(self, language: Language) -> str:
        """The open question as it is said."""
        return self.open.asked(self.marked + 1, language)


def step(question: Question) -> tuple[Quizzing | None, Move | None]:
    """Ask, mark, help, or end."""
    state = question.teaching if isinstance(question.teaching, Quizzing) else None
    intent = classify(question.text)
    if state is None:
        return _begin(question, intent)
    language, item = question.language, state.open
    spoken = state.asked(language)
    about = (item.cloze.passage,)
    if state.checking:
        state = replace(state, checking=False)
        if intent in (Intent.YES, Intent.NO):
            return _mark(state, question, right=intent is Intent.YES, judged=True)
    right = chosen(item, question.text)
    if right is False and not item.choices and graded_term(item.cloze.term, question.text) is Grade.UNSURE:
        return _compared(state, language)
    if right is not None:
        return _mark(state, question, right=right)
    if intent is Intent.ANSWER:
        return _mark(state, question, right=False, gave_up=True)
    if intent is Intent.NO or _STOP.search(normalised(question.text)):
        score = say("score", language, right=state.right, marked=state.marked)
        return None, Move(guide("stop_quiz", language, right=state.right, marked=state.marked), (score,))
    if intent is Intent.HINT:
        return state, Move(
            guide("hint_item", language, term=item.cloze.term, item=spoken),
            (_hint(item, language), spoken),
            passages=about,
        )
    if intent in (Intent.REPEAT, Intent.SLOWER, Intent.GREET, Intent.THANKS, Intent.YES, Intent.QUIZ):
        return state, Move(guide("ask", language, item=spoken), (spoken,), passages=about)
    if asks(question.text):
        return state, Move(guide("back_to_item", language, item=spoken), closing=spoken)
    return state, Move(
        guide("unclear", language, item=spoken), (say("which_one", language), spoken), passages=about
    )


def _begin(question: Question, intent: Intent) -> tuple[Quizzing | None, Move | None]:
    items = made(question.passages, question.language)
    if not items or intent in (Intent.GREET, Intent.THANKS, Intent.WHO, Intent.NO):
        return None, None
    state = Quizzing(items[0], items[1:], tuple(item.cloze.prompt for item in items))
    spoken = state.asked(question.language)
    if asks(question.text) and intent is not Intent.QUIZ:
        return state, Move(guide("back_to_item", question.language, item=spoken), closing=spoken)
    return state, Move(
        guide("ask", question.language, item=spoken), (spoken,), passages=(items[0].cloze.passage,)
    )


def _mark(
    state: Quizzing, question: Question, *, right: bool, gave_up: bool = False, judged: bool = False
) -> tuple[Quizzing | None, Move]:
    language, cloze = question.language, state.open.cloze
    gap = "" if language == "zh" or judged else " "
    wrong = say("revealed" if gave_up else "wrong", language, term=cloze.term)
    verdict = say("right", language) if right else wrong
    if judged:
        # The sentence was shown already, and it was the student who judged.
        verdict = say("noted", language)
    proof: tuple[str | Quoted, ...] = () if judged else (Quoted(cloze.passage, *cloze.span),)
    score = {"right": state.right + right, "marked": state.marked + 1}
    fresh = [item for item in made(question.passages, language) if item.cloze.prompt not in state.seen]
    to_come = state.rest or tuple(fresh)
    if not to_come:
        guidance = guide("end_quiz", language, term=cloze.term, **score)
        return None, Move(guidance, (verdict, *proof), say("score", language, **score), (cloze.passage,))
    seen = tuple(dict.fromkeys((*state.seen, *(item.cloze.prompt for item in to_come))))
    after = replace(state, open=to_come[0], rest=to_come[1:], seen=seen, **score)
    spoken = after.asked(language)
    guidance = guide("mark_right" if right else "mark_wrong", language, term=cloze.term, item=spoken)
    return after, Move(
        guidance, (verdict, *proof, gap + spoken), passages=(cloze.passage, after.open.cloze.passage)
    )


def _compared(state: Quizzing, language: Language) -> tuple[Quizzing, Move]:
    """Near the right word, or another word for it: the student sees the sentence and judges."""
    cloze = state.open.cloze
    spoken = (
        say("compare_yourself", language),
        Quoted(cloze.passage, *cloze.span),
        ("" if language == "zh" else " ") + say("same_thing", language),
    )
    guidance = guide("compare", language, term=cloze.term)
    return replace(state, checking=True), Move(guidance, spoken, passages=(cloze.passage,))


def made(passages: Sequence[Passage], language: Language) -> tuple[Item, ...]:
    """Questions from these passages; where there are enough other terms, with choices."""
    found = clozes(askable(passages), language)[:_MAX_ITEMS]
    others = [cloze.term for cloze in clozes(passages, language)]
    headings = [leaf for p in passages if not _NO_NAME.search(leaf := p.heading.rsplit(" › ", 1)[-1])]
    names = list(dict.fromkeys([cloze.term for cloze in found] + others + headings))
    return tuple(Item(cloze, _choices(cloze, names)) for cloze in found)


def _choices(cloze: Cloze, names: Sequence[str]) -> tuple[str, ...]:
    """The term among others like it, in an order that does not tell which; empty when there are too few."""
    term, prompt = cloze.term.lower(), cloze.prompt.lower()
    others = [
        name
        for name in names
        if name and name.lower() not in term and term not in name.lower() and name.lower() not in prompt
        and len(term) / 3 <= len(name) <= max(2 * len(term), 12)
    ][: _CHOICES - 1]  # fmt: skip
    if len(others) < _CHOICES - 1:
        return ()
    return tuple(sorted([cloze.term, *others], key=lambda name: crc32((name + cloze.prompt).encode())))


def chosen(item: Item, reply: str) -> bool | None:
    """Whether a reply picks the right choice; None when it picks none."""
    if not item.choices:
        if is_right(item.cloze, reply) or graded_term(item.cloze.term, reply) is Grade.RIGHT:
            return True
        intent = classify(reply)
        free = (
            intent in (Intent.ASK, Intent.DEFINE) and not asks(reply) and not _STOP.search(normalised(reply))
        )
        return False if free else None
    if _open_question(reply):
        return None
    place = picked(item.choices, reply)
    return None if place is None else place == item.right


def _open_question(reply: str) -> bool:
    return classify(reply) in (Intent.DEFINE, Intent.WHY, Intent.EXAMPLE) and asks(reply)


def _hint(item: Item, language: Language) -> str:
    """One choice less, or how the word begins."""
    if item.choices:
        wrong = next(choice for place, choice in enumerate(item.choices) if place != item.right)
        return say("not_that", language, choice=wrong)
    return say("begins_with", language, sign=item.cloze.term[0])
