"""Language practice: sentences of the library are said and repeated; what was missed is said again.

A pronunciation is not judged, only which words were understood.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from tutor_engine.answering.intent import Intent, asks, classify
from tutor_engine.answering.port import Move, Passage, Question, Quoted, TeachingState
from tutor_engine.answering.select import KNOWN_SCORE
from tutor_engine.answering.teaching.guidance import guide
from tutor_engine.answering.texts import Language, listed, say
from tutor_engine.text import HAN, plain, spoken_length

_WELL = 0.85
"""Share of the words that were understood; recognisers miss a word now and then."""
_MAX_TRIES = 3
_MAX_NAMED = 3
_UNIT = re.compile(rf"[{HAN}]|[A-Za-z0-9]+(?:['’][A-Za-z]+)?")
_ASIDE = frozenset({Intent.GREET, Intent.THANKS, Intent.WHO})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, short enough to repeat."""

    passage: Passage
    start: int
    end: int

    @property
    def words(self) -> str:
        """As it is said."""
        return plain(self.passage.text[self.start : self.end])


@dataclass(frozen=True, slots=True)
class Practising(TeachingState):
    """The sentence to repeat, those to come, and how it goes."""

    current: Sentence
    rest: tuple[Sentence, ...]
    tries: int = 0
    count: int = 0
    """Sentences said well."""


def step(question: Question) -> tuple[Practising | None, Move | None]:
    """Say a sentence, listen, help, go on."""
    state = question.teaching if isinstance(question.teaching, Practising) else None
    language = question.language
    intent = classify(question.text)
    if state is None:
        return _begin(question, intent)
    if intent in (Intent.REPEAT, Intent.SLOWER):
        said = (say("repeat_after_me", language), _quoted(state.current))
        return state, Move(
            guide("say_after", language, sentence=state.current.words), said, passages=_about(state)
        )
    share, missed = compared(state.current.words, question.text)
    if share >= _WELL:
        return _next(replace(state, count=state.count + 1), "well_said", "said_well", language)
    if share < 0.25 and (asks(question.text) or intent in _ASIDE):
        return state, Move(guide("recast", language))
    if state.tries + 1 >= _MAX_TRIES:
        return _next(state, "go_on_after", "said_badly", language)
    named = missed[:_MAX_NAMED]
    guidance = guide("said_nearly", language, words=", ".join(named), sentence=state.current.words)
    opening = say("nearly", language, words=listed(named, language))
    again = replace(state, tries=state.tries + 1)
    return again, Move(guidance, (opening, _quoted(state.current)), passages=_about(state))


def _begin(question: Question, intent: Intent) -> tuple[Practising | None, Move | None]:
    found = sentences(question.passages)
    if not found or intent in _ASIDE or asks(question.text):
        return None, Move(guide("recast", question.language)) if intent not in _ASIDE else None
    state = Practising(found[0], found[1:])
    said = (say("repeat_after_me", question.language), _quoted(found[0]))
    return state, Move(
        guide("say_after", question.language, sentence=found[0].words), said, passages=_about(state)
    )


def _next(
    state: Practising, opening: str, guidance: str, language: Language
) -> tuple[Practising | None, Move]:
    said = say(opening, language)
    if not state.rest:
        end = say("practised", language, count=state.count) + say("next", language)
        return None, Move(end, (said, end))
    after = Practising(state.rest[0], state.rest[1:], 0, state.count)
    spoken = (said, say("repeat_after_me", language), _quoted(after.current))
    return after, Move(
        guide(guidance, language, sentence=after.current.words), spoken, passages=_about(after)
    )


def sentences(passages: Sequence[Passage]) -> tuple[Sentence, ...]:
    """Short whole sentences, best passages first."""
    found: dict[str, Sentence] = {}
    for passage in passages:
        if passage.score < KNOWN_SCORE:
            continue
        for scored in passage.sentences:
            one = Sentence(passage, scored.start, scored.end)
            if 3 <= spoken_length(one.words) <= 12 and not one.words.endswith((":", "：")):
                found.setdefault(one.words, one)
    return tuple(found.values())[:10]


def compared(wanted: str, said: str) -> tuple[float, list[str]]:
    """The share of the words that was said in order, and the words that were not."""
    target = _UNIT.findall(wanted)
    matcher = SequenceMatcher(
        None, [_same(word) for word in target], [_same(word) for word in _UNIT.findall(said)], autojunk=False
    )
    hit = {place for block in matcher.get_matching_blocks() for place in range(block.a, block.a + block.size)}
    missed = [word for place, word in enumerate(target) if place not in hit]
    return len(hit) / max(len(target), 1), list(dict.fromkeys(missed))


def _same(word: str) -> str:
    return word.lower().replace("’", "'")


def _quoted(sentence: Sentence) -> Quoted:
    return Quoted(sentence.passage, sentence.start, sentence.end)


def _about(state: Practising) -> tuple[Passage, ...]:
    return (state.current.passage,)
