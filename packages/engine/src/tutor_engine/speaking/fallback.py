"""Several voices as one: the next speaks when the first cannot.

Promises that a segment changes its voice only before its first sound, that a voice which failed twice is
left alone for half a minute, that the last voice is always tried, twice if it must be, and that none of them
holds a turn by its silence.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import structlog

from tutor_engine.speaking.characters import base_language
from tutor_engine.speaking.port import AudioChunk, SpeechEvent, Voice, VoiceCapabilities, VoiceFailed
from tutor_engine.speaking.streams import closing, next_within

log = structlog.get_logger()


class _NoSoundYet(VoiceFailed):
    """A voice failed before its first sound, so another one may take over."""


class Breaker:
    """Opens after some failures in a row; after a rest one attempt may close it again."""

    def __init__(self, clock: Callable[[], float], *, failures: int = 2, rest_s: float = 30.0) -> None:
        self._clock = clock
        self._limit = failures
        self._rest_s = rest_s
        self._failures = 0
        self._open_until: float | None = None
        self._trying = False
        self.reason = ""

    @property
    def rests_for_s(self) -> float:
        """Seconds until it may be tried again; 0 when it may."""
        return 0.0 if self._open_until is None else max(0.0, self._open_until - self._clock())

    def admits(self) -> bool:
        """Whether an attempt may be made now; an open breaker admits one at a time after its rest."""
        if self._open_until is None:
            return True
        if self.rests_for_s > 0 or self._trying:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        """The attempt gave sound."""
        self._failures, self._open_until, self._trying, self.reason = 0, None, False, ""

    def failed(self, reason: str) -> None:
        """The attempt failed."""
        self._failures += 1
        self.reason = reason
        if self._trying or self._failures >= self._limit:
            self.trip(reason)

    def trip(self, reason: str) -> None:
        """Open at once."""
        self._open_until, self._trying, self.reason = self._clock() + self._rest_s, False, reason

    def abandoned(self) -> None:
        """The attempt was cancelled and tells nothing."""
        self._trying = False


@dataclass(frozen=True, slots=True)
class VoiceStatus:
    """Which voice speaks now and why; for `/health`."""

    name: str
    status: Literal["ok", "degraded"]
    detail: str


class FallbackVoice:
    """Tries `voices` in order, best first."""

    def __init__(
        self,
        voices: Sequence[Voice],
        clock: Callable[[], float],
        *,
        first_sound_s: float = 2.5,
        silence_s: float = 10.0,
    ) -> None:
        """A voice has `first_sound_s` while there is another; the last has `silence_s`, as between sounds."""
        if not voices:
            raise ValueError("at least one voice is needed")
        self._voices = tuple(voices)
        self._clock = clock
        self._first_sound_s = first_sound_s
        self._silence_s = silence_s
        self._breakers = tuple(Breaker(clock) for _ in voices)

    @property
    def capabilities(self) -> VoiceCapabilities:
        """What the voice that would speak now can do, in the languages of all."""
        current = self._current().capabilities
        languages = frozenset[str]().union(*(voice.capabilities.languages for voice in self._voices))
        return VoiceCapabilities(current.name, languages, current.timing, self.status().detail)

    def status(self) -> VoiceStatus:
        """The voice that would speak now, and what is wrong with the better ones."""
        current = self._current()
        resting = [
            f"{voice.capabilities.name} rests for {breaker.rests_for_s:.0f} s: {breaker.reason}"
            for voice, breaker in zip(self._voices, self._breakers, strict=True)
            if voice is not current and breaker.reason
        ]
        detail = "; ".join(resting) or current.capabilities.detail
        status = "ok" if current is self._voices[0] else "degraded"
        return VoiceStatus(current.capabilities.name, status, detail)

    async def available(self) -> bool:
        """Whether any of them would speak."""
        for voice in self._voices:
            if await voice.available():
                return True
        return False

    async def warm(self, voice: str | None, language: str) -> None:
        """Warm all at once; one that is not there begins its rest before a student waits for it.

        Raises:
            VoiceFailed: not even the last voice is there.
        """
        await asyncio.gather(*(self._warm_one(i, voice, language) for i in range(len(self._voices))))

    async def speak(
        self, text: str, *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpeechEvent]:
        """Stream the sound of one segment from the first voice that gives any."""
        *earlier, last = self._candidates(language)
        for index in [*earlier, last]:
            attempt = self._attempt(index, text, voice, language, rate, deadline=index != last)
            try:
                async with closing(attempt) as events:
                    async for event in events:
                        yield event
                return
            except _NoSoundYet as failure:
                log.warning(
                    "voice_fell_back", voice=self._voices[index].capabilities.name, reason=str(failure)
                )
        async with closing(self._attempt(last, text, voice, language, rate, deadline=False)) as events:
            async for event in events:
                yield event

    async def aclose(self) -> None:
        """Close all of them. Idempotent."""
        for voice in self._voices:
            await voice.aclose()

    def _current(self) -> Voice:
        closed = (v for v, b in zip(self._voices, self._breakers, strict=True) if b.rests_for_s == 0)
        return next(closed, self._voices[-1])

    def _candidates(self, language: str) -> list[int]:
        """Voices of this language that may be tried; never empty."""
        spoken = base_language(language)
        fitting = [i for i, v in enumerate(self._voices) if spoken in v.capabilities.languages]
        last = fitting[-1] if fitting else len(self._voices) - 1
        return [i for i in fitting if i != last and self._breakers[i].rests_for_s == 0] + [last]

    async def _attempt(
        self, index: int, text: str, voice: str | None, language: str, rate: float, *, deadline: bool
    ) -> AsyncIterator[SpeechEvent]:
        """One voice's reading. Marks are held back until its first sound is there.

        Raises:
            _NoSoundYet: it failed before any sound.
            VoiceFailed: it failed later.
        """
        breaker = self._breakers[index]
        if not breaker.admits() and deadline:
            raise _NoSoundYet("another segment is trying it")
        limit_s = self._first_sound_s if deadline else self._silence_s
        decided = sounding = False
        held: list[SpeechEvent] = []
        speech = self._voices[index].speak(text, voice=voice, language=language, rate=rate)
        try:
            async with closing(speech) as events:
                while (event := await next_within(events, limit_s)) is not None:
                    held.append(event)
                    if isinstance(event, AudioChunk) and not sounding:
                        sounding = decided = True
                        limit_s = self._silence_s
                        breaker.succeeded()
                    if sounding:
                        for ready in held:
                            yield ready
                        held.clear()
            for mark in held:
                yield mark
        except (VoiceFailed, TimeoutError) as error:
            decided = True
            reason = str(error) or f"no sound within {limit_s} s"
            breaker.failed(reason)
            if sounding:
                raise VoiceFailed(reason) from error
            raise _NoSoundYet(reason) from error
        finally:
            if not decided:
                breaker.abandoned()

    async def _warm_one(self, index: int, voice: str | None, language: str) -> None:
        one, breaker = self._voices[index], self._breakers[index]
        try:
            if not await one.available():
                raise VoiceFailed("not reachable")
            await one.warm(voice, language)
        except VoiceFailed as error:
            if one is self._voices[-1]:
                raise
            breaker.trip(str(error))
