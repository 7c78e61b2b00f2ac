"""Footage in memory, honest and broken, for the corpus of hostile files."""

import io
import struct
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, cast

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

Picture = npt.NDArray[np.uint8]


def noise(frames: int, width: int = 64, height: int = 64, seed: int = 0) -> list[Picture]:
    """Pictures without a face."""
    random = np.random.default_rng(seed)
    still = random.integers(0, 255, (height, width, 3)).astype(np.uint8)
    return [np.roll(still, step, axis=1) for step in range(frames)]


def footage(
    pictures: Sequence[Picture],
    container: str = "mp4",
    codec: str = "libx264",
    rate: int = 25,
    *,
    pixels: str = "yuv420p",
    times: Callable[[int], int] = lambda number: number,
    options: dict[str, str] | None = None,
) -> bytes:
    """The pictures as a file; `times` gives the instant of each in frames."""
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options or {}) as media:
        stream = cast(VideoStream, media.add_stream(codec, rate=rate))
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixels
        stream.codec_context.time_base = Fraction(1, rate)
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = times(number), Fraction(1, rate)
            media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
    return file.getvalue()


def sound(container: str, codec: str, seconds: float = 1.0) -> bytes:
    """A tone without any picture."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as media:
        stream: Any = media.add_stream(codec, rate=48000)
        tone = np.sin(np.arange(int(48000 * seconds)) / 20).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(tone, format="flt", layout="mono")
        frame.sample_rate, frame.pts = 48000, 0
        resampler = av.AudioResampler(stream.codec_context.format, "mono", 48000, stream.frame_size or 960)
        for each in [*resampler.resample(frame), *resampler.resample(None)]:
            media.mux(stream.encode(each))
        media.mux(stream.encode(None))
    return file.getvalue()


def spliced(parts: Iterable[Sequence[Picture]], container: str = "matroska", codec: str = "libvpx") -> bytes:
    """One track whose pictures come from several encoders: their sizes differ on the way."""
    file = io.BytesIO()
    at = 0
    with av.open(file, "w", format=container) as media:
        track: Any = None
        for part in parts:
            with av.open(io.BytesIO(footage(part, container, codec)), "r") as source:
                if track is None:
                    track = media.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(source.streams.video[0]):
                    if packet.pts is None:
                        continue
                    packet.stream, packet.pts, packet.dts = track, at, at
                    packet.time_base = Fraction(1, 25)
                    media.mux(packet)
                    at += 1
    return file.getvalue()


def two_tracks() -> bytes:
    """Two cameras in one file."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as media:
        tracks = [media.add_stream("libx264", rate=25) for _ in range(2)]
        for track in tracks:
            track.width = track.height = 64
            track.pix_fmt = "yuv420p"
        for number, picture in enumerate(noise(10)):
            for track in tracks:
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts = number
                media.mux(track.encode(frame))
        for track in tracks:
            media.mux(track.encode(None))
    return file.getvalue()


@cache
def plain_mp4() -> bytes:
    """Ten small pictures, the index at the end."""
    return footage(noise(10))


@cache
def streaming_mp4() -> bytes:
    """The same in fragments, so that a beginning can be played."""
    return footage(noise(60), options={"movflags": "frag_keyframe+empty_moov"})


@cache
def plain_mkv() -> bytes:
    """Ten small pictures in Matroska."""
    return footage(noise(10), "matroska")


@cache
def plain_vp8() -> bytes:
    """Ten small pictures as browsers record them."""
    return footage(noise(10), "webm", "libvpx")


def box(kind: bytes, content: bytes = b"", size: int | None = None) -> bytes:
    """A box of MP4, with a size that may lie."""
    return struct.pack(">I4s", len(content) + 8 if size is None else size, kind) + content


def patched(data: bytes, kind: bytes, offset: int, value: bytes) -> bytes:
    """A file with other bytes so far after the name of its first box of a kind."""
    at = data.index(kind) + 4 + offset
    return data[:at] + value + data[at + len(value) :]
