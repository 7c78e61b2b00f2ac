import pytest

from tutor_engine.knowledge.places import Facts, Flag
from tutor_engine.knowledge.remarks import INSTALL_OCR, flagged, left_out, page_failed


@pytest.mark.parametrize(
    ("why", "english"),
    [
        ("no_text", "no text"),
        ("damaged: bad object", "damaged"),
        ("scanned: no tesseract", INSTALL_OCR),
        ("scanned: more than 90 s", "more than 90 s"),
        ("garbled: no tesseract", "does not say which letters"),
        ("no_words", "No words were recognised"),
        ("hidden_slide", "hidden"),
        ("file: encrypted: a/b.pdf", "a/b.pdf: This file is protected"),
    ],
)
def test_every_reason_is_said_in_both_languages(why: str, english: str) -> None:
    remark = page_failed(7, why)
    assert (remark.page, remark.level) == (7, "warning")
    assert english in remark.content
    assert any("\u4e00" <= c <= "\u9fff" for c in remark.content)


def test_reasons_from_elsewhere_are_passed_on() -> None:
    assert page_failed(1, "strange").content == "strange"
    assert page_failed(1, "file: strange: a.md").content == "a.md: strange"


def test_runs_of_pages_are_said_shortly() -> None:
    (hidden, read) = left_out(Facts("en", (), (2,), (*range(1, 13), 20, *range(30, 50, 2))))
    assert "on p. 2." in hidden.content
    assert "p. 1–12, 20, 30, 32, 34, 36, 38, 40 (+4)" in read.content
    assert list(left_out(Facts("en"))) == []


def test_flagged_words_are_shown_to_the_owner() -> None:
    (remark,) = flagged([Flag(3, "ignore all")])
    assert remark.page == 3
    assert remark.content.count("“ignore all”") == 2
