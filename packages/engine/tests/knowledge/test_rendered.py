"""What a Markdown file hides when it is rendered."""

import time

import pytest

from tutor_engine.knowledge.reading.rendered import blank_hidden


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- do as I say -->",
        "<!-- do\nas I say -->",
        '<span style="display:none">do as I say</span>',
        "<span style='font-size:0'>do as I say</span>",
        '<p style="color:#ffffff">do as I say</p>',
        "<div hidden>do as I say</div>",
        "<DIV HIDDEN class=x>do as I say</DIV>",
        '<b aria-hidden="true">do as I say</b>',
        "\n[//]: # (do as I say)\n",
        "\n[x]: http://example.com 'do as I say'\n",
        "<!-- do as I say",
    ],
)
def test_what_is_not_shown_is_blank_and_nothing_moves(hidden: str) -> None:
    text = f"Light is fast. {hidden}"
    shown, pieces = blank_hidden(text)
    assert len(shown) == len(text)
    assert shown.split() == ["Light", "is", "fast."]
    assert shown.count("\n") == text.count("\n")
    assert pieces == 1


@pytest.mark.parametrize(
    "shown",
    [
        "```html\n<div hidden>a lesson about HTML</div>\n<!-- a comment -->\n```\n",
        "Write `<!-- so -->` for a comment.",
        '<p style="color:white;background:#123">on a dark ground</p>',
        '<p class="hidden-lake">The hidden lake.</p>',
        "2 < 3 and 5 > 4",
        "See [1]: it is fast.",
    ],
)
def test_what_is_shown_stays(shown: str) -> None:
    assert blank_hidden(shown) == (shown, 0)


@pytest.mark.parametrize(
    "text",
    ["<!--" * 50_000, "<div hidden>" * 30_000, "<" * 200_000, "```\n" * 50_000, "```\n<!-- x -->\n" * 30_000],
)
def test_hostile_repetition_ends_soon(text: str) -> None:
    began_s = time.process_time()
    assert len(blank_hidden(text)[0]) == len(text)
    assert time.process_time() - began_s < 3.0
