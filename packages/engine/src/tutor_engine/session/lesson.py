"""One lesson: conversation, hearing and the running turn, wired together in one task group."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import structlog

from tutor_engine.answering.language import detect_language
from tutor_engine.answering.port import Alert, Exchange, Question, Retriever, TeachingState
from tutor_engine.conversation import Conversation, Floor
from tutor_engine.conversation import events as ev
from tutor_engine.conversation.effects import (
    CancelTurn,
    Duck,
    Effect,
    Emit,
    ExpectAnswer,
    Resume,
    StartTurn,
    TurnOver,
)
from tutor_engine.hearing import port as hp
from tutor_engine.hearing.port import Patience
from tutor_engine.session.guessing import Guessing
from tutor_engine.session.plane import Peer
from tutor_engine.session.playing import Playing
from tutor_engine.session.sinks import AttachedSound, LiveSound, Sink
from tutor_engine.session.turn import Answers, TurnRun
from tutor_engine.session.voice import Hears, StudentVoice
from tutor_engine.speaking.stage import Speaking
from tutor_engine.telemetry import Marks
from tutor_protocol import ErrorCode, ServerEvent
from tutor_protocol.client import Id
from tutor_protocol.http import SessionRequest
from tutor_protocol.server import Alert as Told
from tutor_protocol.server import Latency

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of this node, shared by all lessons."""

    hearing: Hears
    answers: Answers
    speaking: Speaking
    greeting: Callable[[SessionRequest, Sequence[str]], str]
    on_latency: Callable[[dict[str, float]], None] = lambda _: None
    on_alert: Callable[[SessionRequest, Alert], None] = lambda *_: None
    """A student may need an adult, or the tutor was kept from saying something."""


class Lesson:
    """One seat. `run` it in a task group; everything of it ends with that task."""

    def __init__(
        self,
        session_id: str,
        request: SessionRequest,
        stages: Stages,
        library: Retriever,
        emit: Callable[[ServerEvent], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.session_id = session_id
        self.request = request
        self.created_at = datetime.now(UTC)
        self.last_activity_at = self.created_at
        self.last_activity_s = clock()
        self.peer: Peer | None = None
        self._stages = stages
        self._library = library
        self._emit_out = emit
        self._clock = clock
        self._chat: Id | None = None
        history = [(message.role, message.content) for message in request.history]
        self._conversation = Conversation(request.tutor.language, history)
        self._floor = Floor(self._conversation)
        self._guessing: Guessing | None = None
        self._histories: dict[Id | None, list[tuple[str, str]]] = {}
        self._teaching: TeachingState | None = None
        self._teachings: dict[Id | None, TeachingState | None] = {}
        self._inbox: asyncio.Queue[ev.Event] = asyncio.Queue()
        tutor = request.tutor
        patience = Patience(pace=tutor.pace, push_to_talk=tutor.push_to_talk)
        # The student of one school is another than the student of the same number of another.
        student = f"{request.tenant_id}/{request.student_id}"
        self._voice = StudentVoice(
            stages.hearing, tutor.language, patience, library.vocabulary, self._heard, clock, student
        )
        self._asked = Marks(clock)
        """Moments of the question that is about to become a turn."""
        self._turn_task: asyncio.Task[None] | None = None
        self._turn_marks = Marks(clock)
        self._playing = Playing(self._inbox.put_nowait)
        self._greeted = bool(history)
        self._puzzled = False
        """A voice was not understood, and the student was told."""
        self._group: asyncio.TaskGroup | None = None
        self._over = asyncio.Event()

    # From outside ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Live until `end`. Errors of one turn stay in that turn."""
        with suppress(asyncio.CancelledError):
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._guessing = Guessing(self._stages.answers, group, self._question, self._clock)
                inbox = group.create_task(self._work())
                await self._over.wait()
                self._take(ev.InterruptWanted())
                self._voice.stop()
                for task in (self._turn_task, inbox):
                    if task is not None:
                        task.cancel()
        self._group = None

    def end(self) -> None:
        """End the lesson. Idempotent."""
        self._over.set()

    def touch(self) -> None:
        """Something happened; the idle clock starts anew."""
        self.last_activity_at = datetime.now(UTC)
        self.last_activity_s = self._clock()

    def ask(
        self,
        text: str,
        source: Literal["voice", "text"] = "text",
        delivery: ev.Delivery = "live",
        chat: Id | None = None,
        *,
        goes_on: bool = False,
        sure: bool = True,
    ) -> None:
        """A whole question of the student.

        `goes_on`: they speak again already; not `sure`: it may have been a noise.
        """
        self.touch()
        if chat != self._chat and chat is not None:
            self._turn_the_page(chat)
        if source == "text":
            self._asked = Marks(self._clock)
            self._asked.mark("speech_end")
        language = detect_language(text)
        if language == "other":
            self._inbox.put_nowait(ev.Refused(text, source, ErrorCode.LANGUAGE_NOT_SPOKEN))
        else:
            self._inbox.put_nowait(ev.Asked(text, source, delivery, goes_on, sure))

    def interrupt(self) -> None:
        """The student pressed stop."""
        self.touch()
        self._inbox.put_nowait(ev.InterruptWanted())

    def hold(self, key: Literal["talk", "think"], held: bool) -> None:
        """The student presses a key, or lets it go."""
        self.touch()
        self._voice.hold(key, held, self._group)
        if key == "talk" and held:
            self._inbox.put_nowait(ev.TalkPressed())

    async def greet(self) -> None:
        """Open the lesson, once."""
        self.touch()
        if self._greeted:
            return
        self._greeted = True
        headings = await self._library.headings()
        self._inbox.put_nowait(ev.GreetingWanted(self._stages.greeting(self.request, headings)))

    def take_stage(self, peer: Peer) -> None:
        """From now on this lesson is seen and heard on `peer`."""
        self.peer = peer

    def leave_stage(self) -> None:
        """Another lesson is shown, or the connection is gone."""
        if self.peer is not None:
            self.interrupt()
        self.peer = None

    # From the peer -------------------------------------------------------------------------------------

    def on_microphone(self, pcm: bytes) -> None:
        """Student sound."""
        self._voice.feed(pcm, self._group)

    def on_playback_started(self, turn: int, at_s: float) -> None:
        """The first sound of a peer's turn leaves."""
        if self._playing.started(turn, at_s):
            self._turn_marks.mark("played_first", at_s)

    def on_playback_at(self, turn: int, position_ms: float) -> None:
        """Progress of a peer's turn."""
        self._playing.at(turn, position_ms)

    def on_playback_ended(self, turn: int, position_ms: float) -> None:
        """A peer's turn has been played."""
        self._playing.ended(turn, position_ms)

    def on_unheard(self, silent_s: float) -> None:
        """The connection broke or fell silent `silent_s` ago."""
        self._playing.unheard(silent_s)

    def on_heard_again(self) -> None:
        """There is a connection."""
        self._playing.heard_again()

    def on_too_weak(self) -> None:
        """The connection carries no sound any more: the rest of the answer is text."""
        self._playing.mute()

    # Hearing -------------------------------------------------------------------------------------------

    def _heard(self, event: hp.HearingEvent) -> None:
        self.touch()
        match event:
            case hp.SpeechHinted():
                self._inbox.put_nowait(ev.VoiceHinted())
            case hp.SpeechFaded():
                self._inbox.put_nowait(ev.VoiceFaded())
            case hp.SpeechStarted():
                self._inbox.put_nowait(ev.VoiceStarted())
            case hp.SpeechLasts():
                self._inbox.put_nowait(ev.VoiceLasted())
            case hp.PartialWords(text=text, stable_chars=stable_chars):
                self._inbox.put_nowait(ev.WordsHeard(text, stable_chars))
            case hp.FinalWords(transcript=transcript):
                self._asked = Marks(self._clock)
                self._asked.mark("speech_end", event.speech_end_s)
                self._asked.mark("turn_end", event.turn_end_s)
                self._asked.mark("words", event.decoded_s)
                self._puzzled = False
                self.ask(
                    transcript.text,
                    source="voice",
                    chat=self._chat,
                    goes_on=event.goes_on,
                    sure=transcript.sure,
                )
            case hp.NothingUnderstood(lasted=lasted, keyed=keyed):
                # Whoever pressed a key or spoke for long waits for an answer. A room that is never quiet
                # does not: it is told once, until something was understood again.
                told = keyed or (lasted and not self._puzzled)
                self._puzzled |= told
                self._inbox.put_nowait(ev.NothingHeard(ErrorCode.NO_SPEECH if told else None))
            case hp.CannotHear():
                self._inbox.put_nowait(ev.NothingHeard(ErrorCode.LANGUAGE_NOT_HEARD))

    # The conversation ------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            self._take(await self._inbox.get())

    def _take(self, event: ev.Event) -> None:
        self._carry_out(self._floor.take(event))
        if self._guessing is None:
            return
        match event:
            case ev.WordsHeard():
                self._guessing.consider(event, self._conversation)
            case ev.Asked() | ev.Refused() | ev.NothingHeard() | ev.InterruptWanted():
                self._guessing.drop()
            case _:
                pass

    def _carry_out(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            match effect:
                case Emit(event=event):
                    self._emit(event)
                case StartTurn():
                    self._start_turn(effect)
                case CancelTurn():
                    self._playing.cancel()
                case TurnOver(turn=turn):
                    self._turn_over(turn)
                case ExpectAnswer(expected=expected, choices=choices):
                    self._voice.expect_answer(expected, choices)
                case Duck():
                    self._playing.duck()
                case Resume():
                    self._playing.unduck()

    def _emit(self, event: ServerEvent) -> None:
        self.touch()
        fields = {"engine_session_id": self.session_id, "session_id": self._chat}
        self._emit_out(event.model_copy(update=fields))

    def _start_turn(self, start: StartTurn) -> None:
        if self._group is None or self._guessing is None:
            return
        self._turn_marks, self._asked = self._asked, Marks(self._clock)
        sink = self._make_sink(start)
        self._playing.begin(start.turn, sink)
        tutor = self.request.tutor
        language = detect_language(start.question) if start.question else tutor.language
        history = self._conversation.history[:-1]
        prepared = self._guessing.confirm(start.question)
        run = TurnRun(
            start=start,
            question=lambda: self._question(start.question, history),
            answers=self._stages.answers,
            speaking=self._stages.speaking,
            voice=tutor.voice,
            language="zh" if language == "zh" else "en",
            sink=sink,
            marks=self._turn_marks,
            post=self._inbox.put_nowait,
            prepared=prepared,
            remember=self._remember,
        )
        self._turn_task = self._group.create_task(run.run())
        if prepared is not None and (ahead := prepared.task) is not None:
            # A turn that is cancelled before it begins does not leave the answer's stream.
            self._turn_task.add_done_callback(lambda _: ahead.cancel())

    def _make_sink(self, start: StartTurn) -> Sink | None:
        if start.delivery == "attached":
            return AttachedSound()
        if self.peer is not None and self.peer.audible:
            return LiveSound(self.peer, self._voice.loudspeaker)
        return None

    async def _question(self, text: str, history: Sequence[tuple[str, str]]) -> Question:
        tutor = self.request.tutor
        language: Literal["en", "zh"] = "zh" if detect_language(text) == "zh" else "en"
        exchanges = tuple(_exchange(role, content) for role, content in history)
        query = self._stages.answers.search_query(text, exchanges, language)
        return Question(
            text=text,
            language=language,
            passages=await self._library.search(query, language),
            # right after that search: another may run while the headings are waited for
            library_away=self._library.away,
            history=exchanges,
            tutor_name=tutor.name,
            persona=tutor.persona,
            mode=tutor.mode,
            model=tutor.llm_model,
            headings=await self._library.headings(),
            teaching=self._teaching,
            on_alert=self._alert,
            topics_allowed=tutor.topics_allowed,
            topics_declined=tutor.topics_declined,
        )

    def _alert(self, alert: Alert) -> None:
        log.warning("student_alert", session=self.session_id, kind=alert.kind, source=alert.source)
        self._stages.on_alert(self.request, alert)
        if self.request.alerts:
            self._emit(Told(kind=alert.kind, source=alert.source, excerpt=alert.excerpt))

    def _remember(self, teaching: TeachingState | None) -> None:
        self._teaching = teaching

    def _turn_over(self, turn: int) -> None:
        stages = self._turn_marks.stages_ms()
        if stages:
            self._stages.on_latency(stages)
            self._emit(Latency(stages=stages, turn_id=turn))
        if self._turn_task is not None:
            self._turn_task.cancel()
            self._turn_task = None
        self._playing.over()

    def _turn_the_page(self, chat: Id) -> None:
        """Another chat of the web server on the same lesson: its own history."""
        self._take(ev.InterruptWanted())
        if self._chat is not None:
            self._histories[self._chat] = self._conversation.history
            self._conversation.history = self._histories.get(chat, [])
            self._teachings[self._chat] = self._teaching
            self._teaching = self._teachings.get(chat)
        self._chat = chat


def _exchange(role: str, content: str) -> Exchange:
    return Exchange("assistant" if role == "assistant" else "user", content)
