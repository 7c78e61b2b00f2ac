"""Playing a conversation in tests: events of all kinds, and a witness who checks what is promised."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal, Protocol

from hypothesis import strategies as st

from tutor_engine.conversation import Conversation
from tutor_engine.conversation import events as ev
from tutor_engine.conversation.effects import CancelTurn, Duck, Effect, Emit, Resume, StartTurn, TurnOver
from tutor_engine.conversation.machine import JUST_BEGUN_MS
from tutor_protocol import ErrorCode
from tutor_protocol.server import Caption, TextDelta, TextOut, Transcription, Turn


def emitted(effects: Sequence[Effect], kind: type) -> list[object]:
    return [effect.event for effect in effects if isinstance(effect, Emit) and isinstance(effect.event, kind)]


def started(effects: Sequence[Effect]) -> list[StartTurn]:
    return [effect for effect in effects if isinstance(effect, StartTurn)]


def words(text: str, ms_per_word: float = 200.0) -> tuple[ev.Word, ...]:
    out: list[ev.Word] = []
    position = 0
    for index, word in enumerate(text.split()):
        start = text.index(word, position)
        position = start + len(word)
        out.append(ev.Word(start, position, index * ms_per_word, (index + 1) * ms_per_word))
    return tuple(out)


class Takes(Protocol):
    """A conversation, or the floor in front of it."""

    def take(self, event: ev.Event) -> Sequence[Effect]: ...


def speak(
    lesson: Takes, text: str, question: str = "why?", source: Literal["voice", "text"] = "text"
) -> list[Effect]:
    """Ask, answer, and let the first sound leave."""
    effects = list(lesson.take(ev.Asked(question, source)))
    [turn] = [start.turn for start in started(effects)]
    effects += lesson.take(ev.AnswerGrew(turn, text))
    effects += lesson.take(ev.AnswerComplete(turn))
    effects += lesson.take(ev.WordsScheduled(turn, words(text)))
    effects += lesson.take(ev.PlaybackStarted(turn))
    return effects


def numbered(conversation: Conversation, events: Sequence[ev.Event]) -> Iterator[ev.Event]:
    """The events, with the number of the present turn where they carry 0; others are of past or no turns."""
    for event in events:
        if getattr(event, "turn", None) == 0:
            present: Any = event
            yield replace(present, turn=conversation.turn)
        else:
            yield event


TURNS = st.sampled_from([0, 0, 0, 0, 1, 2, 3])
SAID = ["q?", "okay", "what is it", "blue today", "stop", "q? and more", "Why is the"]
EVENTS = st.one_of(
    st.sampled_from([ev.VoiceStarted(), ev.VoiceLasted(), ev.TalkPressed()]),
    st.sampled_from([ev.VoiceHinted(), ev.VoiceFaded()]),
    st.builds(ev.WordsHeard, st.sampled_from(["wo", "uh huh", "what is it"]), st.integers(0, 10)),
    st.builds(ev.NothingHeard, st.sampled_from([None, ErrorCode.NO_SPEECH])),
    st.builds(
        ev.Asked,
        st.sampled_from(SAID),
        st.sampled_from(["voice", "voice", "text"]),
        st.sampled_from(["live", "live", "attached"]),
        st.sampled_from([False, False, True]),
    ),
    st.builds(
        ev.Refused, st.just("où"), st.sampled_from(["voice", "text"]), st.just(ErrorCode.LANGUAGE_NOT_SPOKEN)
    ),
    st.builds(ev.GreetingWanted, st.just("Hello there")),
    st.just(ev.InterruptWanted()),
    st.builds(ev.AnswerGrew, TURNS, st.just("one two three ")),
    st.builds(ev.AnswerComplete, TURNS, st.just(""), st.sampled_from([(), ("A", "B")])),
    st.builds(ev.AnswerBroke, TURNS, st.just(ErrorCode.ANSWER_FAILED)),
    st.builds(ev.WordsScheduled, TURNS, st.just(words("one two three"))),
    st.builds(ev.SpeechBroke, TURNS),
    st.builds(ev.SpeechAttached, TURNS),
    st.builds(ev.PlaybackStarted, TURNS),
    st.builds(ev.PlaybackAt, TURNS, st.floats(0, 2_000)),
    st.builds(ev.PlaybackEnded, TURNS, st.floats(0, 2_000)),
)
UNDERWAY: list[ev.Event] = [
    ev.Asked("Why is the sky", "voice"),
    ev.AnswerGrew(0, "one two three "),
    ev.WordsScheduled(0, words("one two three")),
    ev.PlaybackStarted(0),
]
"""An answer to a spoken question is being played."""
SEQUENCES = st.builds(
    lambda start, rest: [*start, *rest], st.sampled_from([[], UNDERWAY]), st.lists(EVENTS, max_size=50)
)


def bare(text: str) -> str:
    """The words alone."""
    return " ".join(re.findall(r"\w+", text.lower()))


class Witness:
    """Watches one conversation and fails when a promise is broken."""

    def __init__(self, conversation: Conversation) -> None:
        self.running: set[int] = set()
        self._conversation = conversation
        self._ended: set[int] = set()
        self._cancelled: set[int] = set()
        self._complete: set[int] = set()
        self._scheduled: dict[int, int] = {}
        self._played_ms: dict[int, float] = {}
        self._record: dict[int, str] = {}
        """The student's words as whoever keeps them by their turn's number sees them."""
        self._finals = 0
        self._said = 0
        self._heard_of: list[tuple[int, str]] = []
        self._soft: int | None = None

    @property
    def soft(self) -> int | None:
        """The turn that is ducked."""
        return self._soft

    def saw(self, event: ev.Event, effects: Sequence[Effect]) -> None:
        """Check what followed from an event."""
        if isinstance(event, ev.PlaybackAt | ev.PlaybackEnded) and event.turn in self.running:
            self._played_ms[event.turn] = max(self._played_ms.get(event.turn, 0.0), event.position_ms)
        if isinstance(event, ev.WordsScheduled) and event.turn in self.running:
            self._scheduled[event.turn] = self._scheduled.get(event.turn, 0) + len(event.words)
        if isinstance(event, ev.AnswerComplete | ev.AnswerBroke) and event.turn in self.running:
            self._complete.add(event.turn)
        if isinstance(event, ev.Asked | ev.Refused):
            self._said += 1
        for effect in effects:
            self._check(effect)
            if isinstance(event, ev.Asked | ev.Refused) and isinstance(effect, Emit):
                self._kept_whole(event.text, effect)
        assert self._finals == self._said, "a final transcript was lost or doubled"
        self._remembered()
        assert len(self._conversation.history) <= 40
        assert len(self.running) <= 1

    def _kept_whole(self, text: str, effect: Emit) -> None:
        """The record holds what was said, and still holds what it held."""
        match effect.event:
            case Transcription(final=True, content=content, turn_id=int(turn)):
                assert bare(text) in bare(content), "words were lost"
                assert bare(self._record.get(turn, "")) in bare(content), "earlier words were lost"
                self._record[turn] = content
            case _:
                pass

    def _remembered(self) -> None:
        """Memory is what was heard, in order; of an answer that came too early nothing may be left."""
        kept = [content for role, content in self._conversation.history if role == "assistant"]
        heard_of = list(self._heard_of)
        while kept:
            assert heard_of, "remembered is not what was heard"
            turn, heard = heard_of.pop()
            if heard == kept[-1]:
                kept.pop()
            else:
                assert turn in self._cancelled, "an answer was forgotten"
                assert self._played_ms.get(turn, 0.0) < JUST_BEGUN_MS, "an answer was forgotten"

    def _check(self, effect: Effect) -> None:
        match effect:
            case StartTurn(turn=turn, question=question):
                assert not self.running, "two turns speak"
                assert turn not in self._ended
                if question:
                    assert self._conversation.history[-1] == ("user", question)
                self.running.add(turn)
            case TurnOver(turn=turn):
                assert turn in self.running, "a turn ended twice"
                self.running.remove(turn)
                self._ended.add(turn)
                self._soft = None if self._soft == turn else self._soft
            case CancelTurn(turn=turn):
                assert turn in self.running
                self._cancelled.add(turn)
            case Duck(turn=turn):
                assert self._soft is None, "ducked twice"
                assert turn in self.running
                self._soft = turn
            case Resume(turn=turn):
                assert turn == self._soft, "resumed what was not ducked"
                self._soft = None
            case Emit(event=Transcription(final=True)):
                self._finals += 1
            case Emit(event=Turn(state="interrupted" | "idle" as state, heard=str(heard), turn_id=int(turn))):
                self._heard(turn, heard, cut=state == "interrupted")
            case Emit(
                event=TextDelta(turn_id=int(turn)) | Caption(turn_id=int(turn)) | TextOut(turn_id=int(turn))
            ):
                assert turn in self.running, "a past turn speaks"
                assert turn not in self._cancelled, "a cancelled turn speaks"
            case _:
                pass

    def _heard(self, turn: int, heard: str, *, cut: bool) -> None:
        """What is told as heard is what is remembered; of a turn that was cut, only what was played."""
        if heard:
            self._heard_of.append((turn, heard))
        if not cut and turn in self._complete:
            return
        played_ms = self._played_ms.get(turn, 0.0) if self._scheduled.get(turn) else -1.0
        done = [word for word in words("one two three") if word.end_ms <= played_ms]
        # Each batch of words scheduled is the same three.
        assert len(heard.split()) <= len(done), "unheard words were stored"
