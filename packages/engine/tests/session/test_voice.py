"""The ear of a lesson: opened when it is needed, told everything it must know, hearing only the student."""

import asyncio
import subprocess
import wave
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soxr
from packages.engine.tests.session.scene import Hearing as ScriptedHearing

from tutor_engine.hearing.port import (
    FinalWords,
    HearingEvent,
    Patience,
    RecogniserCapabilities,
    SpeechStarted,
    Transcript,
)
from tutor_engine.hearing.sphinx import SphinxRecogniser
from tutor_engine.hearing.stage import Hearing
from tutor_engine.hearing.vad import SileroModel, silero_path
from tutor_engine.session.voice import Hears, StudentVoice

RATE_HZ = 16_000
STEP_MS = 20
STEP = RATE_HZ * STEP_MS // 1000
Samples = npt.NDArray[np.int16]


async def no_words() -> Sequence[str]:
    return ()


def spoken(text: str, voice: str, folder: Path) -> Samples:
    file = folder / f"{voice}.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True, capture_output=True)
    with wave.open(str(file)) as wav:
        samples = np.frombuffer(wav.readframes(wav.getnframes()), np.int16)
        rate_hz = wav.getframerate()
    return soxr.resample(samples, rate_hz, RATE_HZ)


class Deaf:
    """A recogniser, and its utterance, that understands nothing."""

    capabilities = RecogniserCapabilities("deaf", frozenset({"en"}), partials=False)

    async def warm(self) -> None:
        return

    async def prepare(self, language: str, vocabulary: Sequence[str]) -> None:
        return

    async def open(self, language: str, vocabulary: Sequence[str] = (), *, speaker: str = "") -> "Deaf":
        return self

    async def feed(self, pcm: bytes) -> None:
        return

    async def partial(self) -> str:
        return ""

    async def draft(self) -> None:
        return None

    async def finish(self) -> Transcript:
        return Transcript("", "en")

    async def aclose(self) -> None:
        return


class Room:
    """A student's voice on a clock that goes as fast as it is heard."""

    def __init__(
        self, hearing: Callable[[Callable[[], float]], Hears], patience: Patience | None = None
    ) -> None:
        self.now_s = 50.0
        self.events: list[HearingEvent] = []
        self.voice = StudentVoice(
            hearing(self.clock), "en", patience or Patience(), no_words, self.events.append, self.clock
        )

    def clock(self) -> float:
        return self.now_s

    async def hear(
        self,
        sound: Samples,
        group: asyncio.TaskGroup,
        pause: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0),
    ) -> None:
        for at in range(0, sound.size - STEP + 1, STEP):
            self.now_s += STEP_MS / 1000
            self.voice.feed(sound[at : at + STEP].tobytes(), group)
            for _ in range(6):
                await pause()


def quiet(ms: float) -> Samples:
    return np.random.default_rng(5).normal(0, 6, int(ms * RATE_HZ / 1000)).astype(np.int16)


async def test_what_the_ear_must_know_is_told_when_it_opens() -> None:
    scripted = ScriptedHearing()
    room = Room(lambda _: scripted)
    room.voice.expect_answer(True, ["Mars", "Venus"])
    room.voice.played(b"\0\0", 1.0)
    async with asyncio.TaskGroup() as group:
        room.voice.hold("talk", True, group)
        await asyncio.sleep(0.01)
        assert scripted.ear.patient == [True]
        assert scripted.ear.choices == ("Mars", "Venus")
        assert scripted.ear.keys == ["press"]
        assert scripted.ear.loudspeaker == [], "what was played to nobody is not remembered"
        room.voice.hold("think", True, group)
        room.voice.hold("talk", False, group)
        room.voice.expect_answer(False)
        room.voice.played(b"\0\0", 2.0)
        assert scripted.ear.keys == ["press", "think True", "release"]
        assert scripted.ear.patient == [True, False]
        assert scripted.ear.choices == ()
        assert scripted.ear.loudspeaker == [(b"\0\0", 2.0)]
        room.voice.stop()
    assert scripted.ear.closed


async def test_the_microphone_makes_the_loudspeaker_known() -> None:
    scripted = ScriptedHearing()
    room = Room(lambda _: scripted)
    async with asyncio.TaskGroup() as group:
        await room.hear(quiet(100), group)
        sound = quiet(400)
        room.voice.loudspeaker.sent(1, sound.tobytes(), RATE_HZ, 0.0)
        room.voice.loudspeaker.started(1, room.now_s)
        await room.hear(quiet(600), group)
        assert b"".join(pcm for pcm, _ in scripted.ear.loudspeaker) == sound.tobytes()
        room.voice.stop()


@pytest.mark.parametrize("delay_ms", [80, 250, 400])
async def test_a_lesson_does_not_hear_its_own_tutor_but_its_student(delay_ms: int, tmp_path: Path) -> None:
    tutor = spoken(
        "The moon pulls the water of the oceans, and so there are tides, twice a day. The sun pulls as well.",
        "rms",
        tmp_path,
    )
    student = spoken("Wait, what is a tide?", "slt", tmp_path)
    model = SileroModel(silero_path())
    room = Room(lambda clock: Hearing(Deaf(), model.detector, None, clock=clock))
    back = np.concatenate([np.zeros(delay_ms * RATE_HZ // 1000, np.int16), tutor // 3])
    async with asyncio.TaskGroup() as group:
        await room.hear(quiet(200), group)
        for turn in (1, 2):
            room.voice.loudspeaker.sent(turn, tutor.tobytes(), RATE_HZ, 0.0)
            room.voice.loudspeaker.started(turn, room.now_s)
            heard = np.concatenate([back, quiet(800)])
            if turn == 2:
                assert room.events == []
                heard[RATE_HZ : RATE_HZ + student.size] += student
            await room.hear(heard, group)
        assert SpeechStarted() in room.events
        room.voice.stop()


async def test_the_key_to_talk_with_the_embedded_recogniser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is heard before the key, and a pause while it is pressed ends nothing."""
    # On a busy machine the sound comes late; no ear takes that for a dead microphone.
    monkeypatch.setattr("tutor_engine.hearing.stage.STARVED_S", 60.0)
    recogniser = SphinxRecogniser(finish_timeout_s=60)
    model = SileroModel(silero_path())
    room = Room(
        lambda clock: Hearing(recogniser, model.detector, None, clock=clock), Patience(push_to_talk=True)
    )
    await recogniser.warm()
    before, after = (
        spoken(text, "slt", tmp_path) for text in ("how are you today", "what is the name of your friend")
    )
    async with asyncio.TaskGroup() as group:
        await room.hear(np.concatenate([before, quiet(900)]), group)
        assert room.events == []
        room.voice.hold("talk", True, group)
        said = [quiet(200), before, quiet(2_600), after, quiet(100)]
        await room.hear(np.concatenate(said), group, lambda: asyncio.sleep(0.0002))
        assert not [event for event in room.events if isinstance(event, FinalWords)]
        room.voice.hold("talk", False, group)
        async with asyncio.timeout(90):
            while not isinstance(room.events[-1], FinalWords):  # noqa: ASYNC110 - the event ends a list
                await asyncio.sleep(0.01)
        room.voice.stop()
    await recogniser.aclose()
    final = room.events[-1]
    assert isinstance(final, FinalWords)
    words = final.transcript.text.split()
    assert "you" in words
    assert "name" in words
