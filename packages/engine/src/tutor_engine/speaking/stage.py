"""The speaking stage: the text of an answer goes in as it is written, timed speech comes out.

Promises the first sound before the answer is complete, at most one sentence prepared ahead of the one
being taken, and silence the moment the iterator is left. A sentence whose voice fails is text only; the
next one is spoken again.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import structlog

from tutor_engine.speaking.assembly import (
    SegmentDone,
    SegmentFailed,
    SpokenPiece,
    SpokenSound,
    SpokenWords,
    TurnAssembly,
)
from tutor_engine.speaking.characters import base_language
from tutor_engine.speaking.port import Segment, SpeechEvent, Voice, VoiceCapabilities, VoiceFailed
from tutor_engine.speaking.sentences import Segmenter
from tutor_engine.speaking.spoken import to_spoken
from tutor_engine.speaking.streams import closing

__all__ = ["SegmentDone", "SegmentFailed", "Speaking", "SpokenPiece", "SpokenSound", "SpokenWords"]

log = structlog.get_logger()

_SEGMENTS_AHEAD = 64
"""Cut but not yet spoken; an answer that runs further ahead waits."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Silence after a segment, so that speech breathes and the mouth closes; milliseconds."""

    clause: float = 80.0
    sentence: float = 160.0
    paragraph: float = 240.0


class Speaking:
    """Speaks the answers of many lessons with one voice engine."""

    def __init__(self, voice: Voice, *, pauses: Pauses | None = None) -> None:
        self._voice = voice
        self._pauses = pauses or Pauses()

    @property
    def capabilities(self) -> VoiceCapabilities:
        """What the voice engine can do now."""
        return self._voice.capabilities

    async def warm(self, voice: str | None, language: str) -> None:
        """Prepare for the first sentence of a lesson.

        Raises:
            VoiceFailed: no voice is there.
        """
        await self._voice.warm(voice, base_language(language))

    async def speak(
        self, deltas: AsyncIterator[str], *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpokenPiece]:
        """Speak an answer; taking a piece is what makes room for the next. Leaving cancels all work.

        Raises:
            Exception: what `deltas` raised, after the text before it has been spoken.
        """
        turn = _Turn(self._voice, deltas, voice, base_language(language), rate)
        assembly = TurnAssembly()
        char_start = 0
        try:
            while (reading := await turn.next()) is not None:
                async with closing(self._segment(assembly, reading, char_start, turn.language)) as pieces:
                    async for piece in pieces:
                        yield piece
                char_start += len(reading.segment.text)
        finally:
            await turn.aclose()

    async def _segment(
        self, assembly: TurnAssembly, reading: "_Reading", char_start: int, language: str
    ) -> AsyncIterator[SpokenPiece]:
        segment = reading.segment
        start_ms = assembly.position_ms
        assembly.open(segment, char_start, to_spoken(segment.text, language))
        failure: VoiceFailed | None = None
        while (event := await reading.events.get()) is not None:
            if isinstance(event, VoiceFailed):
                failure = event
                break
            if isinstance(event, Exception):
                raise event
            for piece in assembly.add(event):
                yield piece
        at_ms = assembly.position_ms
        for piece in assembly.close(self._pause_ms(segment.text)):
            yield piece
        if failure is None:
            yield SegmentDone(
                segment.index, segment.text, char_start, start_ms, assembly.position_ms, segment.last
            )
        else:
            yield SegmentFailed(
                segment.index, segment.text, char_start, start_ms, at_ms, str(failure), segment.last
            )

    def _pause_ms(self, text: str) -> float:
        body = text.rstrip()
        if "\n" in text[len(body) :]:
            return self._pauses.paragraph
        return self._pauses.sentence if body[-1:] in '.!?…。！？"”’」)）' else self._pauses.clause


@dataclass(slots=True)
class _Reading:
    """A segment and what the voice gives for it: events, then None or the failure.

    The queue is bounded by the length of a segment: a sentence of 20 s is 1 MB.
    """

    segment: Segment
    events: asyncio.Queue[SpeechEvent | Exception | None] = field(
        default_factory=asyncio.Queue[SpeechEvent | Exception | None]
    )


class _Turn:
    """Two tasks that live as long as the turn: one cuts the text, one has it read."""

    def __init__(
        self, voice: Voice, deltas: AsyncIterator[str], name: str | None, language: str, rate: float
    ) -> None:
        self.language = language
        self._voice = voice
        self._name = name
        self._rate = rate
        self._texts: asyncio.Queue[Segment | None] = asyncio.Queue(_SEGMENTS_AHEAD)
        # One place: the reading after the one being taken.
        self._readings: asyncio.Queue[_Reading | None] = asyncio.Queue(1)
        self._failure: Exception | None = None
        self._tasks = (
            asyncio.create_task(self._cut(deltas), name="speaking:cut"),
            asyncio.create_task(self._read(), name="speaking:read"),
        )

    async def next(self) -> _Reading | None:
        """The next segment; None at the end of the answer.

        Raises:
            Exception: what the answer's text raised.
        """
        reading = await self._readings.get()
        if reading is None and self._failure is not None:
            raise self._failure
        return reading

    async def aclose(self) -> None:
        """Stop both tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _cut(self, deltas: AsyncIterator[str]) -> None:
        segmenter = Segmenter(self.language)
        try:
            async with closing(deltas) as texts:
                async for delta in texts:
                    for segment in segmenter.push(delta):
                        await self._texts.put(segment)
        except Exception as error:
            # What was written before is spoken first; `next` raises it then.
            self._failure = error
        for segment in segmenter.end():
            await self._texts.put(segment)
        await self._texts.put(None)

    async def _read(self) -> None:
        while (segment := await self._texts.get()) is not None:
            reading = _Reading(segment)
            await self._readings.put(reading)
            await self._read_segment(reading)
        await self._readings.put(None)

    async def _read_segment(self, reading: _Reading) -> None:
        spoken = reading.segment.spoken
        outcome: Exception | None = None
        try:
            if spoken:
                speech = self._voice.speak(spoken, voice=self._name, language=self.language, rate=self._rate)
                async with closing(speech) as events:
                    async for event in events:
                        reading.events.put_nowait(event)
        except VoiceFailed as error:
            outcome = error
            log.warning("segment_not_spoken", segment=reading.segment.index, reason=str(error))
        except Exception as error:
            # A defect of the voice: whoever takes the speech hears of it.
            outcome = error
        reading.events.put_nowait(outcome)
