"""The MuseTalk face engine: networks draw the speaking mouth, a stand-in everything else.

Idle frames are the stand-in's, and so are turns that the device cannot carry: while the networks load, when
memory runs out, when too many speak. A turn is drawn by one of the two from its beginning; where it must
change hands, and where speech begins and ends, faces dissolve into each other within three frames.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import structlog

from tutor_engine.avatars.package import PackageBroken, read_manifest
from tutor_engine.showing.musetalk.device import Device, DeviceFull, Drawn, Ears, Order
from tutor_engine.showing.musetalk.geometry import lay_patch
from tutor_engine.showing.musetalk.likeness import Likeness, Likenesses, OpenFootage, Seated
from tutor_engine.showing.musetalk.load import Load
from tutor_engine.showing.port import (
    FPS,
    AvatarUnusable,
    FaceCapabilities,
    FaceEngine,
    Frame,
    FrameRequest,
    LoopInfo,
    Speech,
)

NAME = "musetalk"
MAX_BATCH = 16
"""Two batches of eight: the first travels home while the second is drawn."""
_FULL_BATCH = 8
"""Smaller ones tell nothing about speed."""
_RECOVERY_S = 60.0
"""So long after memory ran out the stand-in speaks for everybody."""
_SETTLED_MS = 400.0
"""The first frames of a turn are due at once and never in time; later ones tell whether we keep up."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Working:
    """Networks on a device, measured."""

    device: Device
    frames_per_s: float


Start = Callable[[Callable[[], None]], object]
"""Runs something in the background, one after the other."""


@dataclass(slots=True)
class _Turn:
    ears: Ears
    drawn: bool | None = None
    """Whether the networks draw it; None until its first frame."""


@dataclass(slots=True)
class _Performance:
    likeness: Likeness
    turn: _Turn | None = None
    share: float = 0.0
    """How much of the networks' face the last frame showed."""
    face: Any = None
    """The last one drawn."""


@dataclass(slots=True)
class _Plan:
    """What becomes of one request."""

    request: FrameRequest
    performance: _Performance
    seated: Seated | None
    share: float
    order: Order | None


class MuseTalkEngine:
    """Implements `FaceEngine`."""

    def __init__(
        self,
        stand_in: FaceEngine,
        load: Callable[[], Working],
        open_footage: OpenFootage,
        *,
        start: Start,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Begin to load the networks by `start`; until they are there the stand-in speaks."""
        self._stand_in, self._open_footage = stand_in, open_footage
        self._start, self._clock = start, clock
        self._performances: dict[int, _Performance] = {}
        self._likenesses = Likenesses()
        self._device: Device | None = None
        self._load = Load(0.0)
        self._failure = ""
        self._full_until_s = 0.0
        start(lambda: self._begin(load))

    @property
    def capabilities(self) -> FaceCapabilities:
        """What it can do at this moment."""
        problem = self._problem()
        device = self._device
        speed = self._load.frames_per_s
        words = (
            f"{device.words}, {speed:.0f} frames/s: {int(speed // FPS)} speaking lessons" if device else ""
        )
        detail = "; ".join(filter(None, (words, problem)))
        return FaceCapabilities(NAME, MAX_BATCH, detail, ready=not problem)

    def open(self, performance: int, package: Path) -> LoopInfo:
        """Begin a performance; its avatar is prepared in the background.

        Raises:
            AvatarUnusable: no package, or not made from a video.
        """
        try:
            manifest = read_manifest(package)
            if manifest.kind != "video":
                raise AvatarUnusable(f"a {manifest.kind} avatar is shown by the {self._other}")
            info = self._stand_in.open(performance, package)
            likeness = self._likenesses.take(package)
        except (PackageBroken, OSError) as error:
            raise AvatarUnusable(str(error)) from error
        self._performances[performance] = _Performance(likeness)
        self._prepare(likeness)
        return info

    def feed(self, performance: int, speech: Speech) -> None:
        """Add speech to the current turn."""
        self._stand_in.feed(performance, speech)
        one = self._performances[performance]
        if one.turn is None and self._device is not None:
            one.turn = _Turn(self._device.listen())
        if one.turn is not None:
            one.turn.ears.add(speech)

    def flush(self, performance: int) -> None:
        """Forget all speech; the mouth closes from where it is."""
        self._stand_in.flush(performance)
        self._performances[performance].turn = None
        self._load.leave(performance)

    def render(self, requests: Sequence[FrameRequest]) -> list[Frame]:
        """Render one frame per request."""
        begun_s = self._clock()
        plans = self._planned(requests, begun_s)
        drawn = self._drawn(plans)
        frames = self._composed(plans, drawn)
        self._account(plans, drawn, begun_s)
        return frames

    def close(self, performance: int) -> None:
        """End a performance; its avatar stays for a while."""
        self._stand_in.close(performance)
        self._load.leave(performance)
        one = self._performances.pop(performance, None)
        if one is not None:
            self._likenesses.leave(one.likeness)

    # The background ----------------------------------------------------------------------------------

    def _begin(self, load: Callable[[], Working]) -> None:
        try:
            working = load()
        except Exception as error:  # without networks the stand-in speaks, whatever the reason
            log.warning("musetalk_not_loaded", reason=f"{type(error).__name__}: {error}")
            self._failure = f"not loaded: {error}"
            return
        log.info("musetalk_loaded", device=working.device.words, frames_per_s=round(working.frames_per_s))
        self._load = Load(working.frames_per_s)
        self._device = working.device
        for likeness in self._likenesses.in_use():
            self._prepare(likeness)

    def _prepare(self, likeness: Likeness) -> None:
        if self._device is None or likeness.seated is not None:
            return

        def prepare() -> None:
            # Two lessons may have asked for it before the first was served.
            if self._device is not None and likeness.seated is None and likeness.users > 0:
                likeness.prepare(self._device, self._open_footage)

        self._start(prepare)

    def _problem(self) -> str:
        """Why lessons are shown by the stand-in, if they are."""
        now_s = self._clock()
        if self._failure:
            return f"{self._failure}; the {self._other} speaks"
        if self._device is None:
            return f"loading the networks; the {self._other} speaks meanwhile"
        if now_s < self._full_until_s:
            return f"out of memory; the {self._other} speaks for a minute"
        if self._load.overloaded(now_s):
            return f"overloaded; the {self._other} speaks for the newest lessons"
        troubles = [one.trouble for one in self._likenesses.in_use() if one.trouble]
        return f"{troubles[0]}; the {self._other} speaks there" if troubles else ""

    @property
    def _other(self) -> str:
        return self._stand_in.capabilities.name

    # A batch -----------------------------------------------------------------------------------------

    def _planned(self, requests: Sequence[FrameRequest], now_s: float) -> list[_Plan]:
        speaks = [self._speaks(request, now_s) for request in requests]
        spoken = [request for request, speaking in zip(requests, speaks, strict=True) if speaking]
        if not self._hear(spoken):
            speaks = [False] * len(requests)
        plans: list[_Plan] = []
        orders, latest = 0, dict[int, int]()
        for request, speaking in zip(requests, speaks, strict=True):
            plan = self._plan(request, speaking, latest.get(request.performance))
            if plan.order is not None:
                latest[request.performance] = orders
                orders += 1
            plans.append(plan)
        return plans

    def _speaks(self, request: FrameRequest, now_s: float) -> bool:
        """Whether the networks draw this frame from sound; the first frame of a turn decides for all."""
        one = self._performances[request.performance]
        turn = one.turn
        if request.at_ms is None or turn is None:
            return False
        if turn.drawn is None:
            able = one.likeness.seated is not None and not self._failure and now_s >= self._full_until_s
            turn.drawn = able and self._load.admit(request.performance, now_s)
        return turn.drawn and turn.ears.sound.voiced(request.at_ms)

    def _hear(self, requests: Sequence[FrameRequest]) -> bool:
        """Encode what these frames need of their sound, all lessons together; False when it fails."""
        wanted: dict[tuple[int, int], Ears] = {}
        for request in requests:
            turn = self._performances[request.performance].turn
            if turn is not None and request.at_ms is not None:
                for number in turn.ears.missing(request.at_ms):
                    wanted[request.performance, number] = turn.ears
        if not wanted or self._device is None:
            return True
        try:
            states = self._device.encode([ears.mel(number) for (_, number), ears in wanted.items()])
            for ((_, number), ears), state in zip(wanted.items(), states, strict=True):
                ears.put(number, state)
        except Exception as error:  # the lessons go on with the stand-in, whatever the device says
            self._stop_drawing(error)
            return False
        return True

    def _plan(self, request: FrameRequest, speaking: bool, before: int | None) -> _Plan:
        """`before` is the order of this batch that drew the performance last."""
        one = self._performances[request.performance]
        turn, seated = one.turn, one.likeness.seated
        one.share = _next_share(one.share, speaking=speaking)
        order: Order | None = None
        if seated is not None and one.share > 0:
            frame = int(seated.footage.order[request.loop_index % len(seated.footage.order)])
            if speaking and turn is not None:
                order = self._order(turn, seated, frame, request.at_ms or 0.0)
            elif before is not None:
                order = Order(seated.sitter, frame, after=before)
            elif one.face is not None:
                order = Order(seated.sitter, frame, face=one.face)
        return _Plan(request, one, seated, one.share, order)

    def _order(self, turn: _Turn, seated: Seated, frame: int, at_ms: float) -> Order | None:
        try:
            return Order(seated.sitter, frame, sound=turn.ears.window(at_ms))
        except Exception as error:  # the device's memory may be used up here too
            self._stop_drawing(error)
            return None

    def _drawn(self, plans: Sequence[_Plan]) -> list[Drawn | None]:
        """What the device makes of each plan; nothing for any when it fails."""
        orders = [plan.order for plan in plans if plan.order is not None]
        if not orders or self._device is None:
            return [None] * len(plans)
        try:
            made = iter(self._device.draw(orders))
        except Exception as error:  # the lessons go on with the stand-in, whatever the device says
            self._stop_drawing(error)
            return [None] * len(plans)
        return [None if plan.order is None else next(made) for plan in plans]

    def _composed(self, plans: Sequence[_Plan], drawn: Sequence[Drawn | None]) -> list[Frame]:
        behind = [
            _shown(plan) for plan, one in zip(plans, drawn, strict=True) if one is None or plan.share < 1
        ]
        stand_ins = iter(self._stand_in.render(behind)) if behind else iter(())
        frames: list[Frame] = []
        for plan, one in zip(plans, drawn, strict=True):
            if one is None:
                plan.performance.face, plan.performance.share = None, 0.0
                frames.append(next(stand_ins))
            elif plan.seated is not None:
                frames.append(_with_face(plan, plan.seated, one, stand_ins))
                plan.performance.face = one.face if plan.share > 0 else None
        return frames

    def _account(self, plans: Sequence[_Plan], drawn: Sequence[Drawn | None], begun_s: float) -> None:
        """Learn from how long it took; move somebody to the stand-in when frames come late."""
        now_s = self._clock()
        spoken = [
            plan.request
            for plan, one in zip(plans, drawn, strict=True)
            if one is not None and plan.order is not None and plan.order.sound is not None
        ]
        if len(spoken) >= _FULL_BATCH:
            self._load.drew(len(spoken), now_s - begun_s)
        for request in spoken:
            settled = request.due_s is not None and (request.at_ms or 0.0) >= _SETTLED_MS
            late_s = now_s - request.due_s if settled and request.due_s is not None else 0.0
            moved = self._load.shown(request.performance, late_s, now_s)
            if moved is not None and (one := self._performances.get(moved)) is not None:
                log.warning("musetalk_overloaded", performance=moved, late_ms=round(late_s * 1000))
                if one.turn is not None:
                    one.turn.drawn = False

    def _stop_drawing(self, error: Exception) -> None:
        """The turns under way end with the stand-in."""
        log.error("musetalk_stopped", reason=f"{type(error).__name__}: {error}")
        if isinstance(error, DeviceFull) and self._device is not None:
            self._device.release()
            self._full_until_s = self._clock() + _RECOVERY_S
        else:
            self._failure = f"failed: {type(error).__name__}: {error}"
        for number, one in list(self._performances.items()):
            self._load.leave(number)
            if one.turn is not None:
                one.turn.drawn = False


def _next_share(share: float, *, speaking: bool) -> float:
    """The face of the networks comes within three frames, and goes so that the third shows none of it."""
    if speaking:
        return 0.5 if share < 0.4 else 0.85 if share < 0.8 else 1.0
    return 0.45 if share > 0.7 else 0.12 if share > 0.3 else 0.0


def _shown(plan: _Plan) -> FrameRequest:
    """What the stand-in shows: its own turns, and a face at rest under the turns of the networks."""
    turn, request = plan.performance.turn, plan.request
    if turn is not None and turn.drawn:
        return FrameRequest(request.performance, request.loop_index, None, request.due_s)
    return request


def _with_face(plan: _Plan, seated: Seated, drawn: Drawn, stand_ins: Iterator[Frame]) -> Frame:
    frame = int(seated.footage.order[plan.request.loop_index % len(seated.footage.order)])
    x, y = seated.cuts.corners[frame].tolist()
    picture = (seated.footage.pictures[frame] if plan.share >= 1 else next(stand_ins)).copy()
    lay_patch(picture, drawn.patch, x, y, plan.share)
    return picture
