"""The sandboxed process (`python -m tutor_engine.avatars.intake`) that makes a package of an upload.

It takes one `Intake` as JSON on its standard input and answers with one JSON message per line. It limits its
own memory, CPU time and file size before it opens the file, and writes only into the folder it was given.
"""

import resource
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.checks import CLOSED_EYE, FaceChecks, Looked
from tutor_engine.avatars.findings import Finding, FindingCode
from tutor_engine.avatars.framing import SIDE, square_around
from tutor_engine.avatars.loop import (
    SHORTEST_SECONDS,
    best_loop,
    bridged,
    faded,
    longest_run,
    smoothed,
)
from tutor_engine.avatars.package import PHOTO_FILE, POSTER_FILE, TRACK_FILE, VIDEO_FILE
from tutor_engine.avatars.source import (
    Container,
    SourceRefused,
    container_of,
    frames_of,
    probe,
    read_photo,
)
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

_MAX_MEMORY_BYTES = 4 * 2**30
"""Address space; a 4096-pixel video needs about 1.5 GiB of it."""
_MAX_CPU_S = 300
_MAX_FILE_BYTES = 256 * 2**20
_LOOK_FOR_OTHERS_EVERY = FPS
_BRIDGED_FRAMES = 5
_OPEN_SHARE = 0.85
"""An eye this much open, compared with how it mostly is, does not blink."""
_TELL_EVERY = 5


class Intake(msgspec.Struct, frozen=True):
    """What to do. Paths are absolute."""

    source: str
    folder: str
    detector: str
    mesh: str
    described: str = ""


class Step(msgspec.Struct, frozen=True, tag=True):
    """Progress: what is being done, and how much of everything is done (0–1)."""

    step: str
    progress: float


class Remark(msgspec.Struct, frozen=True, tag=True):
    """Something seen that did not prevent the avatar."""

    finding: Finding


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The upload cannot become an avatar."""

    findings: list[Finding]


class Done(msgspec.Struct, frozen=True, tag=True):
    """The package is complete."""


Report = Step | Remark | Refused | Done
Tell = Callable[[Report], None]


def make_package(intake: Intake, tell: Tell) -> None:
    """Make the package, or tell why not."""
    checks = FaceChecks(FaceMesh(FaceModels(Path(intake.detector), Path(intake.mesh))))
    source, folder = Path(intake.source), Path(intake.folder)
    try:
        container = container_of(source)
        if container == "photo":
            body = _from_photo(read_photo(source), folder, checks, tell)
        else:
            body = _from_footage(source, container, folder, checks, tell)
    except SourceRefused as refused:
        tell(Refused([refused.finding]))
        return
    except FaceRefused as refused:
        tell(Refused(refused.findings))
        return
    tell(Step("poster", 0.97))
    write_picture(folder / POSTER_FILE, body.render(Pose(), 0))
    write_manifest(folder, "photo" if container == "photo" else "video", SIDE, intake.described)
    tell(Done())


class FaceRefused(Exception):
    """No usable face; the findings say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(", ".join(finding.code for finding in findings))
        self.findings = findings


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


def _from_footage(source: Path, container: Container, folder: Path, checks: FaceChecks, tell: Tell) -> Body:
    info = probe(source, container)
    seen = _look_through(frames_of(source, container), info.frames, checks, tell, folder)
    first, count = longest_run(np.array([points is not None for points in seen.track]))
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
    loop = best_loop(track, opening > _OPEN_SHARE * np.median(opening))
    wanted = range(first + loop.first, first + loop.first + loop.count + loop.fade)
    track = track[loop.first : loop.first + loop.count + loop.fade]
    square = square_around(track, seen.width, seen.height)
    pictures = [
        square.cut(picture)
        for index, picture in enumerate(islice(frames_of(source, container), wanted.stop))
        if index in wanted
    ]
    pictures, points = faded(loop, pictures, square.points(track))
    tell(Step("video", 0.85))
    write_video(folder / VIDEO_FILE, pictures)
    write_track(folder / TRACK_FILE, points, loop.order)
    return VideoBody(Footage(planar(pictures), points, loop.order))


class _Seen:
    """What looking through footage found, frame by frame."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.track: list[npt.NDArray[np.float32] | None] = []
        self.eye_openings: list[float] = []
        self.width = self.height = 0
        self._faults: dict[FindingCode, list[int]] = {}

    def add(self, picture: Picture, looked: Looked) -> None:
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


def _look_through(
    pictures: Iterator[Picture], expected: int, checks: FaceChecks, tell: Tell, folder: Path
) -> _Seen:
    """Find and judge the face of every frame; short gaps are bridged."""
    seen = _Seen(folder)
    for index, picture in enumerate(pictures):
        seen.add(picture, checks.look(picture, thorough=index % _LOOK_FOR_OTHERS_EVERY == 0))
        if index % _TELL_EVERY == 0:
            tell(Step("face", round(min(0.7, 0.05 + 0.65 * index / expected), 3)))
    seen.track = bridged(seen.track, _BRIDGED_FRAMES)
    return seen


def _limit() -> None:
    """From here on this process can hurt nobody: memory, time and file size are bounded."""
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MAX_CPU_S, _MAX_CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_FILE_BYTES, _MAX_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read the request, do it, report."""
    intake = msgspec.json.decode(sys.stdin.buffer.read(), type=Intake)
    _limit()
    import cv2

    cv2.setNumThreads(1)

    def tell(report: Report) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.buffer.flush()

    try:
        make_package(intake, tell)
    except MemoryError:
        tell(Refused([Finding("took_too_long")]))


if __name__ == "__main__":
    main()
