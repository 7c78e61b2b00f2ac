"""Who sits for the figures: a public-domain portrait as photo and as footage that sways, the drawn tutors.

Packages are written as the intake writes them, so that the figures measure what lessons open.
"""

import asyncio
from pathlib import Path

import cv2
import numpy as np

from bench.house import MODELS
from bench.lipsync import phonemes_of
from tutor_engine.avatars.package import PHOTO_FILE, POSTER_FILE, TRACK_FILE, VIDEO_FILE
from tutor_engine.avatars.writer import write_manifest, write_picture, write_track, write_video
from tutor_engine.showing.port import FPS, Speech
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.drawn import write_drawn_packages
from tutor_engine.showing.puppet.mesh import FaceMesh, FaceModels, Points

SIDE = 512
LINES = (
    "Hello everybody, please open your books on page nine. Mars and Pluto may both be seen tonight.",
    "Pack my box with five dozen liquor jugs, and bring me a map of the moon by Monday morning.",
)


def face_mesh() -> FaceMesh:
    """The installed face networks."""
    return FaceMesh(FaceModels.in_folder(MODELS))


def spoken() -> list[Speech]:
    """The lines as phonemes of the embedded voice; without sound, which only colours the opening."""
    return [Speech(b"", 16_000, 0.0, asyncio.run(phonemes_of(line, "en"))) for line in LINES]


def packages(folder: Path, mesh: FaceMesh) -> dict[str, Path]:
    """All sitters by name."""
    drawn = {path.name: path for path in write_drawn_packages(folder)}
    return {"photo": photo(folder / "photo", mesh), "video": video(folder / "video", mesh), **drawn}


def photo(folder: Path, mesh: FaceMesh) -> Path:
    """The portrait as a package of kind photo."""
    folder.mkdir(parents=True)
    picture = _portrait()
    write_picture(folder / PHOTO_FILE, picture)
    write_track(folder / TRACK_FILE, _points(picture, mesh)[None], np.zeros(1, np.int32))
    write_picture(folder / POSTER_FILE, picture)
    write_manifest(folder, "photo", SIDE, "NASA, public domain")
    return folder


def video(folder: Path, mesh: FaceMesh, seconds: int = 4) -> Path:
    """The portrait on a head that sways and tilts, as a package of kind video."""
    folder.mkdir(parents=True)
    portrait, frames = _portrait(), seconds * FPS
    pictures: list[Picture] = []
    points: list[Points] = []
    for number in range(frames):
        phase = 2 * np.pi * number / frames
        turn = cv2.getRotationMatrix2D((SIDE / 2, 380), 3 * np.sin(phase), 1 + 0.015 * np.cos(phase))
        turn[:, 2] += [6 * np.cos(phase), 3 * np.sin(phase)]
        moved = cv2.warpAffine(portrait, turn, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
        pictures.append(np.asarray(moved, np.uint8))
        points.append(_points(pictures[-1], mesh))
    write_video(folder / VIDEO_FILE, pictures)
    write_track(folder / TRACK_FILE, np.stack(points), np.arange(frames, dtype=np.int32))
    write_picture(folder / POSTER_FILE, pictures[0])
    write_manifest(folder, "video", SIDE, "NASA, public domain, moved")
    return folder


def _portrait() -> Picture:
    from skimage import data

    cut = np.asarray(data.astronaut(), np.uint8)[0:290, 70:360]
    return np.asarray(cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)


def _points(picture: Picture, mesh: FaceMesh) -> Points:
    points = mesh.find(picture)
    if points is None:
        raise RuntimeError("no face in the portrait")
    return points
