"""What nobody sees on a PDF page, taken off it before its text is read.

Invisible ink, white on white, letters under a point, text beside the paper; also within forms. Text that is
invisible over a scan is its recognised layer and stays. Runs only in the parsing child process.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_MIN_POINTS = 1.0
_SCAN_SHARE = 0.4
"""A picture that covers this part of the page is a scan; invisible text over it is its OCR layer."""
_PALE = 245
"""Red, green and blue above this are white to the eye."""
_MAX_OBJECTS = 60_000
"""More things on one page than any print has."""
_MAX_DEPTH = 6
_CLEAR = 10
"""Opacity, of 255, under which nothing is seen."""
_INVISIBLE_INK = frozenset((3, 7))
"""Text rendering modes that leave no ink."""
_FILLED = frozenset((0, 4))
"""Modes in which the colour of the filling is all that is seen."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in the coordinates of the file."""
_Matrix = tuple[float, float, float, float, float, float]
_SAME: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text object of the page and what holds it: the page, or a form within it."""

    handle: Any
    form: Any | None
    box: Box
    white: bool
    mode: int


def take_off_hidden(page: Any, paper: Box) -> tuple[bool, int]:
    """Whether the page is a scan, and how many pieces of text were removed from it."""
    from pypdfium2 import raw

    pieces: list[_Piece] = []
    pictures: list[Box] = []
    painted: list[Box] = []
    for handle, kind, form, matrix in _objects(page, raw):
        box = _bounds(raw, handle, matrix)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            mode = raw.FPDFTextObj_GetTextRenderMode(handle)
            pieces.append(_Piece(handle, form, box, _is_white(raw, handle), mode))
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            pictures.append(box)
        elif kind == raw.FPDF_PAGEOBJ_SHADING or not _is_white(raw, handle):
            painted.append(box)
    area = max((paper[2] - paper[0]) * (paper[3] - paper[1]), 1.0)
    scanned = sum((r - x) * (t - y) for x, y, r, t in pictures) >= _SCAN_SHARE * area
    hidden = [p for p in pieces if _unseen(p, paper, scanned, (*painted, *pictures)) or _tiny(raw, p)]
    for piece in hidden:
        if piece.form is None:
            raw.FPDFPage_RemoveObject(page.raw, piece.handle)
        else:
            raw.FPDFFormObj_RemoveObject(piece.form, piece.handle)
        raw.FPDFPageObj_Destroy(piece.handle)
    return scanned, len(hidden)


def _objects(page: Any, raw: Any) -> Iterator[tuple[Any, int, Any | None, _Matrix]]:
    """Every object of the page and of the forms on it: its kind, its form, and how that lies on the page."""
    found = 0
    waiting: list[tuple[Any | None, int, _Matrix]] = [(None, 0, _SAME)]
    while waiting:
        form, depth, matrix = waiting.pop()
        count = raw.FPDFPage_CountObjects(page.raw) if form is None else raw.FPDFFormObj_CountObjects(form)
        for index in range(count):
            handle = (
                raw.FPDFPage_GetObject(page.raw, index)
                if form is None
                else raw.FPDFFormObj_GetObject(form, index)
            )
            if not handle:
                continue
            found += 1
            if found > _MAX_OBJECTS:
                return
            kind = raw.FPDFPageObj_GetType(handle)
            if kind != raw.FPDF_PAGEOBJ_FORM:
                yield handle, kind, form, matrix
            elif depth < _MAX_DEPTH:
                waiting.append((handle, depth + 1, _within(raw, handle, matrix)))


def _within(raw: Any, form: Any, outer: _Matrix) -> _Matrix:
    """How what stands in a form lies on the page."""
    inner = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(form, inner)
    a, b, c, d, e, f = outer
    return (
        inner.a * a + inner.b * c, inner.a * b + inner.b * d,
        inner.c * a + inner.d * c, inner.c * b + inner.d * d,
        inner.e * a + inner.f * c + e, inner.e * b + inner.f * d + f,
    )  # fmt: skip


def _bounds(raw: Any, handle: Any, matrix: _Matrix) -> Box:
    corners = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(handle, *corners)
    left, bottom, right, top = (corner.value for corner in corners)
    if matrix is _SAME:
        return left, bottom, right, top
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
    ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
    return min(xs), min(ys), max(xs), max(ys)


def _is_white(raw: Any, handle: Any) -> bool:
    """White, or ink that lets everything through."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return False
    return alpha.value < _CLEAR or min(red.value, green.value, blue.value) >= _PALE


def _unseen(piece: _Piece, paper: Box, scanned: bool, behind: Sequence[Box]) -> bool:
    if piece.mode in _INVISIBLE_INK:
        return not scanned
    left, bottom, right, top = piece.box
    if right <= paper[0] or left >= paper[2] or top <= paper[1] or bottom >= paper[3]:
        return True
    if not piece.white or piece.mode not in _FILLED:
        return False
    x, y = (left + right) / 2, (bottom + top) / 2
    return not any(a <= x <= c and b <= y <= d for a, b, c, d in behind)


def _tiny(raw: Any, piece: _Piece) -> bool:
    """Under a point high on the page: by its own size, or by that of its form."""
    height = piece.box[3] - piece.box[1]
    if height > 1.5 * _MIN_POINTS:
        return False
    size, matrix = ctypes.c_float(), raw.FS_MATRIX()
    raw.FPDFTextObj_GetFontSize(piece.handle, size)
    raw.FPDFPageObj_GetMatrix(piece.handle, matrix)
    own = size.value * (matrix.c**2 + matrix.d**2) ** 0.5
    return 0 < own < _MIN_POINTS or (piece.form is not None and 0 < height < _MIN_POINTS / 3)
