"""One utterance of a student in the hands of a recogniser: sound in, partial words while it lasts, one end.

Whenever the student falls silent the end is prepared, so that its words are there when the turn is over.

Exactly one of FinalWords, NothingUnderstood and CannotHear is reported for each utterance that ends.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import structlog

from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    CannotHear,
    Draft,
    FinalWords,
    HearingEvent,
    LanguageNotHeard,
    NothingUnderstood,
    PartialWords,
    Recogniser,
    RecogniserFailed,
    Transcript,
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


class _Turning(Enum):
    SILENT = auto()
    """The student has fallen silent, and may have finished."""
    VOICED = auto()
    """They had not."""


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
        self._inbox: asyncio.Queue[bytes | _Turning | _End] = asyncio.Queue()
        self._draft: asyncio.Task[Draft | None] | None = None
        """What the end would be, if the student has fallen silent."""
        self._stable = StablePrefix("")
        self._shown = PartialWords("")
        self.words = ""
        """Words so far."""

    def hear(self, pcm: bytes) -> None:
        """Add sound."""
        self._inbox.put_nowait(pcm)

    def fall_silent(self) -> None:
        """The student says nothing just now: prepare the end."""
        self._inbox.put_nowait(_Turning.SILENT)

    def speak_on(self) -> None:
        """It was no end."""
        self._inbox.put_nowait(_Turning.VOICED)

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
            await self._drop_draft()
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
            if isinstance(item, _Turning):
                await self._drop_draft()
                if item is _Turning.SILENT:
                    self._draft = asyncio.create_task(self._foresee(utterance))
                continue
            await utterance.feed(item)
            unasked_ms += len(item) / BYTES_PER_MS
            # While sound has piled up, catching up comes first; nothing is new after a draft.
            if unasked_ms >= PARTIAL_EVERY_MS and self._inbox.empty() and not self._drafted:
                unasked_ms = 0.0
                text = await utterance.partial()
                self._show(PartialWords(text, self._stable.chars(text)))

    @property
    def _drafted(self) -> Draft | None:
        """The words that are ready should the turn be over now."""
        return self._draft.result() if self._draft is not None and self._draft.done() else None

    async def _foresee(self, utterance: Utterance) -> Draft | None:
        try:
            draft = await utterance.draft()
        except RecogniserFailed:
            return None  # The end meets the same fault, and tells it.
        if draft is not None:
            self._show(PartialWords(draft.words, len(draft.words) if draft.transcript.sure else 0))
        return draft

    async def _drop_draft(self) -> None:
        draft, self._draft = self._draft, None
        if draft is not None and not draft.done():
            draft.cancel()
            await asyncio.wait({draft})

    def _show(self, partial: PartialWords) -> None:
        text = partial.text
        if text and partial != self._shown:
            self._shown = partial
            self.words = text
            self._tell(partial)

    async def _finish(self, utterance: Utterance, end: _End) -> None:
        if not end.voiced:
            self._tell(end.nothing)
            return
        try:
            transcript = await self._final_words(utterance)
        except RecogniserFailed as error:
            log.warning("recogniser_failed", error=str(error))
            self._tell(end.nothing)
            return
        if transcript.text.strip():
            self._tell(FinalWords(transcript, end.speech_end_s, end.turn_end_s, self._clock()))
        else:
            self._tell(end.nothing)

    async def _final_words(self, utterance: Utterance) -> Transcript:
        """Those of the draft, or of the end itself when that is there first or no draft can be made."""
        draft = self._draft
        if draft is None:
            return await utterance.finish()
        finishing: asyncio.Task[Transcript] | None = None
        try:
            if not draft.done():
                finishing = asyncio.create_task(utterance.finish())
                await asyncio.wait({draft, finishing}, return_when=asyncio.FIRST_COMPLETED)
            foreseen = draft.result() if draft.done() else None
            if foreseen is not None:
                return foreseen.transcript
            return await (finishing or utterance.finish())
        finally:
            if finishing is not None:
                finishing.cancel()
                await asyncio.gather(finishing, return_exceptions=True)
