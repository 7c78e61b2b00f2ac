# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""What a question asks about, and whether a sentence says what that is. Pure, English and Chinese."""

import re

_TOPIC_EN = re.compile(
    r"(?:so |and )?(?:what(?:'s| is| are| was| were| does)|define|explain|meaning of|definition of)\s+(?:the term |the word )?"
    r"(?:an? |the )?(.{2,60}?)(?:\s+mean)?$",
    re.IGNORECASE,
)
_TOPIC_ZH = re.compile(
    r"(?:什么是|什么叫(?:做)?)(.{1,20})$|(.{1,20}?)(?:是什么(?:意思)?|讲的是什么|说的是什么|指的是什么|是指什么|指什么|什么意思|的定义)$"
)
_PAIR_EN = (
    re.compile(r"\b(?:differences?|distinguish|similarit\w+) (?:is |are )?(?:there )?between (?:an? |the )?(.{2,40}?) and (?:an? |the )?(.{2,40})$", re.IGNORECASE),
    re.compile(r"(?:how|in what way)s? (?:is|are|do|does) (?:an? |the )?(.{2,40}?) (?:different|differ) from (?:an? |the )?(.{2,40})$", re.IGNORECASE),
    re.compile(r"compare (?:an? |the )?(.{2,40}?) (?:and|with|to) (?:an? |the )?(.{2,40})$", re.IGNORECASE),
    re.compile(r"^(?:an? |the )?(.{2,30}?) (?:versus|vs\.?|compared (?:to|with)) (?:an? |the )?(.{2,30})$", re.IGNORECASE),
)  # fmt: skip
_PAIR_ZH = (
    re.compile(r"(?:比较|对比)(?:一下)?(.{1,12}?)[和与跟](.{1,12})$"),
    re.compile(
        r"^(.{1,12}?)[和与跟](.{1,12}?)(?:之间)?(?:有什么|有何|有哪些|的)(?:不同|区别|差别|分别|差异|异同|不一样)"
    ),
    re.compile(r"^(.{1,12}?)[和与跟](.{1,12}?)(?:怎么|如何)(?:区分|区别|分辨)"),
)
_OPENING = re.compile(
    r"(?:the |an? |《)?(.{1,60}?)(?:》)?\s*(?:\bis\b|\bare\b|\bmeans\b|\brefers to\b|\bwas\b|是指|是|指|就是|称为|又叫)",
    re.IGNORECASE,
)


def topic_of(query: str) -> str:
    """What a question of the kind “what is X” asks about; empty for others."""
    bare = query.strip().rstrip("?？。. ")
    found = _TOPIC_ZH.search(bare) or _TOPIC_EN.match(bare)
    topic = next((group for group in found.groups() if group), "") if found else ""
    return re.sub(r"(?:讲|说|指)的$", "", topic.strip().strip("《》"))


def compared(query: str) -> tuple[str, str] | None:
    """The two things that a question compares; None when it compares none."""
    bare = query.strip().rstrip("?？。.!！ ")
    for pattern in (*_PAIR_EN, *_PAIR_ZH):
        if found := pattern.search(bare):
            return found[1].strip(" “”\"'"), found[2].strip(" “”\"'")
    return None


def defines(words: str, topic: str) -> bool:
    """Whether a sentence begins by saying what `topic` is."""
    opening = _OPENING.match(words)
    if opening is None:
        return False
    name, wanted = _singular(opening.group(1)), _singular(topic)
    return name == wanted or (name.startswith(wanted) and len(name) < len(wanted) + 8)


def _singular(name: str) -> str:
    return re.sub(r"^(?:the|an?) ", "", name.lower().strip(" ,，“”\"'")).rstrip("s")
