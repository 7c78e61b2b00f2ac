"""PowerPoint slides: a slide is a page, its title a heading; tables whole, speaker notes kept.

Hidden slides, hidden shapes, tiny text and text beside the slide are left out, as are footers, dates and
slide numbers. Runs only in the parsing child process.
"""

from collections.abc import Iterator
from typing import Any

from tutor_engine.knowledge.document import SPEAKER_NOTES, BadDocument, ParsedPage, ParseLimits, Unreadable
from tutor_engine.knowledge.reading.archive import Archive
from tutor_engine.knowledge.reading.writing import PageWriter
from tutor_engine.knowledge.reading.xml_parts import (
    attribute,
    child,
    core_title,
    descendants,
    local,
    part,
    relation_id,
    relations,
)

_MAIN = "ppt/presentation.xml"
_TITLES = ("title", "ctrTitle")
_NOISE = ("ftr", "sldNum", "dt", "hdr", "sldImg")
_MIN_HUNDREDTHS = 150
"""Text under a point and a half."""
_MAX_DEPTH = 40
_NO_TITLES = ("powerpoint presentation", "presentation", "slide 1", "powerpoint 演示文稿", "演示文稿")


def slide_pages(archive: Archive, limits: ParseLimits) -> tuple[str, int, Iterator[ParsedPage]]:
    """Title (may be empty), number of slides, and the slides as pages.

    Raises:
        BadDocument: not a presentation, damaged, or too long; also raised between slides.
    """
    root = part(archive, _MAIN)
    if root is None:
        raise BadDocument(Unreadable.MISNAMED, "no presentation inside")
    links = relations(archive, _MAIN)
    listed = child(root, "sldIdLst")
    order = [links.get(relation_id(each)) for each in (listed if listed is not None else ())]
    names = [link[1] for link in order if link is not None and link[1] in archive]
    if not names:
        raise BadDocument(Unreadable.EMPTY, "no slides")
    if len(names) > limits.max_pages:
        raise BadDocument(Unreadable.TOO_LONG, f"{len(names)} slides")
    size = child(root, "sldSz")
    paper = (int(attribute(size, "cx") or 0), int(attribute(size, "cy") or 0))
    title = core_title(archive)
    if title.lower() in _NO_TITLES:
        title = ""
    if not title:
        first = part(archive, names[0])
        title = next((_words(shape) for shape in _shapes(first) if _placeholder(shape) in _TITLES), "")
    return title, len(names), _slides(archive, names, paper, limits)


def _slides(
    archive: Archive, names: list[str], paper: tuple[int, int], limits: ParseLimits
) -> Iterator[ParsedPage]:
    characters = 0
    for number, name in enumerate(names, start=1):
        try:
            page = _slide(archive, name, number, paper)
        except BadDocument as error:
            if error.reason is not Unreadable.DAMAGED:
                raise
            page = ParsedPage(number, "", failed=f"damaged: {error.detail}")
        characters += len(page.text)
        if characters > limits.max_characters:
            raise BadDocument(Unreadable.TOO_LONG, f"{characters} characters by slide {number}")
        yield page


def _slide(archive: Archive, name: str, number: int, paper: tuple[int, int]) -> ParsedPage:
    root = part(archive, name)
    if attribute(root, "show") in ("0", "false"):
        return ParsedPage(number, "", failed="hidden_slide")
    writer = PageWriter(number)
    shapes = list(_shapes(root))
    for shape in sorted(shapes, key=lambda each: _placeholder(each) not in _TITLES):
        if _placeholder(shape) in _NOISE:
            continue
        if _unseen(shape, paper):
            writer.hidden += 1
            continue
        _write(writer, shape)
    for kind, target in relations(archive, name).values():
        if kind == "notesSlide":
            _write_notes(writer, part(archive, target))
    page = writer.page()
    return page if page.text else ParsedPage(number, "", failed="no_text", hidden=page.hidden)


def _shapes(root: Any, depth: int = 0) -> Iterator[Any]:
    """Shapes and tables in their order, groups opened."""
    tree = child(root, "cSld", "spTree") if depth == 0 else root
    for each in tree if tree is not None else ():
        kind = local(each)
        if kind == "grpSp" and depth < _MAX_DEPTH:
            yield from _shapes(each, depth + 1)
        elif kind == "AlternateContent":
            choice = child(each, "Choice")
            if choice is not None and depth < _MAX_DEPTH:
                yield from _shapes(choice, depth + 1)
        elif kind in ("sp", "graphicFrame", "cxnSp"):
            yield each


def _placeholder(shape: Any) -> str:
    mark = next(descendants(shape, "ph"), None)
    return "" if mark is None else attribute(mark, "type") or "body"


def _unseen(shape: Any, paper: tuple[int, int]) -> bool:
    properties = next(descendants(shape, "cNvPr"), None)
    if attribute(properties, "hidden") in ("1", "true"):
        return True
    offset, extent = next(descendants(shape, "off"), None), next(descendants(shape, "ext"), None)
    inside_group = any(local(above) == "grpSp" for above in shape.iterancestors())
    if inside_group or offset is None or extent is None or not paper[0]:
        return False
    try:
        x, y = int(attribute(offset, "x") or 0), int(attribute(offset, "y") or 0)
        wide, high = int(attribute(extent, "cx") or 0), int(attribute(extent, "cy") or 0)
    except ValueError:
        return False
    return x >= paper[0] or y >= paper[1] or x + wide <= 0 or y + high <= 0


def _write(writer: PageWriter, shape: Any) -> None:
    table = next(descendants(shape, "tbl"), None)
    if table is not None:
        rows = [[_words(cell) for cell in row if local(cell) == "tc"] for row in descendants(table, "tr")]
        writer.add_table(rows)
        return
    if _placeholder(shape) in _TITLES:
        writer.add("heading", _words(shape), 2)
        return
    body = child(shape, "txBody")
    for paragraph in body if body is not None else ():
        if local(paragraph) != "p":
            continue
        words = _paragraph(paragraph, writer)
        properties = child(paragraph, "pPr")
        bare = child(properties, "buNone") is not None
        listed = _placeholder(shape) == "body" and not bare
        if words.strip():
            writer.add("item" if listed else "paragraph", f"- {words.strip()}" if listed else words)


def _write_notes(writer: PageWriter, root: Any | None) -> None:
    if root is None:
        return
    words = [
        _paragraph(paragraph, writer)
        for shape in _shapes(root)
        if _placeholder(shape) == "body"
        for paragraph in descendants(shape, "p")
    ]
    if any(word.strip() for word in words):
        chinese = any("\u4e00" <= c <= "\u9fff" for word in words for c in word)
        writer.add("heading", SPEAKER_NOTES["zh" if chinese else "en"], 3)
        for word in words:
            writer.add("paragraph", word)


def _words(element: Any) -> str:
    return " ".join(
        text for paragraph in descendants(element, "p") if (text := _paragraph(paragraph, None).strip())
    )


def _paragraph(paragraph: Any, writer: PageWriter | None) -> str:
    """Text of a paragraph without what is too small to be seen."""
    words: list[str] = []
    for run in paragraph:
        kind = local(run)
        if kind == "br":
            words.append("\n")
        elif kind in ("r", "fld"):
            size = attribute(child(run, "rPr"), "sz")
            if size and size.lstrip("-").isdigit() and int(size) < _MIN_HUNDREDTHS:
                if writer is not None:
                    writer.hidden += 1
                continue
            words.extend(t.text or "" for t in descendants(run, "t"))
        elif kind != "pPr":
            words.extend(t.text or "" for t in descendants(run, "t"))
    return "".join(words)
