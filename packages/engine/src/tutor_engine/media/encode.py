"""Encoders of one peer's live picture and sound: raw in, what RTP carries out.

x264 and libvpx through PyAV, one thread each, no look-ahead and no reordering, so that one frame in is one
frame out. Everything here is synchronous and runs wherever it is called; the worker calls it in threads.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError
from av.video.frame import PictureType

FPS = 25
SOUND_RATE_HZ = 48_000
BLOCK_SAMPLES = 960
"""20 ms, the Opus frame of WebRTC."""
BLOCK_BYTES = BLOCK_SAMPLES * 2

_NO_FORCED_KEY_S = 120
"""A live stretch needs no periodic key frames: they come on request."""


X264 = "libx264"
NVENC = "h264_nvenc"


class VideoCodec(StrEnum):
    """What browsers and our encoders have in common, in order of preference."""

    H264 = "H264"
    VP8 = "VP8"


@dataclass(frozen=True, slots=True)
class Steady:
    """How good a picture of constant quality is."""

    crf: int
    """x264's constant rate factor."""
    quantisers: tuple[int, int]
    """libvpx gives a forced key frame its largest quantiser, so the range is narrow and sets the rate."""


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """One quality step."""

    bitrate_bps: int
    buffer_bits: int
    """What a key frame may take at once; it leaves in one burst, so 50 kB are the most."""
    steady: "Steady | None" = None
    """Constant quality within the limits, at more encoding time: no visible pulse at each key frame."""
    roomy: bool = False
    """The bitrate is more than an easy picture needs, so libvpx's quality is bounded as well (`_FINE`)."""


_LIVE_H264 = {"preset": "superfast", "crf": "26", "x264-params": "scenecut=0:aq-mode=0"}
"""x264 for live pictures. Without adaptive quantisation the mouth is as sharp (44.5 dB) at a sixth less time
and bits; filling the bitrate would take twice the bits to go from 46 to 49 dB."""
_LIVE_VP8 = {
    "deadline": "realtime", "cpu-used": "-12", "lag-in-frames": "0", "noise-sensitivity": "0",
    "static-thresh": "400",
}  # fmt: skip
"""libvpx for live pictures: still blocks are not searched, which with `_FINE` takes 0.57 of the time that
`cpu-used -8` and a `qmin` of 4 took, for a mouth as sharp as x264's (43.9 dB)."""
_FINE = {"crf": "12", "qmin": "8", "qmax": "20"}
"""Bounds of its quality: three quarters of the bits, and forced key frames hardly coarser than the rest."""

TIERS = (
    VideoSettings(1_200_000, 420_000, roomy=True),
    VideoSettings(700_000, 250_000),
    VideoSettings(400_000, 140_000),
)
"""Quality steps of live pictures, 512 x 512 at 25 fps, best first: sharp, good, and still readable lips."""

LOOPS = (
    VideoSettings(1_500_000, 600_000, Steady(25, (4, 12))),
    VideoSettings(700_000, 250_000, Steady(29, (16, 26))),
    VideoSettings(400_000, 140_000, Steady(33, (28, 42))),
)
"""Quality steps of the idle loop: encoded once, seen all the time. The last is for 15 fps."""

_PATTERN = (True, False, True, True, False)


def shown_at_15_fps(index: int) -> bool:
    """Which frames of the 25 stay when there is time for 15: three of five, key frames of the loop always."""
    return _PATTERN[index % len(_PATTERN)]


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One picture; a key frame needs nothing before it."""

    data: bytes
    key: bool


class EncodingFailed(Exception):
    """The encoder refused a picture or produced nothing for it."""


def nvenc_options(settings: VideoSettings) -> dict[str, str]:
    """Options of NVIDIA's encoder for the same kind of stream as x264's."""
    return {
        "preset": "p3",
        "tune": "ull",
        "rc": "cbr",
        "zerolatency": "1",
        "delay": "0",
        "surfaces": "4",
        "level": "3.1",
        # without it a forced key frame is no IDR, and no browser could start from it
        "forced-idr": "1",
        "maxrate": str(settings.bitrate_bps),
        "bufsize": str(settings.buffer_bits),
    }


def encoder_options(codec: VideoCodec, settings: VideoSettings) -> dict[str, str]:
    """Private options of the FFmpeg encoder; part of the cache key of loops."""
    limits = {"maxrate": str(settings.bitrate_bps), "bufsize": str(settings.buffer_bits)}
    if codec is VideoCodec.H264:
        common = {"tune": "zerolatency", "level": "31", "forced-idr": "1", "x264-params": "scenecut=0"}
        if settings.steady is None:
            return limits | common | _LIVE_H264
        return limits | common | {"preset": "veryfast", "crf": str(settings.steady.crf)}
    if settings.steady is not None:
        low, high = settings.steady.quantisers
        quality = {"crf": str((low + 3 * high) // 4), "qmin": str(low), "qmax": str(high)}
        return quality | {"deadline": "good", "cpu-used": "4", "lag-in-frames": "0", "auto-alt-ref": "0"}
    return limits | _LIVE_VP8 | (_FINE if settings.roomy else {})


class VideoEncoder:
    """Encodes I420 frames of one size; the first is a key frame."""

    def __init__(
        self, codec: VideoCodec, width: int, height: int, settings: VideoSettings, *, h264: str = X264
    ) -> None:
        """`h264` is the FFmpeg encoder for H264.

        Raises:
            EncodingFailed: this build of FFmpeg has no such encoder.
        """
        name = h264 if codec is VideoCodec.H264 else "libvpx"
        try:
            context: Any = av.CodecContext.create(name, "w")
        except (FFmpegError, ValueError) as error:
            raise EncodingFailed(f"{name}: {error}") from error
        context.width = width
        context.height = height
        context.pix_fmt = "yuv420p"
        context.bit_rate = settings.bitrate_bps
        context.framerate = Fraction(FPS, 1)
        context.time_base = Fraction(1, FPS)
        context.gop_size = FPS * _NO_FORCED_KEY_S
        context.max_b_frames = 0
        context.thread_count = 1
        context.options = encoder_options(codec, settings) if name != NVENC else nvenc_options(settings)
        if codec is VideoCodec.H264:
            context.profile = "Baseline"
        self._context = context
        self._count = 0
        self._key_next = True
        self.codec = codec
        self.width = width
        self.height = height
        self.settings = settings

    def is_for(self, codec: VideoCodec, width: int, height: int, settings: VideoSettings) -> bool:
        """Whether it makes this kind of pictures."""
        return (self.codec, self.width, self.height, self.settings) == (codec, width, height, settings)

    def restart(self) -> None:
        """Somebody else will see what comes: begin with a key frame."""
        self._key_next = True

    def encode(self, i420: npt.NDArray[np.uint8], key: bool = False) -> EncodedFrame:
        """Encode one frame of shape (height * 3 // 2, width).

        Raises:
            EncodingFailed: wrong shape, or the encoder gave no picture back.
        """
        if i420.shape != (self.height * 3 // 2, self.width):
            raise EncodingFailed(f"frame of shape {i420.shape}, expected {self.width} x {self.height}")
        frame = av.VideoFrame.from_ndarray(i420, format="yuv420p")
        frame.pts = self._count
        frame.time_base = Fraction(1, FPS)
        frame.pict_type = PictureType.I if key or self._key_next else PictureType.NONE
        self._count += 1
        self._key_next = False
        try:
            packets = self._context.encode(frame)
        except FFmpegError as error:
            raise EncodingFailed(str(error)) from error
        if not packets:
            raise EncodingFailed("no picture came out")
        return EncodedFrame(b"".join(bytes(packet) for packet in packets), packets[0].is_keyframe)


class OpusEncoder:
    """Speech as Opus: 48 kHz mono, 20 ms, with in-band forward error correction."""

    BITRATE_BPS = 32_000
    EXPECTED_LOSS_PERCENT = 10
    """At 10 % loss FEC takes concealed sound from 12 % to 4.5 % of the samples."""

    def __init__(self) -> None:
        context: Any = av.CodecContext.create("libopus", "w")
        context.bit_rate = self.BITRATE_BPS
        context.format = "s16"
        context.layout = "mono"
        context.sample_rate = SOUND_RATE_HZ
        context.time_base = Fraction(1, SOUND_RATE_HZ)
        context.options = {
            "application": "voip",
            "frame_duration": "20",
            "fec": "1",
            "packet_loss": str(self.EXPECTED_LOSS_PERCENT),
            # sounds as 5 does (4.5 against 4.4 dB of log-spectral distance) in two thirds of its time;
            # below 2 it is 7.3 dB
            "compression_level": "2",
        }
        self._context = context
        self._samples = 0

    def encode(self, pcm: bytes) -> bytes:
        """Encode exactly one block of 16-bit mono samples.

        Raises:
            EncodingFailed: another length, or nothing came out.
        """
        if len(pcm) != BLOCK_BYTES:
            raise EncodingFailed(f"block of {len(pcm)} bytes, expected {BLOCK_BYTES}")
        samples = np.frombuffer(pcm, np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = SOUND_RATE_HZ
        frame.pts = self._samples
        self._samples += BLOCK_SAMPLES
        packets = self._context.encode(frame)
        if len(packets) != 1:
            raise EncodingFailed(f"{len(packets)} packets for one block")
        return bytes(packets[0])


def silence_packet() -> bytes:
    """Digital silence as an encoder in steady state sends it; shared by all peers."""
    encoder = OpusEncoder()
    packet = b""
    for _ in range(10):
        packet = encoder.encode(bytes(BLOCK_BYTES))
    return packet
