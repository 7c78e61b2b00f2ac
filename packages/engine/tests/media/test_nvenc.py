"""The GPU's encoder is used only where it has encoded; everywhere else x264 does the work."""

import numpy as np
import pytest
from packages.engine.tests.media.classroom import HEIGHT, WIDTH, picture

from tutor_engine.media import nvenc
from tutor_engine.media.encode import (
    LOOPS,
    NVENC,
    TIERS,
    X264,
    EncodingFailed,
    VideoCodec,
    VideoEncoder,
    nvenc_options,
)


def test_a_machine_without_the_encoder_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvenc, "NVENC", "h264_no_such_encoder")
    assert nvenc.probe_nvenc() is False


def test_what_x264_makes_would_be_good_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvenc, "NVENC", X264)
    assert nvenc.probe_nvenc() is True


def test_an_answer_is_found_on_every_machine() -> None:
    assert nvenc.probe_nvenc() in (True, False)


def test_another_profile_or_a_missing_key_frame_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = VideoEncoder(VideoCodec.H264, WIDTH, HEIGHT, TIERS[0]).encode(picture(80)).data
    assert {5, 7, 8} <= nvenc.parse_units(data).keys()

    def high(self: VideoEncoder, i420: object, key: bool = False) -> object:
        frame = encode(self, np.asarray(i420), key)
        return type(frame)(frame.data.replace(b"\x00\x01\x67\x42", b"\x00\x01\x67\x64"), frame.key)

    def no_key(self: VideoEncoder, i420: object, key: bool = False) -> object:
        return encode(self, np.asarray(i420), False)

    encode = VideoEncoder.encode
    monkeypatch.setattr(nvenc, "NVENC", X264)
    for wrong in (high, no_key):
        monkeypatch.setattr(VideoEncoder, "encode", wrong)
        assert nvenc.probe_nvenc() is False


def test_forced_key_frames_are_idr_and_the_rate_is_that_of_the_tier() -> None:
    for settings in TIERS:
        options = nvenc_options(settings)
        assert options["forced-idr"] == "1"
        assert options["maxrate"] == str(settings.bitrate_bps)
        assert options["bufsize"] == str(settings.buffer_bits)


def test_an_unknown_encoder_is_an_encoding_that_failed() -> None:
    with pytest.raises(EncodingFailed):
        VideoEncoder(VideoCodec.H264, WIDTH, HEIGHT, LOOPS[0], h264="none")
    assert NVENC != X264
