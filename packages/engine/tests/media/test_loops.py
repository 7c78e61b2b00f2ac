"""Idle loops: closed groups, a cache that is trusted no further than it describes itself."""

from pathlib import Path
from typing import Any

import av
import msgspec
import pytest
from packages.engine.tests.media.classroom import HEIGHT, WIDTH, picture

from tutor_engine.media.encode import EncodedFrame, VideoCodec
from tutor_engine.media.loops import EncodedLoop, LoopUnusable, RawLoop, load_loop, load_tier


@pytest.fixture
def raw(tmp_path: Path) -> RawLoop:
    file = tmp_path / "loop.i420"
    file.write_bytes(b"".join(picture(40 + 2 * number).tobytes() for number in range(50)))
    return RawLoop("greys", file, WIDTH, HEIGHT, 50)


@pytest.mark.parametrize("codec", list(VideoCodec))
def test_every_second_begins_with_a_key_frame_and_is_closed(
    raw: RawLoop, codec: VideoCodec, tmp_path: Path
) -> None:
    loop = load_loop(raw, codec, tmp_path / "cache")
    assert [number for number, frame in enumerate(loop.frames) if frame and frame.key] == [0, 25]
    context = av.CodecContext.create("h264" if codec is VideoCodec.H264 else "vp8", "r")
    assert isinstance(context, av.VideoCodecContext)
    shown = [frame for one in loop.frames[25:] if one for frame in context.decode(av.Packet(one.data))]
    assert len(shown) == 25
    assert shown[0].to_ndarray(format="yuv420p")[:HEIGHT].mean() == pytest.approx(90, abs=4)


def test_next_key_wraps(raw: RawLoop, tmp_path: Path) -> None:
    loop = load_loop(raw, VideoCodec.H264, tmp_path / "cache")
    assert [loop.next_key(index) for index in (0, 1, 25, 26, 49, 50)] == [0, 25, 25, 0, 0, 0]


def test_the_second_time_it_comes_from_the_cache(raw: RawLoop, tmp_path: Path) -> None:
    first = load_loop(raw, VideoCodec.H264, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    written = file.stat().st_mtime_ns
    assert load_loop(raw, VideoCodec.H264, tmp_path / "cache") == first
    assert file.stat().st_mtime_ns == written


def test_a_broken_or_foreign_cache_is_made_again(raw: RawLoop, tmp_path: Path) -> None:
    first = load_loop(raw, VideoCodec.H264, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    good = file.read_bytes()
    foreign = msgspec.msgpack.decode(good)
    broken = [
        b"",
        good[:-10],
        msgspec.msgpack.encode(foreign | {"identity": "another"}),
        msgspec.msgpack.encode(foreign | {"frames": foreign["frames"][:-1]}),
        msgspec.msgpack.encode(foreign | {"frames": [[data, False] for data, _ in foreign["frames"]]}),
    ]
    for content in broken:
        file.write_bytes(content)
        assert load_loop(raw, VideoCodec.H264, tmp_path / "cache") == first
        assert file.read_bytes() == good


def test_a_cache_that_cannot_be_written_costs_nothing_else(raw: RawLoop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert len(load_loop(raw, VideoCodec.H264, tmp_path / "file").frames) == 50


@pytest.mark.parametrize(
    "change",
    [
        {"raw": Path("/nowhere/loop.i420")},
        {"frames": 25},
        {"frames": 49},
        {"frames": 0},
        {"width": 63},
        {"width": 100_000},
        {"height": 0},
    ],
)
def test_what_does_not_fit_its_description_is_unusable(
    raw: RawLoop, change: dict[str, Any], tmp_path: Path
) -> None:
    fields: dict[str, Any] = {
        name: getattr(raw, name) for name in ("name", "raw", "width", "height", "frames")
    }
    with pytest.raises(LoopUnusable):
        load_loop(RawLoop(**(fields | change)), VideoCodec.H264, tmp_path / "cache")


def test_what_is_in_the_cache_needs_no_raw_file(raw: RawLoop, tmp_path: Path) -> None:
    first = load_loop(raw, VideoCodec.H264, tmp_path / "cache")
    raw.raw.unlink()
    assert load_loop(raw, VideoCodec.H264, tmp_path / "cache") == first
    with pytest.raises(LoopUnusable):
        load_loop(raw, VideoCodec.VP8, tmp_path / "cache")


@pytest.mark.parametrize("codec", list(VideoCodec))
def test_lower_tiers_need_no_raw_file_and_share_places_and_key_frames(
    raw: RawLoop, codec: VideoCodec, tmp_path: Path
) -> None:
    best = load_loop(raw, codec, tmp_path / "cache")
    raw.raw.unlink()
    for tier, count in ((1, 50), (2, 30)):
        loop = load_tier(raw, best, tier, tmp_path / "cache")
        assert loop.tier == tier
        assert len(loop.frames) == 50
        assert [number for number, frame in enumerate(loop.frames) if frame and frame.key] == [0, 25]
        assert sum(frame is not None for frame in loop.frames) == count
        context = av.CodecContext.create("h264" if codec is VideoCodec.H264 else "vp8", "r")
        assert isinstance(context, av.VideoCodecContext)
        for number, frame in enumerate(loop.frames):
            for shown in context.decode(av.Packet(frame.data)) if frame else ():
                luma = shown.to_ndarray(format="yuv420p")[:HEIGHT].mean()
                assert luma == pytest.approx(40 + 2 * number, abs=4)
        assert load_tier(raw, best, tier, tmp_path / "cache") == loop


def test_a_best_tier_that_cannot_be_decoded_has_no_lower_ones(raw: RawLoop, tmp_path: Path) -> None:
    broken = EncodedLoop(raw.name, VideoCodec.H264, (EncodedFrame(b"junk", True),) * 50)
    with pytest.raises(LoopUnusable):
        load_tier(raw, broken, 1, tmp_path / "cache")
