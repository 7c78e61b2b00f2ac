"""One utterance of a student in the hands of a recogniser: sound in, partial words while it lasts, one end.

Exactly one of FinalWords, NothingUnderstood and CannotHear is reported for each utterance that ends.
"""

import asyncio
import re
from collections import deque
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

_WORD_AND_SPACE = re.compile(r"\S+\s*")
PARTIAL_EVERY_MS = 160
"""How often the words so far are asked for, in sound."""


_SETTLED = 2
"""Successive results that a beginning must survive to be called stable (LocalAgreement-2)."""


@dataclass(frozen=True, slots=True)
class _End:
    speech_end_s: float
    turn_end_s: float
    voiced: bool
    nothing: NothingUnderstood
    """What to tell when there are no words."""


class StablePrefix:
    """Which beginning of the words so far successive results agree on, in whole words. Pure."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._before: deque[str] = deque(maxlen=_SETTLED - 1)

    def chars(self, text: str) -> int:
        """How many characters of the newest result are stable."""
        agreed = text
        for earlier in self._before:
            agreed = self._agreed(earlier, agreed)
        full = len(self._before) == _SETTLED - 1
        self._before.append(text)
        return len(agreed) if full else 0

    def _agreed(self, earlier: str, text: str) -> str:
        length = 0
        for old, new in zip(self._parts(earlier), self._parts(text), strict=False):
            if old.strip().casefold() != new.strip().casefold():
                break
            length += len(new)
        return text[:length].rstrip()

    def _parts(self, text: str) -> list[str]:
        return list(text) if self._language == "zh" else _WORD_AND_SPACE.findall(text)


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
        self._stable = StablePrefix("")
        self._shown = PartialWords("")
        self.words = ""
        """Words so far."""

    def hear(self, pcm: bytes) -> None:
        """Add sound."""
        self._inbox.put_nowait(pcm)

    def end(self, speech_end_s: float, turn_end_s: float, nothing: NothingUnderstood) -> None:
        """The turn is over; the final words are wanted, or that there are none."""
        self._inbox.put_nowait(_End(speech_end_s, turn_end_s, True, nothing))

    def dismiss(self, nothing: NothingUnderstood) -> None:
        """The turn is over and nobody spoke in it: nothing was understood."""
        now_s = self._clock()
        self._inbox.put_nowait(_End(now_s, now_s, False, nothing))

    async def run(self, language: str, vocabulary: Sequence[str], speaker: str) -> None:
        """Recognise until the end was told and reported."""
        self._stable = StablePrefix(language)
        try:
            utterance = await self._recogniser.open(language, vocabulary, speaker=speaker)
        except LanguageNotHeard:
            await self._wait_for_end(None)
            self._tell(CannotHear(language))
            return
        except RecogniserFailed as error:
            log.warning("recogniser_failed", error=str(error))
            self._tell((await self._wait_for_end(None)).nothing)
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
        if not text:
            return
        partial = PartialWords(text, self._stable.chars(text))
        if partial != self._shown:
            self._shown = partial
            self.words = text
            self._tell(partial)

    async def _finish(self, utterance: Utterance, end: _End) -> None:
        if not end.voiced:
            self._tell(end.nothing)
            return
        try:
            transcript = await utterance.finish()
        except RecogniserFailed as error:
            log.warning("recogniser_failed", error=str(error))
            self._tell(end.nothing)
            return
        if transcript.text.strip():
            self._tell(FinalWords(transcript, end.speech_end_s, end.turn_end_s, self._clock()))
        else:
            self._tell(end.nothing)
