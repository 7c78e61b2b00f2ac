import pytest

from tutor_engine.knowledge.document import BadDocument, Unreadable
from tutor_engine.knowledge.reading.clean import decode_text, drop_invisible, hide_invisible


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_is_read_in_its_usual_encodings(encoding: str) -> None:
    text = "造纸术是用植物纤维制造纸张的技术。" * 4
    assert decode_text(text.encode(encoding)) == text


def test_western_accents_are_not_taken_for_chinese() -> None:
    text = "The café of Zürich is naïve about its façade, says the résumé of Señor Ibañez.\n"
    assert decode_text(text.encode("cp1252")) == text


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03" * 50, bytes(range(256)) * 4])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(BadDocument) as refused:
        decode_text(data)
    assert refused.value.reason is Unreadable.BINARY


def test_hidden_characters_become_spaces_of_the_same_length() -> None:
    text = "pay\u202eevil\u202c me\u200b now\u0007 \U000e0041!\r\n"
    shown = hide_invisible(text)
    assert len(shown) == len(text)
    assert not any(c in shown for c in "\u202e\u202c\u200b\u0007\U000e0041\r")
    assert shown.endswith("\n")


def test_extracted_text_loses_hidden_characters_and_joins_broken_words() -> None:
    assert drop_invisible("astro\u0002\r\nnomy and\u200b \u202elight\r\n") == "astronomy and light\n"


def test_refusals_have_a_sentence_in_both_languages() -> None:
    for reason in Unreadable:
        error = BadDocument(reason)
        assert error.sentence("en") != error.sentence("zh-CN")
        assert error.sentence("en").endswith(".")
        assert error.sentence("zh").endswith("。")
