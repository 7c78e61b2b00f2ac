"""What Word, PowerPoint, HTML and archives become: headings, tables, listings, pages, and nothing hidden."""

import io
import zipfile
from typing import Any

import pytest

from tutor_engine.knowledge.document import BadDocument, ParsedDocument, ParseLimits, Unreadable
from tutor_engine.knowledge.reading.archive import Archive
from tutor_engine.knowledge.reading.html import read_html
from tutor_engine.knowledge.reading.ingest import read_document
from tutor_engine.knowledge.reading.parse import Counted, Opened, Options, PageRead, read_messages

from .papers import BODY, book, docx, paragraph, pptx, slide, zipped

LIMITS = ParseLimits()


def read(data: bytes, filename: str, limits: ParseLimits = LIMITS) -> ParsedDocument:
    """In this process; hostile files are read in a child, elsewhere."""
    opened: Opened | None = None
    pages: list[Any] = []
    for message in read_messages(data, filename, Options(limits)):
        if isinstance(message, Opened):
            opened = message
        elif isinstance(message, PageRead):
            pages.append(message.page)
    assert opened is not None
    cuts = tuple(cut for page in pages for cut in page.passages)
    for cut in cuts:
        text = pages[cut.page - 1].text
        assert text[cut.start : cut.start + len(cut.text)] == cut.text, "offsets always"
    return ParsedDocument(opened.kind, opened.title, tuple(pages), cuts)


def word_file() -> bytes:
    """As Word's users make it."""
    import docx as library
    from docx.enum.text import WD_BREAK

    made: Any = library.Document()
    made.add_heading("The Sun and its Planets", 0)
    made.add_heading("The Sun", 1)
    made.add_paragraph("The Sun is a star.")
    made.add_heading("Planets", 2)
    for name in ("Mercury", "Venus"):
        made.add_paragraph(name, style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for row, column, text in ((0, 0, "Planet"), (0, 1, "Days"), (1, 0, "Venus"), (1, 1, "225")):
        table.cell(row, column).text = text
    made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    made.add_paragraph("行星围绕太阳运行。")
    made.sections[0].header.paragraphs[0].text = "A header"
    made.sections[0].footer.paragraphs[0].text = "A footer"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_word_file_keeps_headings_tables_and_pages() -> None:
    document = read(word_file(), "sun.docx")
    assert (document.kind, document.title, len(document.pages)) == ("docx", "The Sun and its Planets", 2)
    assert [(cut.page, cut.heading, cut.text) for cut in document.passages] == [
        (1, "The Sun", "The Sun is a star."),
        (1, "The Sun › Planets", "- Mercury\n- Venus\n\n| Planet | Days |\n| Venus | 225 |"),
        (2, "The Sun › Planets", "行星围绕太阳运行。"),
    ]


def test_a_word_file_that_was_drawn_has_the_pages_that_were_drawn() -> None:
    drawn = "<w:p><w:r><w:t>One.</w:t></w:r><w:r><w:br w:type='page'/></w:r></w:p>"
    mark = "<w:lastRenderedPageBreak/>"
    body = f"{drawn}<w:p><w:r>{mark}<w:t>Two </w:t>{mark}<w:t>three.</w:t></w:r></w:p>"
    assert [page.text for page in read(docx(body), "a.docx").pages] == ["One.", "Two", "three."]


def test_contents_lists_notes_and_boxes_of_a_word_file() -> None:
    styles = (
        '<w:styles xmlns:w="http://w"><w:style w:styleId="T1"><w:name w:val="toc 1"/></w:style>'
        '<w:style w:styleId="C"><w:name w:val="Source Code"/></w:style></w:styles>'
    )
    contents = (
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
    )
    contents += f"<w:sdtContent>{paragraph('Stars 3')}</w:sdtContent></w:sdt>"
    box = f"<w:drawing><w:txbxContent>{paragraph('In a box.')}</w:txbxContent></w:drawing>"
    box = f"<w:p><w:r>{box}</w:r></w:p>"
    body = contents + paragraph("Planets 4", properties='<w:pStyle w:val="T1"/>') + paragraph(BODY) + box
    for line in ("for star in sky:", "    count += 1"):
        body += paragraph(line, properties='<w:pStyle w:val="C"/>')
    notes = (
        '<w:footnotes xmlns:w="http://w"><w:footnote w:type="separator"/>'
        f"<w:footnote>{paragraph('A note.')}</w:footnote></w:footnotes>"
    )
    document = read(docx(body, {"word/styles.xml": styles, "word/footnotes.xml": notes}), "a.docx")
    (page,) = document.pages
    assert page.text == f"{BODY}\n\nIn a box.\n\nfor star in sky:\n    count += 1\n\nA note."
    quotable = [cut.text[a:b] for cut in document.passages for a, b in cut.sentences]
    assert "for star in sky:" not in " ".join(quotable)


def test_white_letters_on_dark_ground_are_read() -> None:
    white = paragraph("White on blue.", '<w:color w:val="FFFFFF"/>')
    shade = "<w:tcPr><w:shd w:fill='203040'/></w:tcPr>"
    cell = f"<w:tbl><w:tr><w:tc>{shade}{white}</w:tc></w:tr></w:tbl>"
    assert "White on blue." in read(docx(cell + paragraph(BODY)), "a.docx").pages[0].text


def test_slides_are_pages_with_titles_tables_and_notes() -> None:
    from pptx import Presentation
    from pptx.util import Inches

    made: Any = Presentation()
    made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = "Photosynthesis"
    second = made.slides.add_slide(made.slide_layouts[1])
    second.shapes.title.text = "What plants need"
    second.placeholders[1].text = "Light\nWater"
    second.notes_slide.notes_text_frame.text = "Show them the candle."
    table = second.shapes.add_table(1, 2, Inches(1), Inches(1), Inches(3), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Gas", "CO2"
    far = second.shapes.add_textbox(Inches(30), Inches(1), Inches(1), Inches(1))
    far.text_frame.text = "beside the slide"
    out = io.BytesIO()
    made.save(out)
    document = read(out.getvalue(), "photo.pptx")
    assert (document.kind, document.title) == ("pptx", "Photosynthesis")
    assert [(cut.page, cut.heading, cut.text) for cut in document.passages] == [
        (2, "What plants need", "- Light\n- Water\n\n| Gas | CO2 |"),
        (2, "What plants need › Speaker notes", "Show them the candle."),
    ]


def test_a_broken_and_a_hidden_slide_say_so() -> None:
    document = read(pptx([slide(BODY), "<p:sld>", slide("x", "show='0'")]), "a.pptx")
    assert [page.failed.split(":")[0] for page in document.pages] == ["", "damaged", "hidden_slide"]


PAGE = """<!doctype html><html lang=en><head><title>Water</title></head><body>
<header><a href=/>Home</a></header><nav><ul><li>x</li></ul></nav><div class="toc">Contents</div>
<div class="navheader"><table><tr><th>Chapter 1</th><td><a href=/2>Next</a></td></tr></table></div>
<main><header><h1>The water cycle</h1></header>
<p>Water <b>rises</b> from the&nbsp;sea.<br>It falls as rain.</p>
<ol><li>Clouds <i>form</i></li><li><p>Rain falls</p></li></ol>
<h2>Code</h2><pre>for drop in rain:
    fall(drop)</pre>
<table><thead><tr><th>Place</th><th>mm</th></tr></thead><tr><td>Bergen</td><td>2,250</td></tr></table>
<table><tr><td><p>Laid out by a table.</p></td></tr></table>
<ul><li><a href=a>A</a></li><li><a href=b>B</a></li><li><a href=c>C</a></li><li><a href=d>D</a></li></ul>
</main><footer>All rights reserved</footer></body></html>"""


def test_a_web_page_without_its_furniture() -> None:
    title, page = read_html(PAGE.encode(), LIMITS)
    assert title == "Water"
    assert page.text == (
        "The water cycle\n\nWater rises from the sea.\nIt falls as rain.\n\n- Clouds form\n- Rain falls\n\n"
        "Code\n\nfor drop in rain:\n    fall(drop)\n\n| Place | mm |\n| Bergen | 2,250 |\n\n"
        "Laid out by a table."
    )
    assert [block.kind for block in page.blocks] == [
        "heading", "paragraph", "item", "item", "heading", "code", "table", "paragraph",
    ]  # fmt: skip


def test_white_on_dark_is_seen_and_hidden_text_is_counted() -> None:
    html = "<div style='background:#123'><p style='color:white'>Night sky.</p></div><p hidden>Gone.</p>"
    _, page = read_html(html.encode(), LIMITS)
    assert (page.text, page.hidden) == ("Night sky.", 1)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16"])
def test_chinese_web_pages_in_their_encodings(encoding: str) -> None:
    text = "造紙術是用植物纖維製造紙張的技術，是中國古代的發明。" * 3
    meta = "" if encoding == "utf-16" else f'<meta charset="{encoding}">'
    _, page = read_html(f"{meta}<p>{text}</p>".encode(encoding), LIMITS)
    assert page.text == text


def test_an_archive_is_one_document_whose_pages_count_through() -> None:
    data = zipped(
        {"2.pdf": book(2), "1.md": "# Whales\n\nA whale swims.\n", "3.txt": BODY, "x.png": b"\x89PNG"}
    )
    counts = [m.pages for m in read_messages(data, "all.zip", Options(LIMITS)) if isinstance(m, Counted)]
    assert counts == sorted(counts)
    assert counts[-1] == 4
    document = read(data, "all.zip")
    assert [page.number for page in document.pages] == [1, 2, 3, 4]
    assert [(cut.page, cut.heading) for cut in document.passages] == [
        (1, "1 › Whales"), (2, "2"), (3, "2"), (4, "3"),
    ]  # fmt: skip


def test_pages_that_are_kept_already_are_passed_over() -> None:
    messages = read_messages(book(5), "book.pdf", Options(LIMITS, read_before=3))
    assert [m.page.number for m in messages if isinstance(m, PageRead)] == [4, 5]


def test_the_budget_of_an_archive_is_shared_by_its_files() -> None:
    limits = ParseLimits(max_unpacked_bytes=150_000)
    archive = Archive(zipped({"a": b"x" * 70_000, "b": b"y" * 70_000}, zipfile.ZIP_STORED), limits)
    assert len(archive.read("a")) == 70_000
    assert len(archive.read("b")) == 70_000
    with pytest.raises(BadDocument) as refused:
        archive.read("a")
    assert refused.value.reason is Unreadable.BOMB


async def test_all_formats_pass_through_the_sandbox() -> None:
    for data, name in ((word_file(), "a.docx"), (pptx([slide(BODY)]), "a.pptx"), (PAGE.encode(), "a.html")):
        assert (await read_document(data, name)).kind == name.rsplit(".", 1)[1]
