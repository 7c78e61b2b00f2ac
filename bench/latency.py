"""How long a student waits: by voice, by keyboard; and whether the picture runs while the tutor speaks.

Measured at a real WebRTC peer on loopback, from the last voiced sample leaving the microphone (or the message
leaving the socket) to the arrival of the first audible 20 ms, or of the first frame of the answer. Playing
it takes the jitter buffer of the browser more (aiortc's is 80 ms). Baseline in the same run: the same engine
without the end-of-turn model, which ends a turn by silence alone, as most systems do.
"""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.house import DEMO_LIBRARY, House
from bench.student import ADA, Student
from bench.tables import console, quantiles, show
from bench.voice import record

LIBRARY = DEMO_LIBRARY / "en"
LISTEN_S = 5.0
"""Of each answer; then the student stops the tutor and asks the next."""
STAGES = ("turn_end", "words", "retrieved", "answer_first", "speech_first", "played_first")


@dataclass(slots=True)
class Wait:
    """One question."""

    sound_ms: float
    picture_ms: float
    fps: float
    longest_gap_ms: float
    stages: dict[str, float]


async def ask(student: Student, question: str, *, spoken: bool) -> Wait:
    """Ask once and wait for the end of the answer."""
    since = len(student.events)
    asked_s = await (student.say(record(question)) if spoken else student.ask(question))
    await student.event("turn", since=since, where=lambda e: e["state"] == "speaking", timeout_s=20)
    await student.until(lambda: student.first_sound(asked_s) is not None, 10, "sound")
    sound_s = student.first_sound(asked_s)
    assert sound_s is not None
    released_s = sound_s - 0.02
    await student.until(lambda: student.frame_times[-1] >= released_s, 5, "picture")
    picture_s = next(at for at in student.frame_times if at >= released_s)
    await asyncio.sleep(LISTEN_S)
    ended_s = time.monotonic()
    await student.interrupt()
    latency = await student.event("latency", since=since, timeout_s=30)
    shown = np.array([at for at in student.frame_times if sound_s <= at <= ended_s])
    gaps = np.diff(shown)
    return Wait(
        sound_ms=(sound_s - asked_s) * 1000,
        picture_ms=(picture_s - asked_s) * 1000,
        fps=float((len(shown) - 1) / (shown[-1] - shown[0])) if len(shown) > 2 else 0.0,
        longest_gap_ms=float(gaps.max() * 1000) if len(gaps) else 0.0,
        stages=latency["stages"],
    )


async def measure(house: House, questions: list[str], *, spoken: bool) -> list[Wait]:
    """Ask all questions in one lesson."""
    waits: list[Wait] = []
    async with Student(house.engine_url, house.api_key, tutor=ADA, kb_id="bench") as student:
        await asyncio.sleep(1.0)
        for question in questions:
            waits.append(await ask(student, question, spoken=spoken))
            console.print(f"  {waits[-1].sound_ms:6.0f} ms  {question}", style="dim")
            await asyncio.sleep(0.5)
    return waits


def report(title: str, waits: list[Wait]) -> None:
    """Print one table."""
    rows: list[list[str]] = []
    for name, values in (
        ("first audible sample", [wait.sound_ms for wait in waits]),
        ("first frame of the answer", [wait.picture_ms for wait in waits]),
        *((f"  stage {stage}", [w.stages[stage] for w in waits if stage in w.stages]) for stage in STAGES),
        ("frames per second while speaking", [wait.fps for wait in waits]),
        ("longest gap between frames, ms", [wait.longest_gap_ms for wait in waits]),
    ):
        if values:
            p50, p95, worst = quantiles(values)
            rows.append([name, f"{p50:.0f}", f"{p95:.0f}", f"{worst:.0f}"])
    show(f"{title} ({len(waits)} questions)", ("ms", "p50", "p95", "max"), rows)


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=30)
    arguments = parser.parse_args()
    gold = json.loads((LIBRARY / "questions.json").read_text())["questions"]
    questions = [entry["question"] for entry in gold][: arguments.questions]
    with House() as house:
        furnish(house)
        spoken = asyncio.run(measure(house, questions, spoken=True))
        typed = asyncio.run(measure(house, questions[: len(questions) // 2], spoken=False))
    with House(without_model="smart-turn") as house:
        furnish(house)
        blind = asyncio.run(measure(house, questions[: len(questions) // 3], spoken=True))
    report("Spoken question", spoken)
    report("Typed question", typed)
    report("Baseline: spoken question, end of turn by silence alone", blind)


def furnish(house: House) -> None:
    """Give the house its library, and wait until it is quiet."""
    for document in sorted(Path(LIBRARY).glob("*.[mp]d*")):
        house.add_document("bench", document)
    house.wait_for_faces()


if __name__ == "__main__":
    main()
