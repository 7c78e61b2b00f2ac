"""Uploads made from the portrait: a photo, and footage of it moving as a quiet listener does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
import pytest
from av.video.stream import VideoStream

from tutor_engine.avatars.store import AvatarStore
from tutor_engine.showing.puppet.body import Picture

Clip = Callable[..., Path]


@pytest.fixture
def store(tmp_path: Path) -> AvatarStore:
    return AvatarStore(tmp_path / "avatars")


@pytest.fixture(scope="session")
def head(portrait: Picture) -> Picture:
    """The portrait's head and shoulders; 43 pixels between the eyes."""
    return np.ascontiguousarray(portrait[0:320, 60:380])


@pytest.fixture(scope="session")
def sway() -> Callable[[Picture, int], Iterator[Picture]]:
    """`sway(picture, frames)`: the picture swaying slowly."""
    return _swaying


def _swaying(picture: Picture, frames: int) -> Iterator[Picture]:
    """The picture swaying slowly, one round in three seconds."""
    height, width = picture.shape[:2]
    for step in range(frames):
        phase = 2 * np.pi * step / 75
        turn = cv2.getRotationMatrix2D((width / 2, height * 0.8), 1.5 * np.sin(phase), 1)
        turn[:, 2] += [2 * np.cos(phase), np.sin(phase)]
        moved = cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        yield np.asarray(moved, np.uint8)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """`clip(pictures, name="clip.mp4", rate=25, codec="libx264")`: a video file of these pictures."""

    def write(
        pictures: Iterator[Picture] | list[Picture],
        name: str = "clip.mp4",
        rate: int = 25,
        codec: str = "libx264",
    ) -> Path:
        path = tmp_path_factory.mktemp("clip") / name
        stream: VideoStream | None = None
        with av.open(str(path), "w") as media:
            for picture in pictures:
                if stream is None:
                    stream = cast(VideoStream, media.add_stream(codec, rate=rate))
                    stream.height, stream.width = picture.shape[:2]
                    stream.pix_fmt = "yuv420p"
                media.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            if stream is not None:
                media.mux(stream.encode(None))
        return path

    return write


@pytest.fixture(scope="session")
def photo_file(portrait: Picture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "portrait.jpg"
    _, data = cv2.imencode(".jpg", cv2.cvtColor(portrait, cv2.COLOR_RGB2BGR))
    path.write_bytes(data.tobytes())
    return path
