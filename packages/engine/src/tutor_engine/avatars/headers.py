"""How large a photo says it is, read from its first bytes: a picture is never unpacked to be refused.

Knows PNG, JPEG and WebP. Reads bytes only, follows nothing, and never trusts a length.
"""

import struct

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that begin a frame; the others of the range are tables."""
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG markers without content."""


def photo_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None when the header does not say."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack_from(">II", content, 16) if content[12:16] == b"IHDR" else (0, 0)
        elif content.startswith(b"\xff\xd8"):
            width, height = _jpeg(content)
        else:
            width, height = _webp(content)
    except struct.error:
        return None
    return (width, height) if width > 0 and height > 0 else None


def _jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            return 0, 0
        while at < len(content) and content[at] == 0xFF:
            at += 1
        marker = content[at] if at < len(content) else 0
        at += 1
        if marker in _BARE:
            continue
        (length,) = struct.unpack_from(">H", content, at)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 3)
            return width, height
        if length < 2:
            return 0, 0
        at += length
    return 0, 0


def _webp(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        return _three(content, 24) + 1, _three(content, 27) + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _three(content: bytes, at: int) -> int:
    low, high = struct.unpack_from("<HB", content, at)
    return low | high << 16
