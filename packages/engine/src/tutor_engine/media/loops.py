"""The idle loop of an avatar: encoded once per codec and tier in closed groups of one second, kept on disk.

A loop's name is the identity of its pictures, so the raw file may go once the best tier is in the cache: the
lower ones are made from it. All tiers share numbers of frames and places of key frames. The cache is msgpack,
is written under a temporary name and then renamed, and is never trusted further than its own description:
another name, size, codec or encoder setting makes it again.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import numpy.typing as npt
import structlog
from av.error import FFmpegError

from tutor_engine.media.encode import (
    FPS,
    LOOPS,
    EncodedFrame,
    EncodingFailed,
    VideoCodec,
    VideoEncoder,
    encoder_options,
    shown_at_15_fps,
)

log = structlog.get_logger()

GROUP_FRAMES = FPS
"""A key frame every second: how long a browser waits at most for a picture it can start from."""
MAX_LOOP_FRAMES = FPS * 120
_FORMAT = 2

Picture = npt.NDArray[np.uint8]
"""I420, of shape (height * 3 // 2, width)."""


class LoopUnusable(Exception):
    """The raw file is missing, has another size than announced, or cannot be encoded."""


@dataclass(frozen=True, slots=True)
class EncodedLoop:
    """Frames in showing order; every `GROUP_FRAMES`-th, from the first, is a key frame.

    None is a moment without a frame: the last tier has 15 in a second.
    """

    name: str
    codec: VideoCodec
    frames: tuple[EncodedFrame | None, ...]
    tier: int = 0

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
    frames: list[_CachedFrame | None]


def load_loop(source: RawLoop, codec: VideoCodec, cache: Path) -> EncodedLoop:
    """The best tier, from the folder `cache` or encoded and kept there. Takes seconds the first time.

    Raises:
        LoopUnusable: see there.
    """
    _check_shape(source)
    return EncodedLoop(source.name, codec, _cached(source, codec, 0, cache, lambda: _raw_pictures(source)))


def load_tier(source: RawLoop, best: EncodedLoop, tier: int, cache: Path) -> EncodedLoop:
    """The same loop in a lower tier, from the folder `cache` or from the pictures of the best one.

    Raises:
        LoopUnusable: see there.
    """
    frames = _cached(source, best.codec, tier, cache, lambda: _decoded_pictures(best))
    return EncodedLoop(source.name, best.codec, frames, tier)


def _cached(
    source: RawLoop, codec: VideoCodec, tier: int, cache: Path, pictures: Callable[[], Iterator[Picture]]
) -> tuple[EncodedFrame | None, ...]:
    identity = _identity(source, codec, tier)
    # Begins with the loop's name, so that whoever deletes a face finds all that was made of it.
    file = cache / f"{source.name}.{hashlib.sha256(identity.encode()).hexdigest()[:24]}.{codec.lower()}.loop"
    frames = _read(file, identity, source.frames)
    if frames is None:
        try:
            frames = _encode(source, codec, tier, pictures())
        except EncodingFailed as error:
            raise LoopUnusable(f"{source.name}: {error}") from error
        if len(frames) != source.frames:
            raise LoopUnusable(f"{source.name}: {len(frames)} pictures of {source.frames}")
        _write(file, identity, frames)
    return tuple(frames)


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


def _identity(source: RawLoop, codec: VideoCodec, tier: int) -> str:
    """Everything that changes the encoded bytes, in words. The name stands for the pictures themselves."""
    options = sorted(encoder_options(codec, LOOPS[tier]).items())
    return (
        f"{_FORMAT} {source.name} {source.width}x{source.height} {source.frames} "
        f"{codec} {GROUP_FRAMES} {tier} {LOOPS[tier]} {options}"
    )


def _raw_pictures(source: RawLoop) -> Iterator[Picture]:
    _check_raw(source)
    rows = source.height * 3 // 2
    raw = np.memmap(source.raw, np.uint8, "r", shape=(source.frames, rows, source.width))
    return (np.ascontiguousarray(frame) for frame in raw)


def _decoded_pictures(loop: EncodedLoop) -> Iterator[Picture]:
    """What a receiver of the loop sees."""
    context: Any = av.CodecContext.create("h264" if loop.codec is VideoCodec.H264 else "vp8", "r")
    context.thread_count = 1
    for frame in loop.frames:
        if frame is None:
            continue
        try:
            shown: list[Any] = context.decode(av.Packet(frame.data))
        except FFmpegError as error:
            raise LoopUnusable(f"{loop.name}: {error}") from error
        for picture in shown:
            yield picture.to_ndarray(format="yuv420p")


def _encode(
    source: RawLoop, codec: VideoCodec, tier: int, pictures: Iterator[Picture]
) -> list[EncodedFrame | None]:
    encoder = VideoEncoder(codec, source.width, source.height, LOOPS[tier])
    last = tier == len(LOOPS) - 1
    return [
        None
        if last and not shown_at_15_fps(index)
        else encoder.encode(picture, key=index % GROUP_FRAMES == 0)
        for index, picture in enumerate(pictures)
    ]


def _read(file: Path, identity: str, count: int) -> list[EncodedFrame | None] | None:
    """The cached frames, or None when there are none that can be used."""
    try:
        cached = msgspec.msgpack.decode(file.read_bytes(), type=_CachedLoop)
    except (OSError, msgspec.MsgspecError):
        return None
    if cached.identity != identity or len(cached.frames) != count:
        return None
    if any(frame is None or not frame.key for frame in cached.frames[::GROUP_FRAMES]):
        return None
    return [frame and EncodedFrame(frame.data, frame.key) for frame in cached.frames]


def _write(file: Path, identity: str, frames: list[EncodedFrame | None]) -> None:
    """Keep the frames; a full disk costs the next start some seconds and nothing else."""
    content = _CachedLoop(identity, [frame and _CachedFrame(frame.data, frame.key) for frame in frames])
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(msgspec.msgpack.encode(content))
        temporary.replace(file)
    except OSError as error:
        log.warning("loop_not_cached", file=str(file), reason=error.strerror)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
