"""One utterance of a student in the hands of a recogniser: sound in, partial words while it lasts, one end.

Exactly one of FinalWords, NothingUnderstood and CannotHear is reported for each utterance that ends.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    CannotHear,
    FinalWords,
    HearingEvent,
    LanguageNotHeard,
    NothingUnderstood,
    PartialWords,
    Recogniser,
    RecogniserFailed,
    Utterance,
)

log = structlog.get_logger()

PARTIAL_EVERY_MS = 160
"""How often the words so far are asked for, in sound."""


@dataclass(frozen=True, slots=True)
class _End:
    speech_end_s: float
    turn_end_s: float


class Listening:
    """Carries one utterance from its beginning to its words."""

    def __init__(
        self,
        recogniser: Recogniser,
        clock: Callable[[], float],
        tell: Callable[[HearingEvent], None],
    ) -> None:
        self._recogniser = recogniser
        self._clock = clock
        self._tell = tell
        # Bounded by the longest utterance (30 s, 1 MB): the endpointer ends it.
        self._inbox: asyncio.Queue[bytes | _End] = asyncio.Queue()
        self.words = ""
        """Words so far."""

    def hear(self, pcm: bytes) -> None:
        """Add sound."""
        self._inbox.put_nowait(pcm)

    def end(self, speech_end_s: float, turn_end_s: float) -> None:
        """The turn is over; the final words are wanted."""
        self._inbox.put_nowait(_End(speech_end_s, turn_end_s))

    async def run(self, language: str, vocabulary: Sequence[str], speaker: str) -> None:
        """Recognise until the end was told and reported."""
        try:
            utterance = await self._recogniser.open(language, vocabulary, speaker=speaker)
        except LanguageNotHeard:
            await self._wait_for_end(None)
            self._tell(CannotHear(language))
            return
        except RecogniserFailed as error:
            log.warning("recogniser_failed", error=str(error))
            await self._wait_for_end(None)
            self._tell(NothingUnderstood())
            return
        try:
            end = await self._wait_for_end(utterance)
            await self._finish(utterance, end)
        finally:
            await utterance.aclose()

    async def _wait_for_end(self, utterance: Utterance | None) -> _End:
        """Pass sound on until the end is told."""
        unasked_ms = 0.0
        while True:
            item = await self._inbox.get()
            if isinstance(item, _End):
                return item
            if utterance is None:
                continue
            await utterance.feed(item)
            unasked_ms += len(item) / BYTES_PER_MS
            # While sound has piled up, catching up comes first.
            if unasked_ms >= PARTIAL_EVERY_MS and self._inbox.empty():
                unasked_ms = 0.0
                await self._ask_words(utterance)

    async def _ask_words(self, utterance: Utterance) -> None:
        text = await utterance.partial()
        if text and text != self.words:
            self.words = text
            self._tell(PartialWords(text))

    async def _finish(self, utterance: Utterance, end: _End) -> None:
        try:
            transcript = await utterance.finish()
        except RecogniserFailed as error:
            log.warning("recogniser_failed", error=str(error))
            self._tell(NothingUnderstood())
            return
        if transcript.text.strip():
            self._tell(FinalWords(transcript, end.speech_end_s, end.turn_end_s, self._clock()))
        else:
            self._tell(NothingUnderstood())
