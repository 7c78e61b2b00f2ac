"""Footage that should harm whoever opens it: lying, endless, pointing elsewhere, or broken."""

import struct
import zlib
from collections.abc import Iterator

import cv2
import numpy as np

from .clips import (
    Picture,
    box,
    footage,
    noise,
    patched,
    plain_mkv,
    plain_mp4,
    plain_vp8,
    sound,
    spliced,
    streaming_mp4,
    two_tracks,
)
from .hostile_case import Case, Make, case, part, scratched, zipped


def video_cases(url: str) -> Iterator[Case]:
    """All of them; what they point to is `url`."""
    yield from _wrong_video()
    yield from _boxes(url)
    yield from _broken()
    yield from _lies()


_CODECS = (
    ("mov", "png", "rgb24"),
    ("mov", "mjpeg", "yuvj420p"),
    ("mov", "prores_ks", "yuv422p10le"),
    ("mov", "qtrle", "rgb24"),
    ("mov", "rawvideo", "rgb24"),
    ("mov", "cinepak", "rgb24"),
    ("mp4", "mpeg4", "yuv420p"),
    ("mp4", "mpeg2video", "yuv420p"),
    ("matroska", "ffv1", "yuv420p"),
    ("matroska", "rawvideo", "yuv420p"),
    ("matroska", "mpeg1video", "yuv420p"),
    ("matroska", "mjpeg", "yuvj420p"),
    ("matroska", "snow", "yuv420p"),
)


def _wrong_video() -> Iterator[Case]:
    for container, codec, pixels in _CODECS:
        yield case(
            f"coded: {codec} in {container}",
            lambda c=container, k=codec, p=pixels: footage(noise(4), c, k, pixels=p),
            "codec",
        )
    for container, codec in (
        ("mp4", "aac"),
        ("mov", "pcm_s16le"),
        ("mp4", "libmp3lame"),
        ("matroska", "libopus"),
        ("webm", "libopus"),
    ):
        yield case(
            f"only sound: {codec} in {container}", lambda c=container, k=codec: sound(c, k), "no_picture"
        )
    yield case("two cameras", two_tracks, "codec")
    yield case("two sizes", lambda: spliced([noise(30), noise(30, 96, 96)]), "size_changes")
    yield case(
        "size after size", lambda: spliced(noise(3, 64 + 16 * n, 64) for n in range(8)), "size_changes"
    )
    yield case("no faces", lambda: footage(noise(90)), "no_face")
    yield case("one picture", lambda: footage(noise(1)), "no_face")
    yield case("one a second", lambda: footage(noise(8), rate=1), "frame_rate")
    yield case("240 a second", lambda: footage(noise(60), rate=240), "frame_rate")
    yield case("130 seconds", lambda: footage(noise(1300, 16, 16), rate=10), "too_long")
    yield case("a hole of 20 s", lambda: footage(noise(20), times=lambda n: n + 500 * (n > 9)), "frame_rate")
    yield case("a hole of a year", lambda: footage(noise(9), times=lambda n: n + 1_000_000 * (n > 4)))
    yield case("thousands in 5 s", lambda: footage(noise(4000, 16, 16), "matroska", rate=1000), "frame_rate")


def _vp8_of(side: int) -> bytes:
    """A key frame that says it is so large."""
    return plain_vp8().replace(
        b"\x9d\x01\x2a\x40\0\x40\0", b"\x9d\x01\x2a" + struct.pack("<HH", side, side), 1
    )


def _boxes(url: str) -> Iterator[Case]:
    start = box(b"ftyp", b"isom\0\0\2\0isomiso2")
    yield case("mp4: only its type", lambda: start)
    yield case("mp4: an empty index", lambda: start + box(b"moov"))
    yield case("mp4: data alone", lambda: start + box(b"mdat", bytes(5000)))
    yield case("mp4: a box of all sizes", lambda: start + box(b"moov", bytes(64), size=2**32 - 1))
    yield case("mp4: a box of no size", lambda: start + box(b"free", size=2) + bytes(64))
    yield case("mp4: a box of 2^63", lambda: start + struct.pack(">I4sQ", 1, b"moov", 2**63) + bytes(64))
    yield case("mp4: ten thousand boxes deep", lambda: start + _nested(10_000))
    yield case("mp4: 200,000 empty boxes", lambda: start + box(b"free") * 200_000)
    yield case("mp4: fifty indices", lambda: start + plain_mp4()[plain_mp4().index(b"moov") - 4 :] * 50)
    packed = zlib.compress(bytes(80_000_000), 9)
    compressed = box(b"cmov", box(b"dcom", b"zlib") + box(b"cmvd", struct.pack(">I", 2**32 - 1) + packed))
    yield case("mp4: a packed index that explodes", lambda: start + box(b"moov", compressed))
    reference = box(
        b"rmra", box(b"rmda", box(b"rdrf", b"\0\0\0\0url " + struct.pack(">I", 40) + url.encode()))
    )
    yield case("mov: a reference to a page", lambda: box(b"moov", reference))
    for kind, target in ((b"url ", url), (b"alis", "/etc/passwd"), (b"url ", "file:///etc/passwd")):
        yield case(
            f"mp4: its data at {target[:9]} as {kind.decode()}", lambda k=kind, t=target: _elsewhere(k, t)
        )
    yield case("heic of nothing", lambda: box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(400)))
    yield case("avif of nothing", lambda: box(b"ftyp", b"avif\0\0\0\0mif1avif") + box(b"meta", bytes(400)))
    yield case(
        "html in mp4", lambda: start + box(b"free", b"<script>fetch('//x')</script>") + plain_mp4()[28:]
    )
    yield case("mp4 and zip at once", lambda: plain_mp4() + zipped(), "no_face")
    yield case("mkv and html at once", lambda: plain_mkv() + b"<script>alert(1)</script>", "no_face")


def _nested(depth: int) -> bytes:
    sizes = [8 * (depth - level) for level in range(depth)]
    return b"".join(struct.pack(">I4s", size, b"moov") for size in sizes)


def _elsewhere(kind: bytes, target: str) -> bytes:
    """The samples lie in another file, says the track."""
    data = plain_mp4()
    at = data.index(b"url \0\0\0\1") - 4
    entry = box(kind, b"\0\0\0\0" + target.encode() + b"\0")
    grown = len(entry) - 12
    found = bytearray(data[:at] + entry + data[at + 12 :])
    for parent in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        place = data.index(parent) - 4
        struct.pack_into(">I", found, place, struct.unpack_from(">I", data, place)[0] + grown)
    return bytes(found)


_MOST = struct.pack(">I", 2**32 - 1)


def _lies() -> Iterator[Case]:
    lies: dict[str, tuple[bytes, int, bytes]] = {
        "a duration of years": (b"mdhd", 16, _MOST),
        "no duration": (b"mdhd", 16, bytes(4)),
        "a clock without ticks": (b"mdhd", 12, bytes(4)),
        "a clock of one tick": (b"mdhd", 12, struct.pack(">I", 1)),
        "a clock of all ticks": (b"mdhd", 12, _MOST),
        "no clock at all": (b"mvhd", 12, bytes(4)),
        "pictures without count": (b"stts", 8, _MOST),
        "pictures of no time": (b"stts", 12, bytes(4)),
        "pictures of all time": (b"stts", 12, _MOST),
        "times without count": (b"stts", 4, _MOST),
        "no pictures": (b"stsz", 8, bytes(4)),
        "sizes without count": (b"stsz", 8, _MOST),
        "pictures of one huge size": (b"stsz", 4, struct.pack(">I", 2**30)),
        "places without count": (b"stco", 4, _MOST),
        "places far away": (b"stco", 8, _MOST),
        "parts without count": (b"stsc", 4, _MOST),
        "parts of all": (b"stsc", 12, _MOST),
        "16384 wide, says the entry": (b"avc1", 24, struct.pack(">HH", 16384, 16384)),
        "no size, says the entry": (b"avc1", 24, bytes(4)),
        "another coding": (b"stsd", 12, b"zzzz"),
        "an entry of all sizes": (b"stsd", 8, _MOST),
        "broken parameters": (b"avcC", 8, bytes(20)),
        "edited to nowhere": (b"elst", 8, _MOST + _MOST),
        "edits without count": (b"elst", 4, _MOST),
        "no track kind": (b"hdlr", 8, bytes(4)),
        "a kind of sound": (b"hdlr", 8, b"soun"),
    }
    for name, (kind, offset, value) in lies.items():
        yield case(f"lies: {name}", lambda k=kind, o=offset, v=value: patched(plain_mp4(), k, o, v))
    for side in (0, 4097, 8192, 16383):
        yield case(f"lies: vp8 of {side}²", lambda s=side: _vp8_of(s))
    width = plain_mkv().index(b"\xb0\x81\x40\xba\x81\x40")
    for name, size in (("none", b"\xb0\x81\0\xba\x81\0"), ("of 255", b"\xb0\x81\xff\xba\x81\xff")):
        yield case(
            f"lies: mkv sides {name}", lambda s=size: plain_mkv()[:width] + s + plain_mkv()[width + 6 :]
        )


def _broken() -> Iterator[Case]:
    files: dict[str, Make] = {"mp4": plain_mp4, "stream": streaming_mp4, "mkv": plain_mkv, "webm": plain_vp8}
    for name, make in files.items():
        for share in (0.01, 0.1, 0.3, 0.6, 0.95):
            yield case(f"half a {name}, {share:.0%}", lambda m=make, p=share: part(m(), p))
        for seed in range(9):
            yield case(f"scratched {name} {seed}", lambda m=make, n=seed: scratched(m(), n))
    head = plain_mkv()[:40]
    yield case("mkv: no end of a size", lambda: head + b"\x01\xff\xff\xff\xff\xff\xff\xff" * 50)
    yield case(
        "mkv: void without end", lambda: head + b"\xec\x08\xff\xff\xff\xff\xff\xff\xff\xfe" + bytes(100)
    )
    yield case("mkv: zeros after the head", lambda: head + bytes(100_000))
    yield case("mkv: another document type", lambda: plain_mkv().replace(b"matroska", b"matr0ska", 1))


def large_sizes() -> dict[str, tuple[bytes, int]]:
    """First bytes and length of files too long to be read at all."""
    return {
        "201 MB of video": (box(b"ftyp", b"isom"), 201 * 2**20),
        "41 MB of photo": (b"\x89PNG\r\n\x1a\n", 41 * 2**20),
        "60 GB of video": (b"\x1a\x45\xdf\xa3", 60 * 2**30),
    }


def with_a_face(pictures: list[Picture]) -> dict[str, Case]:
    """Hostile footage of a face that would otherwise do."""
    smaller = [np.asarray(cv2.resize(each, (256, 256)), np.uint8) for each in pictures[:20]]
    return {
        each.name: each
        for each in (
            case(
                "a face, and a hole",
                lambda: footage(pictures[:20], times=lambda n: n + 200 * (n > 9)),
                "frame_rate",
            ),
            case("a face, and another size", lambda: spliced([pictures[:20], smaller]), "size_changes"),
            case(
                "a face, cut off early",
                lambda: part(footage(pictures[:50], "matroska"), 0.3),
                "too_short",
                "unreadable",
            ),
        )
    }
