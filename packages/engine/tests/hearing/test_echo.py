"""The gate in small rooms made of numbers: what comes back of a reference, and a second voice over it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from tutor_engine.hearing.echo import HOP_MS, BandEnergies, EchoGate
from tutor_engine.hearing.port import RATE_HZ, VOICE_FRAME_BYTES, VOICE_FRAME_MS

Speak = Callable[..., bytes]
Floats = npt.NDArray[np.float64]
TUTOR = (
    "Light is bent where it passes from air into glass, and each colour is bent a little more or less. "
    "That is how a prism spreads white light into a rainbow, and why the sky is blue."
)


_QUIET = 40


def room(sound: Floats, *, delay_ms: float, down_db: float, seed: int = 1) -> Floats:
    """What a microphone hears of a loudspeaker: later, softer, with reverberation and noise."""
    random = np.random.default_rng(seed)
    fading: Floats = random.normal(0, 1, RATE_HZ // 4) * np.geomspace(1, 1e-3, RATE_HZ // 4)
    fading *= 0.3 / np.sqrt((fading**2).sum())
    fading[0] = 1.0
    late: Floats = np.pad(np.convolve(sound, fading), (int(delay_ms * RATE_HZ / 1000), 0))[: sound.size]
    heard: Floats = late * 10 ** (-down_db / 20) + random.normal(0, 8, sound.size)
    return heard


def unexplained(tutor: Floats, microphone: Floats) -> list[bool]:
    """For each frame, whether the gate lets it through."""
    return follow(EchoGate(), tutor, microphone)


def follow(gate: EchoGate, tutor: Floats, microphone: Floats, *, quiet: int = -1) -> list[bool]:
    """The same for a gate that is looked at afterwards; frames as `quiet` hold no voice."""
    seen: list[bool] = []
    played, heard = (np.clip(each, -32768, 32767).astype("<i2").tobytes() for each in (tutor, microphone))
    for number, start in enumerate(range(0, len(heard) - VOICE_FRAME_BYTES + 1, VOICE_FRAME_BYTES)):
        at_ms = float(number * VOICE_FRAME_MS)
        gate.played(played[start : start + VOICE_FRAME_BYTES], at_ms)
        frame = heard[start : start + VOICE_FRAME_BYTES]
        voiced = bool(np.abs(np.frombuffer(frame, "<i2")).max() > quiet)
        seen.append(not gate.explains(frame, at_ms, voiced=voiced))
    return seen


@pytest.fixture(scope="module")
def tutor(speak: Speak) -> Floats:
    return np.frombuffer(speak(TUTOR), "<i2").astype(np.float64)


@pytest.mark.parametrize(("delay_ms", "down_db"), [(20, 0), (120, 12), (250, 20)])
def test_the_tutors_own_voice_is_explained(tutor: Floats, delay_ms: float, down_db: float) -> None:
    seen = unexplained(tutor, room(tutor, delay_ms=delay_ms, down_db=down_db))
    settled = seen[int(800 / VOICE_FRAME_MS) :]
    assert sum(settled) / len(settled) < 0.02


@pytest.mark.parametrize(("down_db", "returns"), [(6, True), (20, True), (90, False)])
def test_a_loudspeaker_is_told_from_headphones(tutor: Floats, down_db: float, returns: bool) -> None:
    gate = EchoGate()
    assert not gate.returns
    follow(gate, tutor, room(tutor, delay_ms=120, down_db=down_db), quiet=_QUIET)
    assert gate.settled
    assert gate.returns == returns


@pytest.mark.parametrize("down_db", [6, 20])
def test_a_student_over_the_tutor_is_heard(tutor: Floats, speak: Speak, down_db: float) -> None:
    student = np.frombuffer(speak("Wait, what is a prism made of?", "en-gb-x-rp"), "<i2").astype(np.float64)
    microphone = room(tutor, delay_ms=120, down_db=down_db)
    since = 3 * RATE_HZ
    microphone[since : since + student.size] += student
    first = since * 1000 // RATE_HZ // VOICE_FRAME_MS
    during = unexplained(tutor, microphone)[first : first + student.size * 1000 // RATE_HZ // VOICE_FRAME_MS]
    assert sum(during) * VOICE_FRAME_MS >= 250


def test_the_delay_is_found(tutor: Floats) -> None:
    gate = EchoGate()
    microphone = room(tutor, delay_ms=170, down_db=10)
    for number in range(60):
        part = slice(number * 512, number * 512 + 512)
        gate.played(tutor[part].astype("<i2").tobytes(), number * 32.0)
        gate.explains(microphone[part].astype("<i2").tobytes(), number * 32.0)
    assert gate.delay_ms == pytest.approx(170, abs=2 * HOP_MS)


def test_nothing_played_explains_nothing(tutor: Floats) -> None:
    assert all(unexplained(np.zeros(tutor.size), tutor)[8:])


def test_with_headphones_the_student_is_heard(tutor: Floats, speak: Speak) -> None:
    """The tutor plays, nothing of it comes back, and after two seconds another voice begins."""
    student = np.frombuffer(speak("Please tell me about tides instead.", "en-gb-x-rp"), "<i2")
    microphone = np.random.default_rng(3).normal(0, 8, tutor.size)
    since = 2 * RATE_HZ // 512 * 512
    microphone[since : since + student.size] += student
    gate = EchoGate()
    passed: list[bool] = []
    for number in range((since + student.size) // 512):
        part = slice(number * 512, number * 512 + 512)
        gate.played(tutor[part].astype("<i2").tobytes(), number * 32.0)
        voiced = number * 512 >= since
        explained = gate.explains(microphone[part].astype("<i2").tobytes(), number * 32.0, voiced=voiced)
        passed += [not explained] if voiced else []
    assert sum(passed) / len(passed) > 0.7


@pytest.mark.parametrize("after_ms", [250, 400, 700])
def test_a_student_who_speaks_as_the_tutor_begins_is_no_echo(
    tutor: Floats, speak: Speak, after_ms: int
) -> None:
    """Two voices that begin at about the same time rise alike; that proves nothing."""
    student = np.frombuffer(speak("Wait, what is a prism made of?", "en-gb-x-rp"), "<i2").astype(np.float64)
    silence = np.zeros(RATE_HZ // 2)
    microphone = np.random.default_rng(1).normal(0, 3, silence.size + tutor.size)
    at = silence.size + after_ms * RATE_HZ // 1000
    microphone[at : at + student.size] += student
    first = at * 1000 // RATE_HZ // VOICE_FRAME_MS
    during = unexplained(np.concatenate([silence, tutor]), microphone)[first:][: 1_200 // VOICE_FRAME_MS]
    assert sum(during) * VOICE_FRAME_MS >= 400


def test_frames_without_voice_are_never_explained_and_cost_no_search(tutor: Floats) -> None:
    gate = EchoGate()
    frame = tutor[:512].astype("<i2").tobytes()
    gate.played(frame * 10, 0.0)
    assert not any(gate.explains(frame, number * 32.0, voiced=False) for number in range(10))


def test_a_gap_in_what_is_played_begins_anew(tutor: Floats) -> None:
    gate = EchoGate()
    sound = tutor[: RATE_HZ // 2].astype("<i2").tobytes()
    gate.played(sound, 0.0)
    gate.played(sound, 60_000.0)
    frame = tutor[:512].astype("<i2").tobytes()
    assert not gate.explains(frame, 30_000.0)


def test_bands_of_a_tone_are_where_the_tone_is() -> None:
    times = np.arange(RATE_HZ // 4) / RATE_HZ
    low, high = (
        BandEnergies().take((8000 * np.sin(2 * np.pi * hz * times)).astype("<i2").tobytes())
        for hz in (300, 4000)
    )
    assert low[5:].mean(axis=0).argmax() < high[5:].mean(axis=0).argmax()
    assert low.shape[1] == high.shape[1]
    assert BandEnergies().take(b"").shape[0] == 0
