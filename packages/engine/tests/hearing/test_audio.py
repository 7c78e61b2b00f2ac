import io
import struct
import wave
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import pytest

from tutor_engine.hearing.audio import MAX_BYTES, BadRecording, decode_recording
from tutor_engine.hearing.port import BYTES_PER_MS, RATE_HZ

TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)).astype("<i2")


def recorded(container: str, codec: str, rate: int, layout: str = "mono") -> bytes:
    """One second of a tone as a recorder would send it."""
    body = io.BytesIO()
    with av.open(body, "w", format=container) as output:
        stream: Any = output.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(stream.format.name, layout, rate, frame_size=stream.frame_size or 0)
        frame = av.AudioFrame.from_ndarray(TONE[None], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return body.getvalue()


def loudest_hz(pcm: bytes) -> float:
    samples = np.frombuffer(pcm, "<i2").astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * RATE_HZ / samples.size)


@pytest.mark.parametrize(
    ("container", "codec", "rate", "layout"),
    [
        ("wav", "pcm_s16le", 44_100, "stereo"),
        ("webm", "libopus", 48_000, "mono"),
        ("ogg", "libopus", 48_000, "stereo"),
        ("mp3", "mp3", 44_100, "mono"),
        ("mp4", "aac", 48_000, "mono"),
        ("flac", "flac", 16_000, "mono"),
    ],
)
def test_recordings_of_browsers(container: str, codec: str, rate: int, layout: str) -> None:
    pcm = decode_recording(recorded(container, codec, rate, layout), None)
    assert 950 <= len(pcm) / BYTES_PER_MS <= 1150
    assert loudest_hz(pcm) == pytest.approx(440, abs=3)


def test_a_bare_mp3_without_tag() -> None:
    tagged = recorded("mp3", "mp3", 44_100)
    bare = tagged[tagged.index(b"\xff\xfb") :]
    assert loudest_hz(decode_recording(bare, None)) == pytest.approx(440, abs=3)


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_raw_sound(rate: int) -> None:
    count = rate // 2
    raw = (8000 * np.sin(2 * np.pi * 440 * np.arange(count) / rate)).astype("<i2").tobytes()
    pcm = decode_recording(raw + b"\0", rate)
    assert len(pcm) / BYTES_PER_MS == pytest.approx(500, abs=2)
    assert loudest_hz(pcm) == pytest.approx(440, abs=3)


def test_quiet_raw_sound_is_not_taken_for_mp3() -> None:
    raw = np.array([-1, 0x10, 3, -2] * 4000, "<i2").tobytes()
    assert decode_recording(raw, RATE_HZ) == raw


def test_a_header_counts_more_than_a_rate() -> None:
    assert len(decode_recording(recorded("wav", "pcm_s16le", 44_100), 8000)) == pytest.approx(32_000, abs=200)


def header_only() -> bytes:
    body = io.BytesIO()
    with wave.open(body, "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(RATE_HZ)
    return body.getvalue()


def silent_video() -> bytes:
    body = io.BytesIO()
    with av.open(body, "w", format="matroska") as output:
        stream = output.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        output.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        output.mux(stream.encode(None))
    return body.getvalue()


def lying_wav(
    rate: int = RATE_HZ, channels: int = 1, bits: int = 16, kind: int = 1, length: int | None = None
) -> bytes:
    """Half a second of 16 kHz mono 16-bit sound behind a header that may say something else."""
    raw = (8000 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ // 2) / RATE_HZ)).astype("<i2").tobytes()
    size = len(raw) if length is None else length
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", kind, channels, rate, rate * block & 0xFFFFFFFF, block & 0xFFFF, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", size) + raw
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("lie", "length_ms"),
    [({"length": 0}, 500), ({"length": 0xFFFFFFFF}, 500), ({"rate": 8_000}, 1_000), ({"rate": 64_000}, 125)],
)
def test_a_header_that_lies_gives_no_more_sound_than_there_is(lie: dict[str, int], length_ms: float) -> None:
    assert len(decode_recording(lying_wav(**lie), None)) / BYTES_PER_MS == pytest.approx(length_ms, abs=2)


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ({"rate": 0}, "damaged"),
        ({"rate": 1}, "longer than 2 minutes"),
        ({"rate": 192_000_000}, "no sound"),
        ({"rate": 4_000_000_000}, "damaged"),
        ({"channels": 0}, "damaged"),
        ({"channels": 65_535}, "damaged"),
        ({"bits": 0}, "damaged"),
        ({"bits": 255}, "damaged"),
        ({"kind": 99}, "damaged"),
    ],
)
def test_an_impossible_header_is_refused(lie: dict[str, int], reason: str) -> None:
    with pytest.raises(BadRecording, match=reason):
        decode_recording(lying_wav(**lie), None)


@pytest.mark.parametrize(
    ("make", "rate", "reason"),
    [
        (lambda: b"", None, "is empty"),
        (lambda: b"", 16_000, "is empty"),
        (lambda: bytes(MAX_BYTES + 2), 16_000, "too large"),
        (lambda: bytes(2 * 16_000 * 121), 16_000, "longer than 2 minutes"),
        (lambda: bytes(100), None, "not understood"),
        (lambda: bytes(100), 1, "not possible"),
        (lambda: bytes(100), -16_000, "not possible"),
        (lambda: b"#EXTM3U\nfile:///etc/passwd\n", None, "not understood"),
        (lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", None, "not understood"),
        (lambda: b"RIFF\0\0\0\0WAVEjunk", None, "damaged|no sound"),
        (lambda: b"\x1a\x45\xdf\xa3" + b"x" * 400, None, "damaged"),
        (lambda: b"OggS" + bytes(400), None, "damaged"),
        (lambda: recorded("webm", "libopus", 48_000)[:60], None, "damaged|no sound"),
        (header_only, None, "no sound"),
        (silent_video, None, "no sound"),
    ],
)
def test_refusals_are_sentences(make: Callable[[], bytes], rate: int | None, reason: str) -> None:
    with pytest.raises(BadRecording, match=reason) as caught:
        decode_recording(make(), rate)
    assert str(caught.value).endswith(".")


def test_a_small_file_that_is_long_is_stopped() -> None:
    """Ten minutes of silence are a few kilobytes of Opus."""
    body = io.BytesIO()
    with av.open(body, "w", format="ogg") as output:
        stream: Any = output.add_stream("libopus", rate=48_000, layout="mono")
        for number in range(130):
            second: Any = av.AudioFrame.from_ndarray(
                np.zeros((1, 48_000), "<i2"), format="s16", layout="mono"
            )
            second.sample_rate = 48_000
            second.pts = number * 48_000
            output.mux(stream.encode(second))
        output.mux(stream.encode(None))
    assert len(body.getvalue()) < 300_000
    with pytest.raises(BadRecording, match="longer than 2 minutes"):
        decode_recording(body.getvalue(), None)


def test_a_recording_that_breaks_off_keeps_its_beginning_or_is_refused() -> None:
    whole = recorded("ogg", "libopus", 48_000)
    try:
        pcm = decode_recording(whole[: len(whole) // 2], None)
    except BadRecording:
        return
    assert 0 < len(pcm) < 2 * RATE_HZ
