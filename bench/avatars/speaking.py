"""Lessons that speak in real time through the MuseTalk engine: the face worker's own schedule, no sockets.

Each lesson says sentences with pauses between them. A turn's sound starts to be heard when its first frame is
there, as in a lesson, and from then on every frame has its moment; one that is done later is late.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.package import MANIFEST_FILE, SCHEMA_VERSION
from tutor_engine.showing.musetalk.device import Device
from tutor_engine.showing.musetalk.engine import MAX_BATCH, MuseTalkEngine, Working
from tutor_engine.showing.port import (
    FPS,
    FRAME_MS,
    FaceCapabilities,
    Frame,
    FrameRequest,
    LoopInfo,
    Speech,
    TimedPhoneme,
)
from tutor_engine.showing.puppet.footage import Footage
from tutor_engine.showing.puppet.landmarks import OVAL
from tutor_engine.showing.schedule import FramePlan, Schedule

SIDE = 512
FOOTAGE_S = 10
_RATE_HZ = 24_000
_SENTENCE_S = (1.6, 4.2)
_PAUSE_S = (0.4, 1.2)


def footage(seconds: int = FOOTAGE_S, side: int = SIDE) -> Footage:
    """Noise with an oval that sways: networks and pastes take as long for it as for a face."""
    rng = np.random.default_rng(2)
    frames = seconds * FPS
    picture = rng.integers(0, 256, (side * 3 // 2, side), np.uint8)
    points = np.full((frames, 468, 3), side / 2, np.float32)
    for number, index in enumerate(OVAL):
        turn = 2 * np.pi * number / len(OVAL)
        points[:, index, 0] = side / 2 + side * 0.27 * np.sin(turn)
        points[:, index, 1] = side / 2 - side * 0.36 * np.cos(turn)
    points[..., 0] += side / 50 * np.sin(2 * np.pi * np.arange(frames) / frames)[:, None]
    pictures = np.stack([np.roll(picture, shift, axis=1) for shift in range(frames)])
    return Footage(pictures, points, np.arange(frames, dtype=np.int32))


def write_package(folder: Path, name: str) -> Path:
    """A manifest alone: pictures come from `footage`."""
    package = folder / name
    package.mkdir(parents=True, exist_ok=True)
    text = f'{{"schema_version": {SCHEMA_VERSION}, "kind": "video", "width": {SIDE}, "height": {SIDE}, '
    (package / MANIFEST_FILE).write_text(f'{text}"fps": {FPS}, "source": "{name}"}}')
    return package


class Still:
    """A stand-in that shows the footage as it is."""

    def __init__(self, shown: Footage) -> None:
        self._footage = shown

    @property
    def capabilities(self) -> FaceCapabilities:
        """Named as in a lesson."""
        return FaceCapabilities("puppet", 1)

    def open(self, performance: int, package: Path) -> LoopInfo:
        """Any package."""
        del performance, package
        height, width = self._footage.pictures.shape[1:]
        return LoopInfo(width, height * 2 // 3, len(self._footage.order))

    def feed(self, performance: int, speech: Speech) -> None:
        """Nothing is done with it."""

    def flush(self, performance: int) -> None:
        """Nothing is kept."""

    def render(self, requests: Sequence[FrameRequest]) -> list[Frame]:
        """Frames of the footage."""
        pictures = self._footage.pictures
        return [pictures[request.loop_index % len(pictures)].copy() for request in requests]

    def close(self, performance: int) -> None:
        """Nothing is open."""


def engine_on(device: Device, frames_per_s: float, shown: Footage) -> MuseTalkEngine:
    """The engine, ready at once."""
    return MuseTalkEngine(
        Still(shown), lambda: Working(device, frames_per_s), lambda _: shown, start=lambda work: work()
    )


@dataclass(slots=True)
class Seen:
    """What came of a run."""

    frames: int = 0
    late_ms: list[float] = field(default_factory=list[float])
    """By how much each late frame was late."""
    first_ms: list[float] = field(default_factory=list[float])
    """From speech to the first frame of its turn, for each turn."""
    busy_s: float = 0.0
    wall_s: float = 0.0


@dataclass(slots=True)
class _Lesson:
    number: int
    next_s: float
    turn: int = 0
    fed_s: float = 0.0
    length_ms: float = 0.0
    heard_s: float | None = None
    """When the turn's sound began."""


class Classroom:
    """`lessons` of them on one engine, for some seconds."""

    def __init__(
        self, engine: MuseTalkEngine, packages: Sequence[Path], lessons: int, *, together: bool
    ) -> None:
        """`together`: all begin their first sentence at the same moment, the hardest one."""
        self._engine, self._rng = engine, np.random.default_rng(lessons)
        self._schedule = Schedule()
        self._lessons: dict[int, _Lesson] = {}
        now_s = time.monotonic()
        for number in range(1, lessons + 1):
            info = engine.open(number, packages[number % len(packages)])
            self._schedule.open(number, info.frames, now_s)
            self._lessons[number] = _Lesson(number, now_s + (0.2 if together else self._rng.uniform(0.1, 3)))
        self.seen = Seen()

    def run(self, seconds: float) -> Seen:
        """Real time."""
        begun_s = time.monotonic()
        while (now_s := time.monotonic()) < begun_s + seconds:
            self._speak(now_s)
            plans: list[FramePlan] = []
            while len(plans) < MAX_BATCH and (plan := self._schedule.next(time.monotonic())) is not None:
                plans.append(plan)
            if plans:
                self._render(plans)
            else:
                time.sleep(0.001)
        self.seen.wall_s = time.monotonic() - begun_s
        for number in self._lessons:
            self._engine.close(number)
        return self.seen

    def _speak(self, now_s: float) -> None:
        for lesson in self._lessons.values():
            performance = self._schedule[lesson.number]
            if lesson.heard_s is not None:
                position_ms = (now_s - lesson.heard_s) * 1000
                performance.playing(lesson.turn, min(position_ms, lesson.length_ms), now_s)
                if position_ms >= lesson.length_ms:
                    lesson.heard_s = None
                    lesson.next_s = now_s + float(self._rng.uniform(*_PAUSE_S))
            elif now_s >= lesson.next_s:
                self._begin(lesson, now_s)

    def _begin(self, lesson: _Lesson, now_s: float) -> None:
        lesson.turn += 1
        lesson.length_ms = float(self._rng.uniform(*_SENTENCE_S)) * 1000
        lesson.next_s, lesson.fed_s = float("inf"), now_s
        self._engine.flush(lesson.number)
        self._engine.feed(lesson.number, Speech(self._sound(lesson.length_ms), _RATE_HZ, 0.0, [
            TimedPhoneme("ɑ", 0.0, lesson.length_ms)
        ]))  # fmt: skip
        performance = self._schedule[lesson.number]
        performance.fed(lesson.turn, lesson.length_ms, now_s)
        performance.end(lesson.turn)

    def _sound(self, length_ms: float) -> bytes:
        samples = int(length_ms * _RATE_HZ / 1000)
        loud: npt.NDArray[np.float64] = 3000 * self._rng.standard_normal(samples)
        return loud.astype("<i2").tobytes()

    def _render(self, plans: Sequence[FramePlan]) -> None:
        requests = [FrameRequest(p.performance, p.loop_index, p.at_ms, p.due_s) for p in plans]
        before_s = time.monotonic()
        self._engine.render(requests)
        now_s = time.monotonic()
        self.seen.busy_s += now_s - before_s
        for plan in plans:
            lesson = self._lessons[plan.performance]
            if plan.index < 0 or plan.turn != lesson.turn:
                continue
            self.seen.frames += 1
            if plan.index == 0:
                lesson.heard_s = now_s
                self.seen.first_ms.append((now_s - lesson.fed_s) * 1000)
            elif lesson.heard_s is not None:
                late_s = now_s - (lesson.heard_s + plan.index * FRAME_MS / 1000)
                if late_s > 0:
                    self.seen.late_ms.append(late_s * 1000)
