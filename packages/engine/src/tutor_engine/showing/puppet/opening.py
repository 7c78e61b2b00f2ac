"""Opening an avatar package of kind photo or video as a body. Needs no model: the package has its meshes."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.package import (
    PHOTO_FILE,
    TRACK_FILE,
    VIDEO_FILE,
    AvatarManifest,
    PackageBroken,
    read_manifest,
    verify_files,
)
from tutor_engine.avatars.shared import shared_pictures
from tutor_engine.showing.port import AvatarUnusable
from tutor_engine.showing.puppet.body import Body, Picture
from tutor_engine.showing.puppet.footage import Footage, VideoBody
from tutor_engine.showing.puppet.photo import PhotoBody

_MAX_FRAMES = 750
"""Half a minute; a package with more would fill the memory of the face worker."""


def open_body(package: Path) -> Body:
    """The body in a package.

    Raises:
        AvatarUnusable: a file is missing or damaged, or the kind is neither photo nor video.
    """
    try:
        return _body(package)
    except PackageBroken as error:
        raise AvatarUnusable(str(error)) from error


def open_footage(package: Path) -> Footage:
    """The footage in a package of kind video, for engines that draw on it.

    Raises:
        AvatarUnusable: another kind, or a file is missing or damaged.
    """
    try:
        manifest = read_manifest(package)
        if manifest.kind != "video":
            raise PackageBroken(f"{package}: no footage in an avatar of kind {manifest.kind}")
        verify_files(package, manifest)
        points, order = _track(package / TRACK_FILE)
        return Footage(_video(package / VIDEO_FILE, manifest, len(points)), points, order)
    except PackageBroken as error:
        raise AvatarUnusable(str(error)) from error


def _body(package: Path) -> Body:
    manifest = read_manifest(package)
    if manifest.kind == "drawn":
        raise PackageBroken(f"{package}: a drawn avatar has no pictures")
    verify_files(package, manifest)
    points, order = _track(package / TRACK_FILE)
    if manifest.kind == "photo":
        return PhotoBody(_photo(package / PHOTO_FILE, manifest), points[0])
    pictures = _video(package / VIDEO_FILE, manifest, len(points))
    return VideoBody(Footage(pictures, points, order))


def _track(path: Path) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    try:
        with np.load(path, allow_pickle=False) as track:
            points, order = np.asarray(track["points"], np.float32), np.asarray(track["order"], np.int32)
    except (OSError, KeyError, ValueError) as error:
        raise PackageBroken(f"{path}: {error}") from error
    well_formed = (
        points.ndim == 3
        and points.shape[1:] == (468, 3)
        and 0 < len(points) <= _MAX_FRAMES
        and order.ndim == 1
        and 0 < len(order) <= 2 * _MAX_FRAMES
        and bool(np.isfinite(points).all())
        and int(order.min()) >= 0
        and int(order.max()) < len(points)
    )
    if not well_formed:
        raise PackageBroken(f"{path}: no track of a face")
    return points, order


def _photo(path: Path, manifest: AvatarManifest) -> Picture:
    import cv2

    data = np.frombuffer(path.read_bytes(), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    if picture is None or picture.shape[:2] != (manifest.height, manifest.width):
        raise PackageBroken(f"{path}: not the picture that the manifest describes")
    return np.asarray(picture, np.uint8)


def _video(path: Path, manifest: AvatarManifest, frames: int) -> npt.NDArray[np.uint8]:
    digest = next((file.sha256 for file in manifest.files if file.name == path.name), "")
    shape = (frames, manifest.height * 3 // 2, manifest.width)
    return shared_pictures(
        f"{path}:{digest}", path.parent, shape, lambda pictures: _decode(path, manifest, pictures)
    )


def _decode(path: Path, manifest: AvatarManifest, pictures: npt.NDArray[np.uint8]) -> None:
    import av
    from av.error import FFmpegError

    height, width, frames = manifest.height, manifest.width, len(pictures)
    count = 0
    try:
        with av.open(str(path), format="mp4") as media:
            for frame in media.decode(video=0):
                if count == frames or (frame.height, frame.width) != (height, width):
                    raise PackageBroken(f"{path}: not the footage that the track describes")
                pictures[count] = frame.to_ndarray(format="yuv420p", interpolation="FAST_BILINEAR")
                count += 1
    except (FFmpegError, OSError) as error:
        raise PackageBroken(f"{path}: {error}") from error
    if count != frames:
        raise PackageBroken(f"{path}: {count} frames, {frames} expected")
