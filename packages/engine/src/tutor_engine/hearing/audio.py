"""A recording sent by a browser or a web server -> 16 kHz PCM: wav, webm/opus, mp3, ogg, or raw PCM.

Blocking; call it in a thread. What is decoded is bounded by length, whatever the file claims.
"""

import io
from typing import Any

import numpy as np

from tutor_engine.hearing.port import BYTES_PER_MS, RATE_HZ

MAX_BYTES = 16 * 1024 * 1024
"""Two minutes of 48 kHz 16-bit mono are 11.5 MB; compressed recordings are far smaller."""
MAX_MS = 120_000
_RAW_RATES_HZ = range(8_000, 96_001)
_FORMATS = "wav,ogg,mp3,matroska,webm,mov,mp4,m4a,flac,aac"
"""Only containers a recorder makes: others (playlists, concat) may open further files."""


class BadRecording(Exception):
    """The recording cannot be used; the message is a sentence for the student."""


def decode_recording(data: bytes, sample_rate: int | None) -> bytes:
    """Mono signed 16-bit PCM at 16 kHz. A `sample_rate` (Hz) means that headerless data is raw PCM.

    Raises:
        BadRecording: empty, too long, or not a recording.
    """
    if not data:
        raise BadRecording("The recording is empty.")
    if len(data) > MAX_BYTES:
        raise BadRecording("The recording is too large.")
    if _has_header(data) or (sample_rate is None and _is_bare_mp3(data)):
        return _decode_file(data)
    if sample_rate is None:
        raise BadRecording("The recording is in a format that is not understood.")
    return _resample_raw(data, sample_rate)


def _has_header(data: bytes) -> bool:
    """Whether the data begins like one of the containers; raw PCM hardly ever does."""
    starts = (b"RIFF", b"OggS", b"\x1a\x45\xdf\xa3", b"ID3", b"fLaC")
    return data.startswith(starts) or data[4:8] == b"ftyp"


def _is_bare_mp3(data: bytes) -> bool:
    """Whether an MPEG audio frame comes first. Quiet raw PCM may look so too: a given rate rules it out."""
    return (
        len(data) > 4
        and data[0] == 0xFF
        and data[1] & 0xE0 == 0xE0
        and data[1] & 0x06 != 0
        and data[1] & 0x18 != 0x08
        and data[2] & 0xF0 not in (0x00, 0xF0)
        and data[2] & 0x0C != 0x0C
    )


def _resample_raw(data: bytes, sample_rate: int) -> bytes:
    if sample_rate not in _RAW_RATES_HZ:
        raise BadRecording(f"A sample rate of {sample_rate} Hz is not possible.")
    samples = np.frombuffer(data[: len(data) & ~1], "<i2")
    if samples.size * 1000 > MAX_MS * sample_rate:
        raise _too_long()
    if sample_rate == RATE_HZ:
        return samples.tobytes()
    import soxr

    return soxr.resample(samples, sample_rate, RATE_HZ).astype("<i2").tobytes()


def _decode_file(data: bytes) -> bytes:
    import av
    import av.error

    pieces: list[bytes] = []
    length = 0
    try:
        with av.open(io.BytesIO(data), mode="r", options={"format_whitelist": _FORMATS}) as container:
            if not container.streams.audio:
                raise BadRecording("There is no sound in the recording.")
            resampler = av.AudioResampler("s16", "mono", RATE_HZ)
            for frame in _frames(container):
                for piece in resampler.resample(frame):
                    pieces.append(piece.to_ndarray().astype("<i2").tobytes())
                    length += len(pieces[-1])
                if length > MAX_MS * BYTES_PER_MS:
                    raise _too_long()
    except av.error.FFmpegError as error:
        raise BadRecording("The recording is damaged or in a format that is not understood.") from error
    if not length:
        raise BadRecording("There is no sound in the recording.")
    return b"".join(pieces)


def _frames(container: Any) -> Any:
    """Frames of the first sound track, then the end mark that empties the resampler."""
    yield from container.decode(audio=0)
    yield None


def _too_long() -> BadRecording:
    return BadRecording(f"The recording is longer than {MAX_MS // 60_000} minutes.")
