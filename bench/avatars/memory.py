"""What an avatar takes in the face worker of a node: with its first lesson, and with each further one.

Proportional set size of this process while the puppet holds one filmed avatar for one, ten and forty lessons.
"""

import argparse
import gc
import os
import tempfile
from pathlib import Path

from bench.avatars.intake import record
from bench.media.figures import Goal
from bench.memory import pss_mb
from bench.tables import show, versions
from tutor_engine.avatars.build import build_avatar
from tutor_engine.avatars.store import AvatarStore
from tutor_engine.showing.engines import face_engines
from tutor_engine.showing.port import FrameRequest
from tutor_engine.showing.puppet.mesh import FaceModels

FIRST_GOAL = Goal(250.0, unit=" MB")
FURTHER_GOAL = Goal(1.0, unit=" MB")
LESSONS = (1, 10, 40)


def main() -> None:
    """Measure, show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of footage")
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="with the face models")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as name:
        folder = Path(name)
        record(folder / "upload.mp4", arguments.seconds)
        store = AvatarStore(folder / "avatars")
        models = FaceModels.in_folder(arguments.models)
        build_avatar(folder / "upload.mp4", "sitter", store, models, lambda _: None)
        sizes = held(store.get("sitter").package, arguments.models)
    first = sizes[1] - sizes[0]
    further = (sizes[LESSONS[-1]] - sizes[1]) / (LESSONS[-1] - 1)
    show(
        f"An avatar of {arguments.seconds} s at 720p on a node",
        ("what", "MB", "goal", "reached"),
        [
            ["with its first lesson", f"{first:.0f}", str(FIRST_GOAL), FIRST_GOAL.verdict(first)],
            ["each further lesson", f"{further:.2f}", str(FURTHER_GOAL), FURTHER_GOAL.verdict(further)],
        ],
        f"process before: {sizes[0]:.0f} MB",
        versions("numpy", "opencv-python-headless"),
    )


def held(package: Path, models: Path) -> dict[int, float]:
    """MB of this process with so many lessons of one avatar; 0 is before the first."""
    engine = face_engines(models).used[-1]
    # What drawing needs whoever is drawn is loaded before.
    _warm()
    sizes = {0: _now()}
    for number in range(1, LESSONS[-1] + 1):
        info = engine.open(number, package)
        for index in range(0, info.frames, 5):
            engine.render([FrameRequest(number, index, None)])
        if number in LESSONS:
            sizes[number] = _now()
    for number in range(1, LESSONS[-1] + 1):
        engine.close(number)
    return sizes


def _warm() -> None:
    import cv2
    from av.codec import Codec

    cv2.setNumThreads(1)
    assert Codec("h264", "r").is_decoder


def _now() -> float:
    gc.collect()
    return pss_mb(os.getpid())
