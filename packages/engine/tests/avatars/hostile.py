"""Files that should harm whoever opens them, each made when it is asked for. Every one has to be refused."""

import random
import struct
import zlib
from collections.abc import Iterator
from functools import cache

import cv2

from .clips import noise, plain_mp4
from .hostile_case import Case, case, part, scratched, zipped
from .hostile_video import video_cases


def corpus(url: str) -> dict[str, Case]:
    """All cases by name; what they point to is `url`, where nobody may ever call."""
    found: dict[str, Case] = {}
    for each in (*_others(), *_lists(url), *_photos(), *video_cases(url)):
        assert each.name not in found, each.name
        found[each.name] = each
    return found


_HEADS: dict[str, bytes] = {
    "text": b"just a letter to the teacher\n",
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "pdf": b"%PDF-1.7\n1 0 obj",
    "zip": b"PK\3\4\x14\0",
    "gzip": b"\x1f\x8b\x08\0",
    "xz": b"\xfd7zXZ\0",
    "zstd": b"\x28\xb5\x2f\xfd",
    "rar": b"Rar!\x1a\x07\x01\0",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "elf": b"\x7fELF\2\1\1\0",
    "exe": b"MZ\x90\0\3\0",
    "class": b"\xca\xfe\xba\xbe\0\0\0\x34",
    "wasm": b"\0asm\1\0\0\0",
    "shell": b"#!/bin/sh\nrm -rf ~\n",
    "python": b"import os; os.system('id')\n",
    "pickle": b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93",
    "gif": b"GIF89a\x40\0\x40\0",
    "bmp": b"BM\x36\0\0\0\0\0\0\0\x36\0",
    "tiff": b"II*\0\x08\0\0\0",
    "psd": b"8BPS\0\1",
    "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n",
    "exr": b"v/1\x01\2\0\0\0",
    "ico": b"\0\0\1\0\1\0",
    "avi": b"RIFF\xff\xff\xff\xffAVI LIST",
    "wav": b"RIFF\xff\xff\xff\xffWAVEfmt ",
    "flv": b"FLV\1\5\0\0\0\x09",
    "asf": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    "ogg": b"OggS\0\2\0\0",
    "flac": b"fLaC\0\0\0\x22",
    "mp3": b"ID3\4\0\0\0\0\0\0",
    "aac": b"\xff\xf1\x50\x80",
    "mpeg ts": b"\x47\x40\0\x10" * 48,
    "mpeg ps": b"\0\0\1\xba\x44\0",
    "h264": b"\0\0\0\1\x67\x42\0\x1e",
    "ivf": b"DKIF\0\0\x20\0VP80",
    "sqlite": b"SQLite format 3\0",
    "midi": b"MThd\0\0\0\6",
    "realmedia": b".RMF\0\0\0\x12",
    "mxf": b"\x06\x0e\x2b\x34\2\5\1\1",
    "zeros": bytes(4096),
    "ones": b"\xff" * 4096,
    "one byte": b"\0",
    "nothing": b"",
}


def _others() -> Iterator[Case]:
    for name, head in _HEADS.items():
        content = head + random.Random(name).randbytes(2000 if len(head) > 1 else 0)
        yield case(f"other: {name}", lambda content=content: content, "unreadable")


def _lists(url: str) -> Iterator[Case]:
    texts = {
        "m3u8 of a file": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "m3u8 of a page": f"#EXTM3U\n#EXTINF:10,\n{url}/a.ts\n",
        "m3u8 with a key": f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}/key"\n#EXTINF:1,\n/dev/zero\n',
        "m3u8 of itself": "#EXTM3U\n#EXTINF:10,\nupload\n",
        "m3u8 that joins": "#EXTM3U\n#EXTINF:1,\nconcat:/etc/passwd|/etc/hosts\n",
        "m3u8 after a mark": "\ufeff#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        "m3u8 after spaces": "  \n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        "ffconcat": "ffconcat version 1.0\nfile '/etc/passwd'\n",
        "ffconcat of a page": f"ffconcat version 1.0\nfile '{url}'\n",
        "mpd": f"<?xml version='1.0'?><MPD><BaseURL>{url}</BaseURL></MPD>",
        "mpd without a head": f"<MPD><BaseURL>{url}</BaseURL></MPD>",
        "xspf": f"<?xml version='1.0'?><playlist><location>{url}</location></playlist>",
        "entity": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "pls": f"[playlist]\nFile1={url}\n",
        "asx": f"[Reference]\nRef1={url}\n",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
        "a bare address": f"{url}/video.mp4",
        "a bare path": "file:///etc/passwd",
    }
    for name, text in texts.items():
        yield case(f"list: {name}", lambda text=text: text.encode(), "playlist")
    yield case("list: text of QuickTime", lambda: b"RTSPtext\r" + url.encode(), "unreadable")


# Photos ---------------------------------------------------------------------------------------------------


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(
    width: int, height: int, *more: bytes, rows: bytes | None = None, depth: int = 8, colour: int = 2
) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    body = zlib.compress(rows if rows is not None else bytes(100), 9)
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


@cache
def _encoded(suffix: str, side: int = 96) -> bytes:
    return cv2.imencode(suffix, noise(1, side, side)[0])[1].tobytes()


_SIZES = (
    (16384, 16384),
    (65535, 65535),
    (2**31 - 1, 2**31 - 1),
    (0, 0),
    (0, 64),
    (64, 0),
    (12001, 8),
    (8, 12001),
    (9000, 9000),
    (2**32 - 1, 1),
)


def _jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(_encoded(".jpg"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height & 0xFFFF, width & 0xFFFF)
    return bytes(data)


def _webp_of(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4)
    body += struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body += _encoded(".webp")[12:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _photos() -> Iterator[Case]:
    for width, height in _SIZES:
        name = f"{width} × {height}"
        yield case(f"png: {name}", lambda w=width, h=height: _png(w, h), "too_wide", "unreadable")
    for side in (16384, 65535, 20000, 0):
        yield case(f"jpeg: {side}²", lambda s=side: _jpeg_of(s, s), "too_wide", "unreadable")
    for side in (16384, 2**24, 12001):
        yield case(f"webp: {side}²", lambda s=side: _webp_of(s, s), "too_wide")
    yield case("png: one pixel", lambda: _png(1, 1, rows=bytes(4)), "no_face")
    yield case("png: a line", lambda: _png(10000, 1, rows=bytes(30001)), "no_face")
    yield case(
        "png: black, 4000²", lambda: _png(4000, 4000, rows=bytes(4000 * 501), depth=1, colour=0), "no_face"
    )
    bomb = zlib.compress(bytes(60_000_000), 9)
    for kind, start in ((b"zTXt", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0"), (b"iCCP", b"a\0\0")):
        name = kind.decode()
        yield case(f"png: a bomb in {name}", lambda k=kind, s=start: _png(64, 64, _chunk(k, s + bomb)))
    yield case("png: rows without end", lambda: _png(64, 64, rows=bytes(80_000_000)))
    yield case("png: 50,000 texts", lambda: _png(64, 64, *[_chunk(b"tEXt", b"a\0b")] * 50_000))
    yield case("png: 16 bits, no rows", lambda: _png(4000, 4000, depth=16, colour=6))
    yield case("png: palette missing", lambda: _png(64, 64, colour=3))
    yield case(
        "png: a huge chunk", lambda: b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31 - 1) + b"IHDR" + bytes(30)
    )
    yield case("jpeg: 20,000 comments", lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 20_000 + _encoded(".jpg")[2:])
    yield case("jpeg: markers without end", lambda: b"\xff\xd8" + b"\xff" * 400_000, "unreadable")
    yield case("jpeg: a length of zero", lambda: b"\xff\xd8\xff\xe0\0\0" + bytes(64), "unreadable")
    yield case("webp: an unknown part", lambda: b"RIFF\x40\0\0\0WEBPABCD" + bytes(60), "unreadable")
    for suffix in (".png", ".jpg", ".webp"):
        for share in (0.02, 0.2, 0.5, 0.9):
            yield case(f"half a {suffix[1:]}, {share:.0%}", lambda s=suffix, p=share: part(_encoded(s), p))
        for seed in range(4):
            yield case(f"scratched {suffix[1:]} {seed}", lambda s=suffix, n=seed: scratched(_encoded(s), n))
        tails = {
            "zip": zipped,
            "mp4": plain_mp4,
            "php": lambda: b"<?php system('id'); ?>",
            "html": lambda: b"<script>",
        }
        for name, tail in tails.items():
            yield case(
                f"{suffix[1:]} and {name} at once", lambda s=suffix, t=tail: _encoded(s) + t(), "no_face"
            )
