"""Opening what somebody uploaded: a photo by OpenCV, footage by FFmpeg, nothing else.

The kind of a file is told by its first bytes, never by its name, and the reader is forced to that kind, so
that no playlist or reference inside a file is ever followed. To be used in the sandboxed process only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tutor_engine.avatars.findings import Finding, FindingCode
from tutor_engine.showing.port import FPS
from tutor_engine.showing.puppet.body import Picture

Container = Literal["photo", "mp4", "matroska"]

_MAX_PHOTO_BYTES = 40 * 2**20
_MAX_VIDEO_BYTES = 200 * 2**20
_MAX_PHOTO_SIDE = 12_000
_MAX_VIDEO_SIDE = 4096
"""What phones record; only the face's surroundings are kept."""
_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "libdav1d"})
_MIN_RATE_HZ, _MAX_RATE_HZ = 10.0, 61.0
_MAX_SECONDS = 120.0
_LOOKED_AT_SECONDS = 30.0
"""Longer footage adds nothing to a loop of seconds; the rest is not decoded."""


class SourceRefused(Exception):
    """The file is no photo or footage that can be used."""

    def __init__(self, code: FindingCode) -> None:
        super().__init__(code)
        self.finding = Finding(code)


@dataclass(frozen=True, slots=True)
class FootageInfo:
    """What the container says."""

    width: int
    height: int
    rate_hz: float
    seconds: float

    @property
    def frames(self) -> int:
        """How many pictures at 25 per second `frames_of` will give, about."""
        return max(1, int(min(self.seconds, _LOOKED_AT_SECONDS) * FPS))


def container_of(path: Path) -> Container:
    """Tell the kind of a file by its first bytes, and refuse one that is too large.

    Raises:
        SourceRefused: another kind, too large, or unreadable.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise SourceRefused("unreadable") from error
    kind = _kind(head)
    if kind is None:
        raise SourceRefused("unreadable")
    if size > (_MAX_PHOTO_BYTES if kind == "photo" else _MAX_VIDEO_BYTES):
        raise SourceRefused("too_large")
    return kind


def read_photo(path: Path) -> Picture:
    """The photo, upright.

    Raises:
        SourceRefused: damaged or too large.
    """
    import cv2

    data = np.frombuffer(path.read_bytes(), np.uint8)
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    except cv2.error as error:
        raise SourceRefused("unreadable") from error
    if picture is None:
        raise SourceRefused("unreadable")
    if max(picture.shape[:2]) > _MAX_PHOTO_SIDE:
        raise SourceRefused("too_wide")
    return np.ascontiguousarray(picture, np.uint8)


def probe(path: Path, container: Container) -> FootageInfo:
    """Read the header and check codec, size, rate and length.

    Raises:
        SourceRefused: outside the limits, or damaged.
    """
    import av
    from av.error import FFmpegError

    try:
        with path.open("rb") as file, av.open(file, format=container) as media:
            if len(media.streams.video) != 1:
                raise SourceRefused("unreadable")
            stream = media.streams.video[0]
            codec = stream.codec_context.name
            rate = float(stream.average_rate or stream.guessed_rate or 0)
            seconds = _seconds(media, stream)
            width, height = stream.width, stream.height
    except (FFmpegError, OSError, ValueError) as error:
        raise SourceRefused("unreadable") from error
    if codec not in _CODECS or width < 2 or height < 2:
        raise SourceRefused("unreadable")
    if max(width, height) > _MAX_VIDEO_SIDE:
        raise SourceRefused("too_wide")
    # Browsers' recorders write no rate into the header of WebM.
    if rate and not _MIN_RATE_HZ <= rate <= max(_MAX_RATE_HZ, 1000.0 * (container == "matroska")):
        raise SourceRefused("frame_rate")
    if seconds > _MAX_SECONDS:
        raise SourceRefused("too_long")
    return FootageInfo(width, height, rate, seconds or _LOOKED_AT_SECONDS)


def frames_of(path: Path, container: Container) -> Iterator[Picture]:
    """The pictures of the first half minute at exactly 25 per second, upright.

    Raises:
        SourceRefused: damaged, or nothing in it.
    """
    import av
    from av.error import FFmpegError

    due = 0
    last: Picture | None = None
    start: float | None = None
    try:
        with path.open("rb") as file, av.open(file, "r", format=container) as media:
            stream = media.streams.video[0]
            stream.thread_count = 1
            for frame in media.decode(stream):
                if frame.pts is None or frame.is_corrupt:
                    continue
                start = frame.time if start is None else start
                at = frame.time - start
                # A picture is shown until the next one comes: repeat it for every instant it covers.
                while last is not None and due / FPS < at - 1e-6 and due < _LOOKED_AT_SECONDS * FPS:
                    yield last
                    due += 1
                if at >= _LOOKED_AT_SECONDS:
                    return
                last = _upright(frame)
    except (FFmpegError, OSError, ValueError) as error:
        if last is None:
            raise SourceRefused("unreadable") from error
        # A file cut off in its middle is as good as its beginning.
    if last is None:
        raise SourceRefused("unreadable")
    yield last


def _kind(head: bytes) -> Container | None:
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return "photo"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "photo"
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    return None


def _seconds(media: Any, stream: Any) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return float(media.duration or 0) / 1e6


def _upright(frame: Any) -> Picture:
    picture = frame.to_ndarray(format="rgb24")
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, turns) if turns else picture, np.uint8)
