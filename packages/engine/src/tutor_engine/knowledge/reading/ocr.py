"""Pictures of pages to lines, by the tesseract of this machine: Chinese (simplified) and English.

The page is drawn in grey by pdfium and handed over on standard input; nothing touches the disk. Tesseract
runs with the limits of the parsing child that starts it, one thread, and a time limit per page.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from tutor_engine.knowledge.document import ParseLimits
from tutor_engine.knowledge.reading.clean import drop_invisible
from tutor_engine.knowledge.reading.geometry import Word
from tutor_engine.knowledge.reading.pdf_lines import Line
from tutor_engine.text import HANZI

LANGUAGES = ("chi_sim", "eng")
_DPI = 300
"""What tesseract is trained for."""
_MAX_PIXELS = 40_000_000
"""An A3 page at 300 dpi is 17 million; larger papers are drawn coarser."""
_PAGE_S = 90.0
_LIST_S = 10.0
_MIN_LINE_CONFIDENCE = 40.0
"""Lines that tesseract trusts less than this on average are the noise of figures and stamps."""
_ENGLISH_AFTER = 2
"""Pages without a single Hanzi after which the Chinese model is left out; it doubles the time."""
_SCATTERED = 55.0
"""A page whose words tesseract trusts less than this on average is noise, not text."""


class OcrFailed(Exception):
    """A page could not be read from its picture."""


class Recogniser:
    """The tesseract of this machine, and what it has learned of this document's language."""

    def __init__(self, limits: ParseLimits) -> None:
        self._program = shutil.which("tesseract") if limits.ocr else None
        self._latin_pages = 0

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Installed languages that we read, Chinese first; empty without tesseract."""
        if self._program is None:
            return ()
        try:
            listed = subprocess.run(  # noqa: S603 - a fixed list, no shell
                [self._program, "--list-langs"], capture_output=True, timeout=_LIST_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return ()
        installed = set(listed.stdout.decode("utf-8", "replace").split())
        return tuple(language for language in LANGUAGES if language in installed)

    def read(self, picture: bytes) -> str:
        """Tesseract's table of words for a picture (portable greymap).

        Raises:
            OcrFailed: it took too long, or gave up.
        """
        languages = self.languages
        if self._latin_pages >= _ENGLISH_AFTER and "eng" in languages:
            languages = ("eng",)
        command = [str(self._program), "stdin", "stdout", "-l", "+".join(languages), "--psm", "3",
                   "--dpi", str(_DPI), "tsv"]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - a list of our own words, no shell
                command, input=picture, capture_output=True, timeout=_PAGE_S, check=False,
                env={"PATH": os.defpath, "OMP_THREAD_LIMIT": "1", **_prefix()},
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise OcrFailed(f"more than {_PAGE_S:g} s") from error
        except OSError as error:
            raise OcrFailed(str(error.strerror)) from error
        if done.returncode != 0:
            raise OcrFailed(f"tesseract ended with {done.returncode}")
        table = done.stdout.decode("utf-8", "replace")
        self._latin_pages = 0 if HANZI.search(table) else self._latin_pages + 1
        return table


def _prefix() -> dict[str, str]:
    """Where the operator keeps tesseract's models, when not in their usual place."""
    folder = os.environ.get("TESSDATA_PREFIX")
    return {"TESSDATA_PREFIX": folder} if folder else {}


def ocr_lines(recogniser: Recogniser, document: Any, index: int) -> list[Line]:
    """The lines of a page, read from its picture.

    Raises:
        OcrFailed: the page cannot be drawn or read.
    """
    import pypdfium2

    try:
        page = document[index]
        try:
            width, height = page.get_size()
            if width <= 0 or height <= 0:
                raise OcrFailed("no size")
            scale = min(_DPI / 72, (_MAX_PIXELS / (width * height)) ** 0.5)
            bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        finally:
            page.close()
    except (pypdfium2.PdfiumError, MemoryError) as error:
        raise OcrFailed("cannot be drawn") from error
    try:
        picture = _greymap(bitmap)
    finally:
        bitmap.close()
    return list(_lines(recogniser.read(picture), 1 / scale))


def _greymap(bitmap: Any) -> bytes:
    rows = memoryview(bitmap.buffer).cast("B")
    width, height, stride, each = bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels
    head = b"P5 %d %d 255\n" % (width, height)
    return head + b"".join(
        bytes(rows[row * stride : row * stride + width * each : each]) for row in range(height)
    )


def _lines(table: str, points: float) -> Iterator[Line]:
    """Tesseract's words, grouped by its lines; `points` is the size of a pixel."""
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    words = [row for row in rows if len(row) == 12 and row[0] == "5" and row[11].strip()]
    if not words or _confidence(words) < _SCATTERED:
        return
    group: list[list[str]] = []
    for row in (*words, None):
        if group and (row is None or row[2:5] != group[-1][2:5]):
            if _confidence(group) >= _MIN_LINE_CONFIDENCE:
                yield from _line(group, points)
            group = []
        if row is not None:
            group.append(row)


def _confidence(rows: Sequence[Sequence[str]]) -> float:
    """What tesseract thinks of words on average, 0 to 100."""
    return sum(float(row[10]) for row in rows) / len(rows)


def _line(rows: Sequence[Sequence[str]], points: float) -> Iterator[Line]:
    text = ""
    words: list[Word] = []
    tops: list[float] = []
    bottoms: list[float] = []
    for row in rows:
        left, top, width, height = (int(number) * points for number in row[6:10])
        seen = drop_invisible(row[11]).strip()
        if not seen:
            continue
        # Tesseract parts Chinese into words; written Chinese has no spaces between them.
        apart = (
            text and not (HANZI.match(text[-1]) or HANZI.match(seen[0])) and text[-1] not in "，。、；：（《“"
        )
        text += " " if apart else ""
        words.append(Word(len(text), len(seen), left, left + width))
        text += seen
        tops.append(top)
        bottoms.append(top + height)
    if words:
        heights = sorted(bottom - top for top, bottom in zip(tops, bottoms, strict=True))
        size = round(heights[len(heights) // 2])
        yield Line(text, size, top=min(tops), bottom=max(bottoms), words=tuple(words))
