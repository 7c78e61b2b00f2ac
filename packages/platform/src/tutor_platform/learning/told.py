# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""What students say of themselves, found by a small, readable set of rules. Pure text.

Only plain statements in the first person count, and only from the student. Everything else, however telling,
is left alone: a memory that guesses is worse than one that forgets.
"""

import re
from dataclasses import dataclass

from tutor_platform.learning.models import FACT_CHARS, FactKind

_MOST_CHARS = 60
"""Longer statements are stories, not facts; an explicit wish may be as long as a fact."""

_EN_REST = r"([^.!?;,\n]{1,80}?)(?=\s+(?:and|but|because|so|when|can|could|please)\b|[.!?;,\n]|$)"
_ZH_REST = r"([^。！？；，,.!?\n]{1,40}?)(?=因为|所以|但是?|[。！？；，,.!?\n]|$)"

_RULES: tuple[tuple[FactKind, re.Pattern[str]], ...] = (
    ("told", re.compile(r"^\s*(?:please |can you |could you )?remember (?:that |this:? ?)(.+)$", re.I | re.S)),
    ("told", re.compile(r"^\s*请?(?:帮我)?记住[：:，,]?\s*(.+)$", re.S)),
    ("name", re.compile(r"\b(?i:my name is|call me)\s+([A-Z][\w'-]{0,30}|[\u4e00-\u9fff]{1,6})")),
    ("name", re.compile(r"(?:我叫|我的名字[叫是]|叫我)([\u4e00-\u9fff]{1,4}|[A-Za-z]{2,20})(?=[。！？；，,.!?吧\s]|$)")),
    (
        "grade",
        re.compile(
            r"\bi(?:'m| am) (?:now )?in ((?:the )?(?:grade|year|class|form) (?:\d{1,2}|one|two|three|four|five|six|seven|"
            r"eight|nine|ten|eleven|twelve)|(?:the )?(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|"
            r"seventh|eighth|ninth|tenth|eleventh|twelfth) grade)\b",
            re.I,
        ),
    ),
    (
        "grade",
        re.compile(
            r"我(?:现在)?(?:是|上|读|在读|在)((?:小学|初中|高中)?[一二三四五六七八九]年级|[初高][一二三]|大[一二三四])(?:学生|的学生)?"
        ),
    ),
    (
        "finds_hard",
        re.compile(
            r"\bi (?:find|think) ([^.!?;,\n]{1,60}?) (?:is |are )?(?:very |really |so |too |quite )?(?:hard|difficult)\b",
            re.I,
        ),
    ),
    (
        "likes",
        re.compile(
            r"\bi (?:really |also )?(?:like|love|enjoy) "
            rf"(?!to (?:know|ask|see|hear)\b|you\b|this\b|that\b|it\b|your\b){_EN_REST}",
            re.I,
        ),
    ),
    ("goal", re.compile(rf"\b(?:my goal is|i want to (?:become|get better at|pass|learn)) {_EN_REST}", re.I)),
    ("finds_hard", re.compile(r"我觉得([^。！？；，,.!?\n]{1,20}?)(?:很|太|比较|特别|有点)?(?:难|不好学)")),
    ("likes", re.compile(rf"我(?:很|最|也|特别|非常)?(?:喜欢|爱)(?!你|这|那|它){_ZH_REST}")),
    ("goal", re.compile(rf"我(?:的目标是|想成为|想考上|想学好){_ZH_REST}")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One fact, in the student's own words."""

    kind: FactKind
    content: str


def told(words: str) -> list[Told]:
    """The facts in what a student said; none in a question about something else."""
    found: dict[tuple[FactKind, str], Told] = {}
    for kind, rule in _RULES:
        for match in rule.finditer(words):
            content = one_line(match.group(1))
            if content and (kind == "told" or len(content) <= _MOST_CHARS):
                found.setdefault((kind, content.casefold()), Told(kind, content))
        if kind == "told" and found:
            # Said to be remembered as it stands; the words are not taken apart a second time.
            break
    return list(found.values())


def one_line(words: str) -> str:
    """A fact as it is kept: one line without marks around it, no longer than a fact may be."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
    return line.strip(" .。!！,，;；:：\"“”'").strip()[:FACT_CHARS]
