"""How long a student waits who asks in writing: message sent → first sound and first moved lips at the peer.

Baseline in the same run: the same engine asked for the answer as a whole with its sound attached, as tutors
work that speak when everything is written and synthesised.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence

from bench.conversation.asking import (
    Outcome,
    Question,
    answered,
    ask,
    library_questions,
    losses,
    waiting_rows,
)
from bench.conversation.mouth import Mouth
from bench.house import House
from bench.media.figures import Goal
from bench.student import ADA, Student
from bench.tables import console, quantiles, show, versions

GOAL = Goal(250, unit=" ms")
"""Message → first frame with moved lips, median."""
PER_LESSON = 15


async def measure(house: House, questions: Sequence[Question]) -> tuple[list[Outcome], list[float]]:
    """What came of each question, and the waits for whole answers to the same questions, ms."""
    mouth = Mouth()
    outcomes: list[Outcome] = []
    whole_ms: list[float] = []
    for first in range(0, len(questions), PER_LESSON):
        part = questions[first : first + PER_LESSON]
        async with Student(
            house.engine_url, house.api_key, tutor=ADA, kb_id="bench", keep_frames=True
        ) as student:
            await asyncio.sleep(1.0)
            for question in part:
                outcomes.append(await ask(student, question, mouth))
        async with Student(house.engine_url, house.api_key, tutor=ADA, kb_id="bench", media=False) as student:
            whole_ms += [await whole(student, question) for question in part]
    for each in answered(outcomes):
        console.print(f"  {each.sound_ms:6.0f} ms  {each.question.text}", style="dim")
    return outcomes, whole_ms


async def whole(student: Student, question: Question) -> float:
    """Ask for text with its sound attached; how long both took."""
    since, asked_s = len(student.events), time.monotonic()
    await student.send(type="text", content=question.text, engine_session_id=student.session_id)
    came = await student.news("text", since=since, where=lambda event: bool(event.get("audio")), timeout_s=30)
    await student.event("turn", since=since, where=lambda event: event["state"] == "idle")
    return (came.at_s - asked_s) * 1000


def main() -> None:
    """Both ways, and one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=45)
    parser.add_argument("--quick", action="store_true", help="6 questions")
    arguments = parser.parse_args()
    questions = library_questions()[: 6 if arguments.quick else arguments.questions]
    with House() as house:
        house.furnish()
        outcomes, whole_ms = asyncio.run(measure(house, questions))
    rows = waiting_rows(outcomes)
    rows.append(
        [
            "baseline: whole answer as a sound file, no face",
            *(f"{value:.0f}" for value in quantiles(whole_ms)),
        ]
    )
    moved_ms = [each.lips_ms for each in answered(outcomes) if each.lips_ms is not None]
    p50 = quantiles(moved_ms)[0] if moved_ms else float("inf")
    show(
        f"Typed questions ({len(outcomes)})",
        ("ms after the message", "p50", "p95", "max"),
        rows,
        losses(outcomes),
        f"goal: first frame with moved lips p50 {GOAL} ({GOAL.verdict(p50)})",
        versions("aiortc"),
    )


if __name__ == "__main__":
    main()
