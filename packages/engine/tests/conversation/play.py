"""Playing a conversation in tests: events of all kinds, and a witness who checks what is promised."""

from collections.abc import Sequence
from typing import Protocol

from hypothesis import strategies as st

from tutor_engine.conversation import Conversation
from tutor_engine.conversation import events as ev
from tutor_engine.conversation.effects import CancelTurn, Emit, FloorEffect, StartTurn, TurnOver
from tutor_protocol import ErrorCode
from tutor_protocol.server import Caption, TextDelta, TextOut, Transcription, Turn


def emitted(effects: Sequence[FloorEffect], kind: type) -> list[object]:
    return [effect.event for effect in effects if isinstance(effect, Emit) and isinstance(effect.event, kind)]


def started(effects: Sequence[FloorEffect]) -> list[StartTurn]:
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

    def take(self, event: ev.Event) -> Sequence[FloorEffect]: ...


def speak(lesson: Takes, text: str, question: str = "why?") -> list[FloorEffect]:
    """Ask, answer, and let the first sound leave."""
    effects = list(lesson.take(ev.Asked(question, "text")))
    [turn] = [start.turn for start in started(effects)]
    effects += lesson.take(ev.AnswerGrew(turn, text))
    effects += lesson.take(ev.AnswerComplete(turn))
    effects += lesson.take(ev.WordsScheduled(turn, words(text)))
    effects += lesson.take(ev.PlaybackStarted(turn))
    return effects


TURNS = st.integers(0, 4)
EVENTS = st.one_of(
    st.just(ev.VoiceStarted()),
    st.builds(ev.WordsHeard, st.sampled_from(["wo", "uh huh", "wait a moment"])),
    st.builds(ev.NothingHeard, st.sampled_from([None, ErrorCode.NO_SPEECH])),
    st.builds(
        ev.Asked,
        st.sampled_from(["q?", "okay", "what is it"]),
        st.sampled_from(["voice", "text"]),
        st.sampled_from(["live", "attached"]),
    ),
    st.builds(
        ev.Refused, st.just("où"), st.sampled_from(["voice", "text"]), st.just(ErrorCode.LANGUAGE_NOT_SPOKEN)
    ),
    st.builds(ev.GreetingWanted, st.just("Hello there")),
    st.just(ev.InterruptWanted()),
    st.builds(ev.AnswerGrew, TURNS, st.just("one two three ")),
    st.builds(ev.AnswerComplete, TURNS),
    st.builds(ev.AnswerBroke, TURNS, st.just(ErrorCode.ANSWER_FAILED)),
    st.builds(ev.WordsScheduled, TURNS, st.just(words("one two three"))),
    st.builds(ev.SpeechBroke, TURNS),
    st.builds(ev.SpeechAttached, TURNS),
    st.builds(ev.PlaybackStarted, TURNS),
    st.builds(ev.PlaybackAt, TURNS, st.floats(0, 900)),
    st.builds(ev.PlaybackEnded, TURNS, st.floats(0, 900)),
)


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
        self._finals: list[str] = []
        self._remembered: list[str] = []
        self._said: list[str] = []

    def saw(self, event: ev.Event, effects: Sequence[FloorEffect]) -> None:
        """Check what followed from an event."""
        if isinstance(event, ev.PlaybackAt | ev.PlaybackEnded) and event.turn in self.running:
            self._played_ms[event.turn] = max(self._played_ms.get(event.turn, 0.0), event.position_ms)
        if isinstance(event, ev.WordsScheduled) and event.turn in self.running:
            self._scheduled[event.turn] = self._scheduled.get(event.turn, 0) + len(event.words)
        if isinstance(event, ev.AnswerComplete | ev.AnswerBroke) and event.turn in self.running:
            self._complete.add(event.turn)
        if isinstance(event, ev.Asked | ev.Refused):
            self._said.append(event.text)
        for effect in effects:
            self._check(effect)
        assert self._finals == self._said, "a final transcript was lost or doubled"
        told = [
            e.event.heard
            for e in effects
            if isinstance(e, Emit) and isinstance(e.event, Turn) and e.event.heard
        ]
        self._remembered += told
        kept = [content for role, content in self._conversation.history if role == "assistant"]
        assert kept == self._remembered[len(self._remembered) - len(kept) :], (
            "remembered is not what was heard"
        )
        assert len(self._conversation.history) <= 40
        assert len(self.running) <= 1

    def _check(self, effect: FloorEffect) -> None:
        match effect:
            case StartTurn(turn=turn):
                assert not self.running, "two turns speak"
                assert turn not in self._ended
                self.running.add(turn)
            case TurnOver(turn=turn):
                assert turn in self.running, "a turn ended twice"
                self.running.remove(turn)
                self._ended.add(turn)
            case CancelTurn(turn=turn):
                assert turn in self.running
                self._cancelled.add(turn)
            case Emit(event=Transcription(final=True, content=content)):
                self._finals.append(content)
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
        if not cut and turn in self._complete:
            return
        played_ms = self._played_ms.get(turn, 0.0) if self._scheduled.get(turn) else -1.0
        done = [word for word in words("one two three") if word.end_ms <= played_ms]
        # Each batch of words scheduled is the same three.
        assert len(heard.split()) <= len(done), "unheard words were stored"
