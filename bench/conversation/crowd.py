"""Ten lessons at once, asking by voice and in writing in turn: how many answers are right, and the waiting.

The real engine with its embedded stages. Right is an answer that says the phrase of the library that answers
the question, or rests on the passage that does. Baseline in the same run: one lesson alone, same questions.
"""

import argparse
import asyncio
import random
from collections.abc import Sequence

from bench.conversation.asking import Outcome, Question, answered, ask, in_voices, library_questions, losses
from bench.conversation.material import VOICES
from bench.conversation.together import Load, lessons
from bench.house import House
from bench.media.figures import Goal
from bench.student import Student
from bench.tables import quantiles, show, versions

RIGHT = Goal(90, at_least=True, unit=" %")
"""Of what is answered rightly alone, this share is answered rightly in a crowd."""
APART_S = 4.0
"""At most, between the end of an answer and the next question."""


def questions_of(lesson: int, count: int) -> list[Question]:
    """What one lesson asks: every other question spoken, each lesson other ones."""
    library = library_questions()
    first = lesson * count % len(library)
    turned = [*library[first:], *library[:first]]
    spoken = in_voices(turned, VOICES, count)
    return [spoken[at] if at % 2 else turned[at % len(turned)] for at in range(count)]


async def converse(student: Student, questions: Sequence[Question], moods: random.Random) -> list[Outcome]:
    """Ask one after the other."""
    outcomes: list[Outcome] = []
    for question in questions:
        await asyncio.sleep(moods.uniform(0.0, APART_S))
        outcomes.append(await ask(student, question))
    return outcomes


async def measure(house: House, count: int, each: int) -> tuple[list[Outcome], str]:
    """`count` lessons side by side; what came of their questions, and how busy the machine was."""
    async with lessons(house, count, "bench") as students:
        load = Load(house)
        parts = await asyncio.gather(
            *(
                converse(student, questions_of(at, each), random.Random(at))
                for at, student in enumerate(students)
            )
        )
        busy = load.sentence()
    return [outcome for part in parts for outcome in part], f"{count} lessons: {busy}"


def rows_of(name: str, outcomes: Sequence[Outcome]) -> list[list[str]]:
    """Typed and spoken questions."""
    rows: list[list[str]] = []
    for spoken, way in ((False, "typed"), (True, "spoken")):
        asked = [each for each in outcomes if bool(each.question.voice) is spoken]
        told = answered(asked)
        if told:
            right = f"{sum(each.right for each in told)} of {len(asked)}"
            waits = [f"{value:.0f}" for value in quantiles([each.sound_ms for each in told])]
            rows.append([f"{name}: {way}", right, *waits])
    return rows


def verdict(alone: Sequence[Outcome], together: Sequence[Outcome]) -> str:
    """Whether a crowd is answered as rightly as one student."""
    shares = [
        sum(told.right for told in answered(outcomes)) / max(1, len(outcomes))
        for outcomes in (alone, together)
    ]
    kept = 100 * shares[1] / shares[0] if shares[0] else 0.0
    return f"goal: right answers in the crowd {RIGHT} of those alone ({RIGHT.verdict(kept)}: {kept:.0f} %)"


def main() -> None:
    """One lesson alone, then all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", type=int, default=10)
    parser.add_argument("--questions", type=int, default=8, help="of each lesson, every other one spoken")
    parser.add_argument("--quick", action="store_true", help="2 questions of each lesson, 4 alone")
    arguments = parser.parse_args()
    count = 2 if arguments.quick else arguments.questions
    with House(settings={"MAX_SESSIONS": str(arguments.lessons)}) as house:
        house.furnish()
        alone, _ = asyncio.run(measure(house, 1, 2 * count))
        together, busy = asyncio.run(measure(house, arguments.lessons, count))
    show(
        "A crowd: first audible sound, ms after the question",
        ("", "right", "p50", "p95", "max"),
        [*rows_of("alone (baseline)", alone), *rows_of(f"{arguments.lessons} lessons", together)],
        verdict(alone, together),
        f"alone: {losses(alone)}",
        f"{arguments.lessons} lessons: {losses(together)}",
        busy,
        versions("aiortc", "pocketsphinx", "onnxruntime"),
    )


if __name__ == "__main__":
    main()
