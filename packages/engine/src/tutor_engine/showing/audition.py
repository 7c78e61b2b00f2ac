"""An audition: an avatar says known sentences where nobody watches, and the face mesh writes what it saw.

Works with every face engine, through its port only. Pictures are looked at one by one and never kept; beside
each spoken frame the same frame of the idle loop is rendered, so that what speech changed can be told from
what moves anyway.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.lipsync import Series, Span
from tutor_engine.showing.port import FPS, FRAME_MS, FaceEngine, Frame, FrameRequest, Speech
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.landmarks import (
    BELOW_NOSE,
    JAW,
    JAW_CORNERS,
    LEFT_BROW,
    OUTER_CORNERS,
    OVAL,
    RIGHT_BROW,
)
from tutor_engine.showing.puppet.mesh import FaceMesh, Points, eye_distance, mouth_opening, mouth_width
from tutor_engine.showing.visemes import (
    ASH,
    BILABIAL,
    CLOSE_BACK,
    CLOSE_FRONT,
    FRONT_ROUNDED,
    OPEN_VOWEL,
    WEDGE,
    MouthTrack,
    visemes_of,
)

Mask = npt.NDArray[np.bool_]

_LOWER_FACE = (*JAW, *JAW_CORNERS, BELOW_NOSE, *OUTER_CORNERS)
_SILENT_FRAMES = 3 * FPS // 5
"""Before and after each sentence."""
_CLOSES_WITHIN = 4
"""Frames after the last sound in which the mouth may still close: what the port promises, and one."""
_COMPARED_EVERY = 5
_ROOM = 0.225
"""Around the lower face, in distances of the eyes: skin that may move with the jaw."""
_STRAYS_PX = 2
"""How far a nod or a brow may move what lies outside the mouth, in a picture 512 wide."""
_LEVELS = 8
_PATCH_LEVELS = 12
_QUIET_PX, _QUIET_SHARE = 21, 0.4
"""A seam is looked for in the quieter part of the skin: no edge within ten pixels that could have moved."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A spoken frame beside the same frame at rest."""

    same_outside: float
    """Share of the upper face's pixels that are the same but for a shift of two pixels."""
    seam: float
    """Fine structure of the smooth skin around the lower face, over that of the frame at rest."""


@dataclass(slots=True)
class Take:
    """What was seen of one sentence; series run at 25 frames a second from its first sound."""

    gap: Series
    width: Series
    silent_gap: Series
    """Before the sentence and after it."""
    wanted: Series
    """How far the mouth should open, from the phonemes alone."""
    closures: list[Span]
    opens: list[Span]
    rounded: list[Span]
    spread: list[Span]
    compared: list[Compared] = field(default_factory=list[Compared])
    patched: list[Compared] = field(default_factory=list[Compared])
    """The same with a box around the face pasted 12 levels brighter: a control."""
    faces: float = 1.0
    """Share of the frames in which a face was found."""


class Audition:
    """One avatar on one engine. The engine must have no other performances under these numbers."""

    def __init__(self, engine: FaceEngine, package: Path, mesh: FaceMesh, first_performance: int = 1) -> None:
        """Open the avatar twice: to speak and to rest.

        Raises:
            AvatarUnusable: the engine cannot show the package.
        """
        self._engine, self._mesh = engine, mesh
        self._speaks, self._rests = first_performance, first_performance + 1
        self._size = engine.open(self._speaks, package)
        engine.open(self._rests, package)
        self._clock = count()
        self._face: Points | None = None
        """Where the face was last seen."""

    def close(self) -> None:
        """End both performances."""
        self._engine.close(self._speaks)
        self._engine.close(self._rests)

    def say(self, speech: Speech) -> Take:
        """Let the avatar say a sentence that starts at 0 ms."""
        end_ms = max((p.end_ms for p in speech.phonemes if p.ipa), default=0.0)
        frames = int(end_ms / FRAME_MS)
        before = [mouth for mouth, _ in self._seen([None] * _SILENT_FRAMES)]
        self._engine.feed(self._speaks, speech)
        times: list[float | None] = [index * FRAME_MS for index in range(frames)]
        spoken, compared, patched = self._spoken(times)
        self._engine.flush(self._speaks)
        after = [mouth for mouth, _ in self._seen([None] * _SILENT_FRAMES)][_CLOSES_WITHIN:]
        take = _expected(speech, frames)
        take.gap, take.width = (np.array([mouth[k] for mouth in spoken]) for k in (0, 1))
        take.silent_gap = np.array([mouth[0] for mouth in before + after])
        take.compared, take.patched = compared, patched
        take.faces = float(np.mean(~np.isnan(take.gap))) if frames else 0.0
        return take

    def _spoken(
        self, times: Sequence[float | None]
    ) -> tuple[list[tuple[float, float]], list[Compared], list[Compared]]:
        mouths: list[tuple[float, float]] = []
        compared: list[Compared] = []
        patched: list[Compared] = []
        for number, (mouth, (at, picture)) in enumerate(self._seen(times)):
            mouths.append(mouth)
            if number % _COMPARED_EVERY == 0:
                (frame,) = self._engine.render([FrameRequest(self._rests, at, None)])
                rest = _rgb(frame)
                points = self._mesh.find(rest)
                if points is not None:
                    compared.append(compare(picture, rest, points))
                    patched.append(compare(_patched(picture, points), rest, points))
        return mouths, compared, patched

    def _seen(
        self, times: Sequence[float | None]
    ) -> Iterator[tuple[tuple[float, float], tuple[int, Picture]]]:
        """Opening and width of the mouth at each time, in distances of the eyes, and the picture itself."""
        for at_ms in times:
            at = next(self._clock) % self._size.frames
            (frame,) = self._engine.render([FrameRequest(self._speaks, at, at_ms)])
            picture = _rgb(frame)
            if self._face is None:
                # A face that was just found is measured a little differently from one that is followed.
                self._face = self._mesh.find(picture)
            face = self._face = self._mesh.find(picture, self._face)
            mouth = (np.nan, np.nan) if face is None else (mouth_opening(face), mouth_width(face))
            yield mouth, (at, picture)


def compare(spoken: Picture, rest: Picture, points: Points) -> Compared:
    """Compare a spoken frame with the frame at rest, whose mesh is `points`."""
    import cv2

    upper, collar = _upper_face_and_collar(points, rest.shape[1], rest.shape[0])
    side = 2 * max(round(_STRAYS_PX * rest.shape[1] / 512), 1) + 1
    near = np.ones((side, side), np.uint8)
    low = cv2.subtract(cv2.erode(rest, near), np.full_like(rest, _LEVELS))
    high = cv2.add(cv2.dilate(rest, near), np.full_like(rest, _LEVELS))
    same = np.asarray(np.logical_and(spoken >= low, spoken <= high).all(axis=2), np.bool_)
    structure = _structure(rest)
    # Hair, collars and backgrounds have so much structure that a seam would drown in it.
    busy = cv2.dilate(structure, np.ones((_QUIET_PX, _QUIET_PX), np.uint8))
    smooth = collar & (busy <= np.quantile(busy[collar], _QUIET_SHARE))
    # One level more on both sides: what coding leaves must not count on skin that has nothing at all.
    ratio = (1 + _structure(spoken)[smooth].mean()) / (1 + structure[smooth].mean())
    return Compared(float(same[upper].mean()), float(ratio))


def _patched(picture: Picture, points: Points) -> Picture:
    """The lower face and the region of the eyes made brighter, as a badly joined picture would be."""
    import cv2

    height, width = picture.shape[:2]
    lower = _filled(points[list(_LOWER_FACE)], width, height)
    eyes = _filled(points[[*RIGHT_BROW, *LEFT_BROW, BELOW_NOSE]], width, height)
    joined = np.asarray(_widened(lower, _ROOM / 2 * eye_distance(points)) | eyes, np.uint8)
    brighter = np.repeat(joined[..., None] * np.uint8(_PATCH_LEVELS), 3, axis=2)
    return np.asarray(cv2.add(picture, brighter), np.uint8)


def _upper_face_and_collar(points: Points, width: int, height: int) -> tuple[Mask, Mask]:
    """Where speech may change nothing, and the skin around the lower face in which a seam would lie."""
    lower = _filled(points[list(_LOWER_FACE)], width, height)
    around = _widened(lower, _ROOM * eye_distance(points))
    return _filled(points[list(OVAL)], width, height) & ~around, around & ~lower


def _filled(points: Points, width: int, height: int) -> Mask:
    import cv2

    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(points[:, :2].astype(np.int32)), 255)
    return mask > 0


def _widened(mask: Mask, reach_px: float) -> Mask:
    import cv2

    side = 2 * int(reach_px) + 1
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), round_), np.uint8) > 0


def _structure(picture: Picture) -> npt.NDArray[np.float32]:
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.abs(np.asarray(cv2.Laplacian(grey, cv2.CV_32F), np.float32))


def _expected(speech: Speech, frames: int) -> Take:
    track = MouthTrack()
    track.add(speech.phonemes)
    spans: dict[str, list[Span]] = {}
    for phoneme in speech.phonemes:
        for viseme in visemes_of(phoneme.ipa):
            spans.setdefault(viseme.name, []).append(Span.of_ms(phoneme.start_ms, phoneme.end_ms))
    wanted = np.array([track.at(index * FRAME_MS).open for index in range(frames)])
    return Take(
        gap=np.zeros(0),
        width=np.zeros(0),
        silent_gap=np.zeros(0),
        wanted=wanted,
        closures=spans.get(BILABIAL.name, []),
        opens=[span for viseme in (OPEN_VOWEL, ASH, WEDGE) for span in spans.get(viseme.name, [])],
        rounded=[span for viseme in (CLOSE_BACK, FRONT_ROUNDED) for span in spans.get(viseme.name, [])],
        spread=spans.get(CLOSE_FRONT.name, []),
    )


def _rgb(frame: Frame) -> Picture:
    import cv2

    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_I420), np.uint8)
