"""Who sits for the figures: a public-domain portrait as photo and as footage, and the drawn tutors.

Packages are written as the intake writes them, so that the figures measure what lessons open.
"""

import asyncio
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bench.house import MODELS
from bench.lipsync import phonemes_of
from tutor_engine.avatars.package import PHOTO_FILE, POSTER_FILE, TRACK_FILE, VIDEO_FILE
from tutor_engine.avatars.writer import write_manifest, write_picture, write_track, write_video
from tutor_engine.showing.port import FPS, Speech
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.drawn import write_drawn_packages
from tutor_engine.showing.puppet.mesh import FaceMesh, FaceModels, Points
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Mouth, Pose
from tutor_engine.showing.puppet.view import View, view_of

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
    filmed = {"photo": photo, "video": video, "talking": talking}
    return {name: make(folder / name, mesh) for name, make in filmed.items()} | drawn


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
    portrait, frames = _portrait(), seconds * FPS
    return _write(folder, [_moved(portrait, number, frames) for number in range(frames)], frames, mesh)


def talking(folder: Path, mesh: FaceMesh) -> Path:
    """Two quiet seconds of the same, and two in which it speaks, as a person lit from above would look."""
    portrait = _portrait()
    points, loop = _points(portrait, mesh), 2 * FPS
    body, view = PhotoBody(portrait, points), view_of(points)
    wide = [Mouth(open=opening) for opening in np.linspace(0.1, 1.0, 30)]
    spread = [Mouth(open=opening, wide=1.0) for opening in np.linspace(0.1, 0.35, 12)]
    rounded = [Mouth(open=opening, round=1.0) for opening in np.linspace(0.15, 0.7, 14)]
    spoken = [_lit(body.render(Pose(mouth), 0), view, mouth) for mouth in (*wide, *spread, *rounded)]
    pictures = [_moved(each, number, loop) for number, each in enumerate([portrait] * loop + spoken)]
    return _write(folder, pictures, loop, mesh)


def _moved(picture: Picture, number: int, frames: int) -> Picture:
    """The picture on a head that comes round in so many frames."""
    phase = 2 * np.pi * number / frames
    turn = cv2.getRotationMatrix2D((SIDE / 2, 380), 3 * np.sin(phase), 1 + 0.015 * np.cos(phase))
    turn[:, 2] += [6 * np.cos(phase), 3 * np.sin(phase)]
    moved = cv2.warpAffine(picture, turn, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def _lit(picture: Picture, view: View, mouth: Mouth) -> Picture:
    """Cheeks hollow when the jaw drops, chin and lips catch light when they are rounded, corners fold."""
    across, down = np.meshgrid(np.arange(SIDE, dtype=np.float64), np.arange(SIDE, dtype=np.float64))
    at = view.to_mouth(np.stack([across, down], -1).reshape(-1, 2))
    x, y = np.abs(at[:, 0]).reshape(SIDE, SIDE), at[:, 1].reshape(SIDE, SIDE)

    def spot(centre: tuple[float, float], size: tuple[float, float]) -> npt.NDArray[np.float64]:
        return np.exp(-0.5 * (((x - centre[0]) / size[0]) ** 2 + ((y - centre[1]) / size[1]) ** 2))

    dropped = min(mouth.open, 1.0) * (1 - mouth.round)
    light = (
        dropped * (-0.25 * spot((0.62, 0.05), (0.10, 0.22)) - 0.12 * spot((0.0, 0.55), (0.25, 0.1)))
        + mouth.round * (-0.2 * spot((0.38, 0.0), (0.08, 0.1)) + 0.12 * spot((0.0, 0.33), (0.1, 0.05)))
        + mouth.wide * (0.15 * spot((0.7, -0.15), (0.12, 0.12)) - 0.2 * spot((0.52, -0.1), (0.05, 0.15)))
    )
    return np.clip(picture * np.exp(light)[..., None], 0, 255).astype(np.uint8)


def _write(folder: Path, pictures: list[Picture], loop: int, mesh: FaceMesh) -> Path:
    """A package of kind video whose first frames are the loop."""
    folder.mkdir(parents=True)
    write_video(folder / VIDEO_FILE, pictures)
    points = np.stack([_points(picture, mesh) for picture in pictures])
    write_track(folder / TRACK_FILE, points, np.arange(loop, dtype=np.int32))
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
