"""The hearing stage: the student's sound in, words and their times out.

`Hearing` holds what all lessons share; `LessonHearing` is one lesson's ear. Sound waits in a bounded buffer
(2 s, oldest dropped); voice detection runs in the event loop (0.07 ms per frame), heavier work elsewhere.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from tutor_engine.hearing.choices import choice_of
from tutor_engine.hearing.echo import EchoGate
from tutor_engine.hearing.endpointing import Decision, Endpointer, EndpointRules
from tutor_engine.hearing.keys import Key
from tutor_engine.hearing.listening import Listening
from tutor_engine.hearing.pace import Pace, Paces
from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    VOICE_FRAME_BYTES,
    VOICE_FRAME_MS,
    EndOfTurn,
    FinalWords,
    HearingEvent,
    NothingUnderstood,
    Patience,
    Recogniser,
    RecogniserFailed,
    SpeechFaded,
    SpeechHinted,
    SpeechLasts,
    SpeechStarted,
    Transcript,
    VoiceDetector,
)

log = structlog.get_logger()

Clock = Callable[[], float]
"""Monotonic seconds, as `time.monotonic`."""

BUFFER_MS = 2_000
PRE_ROLL_MS = 300
"""Sound from before the voice that the recogniser gets too: soft beginnings are below the detector."""
JUDGED_MS = 8_000
"""Sound the end-of-turn judge gets at most."""
SURE_CHOICE = 0.8
"""Confidence in an offered choice from which the student has answered."""
LEAD_JUMP_MS = 150.0
LEAD_FOLLOWS = 0.05
"""How fast the clock of the microphone's sound follows its arrival, and the jump that it follows at once."""
LASTS_MS = 1_000.0
"""Voice after which it is no listening noise any more, whatever was understood of it."""
DRAFT_AFTER_MS = 128.0
"""Silence after which the final words are prepared; gaps inside a word are shorter."""
STARVED_S = 0.25
"""An utterance left without sound for so long hears silence: a muted microphone must not hold a turn."""


@dataclass(frozen=True, slots=True)
class _Frame:
    pcm: bytes
    start_ms: float
    """Position in the sound of the lesson."""
    arrived_s: float


class Hearing:
    """Ears for all lessons of the engine."""

    def __init__(
        self,
        recogniser: Recogniser,
        detector: Callable[[], VoiceDetector],
        end_of_turn: EndOfTurn | None,
        *,
        clock: Clock,
        rules: EndpointRules | None = None,
    ) -> None:
        """`detector` makes a voice detector for one stream, such as `SileroModel(path).detector`."""
        self.recogniser = recogniser
        self.detector = detector
        self.end_of_turn = end_of_turn
        self.clock = clock
        self.rules = rules or EndpointRules()
        self._opened = 0
        self._paces = Paces()

    def open(
        self,
        language: str,
        vocabulary: Sequence[str] = (),
        patience: Patience | None = None,
        student: str = "",
    ) -> "LessonHearing":
        """Begin to hear a lesson with the patience of its tutor; a `student` (any name) may be known."""
        self._opened += 1
        # A pace is a person's, while a voice is heard through another microphone next time.
        speaker, pace = f"lesson-{self._opened}", self._paces.of(student)
        return LessonHearing(self, language, tuple(vocabulary), patience or Patience(), speaker, pace)

    async def transcribe(self, pcm: bytes, language: str, vocabulary: Sequence[str] = ()) -> Transcript:
        """Words of a whole recording; empty text when nobody speaks in it.

        Raises:
            LanguageNotHeard: no recogniser knows the language.
            RecogniserFailed: it broke.
        """
        utterance = await self.recogniser.open(language, vocabulary)
        try:
            spoken = await asyncio.to_thread(self._spoken_part, pcm)
            if not spoken:
                return Transcript("", language, 0.0)
            for start in range(0, len(spoken), VOICE_FRAME_BYTES):
                await utterance.feed(spoken[start : start + VOICE_FRAME_BYTES])
            return await utterance.finish()
        finally:
            await utterance.aclose()

    def _spoken_part(self, pcm: bytes) -> bytes:
        """From the first to the last voice, with some air around."""
        detector = self.detector()
        starts = range(0, len(pcm) - VOICE_FRAME_BYTES + 1, VOICE_FRAME_BYTES)
        voiced = [
            at for at in starts if detector.probability(pcm[at : at + VOICE_FRAME_BYTES]) >= self.rules.voice
        ]
        if len(voiced) * VOICE_FRAME_MS < self.rules.start_voice_ms:
            return b""
        air = PRE_ROLL_MS * BYTES_PER_MS
        return pcm[max(0, voiced[0] - air) : voiced[-1] + VOICE_FRAME_BYTES + air]


class LessonHearing:
    """One lesson's ear. Feed sound, iterate `events()` once, close."""

    def __init__(
        self,
        hearing: Hearing,
        language: str,
        vocabulary: tuple[str, ...],
        patience: Patience,
        speaker: str,
        pace: Pace,
    ) -> None:
        self._hearing = hearing
        self._language = language
        self._vocabulary = vocabulary
        self._speaker = speaker
        judged = hearing.end_of_turn is not None
        self._endpointer = Endpointer(language, hearing.rules, patience, judge=judged, pace=pace)
        self._detector = hearing.detector()
        self._waiting: deque[tuple[bytes, float]] = deque()
        self._waiting_bytes = 0
        self._sound_came = asyncio.Event()
        self._keys: deque[Key] = deque()
        self._choices: tuple[str, ...] = ()
        self._echo: EchoGate | None = None
        self._lead_ms = -math.inf
        self._rest = b""
        self._position_ms = 0.0
        self._recent: deque[_Frame] = deque(maxlen=JUDGED_MS // VOICE_FRAME_MS)
        self._listening: Listening | None = None
        self._words = ""
        self._drafting = False
        """The end of the present utterance is being prepared."""
        self._lasts = self._keyed = self._hinted = False
        self._events: asyncio.Queue[HearingEvent] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.dropped_ms = 0.0
        """Sound lost because hearing fell behind."""

    def feed(self, pcm: bytes) -> None:
        """Add 16 kHz signed 16-bit sound of any length; never waits."""
        self._waiting.append((pcm, self._hearing.clock()))
        self._waiting_bytes += len(pcm)
        while self._waiting_bytes > BUFFER_MS * BYTES_PER_MS and len(self._waiting) > 1:
            lost, _ = self._waiting.popleft()
            self._waiting_bytes -= len(lost)
            self.dropped_ms += len(lost) / BYTES_PER_MS
        self._sound_came.set()

    def expect_answer(self, expected: bool, choices: Sequence[str] = ()) -> None:
        """Whether the tutor has just asked something, so that the student may think aloud.

        Once one of the offered `choices` was clearly said, there is no more waiting than usual.
        """
        self._endpointer.patient = expected
        self._choices = tuple(choices) if expected else ()

    def played(self, pcm: bytes, at_s: float) -> None:
        """What the student's loudspeaker plays (16 kHz, 16 bit) from this time of the clock on.

        From the first call on, voice that is only this sound come back is not heard.
        """
        if self._echo is None:
            self._echo = EchoGate()
        self._echo.played(pcm, at_s * 1000)

    def press(self) -> None:
        """The student presses the key to talk: what they say now is heard, and no silence ends it."""
        self._touch(Key.TALK)

    def release(self) -> None:
        """The student lets the key to talk go: the turn is over at once."""
        self._touch(Key.TALKED)

    def think(self, held: bool) -> None:
        """The student holds the key to think (no silence ends the turn), or lets it go."""
        self._touch(Key.THINK if held else Key.THOUGHT)

    def _touch(self, key: "Key") -> None:
        # Sound that came before the key must be heard before it.
        self._keys.append(key)
        self._sound_came.set()

    async def events(self) -> AsyncGenerator[HearingEvent]:
        """Everything heard, until `aclose`."""
        self._task = asyncio.create_task(self._hear(), name="hearing")
        ended = self._task
        getter: asyncio.Task[HearingEvent] | None = None
        try:
            while True:
                getter = asyncio.create_task(self._events.get())
                await asyncio.wait({getter, ended}, return_when=asyncio.FIRST_COMPLETED)
                if not getter.done():
                    break
                yield getter.result()
            if not ended.cancelled():
                ended.result()
        finally:
            if getter is not None:
                getter.cancel()
            await self.aclose()

    async def aclose(self) -> None:
        """Stop hearing and let the recogniser go. Idempotent."""
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _hear(self) -> None:
        """Every task of this ear lives in this group."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._prepare())
            while True:
                for frame in await self._next_frames():
                    self._hear_frame(frame, group)
                while self._keys:
                    self._obey(self._keys.popleft(), group)

    async def _prepare(self) -> None:
        try:
            await self._hearing.recogniser.prepare(self._language, self._vocabulary)
        except RecogniserFailed as error:
            # An utterance tries again, and tells when it fails too.
            log.warning("recogniser_unprepared", error=str(error))

    def _obey(self, key: Key, group: asyncio.TaskGroup) -> None:
        match key:
            case Key.TALK:
                self._decide(self._endpointer.press(self._position_ms), group)
                self._keyed = True
            case Key.TALKED:
                self._decide(self._endpointer.release(), group)
            case Key.THINK | Key.THOUGHT:
                self._endpointer.think(key is Key.THINK, self._position_ms)

    async def _next_frames(self) -> list[_Frame]:
        """The frames completed by the sound that waits; silence when an utterance is left without sound."""
        try:
            async with asyncio.timeout(STARVED_S if self._endpointer.inside else None):
                await self._sound_came.wait()
        except TimeoutError:
            # A key may be held without sound for long; the endpointer must see the time pass.
            self._waiting.append((bytes(VOICE_FRAME_BYTES * 8), self._hearing.clock()))
        self._sound_came.clear()
        frames: list[_Frame] = []
        while self._waiting:
            pcm, arrived_s = self._waiting.popleft()
            sound = self._rest + pcm
            whole = len(sound) - len(sound) % VOICE_FRAME_BYTES
            for start in range(0, whole, VOICE_FRAME_BYTES):
                frames.append(_Frame(sound[start : start + VOICE_FRAME_BYTES], self._position_ms, arrived_s))
                self._position_ms += VOICE_FRAME_MS
            self._rest = sound[whole:]
        self._waiting_bytes = 0
        return frames

    def _hear_frame(self, frame: _Frame, group: asyncio.TaskGroup) -> None:
        self._recent.append(frame)
        if self._listening is not None:
            self._listening.hear(frame.pcm)
            self._take_words(self._listening.words)
        end_ms = frame.start_ms + VOICE_FRAME_MS
        probability = self._detector.probability(frame.pcm)
        if self._echo is not None:
            heard_ms = frame.start_ms + self._steady_lead_ms(frame)
            voiced = probability >= self._hearing.rules.still_voice
            if self._echo.explains(frame.pcm, heard_ms, voiced=voiced):
                probability = 0.0
            self._endpointer.echoing = self._echo.returns or not self._echo.settled
        decision = self._endpointer.frame(probability, frame.start_ms, end_ms)
        if self._listening is not None and self._endpointer.inside:
            self._foresee(self._listening, end_ms - self._endpointer.voice_end_ms)
        self._decide(decision, group)
        if not self._lasts and self._endpointer.voice_ms >= LASTS_MS:
            self._lasts = True
            self._events.put_nowait(SpeechLasts())

    def _foresee(self, listening: Listening, silence_ms: float) -> None:
        """Have the end prepared while the student is silent."""
        silent = silence_ms >= DRAFT_AFTER_MS and self._endpointer.voice_ms > 0.0
        if silent != self._drafting:
            self._drafting = silent
            (listening.fall_silent if silent else listening.speak_on)()

    def _steady_lead_ms(self, frame: _Frame) -> float:
        """From positions in the sound to the clock, freed from the jitter of arrival."""
        lead_ms = frame.arrived_s * 1000 - VOICE_FRAME_MS - frame.start_ms
        if abs(lead_ms - self._lead_ms) > LEAD_JUMP_MS:
            self._lead_ms = lead_ms
        self._lead_ms += LEAD_FOLLOWS * (lead_ms - self._lead_ms)
        return self._lead_ms

    def _take_words(self, words: str) -> None:
        if words == self._words:
            return
        self._words = words
        self._endpointer.words(words)
        if self._choices:
            meant = choice_of(words, self._choices, self._language)
            self._endpointer.answered = meant is not None and meant.confidence >= SURE_CHOICE

    def _decide(self, decision: Decision, group: asyncio.TaskGroup) -> None:
        if decision is Decision.START:
            self._begin(group)
        elif decision is Decision.HINT and (self._echo is None or self._echo.settled):
            # Until then the tutor's own first words would make it lower its voice.
            self._hinted = True
            self._events.put_nowait(SpeechHinted())
        elif decision is Decision.FADED and self._hinted:
            self._hinted = False
            self._events.put_nowait(SpeechFaded())
        elif decision is Decision.ASK:
            group.create_task(self._ask(self._position_ms, group))
        elif decision is Decision.END and self._listening is not None:
            nothing = NothingUnderstood(lasted=self._lasts, keyed=self._keyed)
            if self._endpointer.voiced:
                ended_s = self._arrival_s(self._endpointer.voice_end_ms)
                self._listening.end(ended_s, self._hearing.clock(), nothing)
            else:
                self._listening.dismiss(nothing)
            self._listening = None

    def _begin(self, group: asyncio.TaskGroup) -> None:
        listening = Listening(self._hearing.recogniser, self._hearing.clock, self._tell)
        self._events.put_nowait(SpeechStarted())
        group.create_task(listening.run(self._language, self._vocabulary, self._speaker))
        since_ms = self._endpointer.voice_start_ms - PRE_ROLL_MS
        for frame in self._recent:
            if frame.start_ms >= since_ms:
                listening.hear(frame.pcm)
        self._listening = listening
        self._words = ""
        self._drafting = self._lasts = False
        self._keyed = self._hinted = False

    def _tell(self, event: HearingEvent) -> None:
        if isinstance(event, FinalWords) and self._listening is not None:
            # Whoever told this has ended: the one that listens now hears what came after.
            event = replace(event, goes_on=True)
        self._events.put_nowait(event)

    async def _ask(self, asked_ms: float, group: asyncio.TaskGroup) -> None:
        judge = self._hearing.end_of_turn
        if judge is None:
            return
        # An earlier turn in the same sound would make this one look unfinished.
        since_ms = self._endpointer.voice_start_ms - PRE_ROLL_MS
        sound = b"".join(frame.pcm for frame in self._recent if since_ms <= frame.start_ms < asked_ms)
        try:
            probability = await judge.probability(sound)
        except (OSError, RuntimeError, ValueError) as error:
            # The rules on silence end the turn without a judge, only later.
            log.warning("end_of_turn_failed", error=repr(error))
            return
        self._decide(self._endpointer.judged(probability, asked_ms, self._position_ms), group)

    def _arrival_s(self, position_ms: float) -> float:
        """When the sound up to a position had arrived."""
        for frame in reversed(self._recent):
            if frame.start_ms < position_ms:
                return frame.arrived_s
        return self._hearing.clock()
