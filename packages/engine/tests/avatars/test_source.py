import struct
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from tutor_engine.avatars import source
from tutor_engine.avatars.headers import photo_size
from tutor_engine.avatars.source import Container, SourceRefused, container_of, frames_of, probe, read_photo

Clip = Callable[..., Path]


def _numbered(count: int, side: int = 32) -> list[np.ndarray]:
    return [np.full((side, side, 3), 4 * index % 256, np.uint8) for index in range(count)]


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [("a.mp4", "libx264", "mp4"), ("a.mov", "libx264", "mp4"), ("a.mkv", "libx264", "matroska"),
     ("a.webm", "libvpx", "matroska"), ("a.webm", "libvpx-vp9", "matroska")],
)  # fmt: skip
def test_footage_is_told_by_its_content(
    clip: Clip, tmp_path: Path, name: str, codec: str, container: Container
) -> None:
    path = clip(_numbered(10), name, codec=codec)
    disguised = tmp_path / "holiday.txt"
    disguised.write_bytes(path.read_bytes())
    assert container_of(disguised) == container
    assert probe(disguised, container).width == 32
    assert len(list(frames_of(disguised, container))) == 10


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_photos_are_read(tmp_path: Path, suffix: str) -> None:
    red = np.zeros((20, 30, 3), np.uint8)
    red[..., 2] = 200
    path = tmp_path / f"photo{suffix}"
    path.write_bytes(cv2.imencode(suffix, red)[1].tobytes())
    assert container_of(path) == "photo"
    picture = read_photo(path)
    assert picture.shape == (20, 30, 3)
    assert picture[10, 15] == pytest.approx([200, 0, 0], abs=6)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a\x01\x00", b"%PDF-1.7", b"MZ\x90\x00", b"RIFF\x00\x00\x00\x00AVI LIST"],
)  # fmt: skip
def test_other_files_are_refused_unopened(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceRefused) as refused:
        container_of(path)
    assert refused.value.finding.code == "unreadable"


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused):
        container_of(tmp_path / "nothing.mp4")


def test_large_files_are_refused_before_they_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    monkeypatch.setattr(source, "_MAX_PHOTO_BYTES", 50)
    with pytest.raises(SourceRefused) as refused:
        container_of(path)
    assert refused.value.finding.code == "too_large"


def test_a_damaged_photo_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(60))
    with pytest.raises(SourceRefused) as refused:
        read_photo(path)
    assert refused.value.finding.code == "unreadable"


def test_a_cut_off_video_is_unreadable_when_nothing_can_be_seen(clip: Clip, tmp_path: Path) -> None:
    data = clip(_numbered(30)).read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(data[: len(data) // 3])
    with pytest.raises(SourceRefused):
        probe(path, "mp4")
    with pytest.raises(SourceRefused):
        list(frames_of(path, "mp4"))


def test_a_cut_off_recording_is_as_good_as_its_beginning(clip: Clip, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, 64, 64, 3)).astype(np.uint8)
    data = clip(list(noise), "a.mkv").read_bytes()
    path = tmp_path / "cut.mkv"
    path.write_bytes(data[: len(data) // 2])
    assert 5 < len(list(frames_of(path, "matroska"))) < 60


@pytest.mark.parametrize(("rate", "frames"), [(50, 20), (15, 6), (30, 12)])
def test_any_rate_becomes_25_per_second(clip: Clip, rate: int, frames: int) -> None:
    path = clip(_numbered(frames), f"at{rate}.mp4", rate=rate)
    pictures = list(frames_of(path, "mp4"))
    assert len(pictures) == pytest.approx(frames * 25 / rate, abs=1)
    levels = [int(picture.mean()) for picture in pictures]
    assert levels == sorted(levels)


def test_too_slow_a_rate_is_refused(clip: Clip) -> None:
    with pytest.raises(SourceRefused) as refused:
        probe(clip(_numbered(10), rate=5), "mp4")
    assert refused.value.finding.code == "frame_rate"


def test_two_minutes_are_enough(clip: Clip) -> None:
    with pytest.raises(SourceRefused) as refused:
        probe(clip(_numbered(1210), rate=10), "mp4")
    assert refused.value.finding.code == "too_long"


def test_huge_pictures_are_refused(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_MAX_VIDEO_SIDE", 16)
    with pytest.raises(SourceRefused) as refused:
        probe(clip(_numbered(10)), "mp4")
    assert refused.value.finding.code == "too_wide"


def test_only_known_codecs_are_decoded(clip: Clip) -> None:
    with pytest.raises(SourceRefused) as refused:
        probe(clip(_numbered(10), "a.mkv", codec="mpeg4"), "matroska")
    assert refused.value.finding.code == "codec"


def test_only_the_first_half_minute_is_looked_at(clip: Clip) -> None:
    path = clip(_numbered(400), rate=10)
    assert probe(path, "mp4").frames == 750
    assert sum(1 for _ in islice(frames_of(path, "mp4"), 1000)) == 750


def test_a_phone_held_upright_gives_upright_pictures(clip: Clip, tmp_path: Path) -> None:
    """Phones record lying down and write into the track how to turn it."""
    lying = np.zeros((32, 64, 3), np.uint8)
    lying[:, :16] = 200  # the left edge, which a quarter turn clockwise brings to the top
    data = clip([lying] * 5).read_bytes()
    one, none = (1 << 16).to_bytes(4, "big"), bytes(4)
    end = (1 << 30).to_bytes(4, "big")
    track = data.index(b"tkhd")
    straight = data.index(one + 3 * none + one + 3 * none + end, track)
    minus_one = (-1 << 16).to_bytes(4, "big", signed=True)
    turned = none + one + none + minus_one + 4 * none + end
    path = tmp_path / "phone.mp4"
    path.write_bytes(data[:straight] + turned + data[straight + len(turned) :])
    picture = next(frames_of(path, "mp4"))
    assert picture.shape == (64, 32, 3)
    assert picture[:12].mean() > 150
    assert picture[20:].mean() < 30


def test_a_photo_of_too_many_pixels_is_refused_by_its_header(tmp_path: Path) -> None:
    for size in ((12_001, 10), (9_000, 9_000)):
        path = tmp_path / "photo.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", *size) + bytes(60))
        with pytest.raises(SourceRefused) as refused:
            read_photo(path)
        assert refused.value.finding.code == "too_wide"


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_the_header_says_what_the_decoder_finds(suffix: str) -> None:
    picture = np.zeros((30, 52, 3), np.uint8)
    assert photo_size(cv2.imencode(suffix, picture)[1].tobytes()) == (52, 30)
