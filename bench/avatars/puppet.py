"""What a frame of the puppet takes of one core: speaking, at rest, and the colour conversion alone.

Processor time of the rendering thread over speech with real phoneme times; the best of several rounds,
because others on the machine only ever add to it. Baseline: copy and colour conversion of a frame in which
nothing moves.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from bench.avatars import sitters
from bench.media.figures import Goal
from bench.tables import show
from tutor_engine.showing.idle import IdleLife
from tutor_engine.showing.port import FPS, FRAME_MS, Speech
from tutor_engine.showing.puppet.body import Body
from tutor_engine.showing.puppet.engine import i420
from tutor_engine.showing.puppet.packages import open_package
from tutor_engine.showing.puppet.pose import Life, Mouth, Pose
from tutor_engine.showing.visemes import MouthTrack

_ACCENT = Life(brow=0.2, sway_y=0.002)
_VIDEO_GOAL = Goal(6.0, unit=" ms")
GOALS = {"photo": Goal(4.0, unit=" ms"), "video": _VIDEO_GOAL, "talking": _VIDEO_GOAL}


def main() -> None:
    """Measure photo, video, video with frames in which its person speaks, and a drawn tutor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    mouths = speech(sitters.spoken()[0])
    with tempfile.TemporaryDirectory(prefix="bench-avatars-") as folder:
        packages = sitters.packages(Path(folder), sitters.face_mesh())
        rows = [row(name, open_package(packages[name]), mouths, arguments.rounds) for name in
                (*GOALS, "ada")]  # fmt: skip
    columns = ("puppet", "whole frame", "goal", "reached", "at rest", "colour alone", "one still frame")
    show(
        "Puppet, ms of one core per 512 × 512 frame",
        columns,
        rows,
        f"best of {arguments.rounds} rounds of {len(mouths)} frames of speech",
    )


def speech(line: Speech) -> list[Mouth]:
    """The mouths of two seconds of speech."""
    track = MouthTrack()
    track.add(line.phonemes)
    return [track.at(index * FRAME_MS) for index in range(2 * FPS)]


def row(name: str, body: Body, mouths: list[Mouth], rounds: int) -> list[str]:
    """One kind of body."""
    life = IdleLife(7)
    lives = [life.at(index) if body.loop_frames is None else Life() for index in range(len(mouths))]
    # Footage brings its own life; every frame bears the brows and the nod that speech adds to some.
    spoken = [alive if body.loop_frames is None else _ACCENT for alive in lives]
    speaking = [Pose(mouth, alive) for mouth, alive in zip(mouths, spoken, strict=True)]
    resting = [Pose(Mouth(), alive) for alive in lives]
    picture = body.render(Pose(), 0)
    whole = best_ms(lambda: [i420(body.render(pose, index)) for index, pose in enumerate(speaking)], rounds)
    rest = best_ms(lambda: [i420(body.render(pose, index)) for index, pose in enumerate(resting)], rounds)
    colour = best_ms(lambda: [i420(picture) for _ in mouths], rounds)
    still = best_ms(lambda: [i420(np.array(picture)) for _ in mouths], rounds)
    goal, count = GOALS.get(name), len(mouths)
    return [
        name,
        f"{whole / count:.2f}",
        str(goal or ""),
        goal.verdict(whole / count) if goal else "",
        f"{rest / count:.2f}",
        f"{colour / count:.2f}",
        f"{still / count:.2f}",
    ]


def best_ms(work: Callable[[], object], rounds: int) -> float:
    """The least processor time of a piece of work."""
    taken: list[float] = []
    for _ in range(rounds):
        start_s = time.thread_time()
        work()
        taken.append((time.thread_time() - start_s) * 1000)
    return min(taken)
