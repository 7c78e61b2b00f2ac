"""The puppet as a face engine: bodies shared by all lessons, a mouth track and idle life per performance.

No GPU and no generated pixels: poses come from phoneme times, bodies render them. The same loop index gives
the same life, so frames rendered live continue the loop that was encoded once.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import numpy as np

from tutor_engine.avatars.package import PackageBroken, read_manifest
from tutor_engine.showing.idle import FootageLife, IdleLife
from tutor_engine.showing.port import (
    FPS,
    AvatarUnusable,
    FaceCapabilities,
    Frame,
    FrameRequest,
    LoopInfo,
    Speech,
)
from tutor_engine.showing.puppet.body import Body, Picture
from tutor_engine.showing.puppet.pose import REST, Life, Mouth, Pose
from tutor_engine.showing.visemes import MouthTrack

BodyOpener = Callable[[Path], Body]

_LOOP_FRAMES = 9 * FPS
_KEPT_BODIES = 4
"""Bodies without a performance that stay in memory: the next lesson with this face starts at once."""
_CLOSING = (0.45, 0.12, 0.0)
"""What is left of the mouth in the frames after speech: closed within 120 ms."""
_OPENING = (0.55, 0.9)
"""How much of the mouth is shown in the first frames of speech."""
_BROW_ACCENT, _NOD = 0.35, 0.0022
"""What a stressed vowel does to brows (of the largest lift) and head (of the picture's height)."""
_PHRASE_NOD = 0.0045
"""What the end of a phrase does to the head."""


@dataclass(frozen=True, slots=True)
class _Avatar:
    """An opened package: what all its performances share."""

    body: Body
    life: IdleLife | FootageLife
    info: LoopInfo


@dataclass(slots=True)
class _Performance:
    avatar: _Avatar
    track: MouthTrack
    spoken: int = 0
    """Frames since speech began."""
    still: int = len(_CLOSING)
    """Frames since speech ended."""
    mouth: Mouth = REST
    """The last one of the speech."""
    accent: float = 0.0
    nod: float = 0.0


class PuppetEngine:
    """Implements `FaceEngine`. `open` may run in another thread while `render` works."""

    def __init__(self, open_body: BodyOpener, detail: str = "") -> None:
        """Use `open_body` to make bodies; it raises `AvatarUnusable`."""
        self._open_body = open_body
        self._detail = detail
        self._avatars: OrderedDict[str, _Avatar] = OrderedDict()
        self._opening = Lock()
        self._performances: dict[int, _Performance] = {}

    @property
    def capabilities(self) -> FaceCapabilities:
        """One frame at a time on one core."""
        return FaceCapabilities("puppet", 1, self._detail)

    def open(self, performance: int, package: Path) -> LoopInfo:
        """Begin a performance; the first one of a package builds its body.

        Raises:
            AvatarUnusable: no package, or no body can be made of it.
        """
        with self._opening:
            avatar = self._avatar(package)
            self._performances[performance] = _Performance(avatar, MouthTrack())
            self._drop_unused()
        return avatar.info

    def feed(self, performance: int, speech: Speech) -> None:
        """Add speech to the current turn."""
        track = self._performances[performance].track
        track.add(speech.phonemes)
        track.add_sound(speech.pcm, speech.rate_hz, speech.start_ms)

    def flush(self, performance: int) -> None:
        """Forget all speech; the mouth closes from where it is."""
        self._performances[performance].track = MouthTrack()

    def render(self, requests: Sequence[FrameRequest]) -> list[Frame]:
        """Render one frame per request."""
        return [self._frame(request) for request in requests]

    def close(self, performance: int) -> None:
        """End a performance; its body stays for a while."""
        self._performances.pop(performance, None)

    def _drop_unused(self) -> None:
        used = {id(p.avatar) for p in list(self._performances.values())}
        idle = [key for key, avatar in self._avatars.items() if id(avatar) not in used]
        for key in idle[: max(len(idle) - _KEPT_BODIES, 0)]:
            del self._avatars[key]

    def _avatar(self, package: Path) -> _Avatar:
        try:
            read_manifest(package)
            content = (package / "avatar.json").read_bytes()
        except (PackageBroken, OSError) as error:
            raise AvatarUnusable(str(error)) from error
        key = f"{package.resolve()}:{hashlib.sha256(content).hexdigest()}"
        avatar = self._avatars.get(key)
        if avatar is None:
            avatar = _make(
                self._open_body(package), seed=int.from_bytes(hashlib.sha256(content).digest()[:4])
            )
            self._avatars[key] = avatar
        self._avatars.move_to_end(key)
        return avatar

    def _frame(self, request: FrameRequest) -> Frame:
        performance = self._performances[request.performance]
        avatar = performance.avatar
        mouth = _mouth(performance, request.at_ms)
        life = _accented(avatar.life.at(request.loop_index), performance.accent, performance.nod)
        return i420(avatar.body.render(Pose(mouth, life), request.loop_index))


def _make(body: Body, seed: int) -> _Avatar:
    frames = body.loop_frames
    life = IdleLife(seed, _LOOP_FRAMES) if frames is None else FootageLife(frames)
    return _Avatar(body, life, LoopInfo(body.width, body.height, life.frames))


def _mouth(performance: _Performance, at_ms: float | None) -> Mouth:
    """The mouth of the next frame: from the track, or closing."""
    if at_ms is None:
        left = _CLOSING[performance.still] if performance.still < len(_CLOSING) else 0.0
        performance.still += 1
        performance.spoken = 0
        performance.accent *= left
        performance.nod *= left
        return _part(performance.mouth, left)
    mouth = performance.track.at(at_ms)
    if performance.spoken < len(_OPENING):
        mouth = _part(mouth, _OPENING[performance.spoken])
    performance.spoken += 1
    performance.still = 0
    performance.mouth = mouth
    wanted = performance.track.emphasis(at_ms)
    performance.accent += 0.5 * (wanted - performance.accent)
    performance.nod += 0.5 * (performance.track.phrase_end(at_ms) - performance.nod)
    return mouth


def _part(mouth: Mouth, share: float) -> Mouth:
    if share <= 0:
        return REST
    return Mouth(
        mouth.open * share,
        mouth.wide * share,
        mouth.round * share,
        mouth.press * share,
        mouth.tuck * share,
        mouth.tongue * share,
    )


def _accented(life: Life, accent: float, nod: float) -> Life:
    if accent < 0.01 and nod < 0.01:
        return life
    brow = min(life.brow + _BROW_ACCENT * accent, 1.0)
    return replace(life, brow=brow, sway_y=life.sway_y + _NOD * accent + _PHRASE_NOD * nod)


def i420(picture: Picture) -> Frame:
    """RGB as planar YUV 4:2:0 (BT.601, video range)."""
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
