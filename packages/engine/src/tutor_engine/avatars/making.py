"""Making a package of an upload: the face is found and judged, framed, looped and written.

Runs in the sandboxed process only, and writes into the draft's folder only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.checks import CLOSED_EYE, FaceChecks, Looked
from tutor_engine.avatars.findings import Finding, FindingCode
from tutor_engine.avatars.framing import SIDE, Square, square_around
from tutor_engine.avatars.latents import Latents, write_latents
from tutor_engine.avatars.loop import (
    SHORTEST_SECONDS,
    Loop,
    Track,
    best_loop,
    bridged,
    faded,
    longest_run,
    smoothed,
    there_and_back,
)
from tutor_engine.avatars.official import OfficialRefused, read_official
from tutor_engine.avatars.package import OFFICIAL_FILE, PHOTO_FILE, POSTER_FILE, TRACK_FILE, VIDEO_FILE
from tutor_engine.avatars.reports import Done, Intake, Refused, Remark, Step, Tell
from tutor_engine.avatars.source import SourceRefused, container_of, frames_of, probe, read_photo
from tutor_engine.avatars.talking import talking_frames
from tutor_engine.avatars.writer import (
    planar,
    write_frame,
    write_manifest,
    write_picture,
    write_track,
    write_video,
)
from tutor_engine.showing.port import FPS
from tutor_engine.showing.puppet.body import Body, Picture
from tutor_engine.showing.puppet.footage import Footage, VideoBody
from tutor_engine.showing.puppet.mesh import FaceMesh, FaceModels
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Pose

_LOOK_FOR_OTHERS_EVERY = FPS
_BRIDGED_FRAMES = 5
_OPEN_SHARE = 0.85
"""An eye this much open, compared with how it mostly is, does not blink."""
_TELL_EVERY = 5


class FaceRefused(Exception):
    """No usable face; the findings say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(", ".join(finding.code for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class _Source:
    """Pictures at 25 per second that can be gone through more than once."""

    pictures: Callable[[], Iterator[Picture]]
    expected: int
    latents: Callable[[slice, Square], Latents | None] = lambda frames, square: None
    usable: npt.NDArray[np.bool_] | None = None
    """Frames that came with what is needed; None: all."""


def make_package(intake: Intake, tell: Tell) -> None:
    """Make the package, or tell why not."""
    folder = Path(intake.folder)
    try:
        body = _body(intake, folder, tell)
    except SourceRefused as refused:
        tell(Refused([refused.finding]))
        return
    except FaceRefused as refused:
        tell(Refused(refused.findings))
        return
    except OfficialRefused as refused:
        tell(Refused([Finding("unreadable")], str(refused)))
        return
    tell(Step("poster", 0.97))
    write_picture(folder / POSTER_FILE, body.render(Pose(), 0))
    write_manifest(folder, "photo" if isinstance(body, PhotoBody) else "video", SIDE, intake.described)
    tell(Done())


def _body(intake: Intake, folder: Path, tell: Tell) -> Body:
    source = Path(intake.source)
    models = FaceModels(Path(intake.detector), Path(intake.mesh))
    if intake.kind == "official":
        return _from_pictures(_official(source), folder, FaceChecks(FaceMesh(models)), tell)
    container = container_of(source)
    if container == "photo":
        picture = read_photo(source)
        return _from_photo(picture, folder, FaceChecks(FaceMesh(models)), tell)
    footage = _Source(lambda: frames_of(source, container), probe(source, container).frames)
    return _from_pictures(footage, folder, FaceChecks(FaceMesh(models)), tell)


def _official(folder: Path) -> _Source:
    avatar = read_official(folder)

    def latents(frames: slice, square: Square) -> Latents | None:
        return avatar.latents_in(frames, square.left, square.top, SIDE / square.side)

    return _Source(
        avatar.pictures, len(avatar.files), latents, np.asarray(avatar.boxes.any(axis=1), np.bool_)
    )


def _from_photo(picture: Picture, folder: Path, checks: FaceChecks, tell: Tell) -> Body:
    tell(Step("face", 0.1))
    looked = checks.look(picture, thorough=True)
    fault = looked.fault or ("eyes_closed" if looked.eye_opening < CLOSED_EYE else None)
    if looked.points is None or fault is not None:
        write_frame(folder, 0, picture)
        raise FaceRefused([Finding(fault or "no_face", picture=0)])
    tell(Step("picture", 0.6))
    points = looked.points[None]
    square = square_around(points, picture.shape[1], picture.shape[0])
    cut, points = square.cut(picture), square.points(points)
    write_picture(folder / PHOTO_FILE, cut)
    write_track(folder / TRACK_FILE, points, np.zeros(1, np.int32))
    return PhotoBody(cut, points[0])


def _from_pictures(source: _Source, folder: Path, checks: FaceChecks, tell: Tell) -> Body:
    seen = _look_through(source, checks, tell, folder)
    first, track, loop = _stretch(source, seen, tell)
    wanted = range(first + loop.first, first + loop.first + loop.count + loop.fade)
    track = track[loop.first : loop.first + loop.count + loop.fade]
    square = square_around(track, seen.width, seen.height)
    # Pictures that came with latents are taken over as they are, and no others.
    talking = talking_frames(seen.track, wanted, square) if source.usable is None else []
    last = max([wanted.stop - 1, *talking])
    cut = {
        index: square.cut(picture)
        for index, picture in enumerate(islice(source.pictures(), last + 1))
        if index in wanted or index in talking
    }
    pictures, points = faded(loop, [cut[index] for index in wanted], square.points(track))
    spoken = [points_of for index in talking if (points_of := seen.track[index]) is not None]
    pictures += [cut[index] for index in talking]
    points = np.concatenate([points, *(square.points(one[None]) for one in spoken)])
    tell(Step("video", 0.85))
    write_video(folder / VIDEO_FILE, pictures)
    write_track(folder / TRACK_FILE, points, loop.order)
    latents = source.latents(slice(wanted.start, wanted.stop), square)
    if latents is not None:
        write_latents(folder / OFFICIAL_FILE, latents)
    return VideoBody(Footage(planar(pictures), points, loop.order))


def _stretch(source: _Source, seen: "_Seen", tell: Tell) -> tuple[int, Track, Loop]:
    """The first frame of the longest usable stretch, its meshes, and the loop within it."""
    usable = np.array([points is not None for points in seen.track])
    if source.usable is not None:
        usable &= source.usable[: len(usable)]
    first, count = longest_run(usable)
    if count < SHORTEST_SECONDS * FPS:
        raise FaceRefused(seen.findings() or [Finding("too_short")])
    for finding in seen.findings():
        tell(Remark(finding))
    run = slice(first, first + count)
    opening = np.array(seen.eye_openings[run])
    if np.median(opening) < CLOSED_EYE:
        raise FaceRefused([Finding("eyes_closed", first / FPS)])
    tell(Step("loop", 0.75))
    track = smoothed(np.stack([points for points in seen.track[run] if points is not None]))
    # Pictures that came with latents stay as they are: none is mixed out of two.
    choose = best_loop if source.usable is None else there_and_back
    return first, track, choose(track, opening > _OPEN_SHARE * np.median(opening))


class _Seen:
    """What looking through pictures found, frame by frame."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.track: list[npt.NDArray[np.float32] | None] = []
        self.eye_openings: list[float] = []
        self.width = self.height = 0
        self._faults: dict[FindingCode, list[int]] = {}

    def add(self, picture: Picture, looked: Looked) -> None:
        """One more picture."""
        if looked.fault is not None:
            if looked.fault not in self._faults:
                write_frame(self._folder, len(self._faults), picture)
            self._faults.setdefault(looked.fault, []).append(len(self.track))
        self.track.append(looked.points if looked.fault is None else None)
        self.eye_openings.append(looked.eye_opening)
        self.height, self.width = picture.shape[:2]

    def findings(self) -> list[Finding]:
        """Each fault with the second where it was first seen, the most frequent first."""
        numbers = {code: number for number, code in enumerate(self._faults)}
        faults = sorted(self._faults.items(), key=lambda fault: -len(fault[1]))
        return [Finding(code, round(frames[0] / FPS, 1), numbers[code]) for code, frames in faults]


def _look_through(source: _Source, checks: FaceChecks, tell: Tell, folder: Path) -> _Seen:
    """Find and judge the face of every frame; short gaps are bridged."""
    seen = _Seen(folder)
    for index, picture in enumerate(source.pictures()):
        seen.add(picture, checks.look(picture, thorough=index % _LOOK_FOR_OTHERS_EVERY == 0))
        if index % _TELL_EVERY == 0:
            tell(Step("face", round(min(0.7, 0.05 + 0.65 * index / source.expected), 3)))
    seen.track = bridged(seen.track, _BRIDGED_FRAMES)
    return seen
