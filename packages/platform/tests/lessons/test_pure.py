"""The pure parts of records: words and snippets, sentences, minutes, files."""

import json
from datetime import datetime, timedelta

import pytest
from packages.platform.tests.town import MORNING

from tutor_platform.classes.models import TeacherWords
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.lessons.search import MAX_WORDS, pattern, snippet, words_of
from tutor_platform.lessons.sentences import bare, resting_on, sentences
from tutor_platform.lessons.time import left, used_s
from tutor_platform.lessons.transcript import Format, transcript


def test_words_of_a_search() -> None:
    assert words_of('star  "nuclear fusion" star “two words”') == ["star", "nuclear fusion", "two words"]
    assert words_of("  \t ") == []
    assert words_of('"" " "') == []
    assert len(words_of(" ".join(f"w{number}" for number in range(50)))) == MAX_WORDS


def test_like_reads_nothing_but_the_word() -> None:
    assert pattern(r"50%_\x") == r"%50\%\_\\x%"


@pytest.mark.parametrize(
    ("content", "words", "shown"),
    [
        ("Mars is red.", ["mars"], "[Mars] is red."),
        ("为什么云会下雨？", ["云", "雨"], "为什么[云]会下[雨]？"),
        ("Nothing here", ["absent"], "Nothing here"),
        ("a.c abc", ["a.c"], "[a.c] abc"),
        ("star starlight", ["star", "starlight"], "[star] [starlight]"),
    ],
)
def test_snippets_mark_what_was_found(content: str, words: list[str], shown: str) -> None:
    marked = "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in snippet(content, words))
    assert marked == shown


def test_a_long_contribution_is_cut_at_words() -> None:
    pieces = snippet("start " + "before " * 40 + "needle " + "after " * 40, ["needle"])
    text = "".join(piece.text for piece in pieces)
    assert text.startswith("… before")
    assert text.endswith(" …")
    assert len(text) < 170


def test_sentences_and_what_they_rest_on() -> None:
    text = "Clouds form from water vapour. Do they fall? 云会下雨。\nThe end"
    assert sentences(text) == ["Clouds form from water vapour.", "Do they fall?", "云会下雨。", "The end"]
    assert resting_on(sentences(text), "water vapour forms clouds") == "Clouds form from water vapour."
    assert resting_on(sentences(text), "云 下雨") == "云会下雨。"
    assert resting_on(["Quite different."], "water  vapour") is None


def test_marks_of_form_are_no_words() -> None:
    assert bare("# Water\n1. It is **wet**, `x` 2 * 3.\n- a_b __c__") == "Water\nIt is wet, x 2 * 3.\na_b c"


def moments(*minutes: float) -> list[datetime]:
    return [MORNING + timedelta(minutes=minute) for minute in minutes]


def test_only_time_in_use_counts() -> None:
    assert used_s([]) == used_s(moments(0)) == 0
    assert used_s(moments(0, 1, 2)) == 120
    # Nobody was there for the rest of the day; a clock that was set back takes nothing away.
    assert used_s(moments(0, 1, 600)) == 60 + 180
    assert used_s(moments(0, 1, 0.5)) == 60


@pytest.mark.parametrize(
    ("minute", "expected"),
    [(0.0, "enough"), (2.9, "enough"), (3.0, "little"), (4.9, "little"), (5.0, "none")],
)
def test_the_end_is_told_two_minutes_before(minute: float, expected: str) -> None:
    steps = [at / 10 for at in range(0, int(minute * 10) + 1, 1)]
    assert left(moments(*steps), 5) == expected
    assert left(moments(*steps), None) == "enough"


HOSTILE = "<script>alert(1)</script> --> 00:00 # *x*\n\nNOTE no"


def lesson() -> tuple[Lesson, list[Turn]]:
    made = Lesson(id="l", mode="explain", started_at=MORNING, ended_at=None)
    cited = [{"n": 1, "document": "d", "title": "Sky", "page": 3, "quote": "a  quote", "start": 0, "end": 1}]
    at = MORNING + timedelta(seconds=2)
    turns = [
        Turn(id="1", seq=1, role="user", content=HOSTILE, heard=None, interrupted=False, source="text",
             citations=[], choices=[], created_at=at),
        Turn(id="2", seq=2, role="assistant", content="Never all heard.", heard="Never all", interrupted=True,
             source=None, citations=cited, choices=[], created_at=at + timedelta(seconds=3)),
        Turn(id="3", seq=3, role="assistant", content="Silent.", heard="", interrupted=True,
             source=None, citations=[], choices=[], created_at=at + timedelta(seconds=30)),
    ]  # fmt: skip
    return made, turns


@pytest.mark.parametrize("kind", ["md", "txt", "json", "vtt"])
def test_every_file_says_that_an_ai_spoke(kind: Format) -> None:
    made, turns = lesson()
    for language, label in (("en", "Ada is an AI tutor."), ("zh", "Ada是 AI 老师")):
        assert label in transcript(kind, made, "Ada", turns, language)  # pyright: ignore[reportArgumentType]
        assert label in transcript(kind, made, "Ada", [], language)  # pyright: ignore[reportArgumentType]


def test_markdown_shows_what_was_typed_as_it_was_typed() -> None:
    written = transcript("md", *lesson()[:1], "A*da", lesson()[1], "en")
    assert r"\<script\>alert(1)\</script\>" in written
    assert r"# Lesson with A\*da" in written
    assert "> [1] Sky, p. 3: a quote" in written
    assert "Never all *(interrupted)*" in written
    assert "all heard" not in written


def test_subtitles_cannot_be_broken_out_of() -> None:
    made, turns = lesson()
    written = transcript("vtt", made, "<b>", turns, "en")
    assert written.startswith("WEBVTT\n\nNOTE ")
    assert "<script>" not in written
    assert written.count("-->") == 2
    assert "00:00:02.000 --> 00:00:05.000" in written
    assert "<v &lt;b&gt" in written or "<v &lt;b" in written


def test_data_holds_all_of_it() -> None:
    made, turns = lesson()
    data = json.loads(transcript("json", made, "Ada", turns, "zh"))
    assert [turn["content"] for turn in data["turns"]] == [turn.content for turn in turns]
    assert data["turns"][1]["citations"][0]["title"] == "Sky"


def words(number: int, after_seq: int, content: str) -> TeacherWords:
    at = MORNING + timedelta(seconds=10 + number)
    return TeacherWords(
        id=f"w{number}", lesson_id="l", name="Mr <Li>", after_seq=after_seq, content=content, created_at=at
    )


def test_what_teachers_wrote_stands_where_they_wrote_it() -> None:
    made, turns = lesson()
    written = [words(2, 2, "Then *this*."), words(1, 2, "First this."), words(0, 0, "Welcome!")]
    order = ["Welcome!", "alert(1)", "Never all", "First this.", "Then"]
    for kind in ("md", "txt", "vtt"):
        text = transcript(kind, made, "Ada", turns, "en", written)
        places = [text.index(part) for part in order]
        assert places == sorted(places), kind
        assert "(teacher)" in text
    assert r"Then \*this\*." in transcript("md", made, "Ada", turns, "en", written)
    assert "Mr <Li>" not in transcript("vtt", made, "Ada", turns, "en", written)
    data = json.loads(transcript("json", made, "Ada", turns, "zh", written))
    assert [(each["after_seq"], each["content"]) for each in data["teachers"]] == [
        (0, "Welcome!"),
        (2, "First this."),
        (2, "Then *this*."),
    ]
