"""Opening what somebody uploaded: a photo by OpenCV, footage by FFmpeg, nothing else.

The kind of a file is told by its first bytes, never by its name, and the reader is forced to that kind and
to this one file, so that no playlist or reference inside it is ever followed. For the sandboxed process only.
"""

import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tutor_engine.avatars.findings import Finding, FindingCode
from tutor_engine.avatars.headers import photo_size
from tutor_engine.showing.port import FPS
from tutor_engine.showing.puppet.body import Picture

Container = Literal["photo", "mp4", "matroska"]

_MAX_PHOTO_BYTES = 40 * 2**20
_MAX_VIDEO_BYTES = 200 * 2**20
_MAX_PHOTO_SIDE = 12_000
_MAX_PHOTO_PIXELS = 64_000_000
"""What phones take; three bytes for each are held while the face is looked for."""
_MAX_VIDEO_SIDE = 4096
"""What phones record; only the face's surroundings are kept."""
_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "libdav1d"})
_MIN_RATE_HZ, _MAX_RATE_HZ = 10.0, 61.0
_MAX_SECONDS = 120.0
_LOOKED_AT_SECONDS = 30.0
"""Longer footage adds nothing to a loop of seconds; the rest is not decoded."""
_MAX_DECODED = int(2 * _LOOKED_AT_SECONDS * _MAX_RATE_HZ)
"""Pictures without end may claim to be shown at the same instant."""
_MAX_GAP_SECONDS = 1.0
"""Recorders leave pictures out when nothing moves, but a person who breathes always moves."""
_ONLY_THIS_FILE = {"protocol_whitelist": "none"}
_DECODER_LIMITS = {"max_pixels": str(_MAX_VIDEO_SIDE * _MAX_VIDEO_SIDE)}
"""What the stream says may differ from what the container said."""


class SourceRefused(Exception):
    """The file is no photo or footage that can be used."""

    def __init__(self, code: FindingCode, second: float | None = None) -> None:
        super().__init__(code)
        self.finding = Finding(code, second)


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
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would keep us waiting, a device has no end
            raise SourceRefused("unreadable")
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise SourceRefused("unreadable") from error
    kind = _kind(head)
    if kind is None:
        raise SourceRefused(
            "playlist" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_LISTS) else "unreadable"
        )
    if found.st_size > (_MAX_PHOTO_BYTES if kind == "photo" else _MAX_VIDEO_BYTES):
        raise SourceRefused("too_large")
    return kind


def read_photo(path: Path) -> Picture:
    """The photo, upright.

    Raises:
        SourceRefused: damaged or too large.
    """
    import cv2

    content = path.read_bytes()
    size = photo_size(content)
    if size is None:
        raise SourceRefused("unreadable")
    if max(size) > _MAX_PHOTO_SIDE or size[0] * size[1] > _MAX_PHOTO_PIXELS:
        raise SourceRefused("too_wide")
    try:
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error as error:
        raise SourceRefused("unreadable") from error
    if picture is None:
        raise SourceRefused("unreadable")
    return np.ascontiguousarray(picture, np.uint8)


def probe(path: Path, container: Container) -> FootageInfo:
    """Read the header and check codec, size, rate and length.

    Raises:
        SourceRefused: outside the limits, or damaged.
    """
    with _opened(path, container) as (media, stream):
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        seconds = _seconds(media, stream)
        width, height = stream.width, stream.height
    if width < 2 or height < 2:
        raise SourceRefused("unreadable")
    if max(width, height) > _MAX_VIDEO_SIDE:
        raise SourceRefused("too_wide")
    # Browsers' recorders write no rate into the header of WebM.
    if rate and not _MIN_RATE_HZ <= rate <= max(_MAX_RATE_HZ, 1000.0 * (container == "matroska")):
        raise SourceRefused("frame_rate")
    if not 0 <= seconds <= _MAX_SECONDS:
        raise SourceRefused("too_long")
    return FootageInfo(width, height, rate, seconds or _LOOKED_AT_SECONDS)


def frames_of(path: Path, container: Container) -> Iterator[Picture]:
    """The first half minute at 25 pictures per second, upright.

    Raises:
        SourceRefused: nothing can be decoded, or what comes is not what a camera records.
    """
    last: Picture | None = None
    due = 0
    with _opened(path, container) as (media, stream):
        for at, frame in _timed(_decoded(media, stream)):
            # A picture is shown until the next one comes: repeat it for every instant it covers.
            while last is not None and due / FPS < at - 1e-6 and due < _LOOKED_AT_SECONDS * FPS:
                yield last
                due += 1
            if at >= _LOOKED_AT_SECONDS:
                return
            last = _upright(frame)
    if last is None:
        raise SourceRefused("unreadable")
    yield last


def _decoded(media: Any, stream: Any) -> Iterator[Any]:
    """Pictures until the end, or until the file breaks: one cut off is as good as its beginning."""
    from av.error import FFmpegError

    stream.codec_context.options = _DECODER_LIMITS
    stream.thread_count = 1
    try:
        yield from media.decode(stream)
    except (FFmpegError, OSError, ValueError):
        return


def _timed(frames: Iterator[Any]) -> Iterator[tuple[float, Any]]:
    """Whole pictures of one size with the second at which each is shown."""
    start, before, size = None, 0.0, None
    for count, frame in enumerate(frames):
        if frame.time is None or frame.is_corrupt:
            continue
        start = frame.time if start is None else start
        at = frame.time - start
        if count > _MAX_DECODED or at > before + _MAX_GAP_SECONDS:
            raise SourceRefused("frame_rate", round(before, 1))
        size = size or (frame.width, frame.height)
        if size != (frame.width, frame.height):
            raise SourceRefused("size_changes", round(at, 1))
        before = max(before, at)
        yield at, frame


@contextmanager
def _opened(path: Path, container: Container) -> Generator[tuple[Any, Any]]:
    """The media and its only stream of pictures.

    Raises:
        SourceRefused: damaged, without pictures, or in a coding that is not decoded.
    """
    import av
    from av.error import FFmpegError

    try:
        with (
            path.open("rb") as file,
            av.open(file, "r", format=container, options=_ONLY_THIS_FILE, metadata_errors="replace") as media,
        ):
            streams: list[Any] = list(media.streams.video)
            if not streams:
                raise SourceRefused("no_picture")
            if len(streams) > 1 or streams[0].codec_context is None:
                raise SourceRefused("codec")
            if streams[0].codec_context.name not in _CODECS:
                raise SourceRefused("codec")
            yield media, streams[0]
    except (FFmpegError, OSError, ValueError) as error:
        raise SourceRefused("unreadable") from error


_LISTS = (
    b"#EXTM3U",
    b"ffconcat",
    b"<?xml",
    b"<MPD",
    b"[playlist]",
    b"[Reference]",
    b"v=0",
    b"http:",
    b"https:",
    b"file:",
)
"""How files begin that only say where pictures are to be had."""


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
