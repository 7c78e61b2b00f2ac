"""The microphone: order, loss, pauses, restarts, and hostile payloads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages.engine.tests.media.classroom import Samples, strength, tone

from tutor_engine.media.encode import BLOCK_BYTES, OpusEncoder
from tutor_engine.media.inbound import (
    MAX_SILENCE_SAMPLES,
    Decimator,
    Microphone,
    MicrophoneStream,
    PayloadInvalid,
    conceal,
)


def level(payload: bytes) -> Samples:
    """A stand-in for Opus: 20 ms of the value that is written in the packet."""
    if payload == b"bad":
        raise PayloadInvalid
    return np.full(960, int(payload), np.int16)


def hear(
    stream: MicrophoneStream, sequence: int, timestamp: int | None = None, payload: bytes | None = None
) -> Samples:
    pcm = stream.receive(
        sequence & 0xFFFF,
        (sequence * 960 if timestamp is None else timestamp) & 0xFFFFFFFF,
        b"%d" % (1000 + sequence % 100) if payload is None else payload,
    )
    return np.frombuffer(pcm, np.int16)


def test_packets_in_order_are_heard_at_once() -> None:
    stream = MicrophoneStream(level)
    assert [len(hear(stream, sequence)) for sequence in range(10)] == [320] * 10
    assert stream.counters["packets"] == 10
    assert stream.counters["lost"] == 0


def test_numbers_wrap() -> None:
    stream = MicrophoneStream(level)
    lengths = [
        len(hear(stream, 65_530 + step, timestamp=0xFFFFFFFF - 3000 + step * 960)) for step in range(12)
    ]
    assert lengths == [320] * 12


def test_swapped_packets_are_put_in_order() -> None:
    stream = MicrophoneStream(level)
    hear(stream, 0)
    assert len(hear(stream, 2)) == 0
    both = hear(stream, 1)
    assert len(both) == 640
    assert both[300] == 1001
    assert both[-1] == 1002


def test_a_lost_packet_is_concealed_after_60_ms() -> None:
    stream = MicrophoneStream(level)
    hear(stream, 0)
    assert len(hear(stream, 2)) == 0
    assert len(hear(stream, 3)) == 0
    assert len(hear(stream, 4)) == 4 * 320
    assert stream.counters["lost"] == 1
    assert len(hear(stream, 1)) == 0
    assert stream.counters["late"] == 1


def test_the_length_of_the_sound_is_kept_over_any_loss() -> None:
    stream = MicrophoneStream(level)
    kept = [0, 1, 2, 9, 10, 11, 12, 13, 14, 15]
    assert sum(len(hear(stream, sequence)) for sequence in kept) == 16 * 320
    assert stream.counters["concealed_samples"] == 60 * 48


def test_a_pause_of_the_sender_is_silence_up_to_a_second() -> None:
    stream = MicrophoneStream(level)
    hear(stream, 0)
    assert len(hear(stream, 1, timestamp=960 + 9600)) == 200 * 16 + 320
    far = hear(stream, 2, timestamp=960 + 9600 + 960 + 48_000 * 60)
    assert len(far) == MAX_SILENCE_SAMPLES // 3 + 320


def test_a_jump_in_numbers_is_a_new_stream_not_hours_of_loss() -> None:
    stream = MicrophoneStream(level)
    hear(stream, 0)
    assert len(hear(stream, 30_000, timestamp=5)) == 320
    assert stream.counters["lost"] == 0


def test_duplicates_and_broken_payloads_do_no_harm() -> None:
    stream = MicrophoneStream(level)
    hear(stream, 0)
    assert len(hear(stream, 0)) == 0
    assert len(hear(stream, 1, payload=b"bad")) == 320
    assert stream.counters["invalid"] == 1
    assert len(hear(stream, 2)) == 320


@given(st.lists(st.tuples(st.integers(0, 65_535), st.integers(0, 2**32 - 1)), max_size=80))
def test_no_order_of_packets_makes_it_grow(packets: list[tuple[int, int]]) -> None:
    stream = MicrophoneStream(level)
    for sequence, timestamp in packets:
        pcm = stream.receive(sequence, timestamp, b"7")
        assert len(pcm) <= 2 * (4 * (MAX_SILENCE_SAMPLES // 3 + 320) + 960)


def test_real_opus_comes_out_as_16_khz_speech() -> None:
    encoder, parts = OpusEncoder(), list[bytes]()
    microphone = Microphone(parts.append)
    pcm = tone(1.0, 48_000, 700)
    for number, start in enumerate(range(0, len(pcm), BLOCK_BYTES)):
        microphone.receive(1, number, number * 960, encoder.encode(pcm[start : start + BLOCK_BYTES]))
    assert all(len(part) == 640 for part in parts)
    heard = np.frombuffer(b"".join(parts), np.int16)
    assert strength(heard[4_000:12_000], 16_000, 700) == pytest.approx(10_000, rel=0.1)


def test_random_payloads_never_raise() -> None:
    parts = list[bytes]()
    microphone = Microphone(parts.append)
    rng = np.random.default_rng(0)
    for number in range(300):
        microphone.receive(1, number, number * 960, rng.bytes(int(rng.integers(0, 80))))
    assert microphone.counters["packets"] <= 300


def test_another_source_starts_afresh_and_counters_add_up() -> None:
    encoder, parts = OpusEncoder(), list[bytes]()
    microphone = Microphone(parts.append)
    block = encoder.encode(bytes(BLOCK_BYTES))
    microphone.receive(1, 100, 0, block)
    microphone.receive(2, 9, 77, block)
    microphone.receive(2, 9, 77, b"")
    assert len(parts) == 2
    assert microphone.counters["packets"] == 2


def test_the_decimator_is_continuous_flat_and_keeps_aliases_out() -> None:
    for frequency_hz, expected in ((300, 10_000), (3_000, 10_000), (6_000, 10_000), (9_500, 0), (15_000, 0)):
        decimate, pcm = Decimator(), np.frombuffer(tone(0.5, 48_000, frequency_hz), np.int16)
        parts = [decimate(pcm[start : start + 401]) for start in range(0, len(pcm), 401)]
        out = np.concatenate(parts)
        assert abs(len(out) - len(pcm) // 3) <= 1
        heard = strength(out[1_000:7_000], 16_000, min(frequency_hz, abs(16_000 - frequency_hz)))
        assert heard == pytest.approx(expected, rel=0.05, abs=60)


def test_concealment_goes_on_with_the_pitch_and_fades() -> None:
    t = np.arange(1920) / 48_000
    voice = (8_000 * np.sin(2 * np.pi * 200 * t)).astype(np.int16)
    made = conceal(voice, 960)
    expected = 8_000 * np.sin(2 * np.pi * 200 * (np.arange(960) + 1920) / 48_000) * np.linspace(1, 0, 960)
    assert np.abs(made - expected).max() < 400
    assert not conceal(voice[:100], 960).any()
