"""Idle loops: closed groups, a cache that is trusted no further than it describes itself."""

from pathlib import Path
from typing import Any

import av
import msgspec
import pytest
from packages.engine.tests.media.classroom import HEIGHT, WIDTH, picture

from tutor_engine.media.encode import VideoCodec
from tutor_engine.media.loops import LoopUnusable, RawLoop, load_loop


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
    assert [number for number, frame in enumerate(loop.frames) if frame.key] == [0, 25]
    context = av.CodecContext.create("h264" if codec is VideoCodec.H264 else "vp8", "r")
    assert isinstance(context, av.VideoCodecContext)
    shown = [frame for one in loop.frames[25:] for frame in context.decode(av.Packet(one.data))]
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
