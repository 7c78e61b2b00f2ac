"""Does a tutor interrupt itself through loudspeakers? Ten minutes of loudspeaker play in simulated rooms.

The whole chain of a lesson: what is sent goes to `Loudspeaker`, what comes back (later, softer, with
reverberation and noise, no browser canceller in between) to `StudentVoice`, whose ear is the real one. Turns
follow each other, every third is flushed in its middle. Each room is heard with the gate and without it
(baseline). A self-interruption is a `SpeechStarted` while nobody speaks. Then a student speaks over the
tutor: heard is a `SpeechStarted` while they do; at last one with headphones, at the first words of a lesson,
when the gate knows nothing of the room.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

from bench.conversation.material import questions, to_16_khz
from bench.tables import show
from bench.voice import record
from tutor_engine.hearing.port import (
    RATE_HZ,
    HearingEvent,
    Patience,
    RecogniserCapabilities,
    SpeechHinted,
    SpeechStarted,
    Transcript,
)
from tutor_engine.hearing.stage import Hearing
from tutor_engine.hearing.vad import SileroModel, silero_path
from tutor_engine.session.voice import StudentVoice

Floats = npt.NDArray[np.float64]
TALK_EVERY_S = 6.0
TURN_S = 12.0
GAP_S = 1.0
SENT_RATE_HZ = 22_050
"""The embedded tutor's voice."""
PIECE_MS = 200
STEP = RATE_HZ // 50
CLOCK_ZERO_S = 1_000.0
SOON_MS = 1_200.0
"""A student who speaks over the tutor waits no longer for it to fall silent."""
LATE_MS = 300.0
"""A voice is believed after 200 ms; that much after its end it is still the student's."""


@dataclass(frozen=True, slots=True)
class Room:
    """How the loudspeaker comes back."""

    delay_ms: float
    """From leaving the engine to coming back to it."""
    down_db: float
    reverberation_s: float
    noise: float
    drift_ms: float = 0.0
    """A jitter buffer that grows and shrinks by so much."""
    clipped: float = 32_768.0
    """A small loudspeaker that is driven too hard."""


ROOMS = (
    Room(60, 6, 0.4, 30),
    Room(120, 0, 0.2, 8),
    Room(180, 20, 0.6, 15),
    Room(250, 12, 0.5, 8, drift_ms=40),
    Room(320, 6, 0.3, 8, clipped=3_000),
    Room(400, 30, 0.4, 8),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the tutor says, when, and how much of it is played before it is flushed."""

    begins: int
    sound: Floats
    played: int


class NoWords:
    """A recogniser that understands nothing; also its own utterance."""

    capabilities = RecogniserCapabilities("none", frozenset({"en"}), partials=False)

    async def warm(self) -> None:
        """Nothing to load."""

    async def prepare(self, language: str, vocabulary: Sequence[str]) -> None:
        """Nothing to prepare."""

    async def open(self, language: str, vocabulary: Sequence[str] = (), *, speaker: str = "") -> "NoWords":
        """Begin an utterance."""
        return self

    async def feed(self, pcm: bytes) -> None:
        """Forget it."""

    async def partial(self) -> str:
        """No words."""
        return ""

    async def draft(self) -> None:
        """No words."""

    async def finish(self) -> Transcript:
        """No words."""
        return Transcript("", "en")

    async def aclose(self) -> None:
        """Nothing to release."""


def said_by_tutor(voice: str, seconds: float, first: int) -> list[Turn]:
    """Turns of some sentences; every third is flushed in its middle."""
    gold, off_topic = questions()
    texts = [each.text for each in (*gold, *off_topic)]
    turns: list[Turn] = []
    now, number = int(GAP_S * RATE_HZ), first
    while now < seconds * RATE_HZ:
        pieces: list[Floats] = []
        while sum(piece.size for piece in pieces) < TURN_S * RATE_HZ:
            said = record(texts[number % len(texts)], voice, lead_s=0.3)
            pieces.append(to_16_khz(said).astype(np.float64))
            number += 1
        sound = np.concatenate(pieces)
        played = sound.size if len(turns) % 3 < 2 else sound.size // 2
        turns.append(Turn(now, sound, played))
        now += played + int(GAP_S * RATE_HZ)
    return turns


def comes_back(turns: Sequence[Turn], room: Room, seed: int) -> Floats:
    """What the microphone hears of the loudspeaker."""
    random = np.random.default_rng(seed)
    sound = np.zeros(turns[-1].begins + turns[-1].played + RATE_HZ)
    for turn in turns:
        sound[turn.begins : turn.begins + turn.played] = turn.sound[: turn.played]
    length = int(room.reverberation_s * RATE_HZ)
    tail = random.normal(0, 1, length) * 10 ** (-3 * np.arange(length) / length)
    tail *= 0.3 / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    size = 1 << int(np.ceil(np.log2(sound.size + length)))
    clipped = sound.clip(-room.clipped, room.clipped)
    wet = np.fft.irfft(np.fft.rfft(clipped, size) * np.fft.rfft(tail, size), size)[: sound.size]
    times_s = np.arange(sound.size) / RATE_HZ
    delay_s = (room.delay_ms + room.drift_ms * np.sin(times_s * 2 * np.pi / 20)) / 1000
    late: Floats = np.interp(times_s - delay_s, times_s, wet, left=0.0)
    return late * 10 ** (-room.down_db / 20) + random.normal(0, room.noise, sound.size)


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


class Chain:
    """A lesson's ear and loudspeaker, on a clock that goes as fast as it is computed."""

    def __init__(self, model: SileroModel) -> None:
        self.now_s = CLOCK_ZERO_S
        self.starts_ms: list[float] = []
        self.hints = 0
        """How often the tutor lowers its voice."""
        hearing = Hearing(NoWords(), model.detector, None, clock=self.clock)
        self.voice = StudentVoice(hearing, "en", Patience(), self._vocabulary, self._heard, self.clock)

    def clock(self) -> float:
        """Simulated time."""
        return self.now_s

    async def _vocabulary(self) -> Sequence[str]:
        return ()

    def _heard(self, event: HearingEvent) -> None:
        self.hints += isinstance(event, SpeechHinted)
        if isinstance(event, SpeechStarted):
            self.starts_ms.append((self.now_s - CLOCK_ZERO_S) * 1000)

    async def hear(self, microphone: Floats, turns: Sequence[Turn]) -> float:
        """Play the turns and hear the microphone; the processor time per second of sound, ms."""
        heard = np.clip(microphone, -32768, 32767).astype("<i2")
        begins = {turn.begins // STEP: number for number, turn in enumerate(turns)}
        flushes = {
            (turn.begins + turn.played) // STEP: number
            for number, turn in enumerate(turns)
            if turn.played < turn.sound.size
        }
        begun_s = time.process_time()
        async with asyncio.TaskGroup() as group:
            for number in range(heard.size // STEP):
                if number in begins:
                    self._send(begins[number], turns[begins[number]])
                if number in flushes:
                    flushed = turns[flushes[number]]
                    self.voice.loudspeaker.flushed(flushes[number], flushed.played * 1000 / RATE_HZ)
                self.now_s = CLOCK_ZERO_S + (number + 1) * STEP / RATE_HZ
                self.voice.feed(heard[number * STEP : (number + 1) * STEP].tobytes(), group)
                for _ in range(6):
                    await asyncio.sleep(0)
            self.voice.stop()
        return (time.process_time() - begun_s) * 1000 / (heard.size / RATE_HZ)

    def _send(self, number: int, turn: Turn) -> None:
        """The whole turn ahead, as a lesson does, and that it starts now."""
        at_rate = soxr.resample(turn.sound, RATE_HZ, SENT_RATE_HZ).clip(-32768, 32767).astype("<i2")
        size = SENT_RATE_HZ * PIECE_MS // 1000
        for piece, at in enumerate(range(0, at_rate.size, size)):
            part = at_rate[at : at + size].tobytes()
            self.voice.loudspeaker.sent(number, part, SENT_RATE_HZ, float(piece * PIECE_MS))
        self.voice.loudspeaker.started(number, CLOCK_ZERO_S + turn.begins / RATE_HZ)


def chain_hears(
    model: SileroModel, microphone: Floats, turns: Sequence[Turn]
) -> tuple[list[float], int, float]:
    """When speech is believed to start, how often it seems so, and processor time per second of sound, ms."""
    chain = Chain(model)
    cost_ms = asyncio.run(chain.hear(microphone, turns))
    return chain.starts_ms, chain.hints, cost_ms


def heard_at_once(model: SileroModel, turns: Sequence[Turn], student: Sequence[Floats]) -> tuple[int, int]:
    """How many students with headphones are heard at the first words of a lesson, of how many."""
    heard, tries = 0, 0
    for number, after_s in enumerate(np.linspace(0.4, 2.4, 16)):
        turn, said = turns[number % len(turns)], student[number % len(student)]
        first = Turn(RATE_HZ // 2, turn.sound, turn.sound.size)
        at = first.begins + int(after_s * RATE_HZ)
        microphone = np.random.default_rng(number).normal(0, 3, at + said.size + RATE_HZ)
        microphone[at : at + said.size] += said
        starts, _, _ = chain_hears(model, microphone, (first,))
        begins_ms = at * 1000 / RATE_HZ
        heard += any(begins_ms <= start <= begins_ms + SOON_MS for start in starts)
        tries += 1
    return heard, tries


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
        turns = said_by_tutor("rms", seconds, number * 11)
        microphone = comes_back(turns, room, number)
        plain, _, plain_ms = chain_hears(model, microphone, ())
        gated, hints, gated_ms = chain_hears(model, microphone, turns)
        mixed, spans = talked_over(microphone, student)
        over, _, _ = chain_hears(model, mixed, turns)
        heard = sum(any(begin <= at <= end + LATE_MS for at in over) for begin, end in spans)
        name = f"{room.delay_ms:.0f}±{room.drift_ms:.0f} ms, -{room.down_db:.0f} dB, {room.reverberation_s} s"
        minutes = f"{microphone.size / RATE_HZ / 60:.1f}"
        talked = f"{heard}/{len(spans)}"
        rows.append([name, minutes, len(plain), len(gated), hints, talked, f"{gated_ms - plain_ms:.1f}"])
    at_once, tries = heard_at_once(model, said_by_tutor("rms", 60, 3), student)
    rows.append(["headphones, first words", "", "", "", "", f"{at_once}/{tries}", ""])
    show(
        "The tutor's own voice from the loudspeaker",
        (
            "room",
            "minutes",
            "starts without gate",
            "with gate",
            "softer",
            "talk-over heard",
            "gate, ms per s",
        ),
        rows,
        "goal: no self-interruption in 10 minutes; softer: the tutor lowered its voice for a moment; the "
        "gate's cost is processor time per second of sound, with it less without",
    )


if __name__ == "__main__":
    main()
