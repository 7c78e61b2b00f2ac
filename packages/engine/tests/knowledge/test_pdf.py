"""PDF pages: what is heading, text, table, listing or noise; where it stands; scans read by tesseract."""

import ctypes
import shutil

import pytest

from tutor_engine.knowledge.document import BadDocument, ParsedPage, ParseLimits, Unreadable
from tutor_engine.knowledge.reading.geometry import PlacedLine, Places, Word, pack
from tutor_engine.knowledge.reading.ocr import Recogniser
from tutor_engine.knowledge.reading.parse import Options, PageRead, read_messages
from tutor_engine.knowledge.reading.pdf import open_pdf
from tutor_engine.knowledge.reading.pdf_layout import shape

from .conftest import MakePdf
from .papers import BODY, pdf, scan, stream, written, zipped

LIMITS = ParseLimits()


def pages_of(data: bytes, limits: ParseLimits = LIMITS) -> list[ParsedPage]:
    return list(open_pdf(data, limits).pages)


def kinds(page: ParsedPage) -> list[tuple[str, str]]:
    return [(block.kind, page.text[block.start : block.end]) for block in page.blocks]


def lines(*texts: str, font: str = "F1", size: float = 12, step: float = 18) -> bytes:
    return b"".join(
        f"BT /{font} {size} Tf 60 {760 - step * n} Td ({text}) Tj ET\n".encode()
        for n, text in enumerate(texts)
    )


FONTS = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
)
TWO_FONTS = b"/Font << /F1 3 0 R /FB 6 0 R /FM 7 0 R >>"


def test_sizes_bold_lines_and_listings_are_told_apart(make_pdf: MakePdf) -> None:
    content = (
        b"BT /F1 20 Tf 60 780 Td (Light) Tj ET BT /FB 12 Tf 60 740 Td (How fast it is) Tj ET "
        b"BT /F1 12 Tf 60 720 Td (Light is very fast, faster than all else that we know of.) Tj ET "
        b"BT /FM 12 Tf 60 700 Td (speed = 299_792_458) Tj ET BT /FM 12 Tf 60 684 Td (print\\(speed\\)) Tj ET "
        b"BT /F1 12 Tf 60 660 Td (It comes from the Sun.) Tj ET"
    )
    data = pdf(content, resources=TWO_FONTS, more=FONTS)
    (page,) = pages_of(data)
    found = kinds(page)
    assert found == [
        ("heading", "Light"),
        ("heading", "How fast it is"),
        ("paragraph", "Light is very fast, faster than all else that we know of."),
        ("code", "speed = 299_792_458\nprint(speed)"),
        ("paragraph", "It comes from the Sun."),
    ]
    assert [block.level for block in page.blocks if block.kind == "heading"] == [1, 2]


def test_columns_make_a_table() -> None:
    rows = b"".join(
        written(a, y=700 - 18 * n) + written(b, x=300, y=700 - 18 * n)
        for n, (a, b) in enumerate((("Planet", "Days"), ("Venus", "225"), ("Mars", "687")))
    )
    (page,) = pages_of(pdf(lines(BODY) + rows))
    assert kinds(page)[1] == ("table", "Planet Days\nVenus 225\nMars 687")


def test_a_word_broken_at_the_end_of_a_line_is_whole_and_in_two_places() -> None:
    content = written("All that is known of the iden-", y=700) + written("tifier of a star.", y=684)
    (page,) = pages_of(pdf(content))
    assert page.text == "All that is known of the identifier of a star."
    at = page.text.index("identifier")
    first, second = Places.unpack(page.places).rectangles(at, at + 10)
    assert first.bottom <= second.top + 4
    assert second.left == pytest.approx(60, abs=2)
    assert second.right < first.left


def test_running_titles_of_a_chapter_go(make_pdf: MakePdf) -> None:
    heads = ["Of light"] * 3 + ["Of sound"] * 3 + ["Of heat"] * 3
    pages = [
        [
            (12.0, head),
            (12.0, f"{word} is told of on this page of the book."),
            (12.0, f"More of {word} here."),
        ]
        for head, word in zip(
            heads, ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota"], strict=True
        )
    ]
    words = " ".join(page.text[b.start : b.end] for page in pages_of(make_pdf(pages)) for b in page.blocks)
    assert "Of light" not in words
    assert "Of sound" not in words
    assert "alpha is told of" in words


def test_shapes_forget_numbers() -> None:
    assert shape("Page 12 of 300 ") == shape("page 3 of 300")


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_places_follow_the_paper_as_it_is_shown(turn: int) -> None:
    import pypdfium2

    data = pdf(written("Light travels"), page=b"/Rotate %d /CropBox [50 100 545 800] " % turn)
    (page,) = pages_of(data)
    places = Places.unpack(page.places)
    at = page.text.index("travels")
    (box,) = places.rectangles(at, at + 7)
    with pypdfium2.PdfDocument(data) as document:
        shown = document[0]
        assert (places.width, places.height) == pytest.approx(shown.get_size(), abs=0.1)
        # Where pdfium itself draws the middle of the word: 14 units a letter, 60 + 36 from the left.
        x, y = ctypes.c_int(), ctypes.c_int()
        wide, high = (round(side * 10) for side in shown.get_size())
        pypdfium2.raw.FPDF_PageToDevice(shown.raw, 0, 0, wide, high, 0, 112.0, 703.0, x, y)
        shown.close()
    assert box.left - 1 <= x.value / 10 <= box.right + 1
    assert box.top - 1 <= y.value / 10 <= box.bottom + 1


def test_rectangles_of_a_stretch_of_text() -> None:
    lines_ = (
        PlacedLine(10.0, 22.0, (Word(0, 5, 50.0, 100.0), Word(6, 4, 110.0, 150.0))),
        PlacedLine(26.0, 38.0, (Word(11, 10, 50.0, 150.0),)),
    )
    places = Places.unpack(pack(595.0, 842.0, lines_))
    assert places.lines == lines_
    assert [(r.left, r.right, r.top) for r in places.rectangles(8, 16)] == [
        (130.0, 150.0, 10.0),
        (50.0, 100.0, 26.0),
    ]
    assert places.rectangles(30, 40) == []
    assert places.rectangles(5, 5) == []
    with pytest.raises(ValueError, match="no geometry"):
        Places.unpack(b"nonsense")


def test_an_invisible_layer_over_a_scan_is_read() -> None:
    picture = stream(
        b"\0" * 100,
        b"/Type /XObject /Subtype /Image /Width 10 /Height 10 /BitsPerComponent 8 /ColorSpace /DeviceGray",
    )
    content = b"q 595 0 0 842 0 0 cm /I Do Q BT 3 Tr /F1 12 Tf 60 700 Td (%b) Tj ET" % BODY.encode()
    (page,) = pages_of(pdf(content, resources=b"/XObject << /I 6 0 R >>", more=[picture]))
    assert page.text == BODY
    assert page.hidden == 0


def test_hidden_pieces_are_counted() -> None:
    (page,) = pages_of(pdf(written(BODY) + written("secret", x=2_000) + b"BT 3 Tr (more) Tj ET"))
    assert page.text == BODY
    assert page.hidden >= 1


def test_white_letters_on_a_dark_ground_are_read() -> None:
    content = b"0 0 0.4 rg 0 650 595 100 re f 1 1 1 rg " + written(BODY)
    (page,) = pages_of(pdf(content))
    assert page.text == BODY


FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 600 200] /Resources << /Font << /F1 3 0 R >> >>"


def test_what_stands_in_a_form_counts_where_the_form_lies() -> None:
    dark = stream(b"0 0 0.4 rg 0 0 595 100 re f", FORM)
    content = b"q 1 0 0 1 0 650 cm /X Do Q 1 1 1 rg " + written(BODY)
    (page,) = pages_of(pdf(content, resources=b"/XObject << /X 6 0 R >>", more=[dark]))
    assert page.text == BODY, "white on a dark form is seen"
    secret = stream(written("secret", x=10, y=10), FORM)
    for place in (b"1 0 0 1 900 0", b"0.01 0 0 0.01 60 60"):
        content = written(BODY) + b"q " + place + b" cm /X Do Q"
        (page,) = pages_of(pdf(content, resources=b"/XObject << /X 6 0 R >>", more=[secret]))
        assert page.text == BODY, "beside the paper, or shrunk to nothing"


def test_long_texts_stop_between_pages(make_pdf: MakePdf) -> None:
    with pytest.raises(BadDocument) as refused:
        pages_of(make_pdf([[(12, BODY)]] * 40), ParseLimits(max_characters=500))
    assert refused.value.reason is Unreadable.TOO_LONG


# Scans ----------------------------------------------------------------------------------------------------


def test_a_scan_without_tesseract_says_so() -> None:
    (page,) = pages_of(scan([(40, "Light")]), ParseLimits(ocr=False))
    assert (page.failed, page.text) == ("scanned: no tesseract", "")


@pytest.fixture
def tesseract() -> str:
    """The program; `make system` installs it."""
    found = shutil.which("tesseract")
    assert found, "apt install tesseract-ocr tesseract-ocr-chi-sim"
    return found


def test_scans_in_both_languages_are_read_with_their_places(tesseract: str) -> None:
    english = [
        (56, "The Water Cycle"),
        (28, "Water rises from the sea and falls as rain."),
        (28, "It flows back."),
    ]
    (page,) = pages_of(scan(english))
    assert page.recognised
    assert kinds(page)[0] == ("heading", "The Water Cycle")
    assert "Water rises from the sea and falls as rain." in page.text
    at = page.text.index("Water rises")
    (box,) = Places.unpack(page.places).rectangles(at, at + 5)
    assert box.left == pytest.approx(120 * 72 / 150, abs=3)
    assert box.top == pytest.approx((120 + 56 * 1.8 + 8) * 72 / 150, abs=8)
    (page,) = pages_of(scan([(40, "造纸术是中国古代的发明"), (28, "东汉的蔡伦改进了造纸的方法。")]))
    assert "东汉的蔡伦改进了造纸的方法" in page.text


def test_a_picture_without_words_says_so(tesseract: str) -> None:
    (page,) = pages_of(scan([]))
    assert page.failed == "no_words"


def test_a_tesseract_that_fails_costs_only_its_page(tesseract: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser = Recogniser(LIMITS)
    assert recogniser.languages
    monkeypatch.setattr(recogniser, "_program", "/bin/false")
    pages = list(open_pdf(scan([(40, "Light")]), LIMITS, recogniser=lambda _: recogniser).pages)
    assert pages[0].failed == "scanned: tesseract ended with 1"
    monkeypatch.setattr("tutor_engine.knowledge.reading.ocr._PAGE_S", 0.01)
    monkeypatch.setattr(recogniser, "_program", tesseract)
    pages = list(open_pdf(scan([(40, "Light")]), LIMITS, recogniser=lambda _: recogniser).pages)
    assert "more than" in pages[0].failed


def test_pages_that_are_kept_are_not_recognised_again(
    tesseract: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def lines_of(recogniser: object, document: object, index: int) -> list[object]:
        drawn.append(index)
        return []

    monkeypatch.setattr("tutor_engine.knowledge.reading.pdf.ocr_lines", lines_of)
    list(open_pdf(scan([(40, "Light")], pages=3), LIMITS, read_before=2).pages)
    assert drawn == [2]
    drawn.clear()
    both = zipped({"a.pdf": pdf(written(BODY)), "b.pdf": scan([(40, "Light")], pages=4)})
    messages = read_messages(both, "both.zip", Options(LIMITS, read_before=3))
    assert [m.page.number for m in messages if isinstance(m, PageRead)] == [4, 5]
    assert drawn == [2, 3], "pages of the second file, which begins at page 2"
