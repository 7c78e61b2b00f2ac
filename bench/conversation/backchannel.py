"""A student makes listening noises while the tutor speaks: it goes on, softly at most for a moment.

“Uh huh”, “okay” and their like into a long greeting, in two voices; loudness is a ratio to the same greeting
heard before without them. Control in the same run: short words that ask for the floor must stop the tutor.
"""

import argparse
import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.conversation.material import VOICES
from bench.conversation.reading import ducked_from, restored_from
from bench.conversation.speeches import Speech, course, from_first_audible, greeted, into_speech, references
from bench.house import House
from bench.media.figures import Goal
from bench.student import Student
from bench.tables import console, quantiles, show, versions
from bench.voice import record

NOISES = ("Uh huh.", "Okay.", "Yeah.", "I see.", "Right.", "All right.", "Oh really.", "Very good.")
FLOOR = ("Stop.", "Wait.", "Excuse me.", "What was that?")
STOPPED = Goal(0)
"""Listening noises that stop the tutor."""
PER_LESSON = 4
"""Noises in one greeting, before the floor is asked for."""
WATCH_S = 3.0
"""How long the tutor is watched after a noise."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the tutor did; milliseconds, None for what never happened."""

    said: str
    voice: str
    stopped: bool
    ducked_ms: float | None
    """From the first voiced sample to the first softer 20 ms."""
    softness: float | None
    restored_ms: float | None
    """From the last voiced sample to the first 20 ms from which on it was as loud as before."""


async def provoke(student: Student, speech: Speech, said: str, voice: str) -> Reaction:
    """Say something to the speaking tutor and watch it."""
    since = len(student.events)
    ended_s = await student.say(await asyncio.to_thread(record, said, voice, lead_s=0.0))
    began_s = student.microphone.first_voice_s
    await asyncio.sleep(WATCH_S)
    stopped = any(event.data.get("state") == "interrupted" for event in student.events[since:])
    if stopped:
        return Reaction(said, voice, True, None, None, None)
    loudness = course(from_first_audible(student.sounds), speech, began_s)
    ducked_s = ducked_from(loudness, began_s)
    if ducked_s is None:
        return Reaction(said, voice, False, None, None, None)
    restored_s = restored_from(loudness, ducked_s)
    soft = [gain for at_s, gain in loudness if ducked_s + 0.06 <= at_s < (restored_s or at_s)]
    return Reaction(
        said=said,
        voice=voice,
        stopped=False,
        ducked_ms=(ducked_s - began_s) * 1000,
        softness=float(np.median(soft)) if soft else None,
        restored_ms=None if restored_s is None else (restored_s - ended_s) * 1000,
    )


async def lesson(
    house: House, speech: Speech, noises: Sequence[str], floor: str, number: int
) -> list[Reaction]:
    """One greeting with noises, then a word that asks for the floor; it ends where the tutor stops."""
    voice = VOICES[number % len(VOICES)]
    reactions: list[Reaction] = []
    async with greeted(house) as student:
        await asyncio.sleep(1.0)
        await student.send(type="greet", engine_session_id=student.session_id)
        await into_speech(student, 0, random.Random(number))
        for said in (*noises, floor):
            reactions.append(await provoke(student, speech, said, voice))
            told = "stopped" if reactions[-1].stopped else "went on"
            console.print(f"  {voice} “{said}” {told}", style="dim")
            if reactions[-1].stopped:
                break
    return reactions


async def measure(house: House, tries: int) -> list[Reaction]:
    """Lessons until `tries` noises were made; a tutor that stops at the first makes as many lessons."""
    speech, _ = await references(house)
    reactions: list[Reaction] = []
    made = 0
    for number in range(tries):
        if made >= tries:
            break
        noises = [NOISES[(made + at) % len(NOISES)] for at in range(min(PER_LESSON, tries - made))]
        seen = await lesson(house, speech, noises, FLOOR[number % len(FLOOR)], number)
        made += sum(each.said in NOISES for each in seen)
        reactions += seen
    return reactions


def rows_of(name: str, reactions: Sequence[Reaction]) -> list[list[str]]:
    """How often it stopped, and how it was soft where it did not."""
    rows = [
        [f"{name}: tutor stopped", f"{sum(r.stopped for r in reactions)} of {len(reactions)}", "", "", ""]
    ]
    for what, values in (
        ("first voiced sample → softer", [each.ducked_ms for each in reactions]),
        ("last voiced sample → as loud as before", [each.restored_ms for each in reactions]),
    ):
        known = [value for value in values if value is not None]
        if known:
            cells = [f"{value:.0f}" for value in quantiles(known)]
            rows.append([f"{name}: {what}, ms", f"{len(known)} of {len(reactions)}", *cells])
    return rows


def main() -> None:
    """Noises and the control, and one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=24, help="listening noises")
    parser.add_argument("--quick", action="store_true", help="4 noises")
    arguments = parser.parse_args()
    with House() as house:
        house.furnish()
        reactions = asyncio.run(measure(house, 4 if arguments.quick else arguments.tries))
    noises = [each for each in reactions if each.said in NOISES]
    floor = [each for each in reactions if each.said in FLOOR]
    softness = [each.softness for each in noises if each.softness is not None]
    show(
        "Listening noises while the tutor speaks",
        ("", "tries", "p50", "p95", "max"),
        [*rows_of("noise", noises), *rows_of("control, asks for the floor", floor)],
        f"goals: no noise stops the tutor ({STOPPED.verdict(sum(each.stopped for each in noises))}), every "
        f"word of the control does ({'yes' if all(each.stopped for each in floor) else 'NO'}: "
        f"{sum(each.stopped for each in floor)} of {len(floor)})",
        f"softness {np.median(softness):.0%} of the usual loudness" if softness else "never softer",
        versions("aiortc", "pocketsphinx"),
    )


if __name__ == "__main__":
    main()
