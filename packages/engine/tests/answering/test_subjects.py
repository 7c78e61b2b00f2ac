"""What a question asks about."""

import pytest

from tutor_engine.answering.subjects import compared, defines, topic_of


@pytest.mark.parametrize(
    ("question", "pair"),
    [
        ("What is the difference between arteries and veins?", ("arteries", "veins")),
        ("How is weight different from mass?", ("weight", "mass")),
        ("Compare a meteor with a meteorite", ("meteor", "meteorite")),
        ("mass versus weight", ("mass", "weight")),
        ("浑仪和浑象有什么不同？", ("浑仪", "浑象")),
        ("比较一下绝句和律诗", ("绝句", "律诗")),
        ("颜体跟柳体之间有什么区别？", ("颜体", "柳体")),
        ("What is a star?", None),
        ("火药由什么组成？", None),
    ],
)
def test_what_is_compared(question: str, pair: tuple[str, str] | None) -> None:
    assert compared(question) == pair


def test_topics_and_definitions() -> None:
    assert topic_of("What is a black hole?") == "black hole"
    assert topic_of("词牌是什么？") == "词牌"
    assert topic_of("Why is it cold?") == ""
    assert defines("A black hole is a region of space.", "black hole")
    assert defines("词牌是词的曲调名称。", "词牌")
    assert not defines("Nobody knows what a black hole is.", "black hole")
