"""The idle loop of an avatar: encoded once per codec in closed groups of one second, kept on disk.

A loop's name is the identity of its pictures, so the raw file may go once the loop is in the cache. The cache
is msgpack, is written under a temporary name and then renamed, and is never trusted further than its own
description: another name, size, codec or encoder setting makes it again.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import structlog

from tutor_engine.media.encode import (
    FPS,
    LOOP,
    EncodedFrame,
    EncodingFailed,
    VideoCodec,
    VideoEncoder,
    encoder_options,
)

log = structlog.get_logger()

GROUP_FRAMES = FPS
"""A key frame every second: how long a browser waits at most for a picture it can start from."""
MAX_LOOP_FRAMES = FPS * 120
_FORMAT = 1


class LoopUnusable(Exception):
    """The raw file is missing, has another size than announced, or cannot be encoded."""


@dataclass(frozen=True, slots=True)
class EncodedLoop:
    """Frames in showing order; every `GROUP_FRAMES`-th, from the first, is a key frame."""

    name: str
    codec: VideoCodec
    frames: tuple[EncodedFrame, ...]

    def next_key(self, index: int) -> int:
        """The key frame at or after `index`, as a number of this loop."""
        group = -(-index // GROUP_FRAMES) * GROUP_FRAMES
        return group % len(self.frames)


@dataclass(frozen=True, slots=True)
class RawLoop:
    """Raw I420 frames in a file; `name` is the identity of the pictures, such as a content hash."""

    name: str
    raw: Path
    width: int
    height: int
    frames: int


class _CachedFrame(msgspec.Struct, array_like=True):
    data: bytes
    key: bool


class _CachedLoop(msgspec.Struct):
    identity: str
    frames: list[_CachedFrame]


def load_loop(source: RawLoop, codec: VideoCodec, cache: Path) -> EncodedLoop:
    """Take the loop from the folder `cache`, or encode it and keep it there. Takes seconds the first time.

    Raises:
        LoopUnusable: see there.
    """
    _check_shape(source)
    identity = _identity(source, codec)
    file = cache / f"{hashlib.sha256(identity.encode()).hexdigest()[:24]}.{codec.lower()}.loop"
    cached = _read(file, identity, source.frames)
    if cached is None:
        _check_raw(source)
        cached = _encode(source, codec)
        _write(file, identity, cached)
    return EncodedLoop(source.name, codec, tuple(cached))


def _check_shape(source: RawLoop) -> None:
    if (
        not (2 <= source.width <= 4096 and 2 <= source.height <= 4096)
        or source.width % 2
        or source.height % 2
    ):
        raise LoopUnusable(f"{source.width} x {source.height} pixels")
    if not 0 < source.frames <= MAX_LOOP_FRAMES or source.frames % GROUP_FRAMES:
        raise LoopUnusable(f"{source.frames} frames are not whole seconds up to {MAX_LOOP_FRAMES // FPS}")


def _check_raw(source: RawLoop) -> None:
    expected = source.frames * source.width * source.height * 3 // 2
    try:
        actual = source.raw.stat().st_size
    except OSError as error:
        raise LoopUnusable(f"{source.raw}: {error.strerror}") from error
    if actual != expected:
        raise LoopUnusable(f"{source.raw}: {actual} bytes, expected {expected}")


def _identity(source: RawLoop, codec: VideoCodec) -> str:
    """Everything that changes the encoded bytes, in words. The name stands for the pictures themselves."""
    options = sorted(encoder_options(codec, LOOP).items())
    return (
        f"{_FORMAT} {source.name} {source.width}x{source.height} {source.frames} "
        f"{codec} {GROUP_FRAMES} {LOOP} {options}"
    )


def _encode(source: RawLoop, codec: VideoCodec) -> list[EncodedFrame]:
    rows = source.height * 3 // 2
    raw = np.memmap(source.raw, np.uint8, "r", shape=(source.frames, rows, source.width))
    encoder = VideoEncoder(codec, source.width, source.height, LOOP)
    try:
        return [
            encoder.encode(np.ascontiguousarray(frame), key=index % GROUP_FRAMES == 0)
            for index, frame in enumerate(raw)
        ]
    except EncodingFailed as error:
        raise LoopUnusable(f"{source.raw}: {error}") from error


def _read(file: Path, identity: str, count: int) -> list[EncodedFrame] | None:
    """The cached frames, or None when there are none that can be used."""
    try:
        cached = msgspec.msgpack.decode(file.read_bytes(), type=_CachedLoop)
    except (OSError, msgspec.MsgspecError):
        return None
    if cached.identity != identity or len(cached.frames) != count:
        return None
    if any(not frame.key for frame in cached.frames[::GROUP_FRAMES]):
        return None
    return [EncodedFrame(frame.data, frame.key) for frame in cached.frames]


def _write(file: Path, identity: str, frames: list[EncodedFrame]) -> None:
    """Keep the frames; a full disk costs the next start some seconds and nothing else."""
    content = _CachedLoop(identity, [_CachedFrame(frame.data, frame.key) for frame in frames])
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(msgspec.msgpack.encode(content))
        temporary.replace(file)
    except OSError as error:
        log.warning("loop_not_cached", file=str(file), reason=error.strerror)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
