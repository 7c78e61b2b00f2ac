"""The contact sheet of the puppet: a public-domain portrait at sixteen sounds, to look at after a change.

Writes `docs/images/puppet-portrait.jpg`, the heads at normal size and their mouths enlarged.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from bench.avatars import sitters
from bench.house import ROOT
from bench.tables import console
from tutor_engine.avatars.framing import SIDE, square_around
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Life, Pose
from tutor_engine.showing.puppet.view import View, view_of
from tutor_engine.showing.visemes import visemes_of

SOUNDS = (
    ("rest", ""), ("m", "m"), ("f", "f"), ("th", "θ"), ("s", "s"), ("sh", "ʃ"), ("r", "ɹ"), ("w", "w"),
    ("a", "a"), ("ae", "æ"), ("e", "e"), ("i", "i"), ("o", "o"), ("u", "u"), ("yu", "y"), ("zhi", "ʅ"),
)  # fmt: skip
COLUMNS = 4
WIDTH = 300


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images" / "puppet-portrait.jpg")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    from skimage import data

    whole = np.asarray(data.astronaut(), np.uint8)
    found = sitters.face_mesh().find(whole)
    if found is None:
        raise RuntimeError("no face in the portrait")
    square = square_around(found[None], whole.shape[1], whole.shape[0])
    points = square.points(found[None])[0]
    body, view = PhotoBody(square.cut(whole), points), view_of(points)
    heads: list[Picture] = []
    mouths: list[Picture] = []
    for name, ipa in SOUNDS:
        picture = body.render(Pose(visemes_of(ipa)[0].target, Life()), 0)
        heads.append(_named(cv2.resize(picture[: SIDE * 3 // 4], (WIDTH, WIDTH * 3 // 4)), name))
        mouths.append(_named(_mouth(picture, view), name))
    sheet = np.concatenate([_grid(heads), _grid(mouths)])
    cv2.imwrite(str(arguments.out), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])
    console.print(f"{arguments.out}: {arguments.out.stat().st_size // 1000} kB")


def _mouth(picture: Picture, view: View) -> Picture:
    x, y = view.origin
    reach = 0.8 * view.scale
    top, left = max(int(y - 0.5 * reach), 0), int(x - reach)
    part = picture[top : top + int(1.3 * reach), left : left + int(2 * reach)]
    return np.asarray(cv2.resize(part, (WIDTH, WIDTH * 13 // 20), interpolation=cv2.INTER_CUBIC), np.uint8)


def _named(picture: cv2.typing.MatLike, name: str) -> Picture:
    named = cv2.putText(
        np.ascontiguousarray(picture), name, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20, 20, 90), 1
    )
    return np.asarray(named, np.uint8)


def _grid(pictures: list[Picture]) -> Picture:
    rows = [np.concatenate(pictures[at : at + COLUMNS], 1) for at in range(0, len(pictures), COLUMNS)]
    return np.concatenate(rows)
