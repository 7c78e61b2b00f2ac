"""An hour of school: twenty lessons that join, talk and leave in a real engine with real faces and voices.

Students ask by keyboard and by voice, listen, interrupt, and go with a word or without one. In the breaks
nobody is there, and the memory of the engine and all its workers must be what it was in the breaks before:
while lessons go on it depends on who happens to speak. No stream may have stood still, and afterwards nothing
may be left behind: seats, processes, threads, descriptors, shared memory.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.house import DEMO_LIBRARY, House
from bench.media.client import Client, Talker, opus_packets
from bench.media.figures import Goal, percentile, slope, troughs
from bench.media.machine import busy_s, descriptors, threads
from bench.memory import family, name_of, own_mb
from bench.student import ADA, LIN, MIC_RATE_HZ, Student
from bench.tables import console, show, versions
from bench.voice import record
from tutor_engine.media.encode import VideoCodec
from tutor_engine.media.encoders import EncoderShelf
from tutor_engine.processes.collector import SWEEP_AFTER_S

GROWTH_GOAL = Goal(1, unit=" MB/h")
SAMPLE_S = 10.0
TROUGH_S = 60.0
LEAVE_S = 15.0
"""A student who vanished is noticed after 8 s."""
BREAK_S = EncoderShelf.KEEP_S + 2 * SWEEP_AFTER_S + 5.0
"""From the last one's leaving until everything that waits for later use has been let go."""
STAY_S, PAUSE_S, LISTEN_S = (60.0, 240.0), (15.0, 45.0), (4.0, 10.0)
ANSWER_S = 30.0
SPOKEN_SHARE, VANISHED_SHARE, INTERRUPTED_SHARE = 0.2, 0.3, 0.7


@dataclass(slots=True)
class Log:
    """What happened in all lessons."""

    counts: Counter[str] = field(default_factory=Counter[str])
    quality: Counter[str] = field(default_factory=Counter[str])
    late: list[str] = field(default_factory=list[str])
    gaps_ms: list[float] = field(default_factory=list[float])
    """The longest of each stream."""


@dataclass(slots=True)
class Memory:
    """Memory of each process over time."""

    times_s: list[float] = field(default_factory=list[float])
    mb: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def sample(self, house: House, now_s: float) -> float:
        """Look at all processes of the engine; their sum."""
        sizes: dict[str, float] = {}
        for pid in family(house.pid("tutor-engine")):
            sizes[name_of(pid)] = sizes.get(name_of(pid), 0.0) + own_mb(pid)
        sizes["all"] = sum(sizes.values())
        self.times_s.append(now_s)
        for name in self.mb.keys() | sizes.keys():
            self.mb.setdefault(name, [0.0] * (len(self.times_s) - 1)).append(sizes.get(name, 0.0))
        return sizes["all"]

    def rows(self, warm_s: float, goal: Goal | None = None) -> list[list[str]]:
        """Slopes after the warm-up, the sum last and judged.

        Without a goal lessons go on: of the least of each minute, then, without what speech takes.
        """
        after = [index for index, at_s in enumerate(self.times_s) if at_s >= warm_s]
        return [self._row(name, after, goal) for name in sorted(self.mb, key=lambda name: name == "all")]

    def _row(self, name: str, after: Sequence[int], goal: Goal | None) -> list[str]:
        values = [self.mb[name][index] for index in after]
        times_s = [self.times_s[index] for index in after]
        length_s = min(TROUGH_S, (times_s[-1] - times_s[0]) / 6)
        rise = slope(times_s, values) if goal is not None else slope(*troughs(times_s, values, length_s))
        figures = [f"{rise.per_hour:+.2f} ± {rise.error:.2f}", f"{min(values):.0f}", f"{max(values):.0f}"]
        verdict = ["", ""]
        if goal is not None and name == "all":
            verdict = [str(goal), goal.verdict(rise.per_hour, rise.error)]
        return [name, f"{values[0]:.1f}", f"{values[-1]:.1f}", *figures, *verdict]


class School:
    """The lessons of one house."""

    def __init__(self, house: House, log: Log) -> None:
        self._house = house
        self._log = log
        gold = json.loads((DEMO_LIBRARY / "en" / "questions.json").read_text())["questions"]
        self._questions: list[str] = [entry["question"] for entry in gold]
        self._spoken = [opus_packets(_padded(question)) for question in self._questions[:4]]
        self._silence = opus_packets(bytes(48_000 * 2))
        self._users = 0

    async def seat(self, until_s: float) -> None:
        """One lesson after the other."""
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                await self._lesson(min(random.uniform(*STAY_S), left_s))
            except (AssertionError, TimeoutError) as error:
                self._log.counts["lessons that failed"] += 1
                console.print(f"  {type(error).__name__}: {error}", style="dim")

    async def _lesson(self, stay_s: float) -> None:
        self._users += 1
        number = self._users
        codec = list(VideoCodec)[number % 2]
        microphone = Talker(self._silence)
        client = Client(codec, microphone=microphone)
        tutor = LIN if number % 5 == 0 else ADA
        student = Student(
            self._house.engine_url,
            self._house.api_key,
            tutor=tutor,
            kb_id="bench",
            user_id=number,
            media=False,
        )
        try:
            async with student:
                await client.connect(lambda offer: self._answer(student, offer))
                self._log.counts["lessons"] += 1
                until_s = time.monotonic() + stay_s
                while (left_s := until_s - time.monotonic()) > 1:
                    await asyncio.sleep(min(random.uniform(*PAUSE_S), left_s))
                    if until_s - time.monotonic() > LISTEN_S[1]:
                        # Without Whisper's weights nobody here understands spoken Chinese.
                        await self._talk(student, microphone, spoken=tutor is ADA)
                self._note(number, client, student)
                if random.random() < VANISHED_SHARE:
                    self._log.counts["left without a word"] += 1
                    client.vanish()
                    await asyncio.sleep(LEAVE_S)
        finally:
            await client.aclose()

    async def _answer(self, student: Student, offer: str) -> str:
        since = len(student.events)
        await student.send(
            type="webrtc_offer", sdp=offer, user_id=student.user_id, engine_session_id=student.session_id
        )
        return (await student.event("webrtc_answer", since=since, timeout_s=90))["sdp"]

    async def _talk(self, student: Student, microphone: Talker, *, spoken: bool) -> None:
        since = len(student.events)
        if spoken and random.random() < SPOKEN_SHARE:
            self._log.counts["asked by voice"] += 1
            microphone.say(random.choice(self._spoken))
        else:
            self._log.counts["asked by keyboard"] += 1
            await student.ask(random.choice(self._questions))
        try:
            await student.event(
                "turn", since=since, where=lambda e: e["state"] == "speaking", timeout_s=ANSWER_S
            )
        except AssertionError:
            self._log.counts["without an answer"] += 1
            return
        await asyncio.sleep(random.uniform(*LISTEN_S))
        if random.random() < INTERRUPTED_SHARE:
            self._log.counts["interrupted"] += 1
            await student.interrupt()

    def _note(self, number: int, client: Client, student: Student) -> None:
        for kind, arrivals in (("sound", client.sound), ("picture", client.picture)):
            self._log.gaps_ms.append(arrivals.longest_gap_s * 1000)
            if arrivals.stood_still:
                gap = f"{arrivals.longest_gap_s * 1000:.0f} ms"
                self._log.late.append(f"lesson {number}, {kind}: {arrivals.stood_still} times, up to {gap}")
        for event in student.events:
            if event.data["type"] == "quality":
                self._log.quality[event.data["level"]] += 1


def _padded(question: str) -> bytes:
    """A spoken question at 48 kHz."""
    import soxr

    return soxr.resample(record(question), MIC_RATE_HZ, 48_000).astype(np.int16).tobytes()


def inventory(house: House) -> Counter[str]:
    """Everything a lesson could leave behind."""
    pids = family(house.pid("tutor-engine"))
    _, health = house.engine("GET", "/health")
    counts = Counter({"seats taken": int(health["sessions"]["active"]), "processes": len(pids)})
    for pid in pids:
        counts[f"threads of {name_of(pid)}"] += threads(pid)
        counts[f"descriptors of {name_of(pid)}"] += descriptors(pid)
    mapped = (Path(f"/proc/{pid}/maps").read_text() for pid in pids)
    blocks = {word for maps in mapped for word in maps.split() if word.startswith("/dev/shm/")}  # noqa: S108
    counts["shared memory blocks"] = len(blocks)
    return counts


@dataclass(slots=True)
class Day:
    """What memory did in a day of school."""

    lessons: Memory = field(default_factory=Memory)
    breaks: Memory = field(default_factory=Memory)


async def hold(house: House, log: Log, lessons: int, stretches: Sequence[float]) -> Day:
    """Keep all seats taken for each of these stretches of seconds, with a break after each."""
    day, school = Day(), School(house, log)
    began_s, busy = time.monotonic(), busy_s()
    for length_s in stretches:
        until_s = time.monotonic() + length_s
        async with asyncio.TaskGroup() as tasks:
            for index in range(lessons):
                tasks.create_task(_later(school, index * min(1.0, length_s / lessons), until_s))
            while (left_s := until_s - time.monotonic()) > 0:
                now_s = time.monotonic() - began_s
                whole = await asyncio.to_thread(day.lessons.sample, house, now_s)
                share = (busy_s() - busy) / max(now_s, 0.1) * 100
                what = ", ".join(f"{count} {name}" for name, count in log.counts.items())
                line = f"  {now_s / 60:5.1f} min  {whole:4.0f} MB  machine {share:3.0f} % busy  {what}"
                console.print(line, style="dim", soft_wrap=True)
                await asyncio.sleep(min(SAMPLE_S, left_s))
        await asyncio.sleep(LEAVE_S + BREAK_S)
        whole = day.breaks.sample(house, time.monotonic() - began_s)
        console.print(f"  break  {whole:6.1f} MB", style="dim")
    return day


async def _later(school: School, delay_s: float, until_s: float) -> None:
    await asyncio.sleep(delay_s)
    await school.seat(until_s)


def main() -> None:
    """Hold school and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--lessons", type=int, default=20)
    parser.add_argument(
        "--stretch", type=float, help="minutes of lessons before each break; default: a sixth, at most 7.5"
    )
    parser.add_argument("--warm-up", type=float, help="minutes not counted; default: a quarter, at most 15")
    arguments = parser.parse_args()
    lessons, stretch = arguments.lessons, arguments.stretch or min(7.5, arguments.minutes / 6)
    count = max(1, round(arguments.minutes / stretch))
    stretches = [arguments.minutes * 60 / count] * count
    warm_s = min(15.0, arguments.minutes / 4) * 60 if arguments.warm_up is None else arguments.warm_up * 60
    log = Log()
    with House(settings={"MAX_SESSIONS": str(lessons * 2)}) as house:
        house.furnish()
        console.print("Everybody once, so that everything is loaded", style="dim")
        asyncio.run(hold(house, Log(), lessons, [STAY_S[0]]))
        before = inventory(house)
        day = asyncio.run(hold(house, log, lessons, stretches))
        after = inventory(house)
    columns = ("process", "first", "last", "MB per hour", "min", "max", "goal", "reached")
    note = f"{arguments.minutes:g} min of lessons, {lessons} at a time; the first {warm_s / 60:g} not counted"
    pause = f"{count} breaks, {LEAVE_S + BREAK_S:.0f} s after the last one left"
    show(
        "Memory in the breaks, without file pages, MB",
        columns,
        day.breaks.rows(warm_s, GROWTH_GOAL),
        note,
        pause,
    )
    show("Memory while lessons go on, MB", columns, day.lessons.rows(warm_s), versions("aiortc", "av"))
    _report(log, before, after)


def _report(log: Log, before: Counter[str], after: Counter[str]) -> None:
    rows = [[what, str(count), "", ""] for what, count in sorted(log.counts.items())]
    rows += [[f"told of quality {level}", str(count), "", ""] for level, count in log.quality.items()]
    gaps = [percentile(log.gaps_ms, share) for share in (50, 99, 100)]
    rows.append(
        ["longest gap of a stream, ms: p50, p99, max", " ".join(f"{gap:.0f}" for gap in gaps), "", ""]
    )
    late = len(log.late)
    rows.append(["streams that stood still for 500 ms", str(late), "none", "NO" if late else "yes"])
    show("What happened", ("what", "how often", "goal", "reached"), rows, *log.late[:20])
    left = [
        [what, str(before[what]), str(count), "yes" if count <= before[what] else "NO"]
        for what, count in after.items()
    ]
    show("What is left when all have gone", ("what", "before", "after", "not more"), left)
