"""One turn of a lesson being carried out: answer and speech stream side by side until done or cancelled."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

import structlog

from tutor_engine.answering.port import (
    AnswerCitation,
    AnswerEnd,
    AnswererFailed,
    AnswerEvent,
    AnswerText,
    Exchange,
    Question,
    TeachingState,
)
from tutor_engine.answering.speculation import Prepared
from tutor_engine.answering.streams import closable
from tutor_engine.conversation import events as ev
from tutor_engine.conversation.effects import StartTurn
from tutor_engine.session.sinks import AttachedSound, LiveSound, Sink
from tutor_engine.speaking.stage import SegmentFailed, Speaking, SpokenSound, SpokenWords
from tutor_engine.telemetry import Marks
from tutor_protocol import ErrorCode

log = structlog.get_logger()

_DELTAS = 4_096
"""Pieces of answer that may wait for the voice: all, so that no model is kept busy until they sound."""


class Answers(Protocol):
    """The answering stage."""

    @property
    def has_room(self) -> bool:
        """Whether a guess may be answered without making somebody wait."""
        ...

    def answer(self, question: Question) -> AsyncIterator[AnswerEvent]:
        """Stream an answer."""
        ...

    def search_query(self, text: str, history: Sequence[Exchange], language: str) -> str:
        """What to look for in the library."""
        ...


@dataclass(frozen=True, slots=True)
class TurnRun:
    """Everything one turn needs. `run` ends when all text and sound have been handed on."""

    start: StartTurn
    question: Callable[[], Awaitable[Question]]
    """Retrieval belongs to the turn, so the question is completed inside it."""
    answers: Answers
    speaking: Speaking
    voice: str | None
    language: str
    sink: Sink | None
    """None: nobody listens, the turn is text only."""
    marks: Marks
    post: Callable[[ev.Event], None]
    prepared: Prepared | None = None
    """The answer, when it was begun before the question was complete."""
    remember: Callable[[TeachingState | None], None] = lambda _: None
    """Takes what the teaching mode wants to know at the next question."""

    async def run(self) -> None:
        """Carry the turn out. Cancelling the task silences it; nothing is raised."""
        deltas: asyncio.Queue[str | None] = asyncio.Queue(_DELTAS)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._answer(deltas))
                group.create_task(self._speak(deltas))
        except* Exception as errors:
            log.error("turn_failed", turn=self.start.turn, exc_info=errors)
            self.post(ev.AnswerBroke(self.start.turn, ErrorCode.INTERNAL))
            self.post(ev.PlaybackEnded(self.start.turn, 0.0))

    async def _answer(self, deltas: "asyncio.Queue[str | None]") -> None:
        turn = self.start.turn
        try:
            if self.start.prepared:
                self.post(ev.AnswerGrew(turn, self.start.prepared))
                await deltas.put(self.start.prepared)
                self.post(ev.AnswerComplete(turn))
            else:
                await self._stream_answer(deltas)
        except AnswererFailed as error:
            log.warning("answer_failed", turn=turn, detail=str(error))
            self.post(ev.AnswerBroke(turn, ErrorCode.ANSWER_FAILED))
        finally:
            await deltas.put(None)

    async def _stream_answer(self, deltas: "asyncio.Queue[str | None]") -> None:
        turn = self.start.turn
        async with aclosing(self._events()) as events:
            async for event in events:
                match event:
                    case AnswerText(text=text):
                        self.marks.mark("answer_first")
                        self.post(ev.AnswerGrew(turn, text))
                        await deltas.put(text)
                    case AnswerCitation(citation=citation):
                        self.post(ev.AnswerCited(turn, citation))
                    case AnswerEnd(screen=screen, teaching=teaching, choices=choices):
                        self.remember(teaching)
                        self.post(ev.AnswerComplete(turn, screen, choices))

    async def _events(self) -> AsyncGenerator[AnswerEvent]:
        """The answer as it was prepared, or made now."""
        if self.prepared is None:
            question = await self.question()
            self.marks.mark("retrieved")
            source = closable(self.answers.answer(question))
        else:
            source = self.prepared.events()
        began_s = self.marks.clock()
        async with aclosing(source) as events:
            async for event in events:
                if self.prepared is not None and self.prepared.retrieved_s is not None:
                    # What was there before it was asked for cost the student no time.
                    self.marks.mark("retrieved", max(began_s, self.prepared.retrieved_s))
                yield event

    async def _speak(self, deltas: "asyncio.Queue[str | None]") -> None:
        turn = self.start.turn
        if self.sink is None:
            async for _ in _drain(deltas):
                pass
            self.post(ev.PlaybackEnded(turn, 0.0))
            return
        sounded = False
        pieces = self.speaking.speak(_drain(deltas), voice=self.voice, language=self.language)
        async for piece in pieces:
            match piece:
                case SpokenSound():
                    self.marks.mark("speech_first")
                    sounded = True
                    await self.sink.sound(piece)
                case SpokenWords():
                    words = (ev.Word(w.char_start, w.char_end, w.start_ms, w.end_ms) for w in piece.words)
                    self.post(ev.WordsScheduled(turn, tuple(words)))
                case SegmentFailed():
                    self.post(ev.SpeechBroke(turn))
                case _:
                    pass
        self.sink.end()
        if isinstance(self.sink, AttachedSound):
            self.post(ev.SpeechAttached(turn, self.sink.wav_base64(), "wav"))
        elif not sounded:
            self.post(ev.PlaybackEnded(turn, 0.0))
        elif isinstance(self.sink, LiveSound) and self.sink.state == "muted":
            self.post(ev.PlaybackEnded(turn, self.sink.position_ms))


async def _drain(deltas: "asyncio.Queue[str | None]") -> AsyncIterator[str]:
    while (delta := await deltas.get()) is not None:
        yield delta
