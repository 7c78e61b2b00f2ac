"""Word documents page by page: headings from styles, tables and listings whole, hidden text left out.

Pages are those that Word noted when it last drew the document; a file without such notes is parted at hard
page breaks and sections that begin a new page. Runs only in the parsing child process.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tutor_engine.knowledge.document import BadDocument, ParsedPage, ParseLimits, Unreadable
from tutor_engine.knowledge.reading.archive import Archive
from tutor_engine.knowledge.reading.writing import PageWriter
from tutor_engine.knowledge.reading.xml_parts import attribute, child, core_title, descendants, local, part

_MAIN = "word/document.xml"
_OFF = ("0", "false", "off", "none")
_SKIPPED = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "tblPr", "sectPr"))
_MIN_HALF_POINTS = 3
_WHITE = "FFFFFF"
_MONO = ("courier", "consolas", "mono", "menlo", "source code")
_MAX_STYLE_DEPTH = 12


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph or character style says that matters here."""

    level: int = 0
    contents: bool = False
    code: bool = False
    hidden: bool = False
    listed: bool = False
    title: bool = False


def read_docx(archive: Archive, limits: ParseLimits) -> tuple[str, list[ParsedPage]]:
    """Title (may be empty) and pages.

    Raises:
        BadDocument: not a Word document, damaged, or too long.
    """
    root = part(archive, _MAIN)
    body = child(root, "body")
    if body is None:
        raise BadDocument(Unreadable.MISNAMED, "no Word document inside")
    styles = _styles(part(archive, "word/styles.xml"))
    rendered = next(descendants(body, "lastRenderedPageBreak"), None) is not None
    reader = _Reader(styles, rendered, limits)
    reader.walk(body)
    for name in ("word/footnotes.xml", "word/endnotes.xml"):
        notes = part(archive, name)
        for note in notes if notes is not None else ():
            if attribute(note, "type") in (None, "normal"):
                reader.walk(note)
    return core_title(archive) or reader.title, reader.pages()


class _Reader:
    """Walks the body once and writes its pages."""

    def __init__(self, styles: dict[str, _Style], rendered: bool, limits: ParseLimits) -> None:
        self.title = ""
        self._styles = styles
        self._rendered = rendered
        self._limits = limits
        self._writers = [PageWriter(1)]
        self._characters = 0

    def pages(self) -> list[ParsedPage]:
        """All pages; trailing empty ones are no pages."""
        pages = [writer.page() for writer in self._writers]
        while len(pages) > 1 and not pages[-1].text:
            pages.pop()
        return pages

    def walk(self, element: Any) -> None:
        """Blocks below an element in order."""
        for each in element:
            kind = local(each)
            if kind == "p":
                self._paragraph(each)
            elif kind == "tbl":
                self._table(each)
            elif kind == "sdt":
                gallery = next(descendants(each, "docPartGallery"), None)
                if gallery is None or attribute(gallery, "val") != "Table of Contents":
                    content = child(each, "sdtContent")
                    if content is not None:
                        self.walk(content)
            elif kind not in _SKIPPED and len(each):
                self.walk(each)

    def _paragraph(self, paragraph: Any) -> None:
        properties = child(paragraph, "pPr")
        style = self._styles.get(attribute(child(properties, "pStyle"), "val") or "", _Style())
        outline = attribute(child(properties, "outlineLvl"), "val")
        level = int(outline) + 1 if outline and outline.isdigit() and int(outline) < 9 else style.level
        listed = style.listed or child(properties, "numPr") is not None
        parts = self._runs(paragraph, style)
        boxes = list(descendants(paragraph, "txbxContent"))
        for index, text in enumerate(parts):
            if index:
                self._turn()
            self._write(text, style, level, listed)
        for box in boxes:
            if not any(local(above) == "Fallback" for above in box.iterancestors()):
                self.walk(box)
        section = child(properties, "sectPr")
        begins = attribute(child(section, "type"), "val") or "nextPage"
        if section is not None and not self._rendered and begins != "continuous":
            self._turn()

    def _write(self, text: str, style: _Style, level: int, listed: bool) -> None:
        if style.contents or not text.strip():
            return
        self._characters += len(text)
        if self._characters > self._limits.max_characters:
            raise BadDocument(Unreadable.TOO_LONG, f"{self._characters} characters")
        writer = self._writers[-1]
        if style.title and not self.title:
            self.title = " ".join(text.split())
            writer.add("heading", text, 1)
        elif level:
            writer.add("heading", text, min(level, 6))
        elif style.code:
            writer.add("code", text)
        elif listed:
            writer.add("item", f"- {text.strip()}")
        else:
            writer.add("paragraph", text)

    def _turn(self) -> None:
        if len(self._writers) >= self._limits.max_pages:
            raise BadDocument(Unreadable.TOO_LONG, f"more than {self._limits.max_pages} pages")
        self._writers.append(PageWriter(len(self._writers) + 1))

    def _runs(self, paragraph: Any, style: _Style) -> list[str]:
        """Text of a paragraph, parted where a page ends within it."""
        parts: list[list[str]] = [[]]
        self._gather(paragraph, parts, style, hidden=style.hidden)
        return ["".join(each) for each in parts]

    def _gather(self, element: Any, parts: list[list[str]], style: _Style, *, hidden: bool) -> None:
        for each in element:
            kind = local(each)
            if kind == "r":
                unseen = hidden or self._is_hidden(each)
                if unseen and any(t.text for t in descendants(each, "t")):
                    self._writers[-1].hidden += 1
                self._gather(each, parts, style, hidden=unseen)
            elif kind == "t":
                if not hidden:
                    parts[-1].append(each.text or "")
            elif kind in ("tab", "ptab"):
                parts[-1].append("\t")
            elif kind == "lastRenderedPageBreak":
                parts.append([])
            elif kind == "br":
                if attribute(each, "type") != "page":
                    parts[-1].append("\n")
                elif not self._rendered:
                    parts.append([])
            elif kind == "noBreakHyphen":
                parts[-1].append("-")
            elif kind not in _SKIPPED and kind != "txbxContent" and len(each):
                self._gather(each, parts, style, hidden=hidden)

    def _is_hidden(self, run: Any) -> bool:
        properties = child(run, "rPr")
        if properties is None:
            return False
        named = self._styles.get(attribute(child(properties, "rStyle"), "val") or "")
        if (named is not None and named.hidden) or _says_hidden(properties):
            return True
        color = (attribute(child(properties, "color"), "val") or "").upper()
        return color == _WHITE and not _is_shaded(run, properties)

    def _table(self, table: Any) -> None:
        rows: list[list[str]] = []
        breaks = 0
        for row in table:
            if local(row) == "tr":
                rows.append([self._cell(cell) for cell in row if local(cell) == "tc"])
                if self._rendered:
                    breaks += sum(1 for _ in descendants(row, "lastRenderedPageBreak"))
        self._characters += sum(len(cell) for row in rows for cell in row)
        if self._characters > self._limits.max_characters:
            raise BadDocument(Unreadable.TOO_LONG, f"{self._characters} characters")
        self._writers[-1].add_table(rows)
        for _ in range(breaks):
            self._turn()  # the table stays whole on the page where it begins

    def _cell(self, cell: Any) -> str:
        texts: list[str] = []
        for paragraph in descendants(cell, "p"):
            style = self._styles.get(attribute(child(paragraph, "pPr", "pStyle"), "val") or "", _Style())
            texts.append(" ".join(self._runs(paragraph, style)).strip())
        return " ".join(text for text in texts if text)


def _says_hidden(properties: Any) -> bool:
    for name in ("vanish", "specVanish"):
        mark = child(properties, name)
        if mark is not None and attribute(mark, "val") not in _OFF:
            return True
    size = attribute(child(properties, "sz"), "val")
    return bool(size and size.isdigit() and int(size) < _MIN_HALF_POINTS)


def _is_shaded(run: Any, properties: Any) -> bool:
    """Whether white letters stand on something dark: their own shade, or that of what is around them."""
    if child(properties, "highlight") is not None or _has_fill(child(properties, "shd")):
        return True
    for above in run.iterancestors():
        kind = local(above)
        if kind == "p" and _has_fill(child(above, "pPr", "shd")):
            return True
        if kind == "tc" and _has_fill(child(above, "tcPr", "shd")):
            return True
        if kind == "tbl" and child(above, "tblPr", "tblStyle") is not None:
            return True
        if kind == "txbxContent":
            return True
    return False


def _has_fill(shade: Any | None) -> bool:
    return (attribute(shade, "fill") or "auto").upper() not in ("AUTO", _WHITE)


def _styles(root: Any | None) -> dict[str, _Style]:
    """Every style by its identifier, with what it inherits."""
    raw = {attribute(each, "styleId") or "": each for each in (root if root is not None else ())
           if local(each) == "style"}  # fmt: skip
    return {name: _style(name, raw) for name in raw}


def _style(name: str, raw: dict[str, Any]) -> _Style:
    found = _Style()
    chain: list[Any] = []
    while name in raw and len(chain) < _MAX_STYLE_DEPTH:
        chain.append(raw[name])
        name = attribute(child(raw[name], "basedOn"), "val") or ""
    for each in reversed(chain):
        found = _inherit(found, each)
    return found


def _inherit(base: _Style, style: Any) -> _Style:
    name = (attribute(child(style, "name"), "val") or "").lower()
    outline = attribute(child(style, "pPr", "outlineLvl"), "val")
    level = base.level
    if outline and outline.isdigit():
        level = int(outline) + 1 if int(outline) < 9 else 0
    elif name.startswith("heading ") and name[8:].isdigit():
        level = int(name[8:])
    run = child(style, "rPr")
    font = (attribute(child(run, "rFonts"), "ascii") or "").lower()
    mono = any(part in font for part in _MONO) or "code" in name.split() or "preformatted" in name
    return _Style(
        level=level,
        contents=base.contents or name.startswith("toc ") or name == "toc heading",
        code=base.code or mono,
        hidden=base.hidden or (run is not None and _says_hidden(run)),
        listed=base.listed or child(style, "pPr", "numPr") is not None,
        title=name == "title",
    )


def document_pages(archive: Archive, limits: ParseLimits) -> tuple[str, int, Iterator[ParsedPage]]:
    """Title, number of pages, and the pages."""
    title, pages = read_docx(archive, limits)
    return title, len(pages), iter(pages)
