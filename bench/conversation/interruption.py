"""A student interrupts: how soon the tutor is soft, silent, and its mouth closed, at a real WebRTC peer.

By voice (“Wait, what is a comet?” into a long greeting) from the first voiced sample and from when the
engine decides; by the button into the answer to a typed question. What should have sounded was recorded
before without interruption, so that softness is a ratio and not a guess. Baseline on the same tries: a player
that is told to stop but not flushed plays what it holds, at most the six seconds the engine sends ahead.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.conversation.material import VOICES
from bench.conversation.mouth import Mouth
from bench.conversation.reading import closed_from, ducked_from, phrase_in, silent_from
from bench.conversation.speeches import (
    TYPED,
    Speech,
    course,
    from_first_audible,
    greeted,
    into_speech,
    references,
    speaking,
)
from bench.house import House
from bench.media.figures import Goal
from bench.student import Pcm, Seen, Student
from bench.tables import console, quantiles, show, versions
from bench.voice import record
from tutor_engine.session.sinks import AHEAD_MS
from tutor_engine.showing.lipsync import opening_range

SAID = (
    "Stop, wait, what is a comet?",
    "Wait, what is a comet?",
    "Excuse me, what is a comet?",
    "No, what is a comet?",
)
"""In turn. A voice is noticed at its first vowel: after “st” later than after “w”."""
GOALS = {"silence": Goal(200, unit=" ms"), "mouth": Goal(300, unit=" ms")}
"""From the decision, 95th percentile."""
SOFTER = Goal(200, unit=" ms")
"""From the first voiced sample to a lower voice, median."""
TOLD_AFTER_S = 0.1
"""By how much the news of speech may lag behind its sound."""
WATCH_S = 1.5
"""How long the tutor is watched after the decision, if it does not speak again before."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One interruption; milliseconds, None for what never happened."""

    way: str
    words_ms: float | None
    """From the first voiced sample to the first words of the student, as they are told."""
    decided_ms: float
    """From the first voiced sample, or the press, to the engine's decision as the student is told."""
    ducked_ms: float | None
    """From the same moment to the first softer 20 ms."""
    softness: float | None
    """Loudness while ducked, as a share of the usual."""
    silent_ms: float | None
    """From the decision; 0 when the tutor was between two words and said nothing more."""
    closed_ms: float | None
    """From the decision to the first frame from which on the mouth stayed closed."""
    unflushed_ms: float
    """From the decision to silence, had what was sent ahead been played out."""
    answered: bool
    """Whether what the student said was answered (button: whether the turn ended as interrupted)."""


async def lesson(house: House, speeches: tuple[Speech, Speech], mouth: Mouth, number: int) -> list[Stop]:
    """One lesson: interrupted by voice in its greeting, by the button in its answer."""
    moods = random.Random(number)
    said = record(SAID[number // len(VOICES) % len(SAID)], VOICES[number % len(VOICES)], lead_s=0.0)
    async with greeted(house, keep_frames=True) as student:
        await asyncio.sleep(1.0)
        rest = list(student.frames)
        await student.send(type="greet", engine_session_id=student.session_id)
        await into_speech(student, 0, moods)
        by_voice = await interrupted(student, "voice", rest, mouth, speeches[0], said)
        await asyncio.sleep(1.0)
        student.forget()
        since = len(student.events)
        await student.ask(TYPED)
        await into_speech(student, since, moods)
        by_button = await interrupted(student, "button", rest, mouth, speeches[1], None)
    return [each for each in (by_voice, by_button) if each is not None]


async def interrupted(
    student: Student, way: str, rest: Sequence[Seen], mouth: Mouth, speech: Speech, said: Pcm | None
) -> Stop | None:
    """Interrupt the speaking tutor and read what follows; None when it never stopped."""
    since = len(student.events)
    if said is None:
        began_s = time.monotonic()
        await student.interrupt()
    else:
        await student.say(said)
        began_s = student.microphone.first_voice_s
    try:
        decided = await student.news(
            "turn", since=since, where=lambda event: event["state"] == "interrupted", timeout_s=6
        )
    except AssertionError:
        return None
    until_s = decided.at_s + WATCH_S
    answered = True
    if said is not None:
        try:
            again = await student.news("turn", since=since, where=speaking, timeout_s=10)
            # Its first packets come before the student is told that it speaks.
            until_s = min(until_s, again.at_s - TOLD_AFTER_S)
            text = await student.event("text", since=since, timeout_s=10)
            answered = _about_a_comet(text)
        except AssertionError:
            answered = False
    remaining_s = until_s - time.monotonic()
    await asyncio.sleep(max(0.0, remaining_s) + 0.2)
    if said is not None:
        await student.interrupt()
    return await asyncio.to_thread(
        read, way, student, rest, mouth, speech, (began_s, decided.at_s, until_s), answered
    )


def read(
    way: str,
    student: Student,
    rest: Sequence[Seen],
    mouth: Mouth,
    speech: Speech,
    times_s: tuple[float, float, float],
    answered: bool,
) -> Stop:
    """Everything about one interruption, from what arrived."""
    began_s, decided_s, until_s = times_s
    told = (event for event in student.events if event.data["type"] == "transcription")
    words_s = [event.at_s for event in told if event.at_s > began_s] if way == "voice" else []
    heard = from_first_audible(student.sounds)
    loudness = course(heard, speech, began_s)
    ducked_s = ducked_from([each for each in loudness if each[0] < decided_s], began_s)
    soft = [gain for at_s, gain in loudness if ducked_s is not None and ducked_s + 0.06 <= at_s < decided_s]
    silent_s = silent_from(heard, decided_s, until_s)
    frames = [seen for seen in student.frames if decided_s - 1.0 <= seen.at_s < until_s]
    gap = mouth.gaps(frames)
    open_mouth = gap[[seen.at_s < decided_s for seen in frames]]
    closed_s = closed_from(
        [seen.at_s for seen in frames],
        gap,
        mouth.gaps(rest),
        opening_range(open_mouth),
        after_s=decided_s,
    )
    played_ms = (decided_s - heard[0].at_s) * 1000
    return Stop(
        way=way,
        words_ms=(words_s[0] - began_s) * 1000 if words_s else None,
        decided_ms=(decided_s - began_s) * 1000,
        ducked_ms=None if ducked_s is None else (ducked_s - began_s) * 1000,
        softness=float(np.median(soft)) if soft else None,
        silent_ms=None if silent_s is None else max(0.0, silent_s - decided_s) * 1000,
        closed_ms=None if closed_s is None else max(0.0, closed_s - decided_s) * 1000,
        unflushed_ms=min(AHEAD_MS, max(0.0, speech.length_ms - played_ms)),
        answered=answered,
    )


def rows_of(way: str, stops: Sequence[Stop]) -> list[list[str]]:
    """One way of interrupting."""
    origin = "first voiced sample" if way == "voice" else "press"
    rows: list[list[str]] = []
    for name, values in (
        (f"{origin} → softer", [each.ducked_ms for each in stops]),
        (f"{origin} → first words", [each.words_ms for each in stops]),
        (f"{origin} → decision", [each.decided_ms for each in stops]),
        ("decision → silence", [each.silent_ms for each in stops]),
        ("decision → mouth closed", [each.closed_ms for each in stops]),
        (f"{origin} → silence", [_sum(each.decided_ms, each.silent_ms) for each in stops]),
        ("baseline: decision → silence without a flush", [each.unflushed_ms for each in stops]),
    ):
        known = [value for value in values if value is not None]
        if known:
            cells = [f"{value:.0f}" for value in quantiles(known)]
            rows.append([f"{way}: {name}", f"{len(known)} of {len(stops)}", *cells])
    return rows


def verdicts(stops: Sequence[Stop]) -> str:
    """Whether the goals were reached, all ways together; what never happened misses them."""
    parts: list[str] = []
    for name, values in (
        ("silence", [each.silent_ms for each in stops]),
        ("mouth", [each.closed_ms for each in stops]),
    ):
        goal = GOALS[name]
        known = [value for value in values if value is not None]
        p95 = quantiles(known)[1] if len(known) == len(values) and known else float("inf")
        parts.append(f"{name} p95 {goal} ({goal.verdict(p95)}: {p95:.0f})")
    softer = [each.ducked_ms for each in stops if each.way == "voice" and each.ducked_ms is not None]
    if softer:
        p50 = quantiles(softer)[0]
        parts.append(f"softer p50 of the voice {SOFTER} ({SOFTER.verdict(p50)}: {p50:.0f})")
    return "goals from the decision, and from the voice: " + ", ".join(parts)


def _sum(first: float, second: float | None) -> float | None:
    return None if second is None else first + second


def _ms(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f} ms"


def _about_a_comet(text: dict[str, object]) -> bool:
    return phrase_in(str(text["content"]), (), "comet")


async def measure(house: House, tries: int) -> list[Stop]:
    """As many lessons as tries."""
    mouth = Mouth()
    speeches = await references(house)
    stops: list[Stop] = []
    for number in range(tries):
        for stop in await lesson(house, speeches, mouth, number):
            stops.append(stop)
            console.print(
                f"  {stop.way}: decided after {stop.decided_ms:.0f} ms, silent {_ms(stop.silent_ms)}, closed "
                f"{_ms(stop.closed_ms)} after that",
                style="dim",
            )
    return stops


def main() -> None:
    """Both ways, and one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=20, help="of each way")
    parser.add_argument("--quick", action="store_true", help="3 tries of each way")
    arguments = parser.parse_args()
    tries = 3 if arguments.quick else arguments.tries
    with House() as house:
        house.furnish()
        stops = asyncio.run(measure(house, tries))
    by_voice = [each for each in stops if each.way == "voice"]
    by_button = [each for each in stops if each.way == "button"]
    softness = [each.softness for each in by_voice if each.softness is not None]
    show(
        "Interruption, ms at the peer",
        ("", "tries", "p50", "p95", "max"),
        [*rows_of("voice", by_voice), *rows_of("button", by_button)],
        verdicts(stops),
        f"stopped: voice {len(by_voice)} of {tries}, button {len(by_button)} of {tries}; what was said was "
        f"answered {sum(each.answered for each in by_voice)} times; softness "
        + (f"{np.median(softness):.0%} of the usual loudness" if softness else "never seen"),
        versions("aiortc"),
    )


if __name__ == "__main__":
    main()
