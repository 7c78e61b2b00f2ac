from tutor_engine.knowledge.reading.markdown import heading_title, markdown_blocks, text_blocks

PAGE = """---
title: hidden
---
# Light and Shade

Some **bold** words
on two lines.

## Table of Contents
- [One](#one)
- [Two](#two)

## One #
- first item
- second item
  goes on

```python
# not a heading
```

| a | b |
|---|---|

<!-- a
comment -->
<nav>
menu
</nav>

Setext
------
The end. ......... 12
"""


def blocks(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in markdown_blocks(text)]


def test_blocks_of_a_markdown_document() -> None:
    assert blocks(PAGE) == [
        ("heading", "# Light and Shade"),
        ("paragraph", "Some **bold** words\non two lines."),
        ("heading", "## One #"),
        ("item", "- first item"),
        ("item", "- second item\n  goes on"),
        ("code", "```python\n# not a heading\n```"),
        ("table", "| a | b |\n|---|---|"),
        ("heading", "Setext\n------"),
    ]


def test_heading_titles_lose_their_marks() -> None:
    titles = [heading_title(PAGE, block) for block in markdown_blocks(PAGE) if block.kind == "heading"]
    assert titles == ["Light and Shade", "One", "Setext"]


def test_menus_of_links_are_dropped() -> None:
    assert blocks("- [Home](/)\n- [Help](/help)\n\nWords stay.\n") == [("paragraph", "Words stay.")]


def test_open_fences_and_comments_end_with_the_text() -> None:
    assert blocks("```\nnever closed") == [("code", "```\nnever closed")]
    assert blocks("<!-- never closed\n\nText.") == [("paragraph", "Text.")]


def test_plain_text_has_chapters_and_short_lines_as_headings() -> None:
    text = "My Book\n\nChapter 1 Light\nLight is a wave.\n\nShadows\n\nA shadow is dark.\n\n"
    text += "第二章 纸\n纸很轻。\n"
    found = [(b.kind, text[b.start : b.end]) for b in text_blocks(text)]
    assert found == [
        ("heading", "My Book"),
        ("heading", "Chapter 1 Light"),
        ("paragraph", "Light is a wave."),
        ("heading", "Shadows"),
        ("paragraph", "A shadow is dark."),
        ("heading", "第二章 纸"),
        ("paragraph", "纸很轻。"),
    ]
