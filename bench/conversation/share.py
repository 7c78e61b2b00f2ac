"""The engine's own share of a wait: all that is not recogniser, answerer or voice, ten lessons at once.

Those three need no time here (`instant.py`); sockets, queues, conversation, face, encoders and packets are
the real ones. Measured from the final words (the transcript's arrival at the student) or the typed message to
the first packet of sound at the peer. Baseline in the same run: one lesson alone.
"""

import argparse
import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

from bench.conversation.together import Load, lessons
from bench.house import House
from bench.media.figures import Goal
from bench.student import Pcm, Student
from bench.tables import quantiles, show, versions
from bench.voice import record

GOAL = Goal(60, unit=" ms")
"""Final words or typed message → first packet of sound, 95th percentile."""
APART_S = (1.0, 3.0)
"""Between the end of an answer and the next question."""


@dataclass(frozen=True, slots=True)
class Share:
    """One question; milliseconds from its final words, or from the message."""

    spoken: bool
    peer_ms: float
    """The first packet of sound arrives."""
    ready_ms: float
    """The engine has sound in hand."""
    leaves_ms: float
    """The first packet leaves, with its frame."""


async def converse(student: Student, said: Pcm, tries: int, moods: random.Random) -> list[Share | None]:
    """Ask in writing and by voice in turn; None for a question without a spoken answer."""
    shares: list[Share | None] = []
    for number in range(tries):
        await asyncio.sleep(moods.uniform(*APART_S))
        student.forget()
        try:
            shares.append(await once(student, said if number % 2 else None))
        except AssertionError:
            shares.append(None)
    return shares


async def once(student: Student, said: Pcm | None) -> Share:
    """Ask by voice, or in writing, and hear the answer to its end."""
    since = len(student.events)
    asked_s = await (student.ask("Are you there?") if said is None else student.say(said))
    spoke = await student.news("turn", since=since, where=lambda event: event["state"] == "speaking")
    turn = spoke.data["turn_id"]
    if said is not None:
        words = await student.news(
            "transcription", since=since, where=lambda event: event["final"] and event["turn_id"] == turn
        )
        asked_s = words.at_s
    latency = await student.event("latency", since=since, where=lambda event: event["turn_id"] == turn)
    stages_ms: dict[str, float] = latency["stages"]
    await student.until(lambda: student.first_sound(asked_s) is not None, 2, "sound")
    sound_s = student.first_sound(asked_s)
    assert sound_s is not None
    began_ms = stages_ms["words"] if said is not None else 0.0
    return Share(
        spoken=said is not None,
        peer_ms=(sound_s - asked_s) * 1000,
        ready_ms=stages_ms["speech_first"] - began_ms,
        leaves_ms=stages_ms["played_first"] - began_ms,
    )


async def measure(house: House, count: int, tries: int) -> tuple[list[Share], str]:
    """Lessons that converse side by side; what they waited, and how it went on the machine."""
    said = record("What is a star made of?")
    async with lessons(house, count) as students:
        load = Load(house)
        parts = await asyncio.gather(
            *(converse(student, said, tries, random.Random(at)) for at, student in enumerate(students))
        )
        busy = load.sentence()
    shares = [share for part in parts for share in part if share is not None]
    lost = count * tries - len(shares)
    return shares, f"{count} lessons: {busy}; {lost} questions without a spoken answer"


def rows_of(name: str, shares: Sequence[Share]) -> list[list[str]]:
    """Typed and spoken, inside the engine and at the peer."""
    rows: list[list[str]] = []
    for spoken, way in ((False, "typed message"), (True, "final words")):
        chosen = [share for share in shares if share.spoken is spoken]
        if not chosen:
            continue
        for what, values in (
            ("sound in hand", [share.ready_ms for share in chosen]),
            ("first packet leaves", [share.leaves_ms for share in chosen]),
            ("first packet at the peer", [share.peer_ms for share in chosen]),
        ):
            cells = (f"{value:.0f}" for value in quantiles(values))
            rows.append([f"{name}: {way} → {what}", str(len(chosen)), *cells])
    return rows


def main() -> None:
    """One lesson, then many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", type=int, default=10)
    parser.add_argument(
        "--tries", type=int, default=12, help="questions of each lesson, every other one spoken"
    )
    parser.add_argument("--quick", action="store_true", help="4 questions of each lesson")
    arguments = parser.parse_args()
    tries = 4 if arguments.quick else arguments.tries
    settings = {"MAX_SESSIONS": str(arguments.lessons), "ENABLE_LLM": "false"}
    with House(engine_module="bench.conversation.instant", settings=settings) as house:
        house.wait_for_faces()
        alone, _ = asyncio.run(measure(house, 1, tries))
        together, busy = asyncio.run(measure(house, arguments.lessons, tries))
    p95 = quantiles([share.peer_ms for share in together])[1]
    show(
        "The engine's own share, ms",
        ("", "questions", "p50", "p95", "max"),
        [*rows_of("alone (baseline)", alone), *rows_of(f"{arguments.lessons} lessons", together)],
        f"goal: p95 at the peer {GOAL} at {arguments.lessons} lessons ({GOAL.verdict(p95)}: {p95:.0f})",
        busy,
        versions("aiortc"),
    )


if __name__ == "__main__":
    main()
