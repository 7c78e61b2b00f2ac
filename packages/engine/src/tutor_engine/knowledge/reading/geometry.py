"""Where the lines of a PDF page stand on the paper, packed small, and the rectangles of some of its text.

Stored per page at ingest (about 1.5 kB for a full page), so that showing a citation never opens the original
again: an old version needs no file, and a hostile one is read once only, in its sandbox. Points of 1/72 inch,
origin in the upper left corner of the page as it is shown.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

_TENTH = 10
"""Tenths of a point: finer than any screen shows."""
_MAX_UNPACKED = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters set close together: `length` characters between two edges."""

    start: int
    length: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of the page's text; words hold offsets into that text."""

    top: float
    bottom: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Left, top, right and bottom in points."""

    left: float
    top: float
    right: float
    bottom: float


class _Packed(msgspec.Struct, array_like=True):
    width: int
    height: int
    lines: list[list[int]]
    """Top, bottom, then start, length, left and width of each word, each but length relative to the last."""


_DECODER = msgspec.msgpack.Decoder(_Packed)


def pack(width: float, height: float, lines: Sequence[PlacedLine]) -> bytes:
    """A page's geometry as bytes."""
    packed: list[list[int]] = []
    at = 0
    for line in lines:
        numbers = [_tenths(line.top), _tenths(line.bottom)]
        edge = 0
        for word in line.words:
            left, right = _tenths(word.left), _tenths(word.right)
            numbers += [word.start - at, word.length, left - edge, right - left]
            at, edge = word.start, right
        packed.append(numbers)
    whole = _Packed(_tenths(width), _tenths(height), packed)
    return zlib.compress(msgspec.msgpack.encode(whole), 6)


@dataclass(frozen=True, slots=True)
class Places:
    """The unpacked geometry of one page."""

    width: float
    height: float
    lines: tuple[PlacedLine, ...]

    @classmethod
    def unpack(cls, data: bytes) -> "Places":
        """The inverse of `pack`.

        Raises:
            ValueError: these bytes are no geometry.
        """
        try:
            packed = _DECODER.decode(zlib.decompressobj().decompress(data, _MAX_UNPACKED))
        except (zlib.error, msgspec.DecodeError) as error:
            raise ValueError("no geometry") from error
        lines: list[PlacedLine] = []
        at = 0
        for numbers in packed.lines:
            words: list[Word] = []
            edge = 0
            for start, length, left, width in zip(*(iter(numbers[2:]),) * 4, strict=True):
                at += start
                words.append(Word(at, length, (edge + left) / _TENTH, (edge + left + width) / _TENTH))
                edge += left + width
            lines.append(PlacedLine(numbers[0] / _TENTH, numbers[1] / _TENTH, tuple(words)))
        return cls(packed.width / _TENTH, packed.height / _TENTH, tuple(lines))

    def rectangles(self, start: int, end: int) -> list[Rectangle]:
        """One rectangle for each line that holds characters from `start` to `end`, around these."""
        return list(self._rectangles(start, end))

    def _rectangles(self, start: int, end: int) -> Iterator[Rectangle]:
        for line in self.lines:
            parts = [
                _part(word, start, end)
                for word in line.words
                if word.start < end and word.start + word.length > start
            ]
            if parts:
                left = min(part[0] for part in parts)
                right = max(part[1] for part in parts)
                yield Rectangle(round(left, 1), line.top, round(right, 1), line.bottom)


def _part(word: Word, start: int, end: int) -> tuple[float, float]:
    """Edges of the characters of a word that are asked for, as if all were equally wide."""
    step = (word.right - word.left) / word.length
    first = max(start, word.start) - word.start
    last = min(end, word.start + word.length) - word.start
    return word.left + first * step, word.left + last * step


def _tenths(points: float) -> int:
    return round(max(-100_000.0, min(points, 100_000.0)) * _TENTH)
