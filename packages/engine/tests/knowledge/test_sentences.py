import pytest

from tutor_engine.knowledge.reading.sentences import sentence_spans


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One is here. Two is there!", ["One is here.", "Two is there!"]),
        ("Dr. Rubin measured 2.5 stars. They moved.", ["Dr. Rubin measured 2.5 stars.", "They moved."]),
        (
            "Use dark glasses, e.g. ISO 12312-2 ones. Good.",
            ["Use dark glasses, e.g. ISO 12312-2 ones.", "Good."],
        ),
        ("J. Bell found it. It pulsed.", ["J. Bell found it.", "It pulsed."]),
        ('He said "Go." Then he went.', ['He said "Go."', "Then he went."]),
        ("纸很轻。丝帛很贵！真的吗？", ["纸很轻。", "丝帛很贵！", "真的吗？"]),
        ("他说：“火药会着火。”大家笑了。", ["他说：“火药会着火。”", "大家笑了。"]),
        ("π 约等于3.14159。圆很圆。", ["π 约等于3.14159。", "圆很圆。"]),
        ("no full stop at all", ["no full stop at all"]),
        ("  \n ", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


def test_text_without_full_stops_is_cut_at_soft_breaks() -> None:
    pieces = cut("word " * 1_000)
    assert all(len(piece) <= 700 for piece in pieces)
    assert " ".join(pieces).split() == ["word"] * 1_000


def test_long_input_ends() -> None:
    assert len(cut("x" * 1_000_000)) == 1_429
    assert len(cut("A star. " * 50_000)) == 50_000
