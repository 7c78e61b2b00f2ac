import pytest

from tutor_engine.text import plain, spoken_length


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Some **bold** and *soft* `code`.", "Some bold and soft code."),
        ('- a [link](http://x.y "t") and ![picture](p.png)', "a link and picture"),
        ("> quoted\n> twice", "quoted twice"),
        ("1. first\n2. second", "first second"),
        ("公元\n前221年，\n各国", "公元前221年，各国"),
        ("see https://example.org/a?b now", "see now"),
        ("five * six * seven and snake_case_name", "five * six * seven and snake_case_name"),
        ("known [12] and [^3]", "known and"),
        ("a <b>tag</b> goes", "a tag goes"),
    ],
)
def test_plain(text: str, words: str) -> None:
    assert plain(text) == words


def test_hostile_marks_cost_no_time() -> None:
    for piece in ("[", "**a", "<a", "`", "![", "_ _"):
        plain(piece * 5_000)


def test_spoken_length_counts_two_hanzi_as_a_word() -> None:
    assert spoken_length("two words") == 2
    assert spoken_length("造纸术很轻") == 2.5
