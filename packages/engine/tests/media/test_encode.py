"""What the encoders produce is what RTP and browsers expect."""

import av
import numpy as np
import pytest
from packages.engine.tests.media.classroom import HEIGHT, WIDTH, picture, strength, tone

from tutor_engine.media.encode import (
    BLOCK_BYTES,
    LOOPS,
    TIERS,
    EncodingFailed,
    OpusEncoder,
    VideoCodec,
    VideoEncoder,
    VideoSettings,
    silence_packet,
)
from tutor_engine.media.inbound import OpusDecoder

CODECS = list(VideoCodec)


def decoder(codec: VideoCodec) -> av.VideoCodecContext:
    context = av.CodecContext.create("h264" if codec is VideoCodec.H264 else "vp8", "r")
    assert isinstance(context, av.VideoCodecContext)
    return context


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("settings", [*TIERS, *LOOPS])
def test_one_frame_in_is_one_frame_out_and_keys_come_when_asked(
    codec: VideoCodec, settings: VideoSettings
) -> None:
    encoder, receiver = VideoEncoder(codec, WIDTH, HEIGHT, settings), decoder(codec)
    for number in range(12):
        encoded = encoder.encode(picture(40 + 10 * number), key=number == 7)
        assert encoded.key == (number in (0, 7))
        (frame,) = receiver.decode(av.Packet(encoded.data))
        luma = frame.to_ndarray(format="yuv420p")[:HEIGHT].mean()
        assert luma == pytest.approx(40 + 10 * number, abs=4)


def test_h264_is_constrained_baseline_with_its_parameter_sets_at_each_key_frame() -> None:
    encoder = VideoEncoder(VideoCodec.H264, WIDTH, HEIGHT, TIERS[0])
    for number in range(4):
        encoded = encoder.encode(picture(80), key=number == 2)
        start = encoded.data.find(b"\x00\x00\x01\x67")
        assert (start >= 0) == encoded.key
        if encoded.key:
            profile, constraints, level = encoded.data[start + 4 : start + 7]
            assert profile == 0x42
            assert constraints & 0x40, "constraint_set1_flag makes baseline constrained baseline"
            assert level <= 31


@pytest.mark.parametrize("codec", CODECS)
def test_a_stream_starts_at_any_key_frame(codec: VideoCodec) -> None:
    encoder = VideoEncoder(codec, WIDTH, HEIGHT, TIERS[0])
    frames = [encoder.encode(picture(40 + number), key=number == 5) for number in range(8)]
    receiver = decoder(codec)
    shown = [frame for one in frames[5:] for frame in receiver.decode(av.Packet(one.data))]
    assert len(shown) == 3


def test_a_frame_of_another_size_is_refused() -> None:
    encoder = VideoEncoder(VideoCodec.H264, WIDTH, HEIGHT, TIERS[0])
    with pytest.raises(EncodingFailed):
        encoder.encode(np.zeros((10, 10), np.uint8))


def test_opus_is_one_packet_per_block_and_sounds_like_what_went_in() -> None:
    encoder, hear = OpusEncoder(), OpusDecoder()
    pcm = tone(1.0, 48_000)
    packets = [encoder.encode(pcm[start : start + BLOCK_BYTES]) for start in range(0, len(pcm), BLOCK_BYTES)]
    heard = np.concatenate([hear(packet) for packet in packets])
    assert len(heard) == 48_000
    assert strength(heard[9_600:38_400], 48_000, 440) == pytest.approx(10_000, rel=0.1)
    assert sum(map(len, packets)) * 8 < 48_000
    with pytest.raises(EncodingFailed):
        encoder.encode(pcm[:100])


def test_silence_is_silent() -> None:
    hear = OpusDecoder()
    heard = np.concatenate([hear(silence_packet()) for _ in range(5)])
    assert np.abs(heard).max() <= 1
