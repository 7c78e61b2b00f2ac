import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from tutor_engine.speaking.fallback import Breaker, FallbackVoice
from tutor_engine.speaking.port import AudioChunk, SpeechEvent, VoiceFailed
from tutor_engine.speaking.streams import closing

if TYPE_CHECKING:
    from conftest import TonedVoice

    Toned = Callable[..., TonedVoice]
    Until = Callable[[Callable[[], bool]], Awaitable[None]]


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def collect(voice: FallbackVoice, text: str = "one two", language: str = "en") -> list[SpeechEvent]:
    return [e async for e in voice.speak(text, voice=None, language=language)]


def test_a_breaker_opens_rests_tries_once_and_closes(clock: Clock) -> None:
    breaker = Breaker(clock)
    breaker.failed("a")
    assert breaker.admits()
    breaker.failed("b")
    assert not breaker.admits()
    assert (breaker.rests_for_s, breaker.reason) == (30.0, "b")
    clock.now += 30
    assert breaker.admits()
    assert not breaker.admits()
    breaker.failed("c")
    assert breaker.rests_for_s == 30.0
    clock.now += 31
    assert breaker.admits()
    breaker.abandoned()
    assert breaker.admits()
    breaker.succeeded()
    assert (breaker.reason, breaker.rests_for_s, breaker.admits()) == ("", 0.0, True)


async def test_the_first_voice_speaks_when_it_can(toned: "Toned", clock: Clock) -> None:
    first, second = toned(name="first"), toned(name="second")
    voice = FallbackVoice([first, second], clock)
    assert await collect(voice)
    assert (first.spoken, second.spoken) == (["one two"], [])
    assert (voice.status().name, voice.status().status) == ("first", "ok")


async def test_the_second_speaks_when_the_first_fails_before_its_sound(toned: "Toned", clock: Clock) -> None:
    first, second = toned(name="first", fails_at=0), toned(name="second")
    voice = FallbackVoice([first, second], clock)
    events = await collect(voice)
    assert events == await collect(FallbackVoice([toned()], clock))
    await collect(voice)
    assert len(first.spoken) == 2
    await collect(voice)
    assert len(first.spoken) == 2, "after two failures it rests"
    status = voice.status()
    assert (status.name, status.status) == ("second", "degraded")
    assert "first rests for 30 s: broken on purpose" in status.detail
    assert voice.capabilities.name == "second"
    clock.now += 31
    first.fails_at = None
    await collect(voice)
    assert len(first.spoken) == 3
    assert voice.status().status == "ok"


async def test_after_the_first_sound_nobody_takes_over(toned: "Toned", clock: Clock) -> None:
    first, second = toned(fails_at=2), toned()
    voice = FallbackVoice([first, second], clock)
    events: list[SpeechEvent] = []

    async def listen() -> None:
        async for event in voice.speak("one two", voice=None, language="en"):
            events.append(event)

    with pytest.raises(VoiceFailed, match="broken on purpose"):
        await listen()
    assert sum(isinstance(e, AudioChunk) for e in events) == 2
    assert second.spoken == []


async def test_the_last_voice_is_tried_twice(toned: "Toned", clock: Clock) -> None:
    only = toned(fails_at=0)
    voice = FallbackVoice([only], clock)
    for expected in (2, 4, 6):
        with pytest.raises(VoiceFailed):
            await collect(voice)
        assert len(only.spoken) == expected, "also while its breaker is open"
    only.fails_at = None
    assert await collect(voice)


async def test_a_voice_that_is_slow_with_its_first_sound_is_left(toned: "Toned", clock: Clock) -> None:
    first, second = toned(gate=asyncio.Event()), toned()
    voice = FallbackVoice([first, second], clock, first_sound_s=0.01)
    assert await collect(voice)
    assert (first.cancelled, second.spoken) == (1, ["one two"])
    await collect(voice)
    assert "no sound within 0.01 s" in voice.status().detail


class Hanging:
    """Gives some sound, or none, and then nothing more for ever."""

    def __init__(self, toned: "TonedVoice", sounds: int) -> None:
        self.capabilities = toned.capabilities
        self._toned = toned
        self._sounds = sounds

    async def available(self) -> bool:
        return True

    async def warm(self, voice: str | None, language: str) -> None:
        return

    async def speak(
        self, text: str, *, voice: str | None, language: str, rate: float = 1.0
    ) -> AsyncIterator[SpeechEvent]:
        given = 0
        async with closing(self._toned.speak(text, voice=voice, language=language, rate=rate)) as events:
            async for event in events:
                if given == self._sounds:
                    break
                given += isinstance(event, AudioChunk)
                yield event
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        return


@pytest.mark.parametrize("sounds", [0, 1])
async def test_the_last_voice_holds_no_turn_by_its_silence(toned: "Toned", clock: Clock, sounds: int) -> None:
    voice = FallbackVoice([Hanging(toned(), sounds)], clock, silence_s=0.02)
    with pytest.raises(VoiceFailed, match="no sound within"):
        await collect(voice)


async def test_a_voice_without_the_language_is_not_asked(toned: "Toned", clock: Clock) -> None:
    first, second = toned(languages=frozenset({"en"})), toned()
    voice = FallbackVoice([first, second], clock)
    await collect(voice, "一", "zh-CN")
    assert (first.spoken, second.spoken) == ([], ["一"])
    assert voice.capabilities.languages == {"en", "zh"}
    none = FallbackVoice([toned(languages=frozenset({"en"}))], clock)
    assert await collect(none, "一", "zh")


async def test_only_one_segment_tries_a_voice_after_its_rest(
    toned: "Toned", clock: Clock, until: "Until"
) -> None:
    first, second = toned(fails_at=0), toned()
    voice = FallbackVoice([first, second], clock)
    await collect(voice)
    await collect(voice)
    clock.now += 31
    first.fails_at, first.gate = None, asyncio.Event()
    trying = asyncio.create_task(collect(voice, "trying"))
    await until(lambda: "trying" in first.spoken)
    await collect(voice, "meanwhile")
    assert "meanwhile" in second.spoken
    first.gate.set()
    assert await trying
    assert "trying" not in second.spoken


async def test_leaving_cancels_the_voice_and_counts_for_nothing(toned: "Toned", clock: Clock) -> None:
    first, second = toned(), toned()
    voice = FallbackVoice([first, second], clock)
    async with closing(voice.speak("one two three", voice=None, language="en")) as events:
        await anext(events)
    assert first.cancelled == 1
    assert voice.status().status == "ok"


async def test_a_voice_that_is_not_there_rests_from_the_start(toned: "Toned", clock: Clock) -> None:
    first, second = toned(name="first", reachable=False), toned()
    voice = FallbackVoice([first, second], clock)
    assert await voice.available()
    await voice.warm(None, "en")
    await collect(voice)
    assert first.spoken == []
    assert "first rests for 30 s: not reachable" in voice.status().detail


async def test_no_voice_at_all(toned: "Toned", clock: Clock) -> None:
    voice = FallbackVoice([toned(reachable=False)], clock)
    assert not await voice.available()
    with pytest.raises(VoiceFailed, match="not reachable"):
        await voice.warm(None, "en")
    with pytest.raises(ValueError, match="at least one"):
        FallbackVoice([], clock)


async def test_closing_closes_all(toned: "Toned", clock: Clock) -> None:
    voices = [toned(), toned()]
    await FallbackVoice(voices, clock).aclose()
    assert all(v.closed for v in voices)
