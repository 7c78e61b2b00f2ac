"""From an upload to a puppet that can speak: seconds a teacher waits, processor time, and bytes on disk.

The footage is made here: the public-domain portrait swaying in a frame of 720p, twenty seconds of it. Wall
time says something only on an idle machine; processor time always does.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.media.figures import Goal
from bench.tables import show, versions
from tutor_engine.avatars.build import Progress, build_avatar
from tutor_engine.avatars.store import AvatarStore
from tutor_engine.showing.puppet.mesh import FaceModels
from tutor_engine.showing.puppet.opening import open_body
from tutor_engine.showing.puppet.pose import Mouth, Pose

Picture = npt.NDArray[np.uint8]

WIDTH, HEIGHT, RATE_HZ = 1280, 720, 30
UPLOAD_GOAL = Goal(15.0, unit=" s")
DISK_GOAL = Goal(20.0, unit=" MB")
_COLUMNS = (
    "s of video", "ready, s", "goal", "reached", "judged, s", "CPU, s", "intake, MB", "loop, s", "disk, MB",
    "goal", "reached",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """One upload."""

    seconds: int
    wall_s: float
    checks_s: float
    """Until the face of every frame had been judged."""
    cpu_s: float
    rss_mb: float
    disk_mb: float
    loop_s: float


def footage(seconds: int) -> Iterator[Picture]:
    """A head and shoulders at 720p, swaying as a listener does."""
    import cv2
    from skimage import data

    head = cv2.resize(np.ascontiguousarray(data.astronaut()[0:400, 20:420], np.uint8), (HEIGHT, HEIGHT))
    still = np.full((HEIGHT, WIDTH, 3), 96, np.uint8)
    left = (WIDTH - HEIGHT) // 2
    still[:, left : left + HEIGHT] = head
    for step in range(seconds * RATE_HZ):
        phase = 2 * np.pi * step / (3.7 * RATE_HZ)
        turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT * 0.9), 1.2 * np.sin(phase), 1)
        turn[:, 2] += [4 * np.cos(phase / 2), 2 * np.sin(phase)]
        yield np.asarray(
            cv2.warpAffine(still, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE), np.uint8
        )


def record(path: Path, seconds: int) -> None:
    """The footage as a phone would record it: H.264, 30 pictures a second."""
    import av

    with av.open(str(path), "w", format="mp4") as media:
        stream = media.add_stream("libx264", rate=RATE_HZ, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture in footage(seconds):
            media.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        media.mux(stream.encode(None))


def take_in(file: Path, seconds: int, models: FaceModels, folder: Path) -> Taken:
    """Build the avatar, and open it as a lesson would."""
    store = AvatarStore(folder)
    began, before = time.monotonic(), _used()
    judged = began

    def on_progress(step: Progress) -> None:
        nonlocal judged
        if step.step == "face":
            judged = time.monotonic()

    manifest = build_avatar(file, "sitter", store, models, on_progress)
    package = store.get("sitter").package
    body = open_body(package)
    body.render(Pose(mouth=Mouth(open=0.5)), 0)
    after = _used()
    return Taken(
        seconds,
        time.monotonic() - began,
        judged - began,
        after[0] - before[0],
        after[1],
        sum(path.stat().st_size for path in package.iterdir()) / 1e6,
        (body.loop_frames or 0) / manifest.fps,
    )


def _used() -> tuple[float, float]:
    """Processor time of this process and its children, seconds; largest memory of a child, MB."""
    ours, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime
    return cpu_s, theirs.ru_maxrss / 1024


def main() -> None:
    """Measure, show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 20], help="of footage, one row each")
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="with the face models")
    parser.add_argument("--file", type=Path, help="take this file instead of making one")
    arguments = parser.parse_args()
    models = FaceModels.in_folder(arguments.models)
    rows: list[list[str]] = []
    for seconds in arguments.seconds:
        with tempfile.TemporaryDirectory(prefix="bench-intake-") as name:
            folder = Path(name)
            file = arguments.file or folder / "upload.mp4"
            if arguments.file is None:
                record(file, seconds)
            rows.append(_row(take_in(file, seconds, models, folder / "avatars")))
    show(
        f"Upload → usable puppet, {WIDTH}×{HEIGHT} at {RATE_HZ}",
        _COLUMNS,
        rows,
        versions("av", "opencv-python-headless"),
    )


def _row(taken: Taken) -> list[str]:
    return [
        str(taken.seconds),
        f"{taken.wall_s:.1f}",
        str(UPLOAD_GOAL),
        UPLOAD_GOAL.verdict(taken.wall_s),
        f"{taken.checks_s:.1f}",
        f"{taken.cpu_s:.1f}",
        f"{taken.rss_mb:.0f}",
        f"{taken.loop_s:.0f}",
        f"{taken.disk_mb:.1f}",
        str(DISK_GOAL),
        DISK_GOAL.verdict(taken.disk_mb),
    ]
