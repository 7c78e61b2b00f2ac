"""Writing an avatar package: pictures, meshes, poster and the manifest that names and hashes them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.package import (
    MANIFEST_FILE,
    OFFICIAL_FILE,
    PHOTO_FILE,
    POSTER_FILE,
    SCHEMA_VERSION,
    TRACK_FILE,
    VIDEO_FILE,
    AvatarFile,
    AvatarManifest,
)
from tutor_engine.showing.port import FPS
from tutor_engine.showing.puppet.body import Picture

_X264 = {"crf": "10", "preset": "veryfast", "threads": "1"}
"""Fine enough (45 dB) that redrawing the mouth on it shows no trace of coding."""


def write_picture(path: Path, picture: Picture) -> None:
    """An RGB picture as PNG."""
    import cv2

    _, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    path.write_bytes(data.tobytes())


FRAME_SIDE = 480
"""Enough to see what is wrong; a frame is 30 kB."""


def write_frame(folder: Path, number: int, picture: Picture) -> None:
    """A frame that a finding speaks of, small, as `finding-<number>.jpg`."""
    import cv2

    scale = min(1.0, FRAME_SIDE / max(picture.shape[:2]))
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])
    if done:
        (folder / f"finding-{number}.jpg").write_bytes(data.tobytes())


def write_video(path: Path, pictures: Sequence[Picture]) -> None:
    """RGB pictures of one size as H.264 4:4:4 with a key frame each second."""
    import av

    with av.open(str(path), "w", format="mp4") as media:
        stream = media.add_stream("libx264", rate=FPS, options={**_X264, "g": str(FPS)})
        stream.pix_fmt = "yuv444p"
        stream.height, stream.width = pictures[0].shape[:2]
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            media.mux(stream.encode(frame))
        media.mux(stream.encode(None))


def planar(pictures: Sequence[Picture]) -> npt.NDArray[np.uint8]:
    """RGB pictures as I420."""
    import cv2

    return np.stack(
        [np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8) for picture in pictures]
    )


def write_track(path: Path, points: npt.NDArray[np.float32], order: npt.NDArray[np.int32]) -> None:
    """Meshes (frames, 468, 3) in pixels of the package's pictures, and the order in which they loop."""
    np.savez(path, points=points.astype(np.float32), order=order.astype(np.int32))


def write_manifest(folder: Path, kind: Literal["photo", "video"], side: int, source: str) -> AvatarManifest:
    """`avatar.json` for the files that lie in `folder`."""
    names = [PHOTO_FILE if kind == "photo" else VIDEO_FILE, TRACK_FILE, POSTER_FILE]
    if (folder / OFFICIAL_FILE).exists():
        names.append(OFFICIAL_FILE)
    files = [AvatarFile(name, hashlib.sha256((folder / name).read_bytes()).hexdigest()) for name in names]
    manifest = AvatarManifest(SCHEMA_VERSION, kind, side, side, FPS, files=files, source=source)
    (folder / MANIFEST_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return manifest
