"""What no student says: noise, music, clipped sound, an endless monologue. Clear events, bounded memory."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest
from hearing_fakes import ScriptedRecogniser, silence

from tutor_engine.hearing.endpointing import EndpointRules
from tutor_engine.hearing.port import BYTES_PER_MS, RATE_HZ, FinalWords, HearingEvent, SpeechStarted
from tutor_engine.hearing.stage import JUDGED_MS, Hearing, LessonHearing
from tutor_engine.hearing.vad import SileroModel, silero_path

Speak = Callable[..., bytes]
STEP_MS = 320
LONGEST_MS = EndpointRules().longest_ms


@pytest.fixture(scope="module")
def silero() -> SileroModel:
    return SileroModel(silero_path())


def noise(ms: int) -> bytes:
    return (
        np.random.default_rng(2)
        .normal(0, 3000, ms * RATE_HZ // 1000)
        .clip(-32768, 32767)
        .astype("<i2")
        .tobytes()
    )


def music(ms: int) -> bytes:
    """A chord of three organ pipes, a new one every half second."""
    times = np.arange(ms * RATE_HZ // 1000) / RATE_HZ
    root = 220.0 * 2 ** (np.floor(times * 2) % 5 / 12)
    chord = sum(np.sin(2 * np.pi * np.cumsum(root * ratio) / RATE_HZ) for ratio in (1.0, 1.25, 1.5))
    return (5000 * np.asarray(chord)).astype("<i2").tobytes()


async def heard(
    silero: SileroModel, recogniser: ScriptedRecogniser, pcm: bytes
) -> tuple[list[HearingEvent], LessonHearing]:
    lesson = Hearing(recogniser, silero.detector, None, clock=lambda: 1.0).open("en")
    events: list[HearingEvent] = []

    async def collect() -> None:
        async for event in lesson.events():
            events.append(event)

    task = asyncio.create_task(collect())
    step = STEP_MS * BYTES_PER_MS
    for start in range(0, len(pcm), step):
        lesson.feed(pcm[start : start + step])
        for _ in range(40):
            await asyncio.sleep(0)
    await lesson.aclose()
    await task
    return events, lesson


@pytest.mark.parametrize("sound", [silence(5000), bytes(5000 * BYTES_PER_MS), noise(5000), music(5000)])
async def test_what_is_no_voice_is_no_event(silero: SileroModel, sound: bytes) -> None:
    events, lesson = await heard(silero, ScriptedRecogniser(), sound)
    assert events == []
    assert lesson.dropped_ms == 0.0


async def test_clipped_speech_is_one_utterance(silero: SileroModel, speak: Speak) -> None:
    said = np.frombuffer(speak("What is photosynthesis?"), "<i2").astype(np.float64)
    clipped = (said * 40).clip(-32768, 32767).astype("<i2").tobytes()
    events, _ = await heard(silero, ScriptedRecogniser(), silence(300) + clipped + silence(3000))
    assert sum(isinstance(event, SpeechStarted) for event in events) == 1
    assert sum(isinstance(event, FinalWords) for event in events) == 1


async def test_an_endless_monologue_is_cut_into_utterances_of_bounded_length(
    silero: SileroModel, speak: Speak
) -> None:
    recogniser = ScriptedRecogniser()
    sentence = speak("The moon pulls the water of the oceans and so there are tides twice a day")
    minutes = sentence * (180_000 * BYTES_PER_MS // len(sentence))
    events, lesson = await heard(silero, recogniser, minutes + silence(3000))
    assert sum(isinstance(event, FinalWords) for event in events) == len(recogniser.utterances) >= 6
    longest = max(len(utterance.heard) for utterance in recogniser.utterances)
    assert longest <= (LONGEST_MS + 1000) * BYTES_PER_MS
    kept = sum(len(frame.pcm) for frame in lesson._recent)  # pyright: ignore[reportPrivateUsage]
    assert kept <= JUDGED_MS * BYTES_PER_MS
