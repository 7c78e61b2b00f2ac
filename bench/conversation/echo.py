"""Does a tutor interrupt itself through loudspeakers? Ten minutes of loudspeaker play in simulated rooms.

The tutor's sentences come back later, softer, with reverberation and noise, no browser canceller in between;
each room is heard by the real voice detector, with the gate and without it (baseline). A self-interruption
is 200 ms of voice let through while nobody speaks. Then a student speaks over the tutor: heard is 200 ms of
voice let through while they do.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.conversation.material import questions, to_16_khz
from bench.tables import show
from bench.voice import record
from tutor_engine.hearing.echo import EchoGate
from tutor_engine.hearing.endpointing import Decision, Endpointer
from tutor_engine.hearing.port import RATE_HZ, VOICE_FRAME_BYTES, VOICE_FRAME_MS
from tutor_engine.hearing.vad import SileroModel, silero_path

Floats = npt.NDArray[np.float64]
GAP_S = 0.3
TALK_EVERY_S = 6.0


@dataclass(frozen=True, slots=True)
class Room:
    """How the loudspeaker comes back."""

    delay_ms: float
    down_db: float
    reverberation_s: float
    noise: float


ROOMS = (
    Room(20, 0, 0.2, 8),
    Room(60, 6, 0.4, 30),
    Room(120, 12, 0.5, 8),
    Room(180, 20, 0.6, 15),
    Room(250, 30, 0.3, 8),
)


def comes_back(sound: Floats, room: Room, seed: int) -> Floats:
    """What the microphone hears of the loudspeaker."""
    random = np.random.default_rng(seed)
    length = int(room.reverberation_s * RATE_HZ)
    tail = random.normal(0, 1, length) * 10 ** (-3 * np.arange(length) / length)
    tail *= 0.3 / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    size = 1 << int(np.ceil(np.log2(sound.size + length)))
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: sound.size]
    late: Floats = np.pad(wet, (int(room.delay_ms * RATE_HZ / 1000), 0))[: sound.size]
    return late * 10 ** (-room.down_db / 20) + random.normal(0, room.noise, sound.size)


def speech(voice: str, seconds: float, first: int) -> Floats:
    """Sentences in a row."""
    gold, off_topic = questions()
    texts = [each.text for each in (*gold, *off_topic)]
    pieces: list[Floats] = []
    length = 0
    for number in range(first, first + 10_000):
        said = to_16_khz(record(texts[number % len(texts)], voice, lead_s=GAP_S)).astype(np.float64)
        pieces.append(said)
        length += said.size
        if length >= seconds * RATE_HZ:
            break
    return np.concatenate(pieces)[: int(seconds * RATE_HZ)]


def starts_ms(
    model: SileroModel, tutor: Floats, microphone: Floats, *, gated: bool
) -> tuple[list[float], float]:
    """Where voice is believed to begin, and the processor time per second of sound, ms."""
    detector, gate = model.detector(), EchoGate()
    endpointer = Endpointer("en", judge=False)
    played, heard = (np.clip(each, -32768, 32767).astype("<i2").tobytes() for each in (tutor, microphone))
    begun_s = time.process_time()
    found: list[float] = []
    for number, start in enumerate(range(0, len(heard) - VOICE_FRAME_BYTES + 1, VOICE_FRAME_BYTES)):
        frame, at_ms = heard[start : start + VOICE_FRAME_BYTES], float(number * VOICE_FRAME_MS)
        probability = detector.probability(frame)
        if gated:
            gate.played(played[start : start + VOICE_FRAME_BYTES], at_ms)
            if gate.explains(frame, at_ms, voiced=probability >= 0.35):
                probability = 0.0
        if endpointer.frame(probability, at_ms, at_ms + VOICE_FRAME_MS) is Decision.START:
            found.append(endpointer.voice_start_ms)
    spent_ms = (time.process_time() - begun_s) * 1000
    return found, spent_ms / (microphone.size / RATE_HZ)


def talked_over(microphone: Floats, student: Sequence[Floats]) -> tuple[Floats, list[tuple[float, float]]]:
    """The microphone with a student's sentences every few seconds, and where they are, ms."""
    mixed = microphone.copy()
    spans: list[tuple[float, float]] = []
    step = int(TALK_EVERY_S * RATE_HZ)
    for number, at in enumerate(range(step, mixed.size - step, step)):
        said = student[number % len(student)][:step]
        mixed[at : at + said.size] += said
        spans.append((at * 1000 / RATE_HZ, (at + said.size) * 1000 / RATE_HZ))
    return mixed, spans


def main() -> None:
    """Every room, and one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of loudspeaker play, all rooms together")
    arguments = parser.parse_args()
    model = SileroModel(silero_path())
    seconds = arguments.minutes * 60 / len(ROOMS)
    gold, _ = questions()
    student = [to_16_khz(record(each.text, "slt", lead_s=0.0)).astype(np.float64) for each in gold[:12]]
    rows: list[list[object]] = []
    for number, room in enumerate(ROOMS):
        tutor = speech("rms", seconds, number * 11)
        microphone = comes_back(tutor, room, number)
        plain, _ = starts_ms(model, tutor, microphone, gated=False)
        gated, cost_ms = starts_ms(model, tutor, microphone, gated=True)
        mixed, spans = talked_over(microphone, student)
        over, _ = starts_ms(model, tutor, mixed, gated=True)
        heard = sum(any(begin - 200 <= at <= end for at in over) for begin, end in spans)
        name = f"{room.delay_ms:.0f} ms, -{room.down_db:.0f} dB, {room.reverberation_s} s"
        rows.append(
            [name, f"{seconds / 60:.1f}", len(plain), len(gated), f"{heard}/{len(spans)}", f"{cost_ms:.0f}"]
        )
    show(
        "The tutor's own voice from the loudspeaker",
        ("room", "minutes", "starts without gate", "with gate", "talk-over heard", "ms per s of sound"),
        rows,
        "goal: no self-interruption in 10 minutes; ms per second of sound include the voice detector",
    )


if __name__ == "__main__":
    main()
