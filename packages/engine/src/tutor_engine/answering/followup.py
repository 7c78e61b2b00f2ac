# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Makes a question that leans on the lesson so far stand alone, so that retrieval can understand it.

“Why?”, “and what about Saturn?”, “yes, please”, “the first one” and “它呢？” become questions with a subject. Pure
functions.
"""

import re
from collections.abc import Callable, Sequence

from tutor_engine.answering import texts
from tutor_engine.answering.choosing import place_named
from tutor_engine.answering.intent import Intent, classify, last_of, normalised
from tutor_engine.answering.port import Exchange

_DEPTH = 4
"""How many leaning questions in a row are followed back."""

_BARE = re.compile(
    r"(?:and |but |so |then )?(?:why|how|when|where|who|how come|how so|really|what)(?: is that| so| not| then| exactly)?$"
    r"|(?:那|可是|但是)?(?:为什么|为何|为啥|怎么会|怎么|什么时候|在哪里|哪里|谁|真的)(?:呢|呀|啊|吗|这样|会这样)?$",
    re.IGNORECASE,
)
_ABOUT_EN = re.compile(
    r"(?:and |but |so )?(?:what|how) about (?:the |a |an )?(.{1,80})$|and (?:the |a |an )?(\w[\w' -]{0,40})$",
    re.IGNORECASE,
)
_ABOUT_ZH = re.compile(r"(?:那么|那|还有)?(.{1,20}?)(?:呢|怎么样呢|又怎么样)$")
_PRONOUN_EN = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|he|she|him|her|his|one)\b", re.IGNORECASE
)
_PRONOUN_ZH = re.compile(r"它们|他们|她们|它|他|她|这个|那个|这些|那些|这|那(?!么)")
_LEADING_EN = re.compile(
    r"^(?:so |and |but )?(?:(?:what|why|how|who|when|where|which)(?:'s)?(?: (?:fast|far|big|old|long|much|many|do|large))?"
    r"(?: (?:is|are|was|were|do|does|did|can|could|will|has|have|makes?|causes?))?|tell me about|explain|define)\s+"
    r"(?:the |a |an |we |i |you )?",
    re.IGNORECASE,
)
_HEAD_ZH = re.compile(
    r"^(?:什么是|什么叫|请?介绍(?:一下)?|请?解释(?:一下)?)?(.{1,14}?)(?=的|是|有|为什么|怎么|如何|在|会|由|用|叫|指|$)"
)
_QUIZ_TOPIC = re.compile(
    r"(?:quiz|test|examine) me (?:on|about|with)\s+(.+)|(?:questions?|cards?) (?:on|about|for)\s+(.+)|(?:关于|有关)(.+?)(?:的|来|考|出|问|做|给|帮)|考考?我(.+)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:can|could|would) you (?:please )?(?:give|show|tell) me\b|\bgive me\b|\bshow me\b|\b(?:an?|some|another|one more)?\s*(?:example|hint|clue)s?\b"
    r"|\bfor instance\b|\b(?:of|about|for|please)\b|(?:请|你能|能不能|可以)?(?:再)?(?:给我)?(?:举|给)?(?:一)?(?:个|些|点)?(?:例子|例|提示|线索)(?:吗|吧)?",
    re.IGNORECASE,
)


def search_query(text: str, history: Sequence[Exchange], language: str) -> str:
    """What to look for in the library for this message. The message itself when it stands alone."""
    return _resolve(normalised(text) or text, list(history), language, _DEPTH)


def _resolve(text: str, history: list[Exchange], language: str, depth: int) -> str:
    intent = classify(text, history)
    before, earlier = _previous_question(history)
    last = last_of("assistant", history) or ""

    def previous() -> str:
        return _resolve(before, earlier, language, depth - 1) if before and depth else ""

    topics = texts.offered_topics(last)
    if topics and (chosen := place_named(text, len(topics))) is not None:
        return topics[chosen]
    if intent is Intent.QUIZ_REPLY:
        return _open_quiz(last)
    if intent is Intent.YES:
        return texts.offered_heading(last) or previous() or text
    if intent is Intent.ANSWER and texts.said("quiz", last):
        return _open_quiz(last)
    if intent in (Intent.REPEAT, Intent.SLOWER, Intent.ANSWER):
        return previous() or text
    if intent in (Intent.QUIZ, Intent.CARDS):
        topic = _QUIZ_TOPIC.search(text)
        named = next((group for group in topic.groups() if group), "") if topic else ""
        return named.strip() or previous() or text
    if intent in (Intent.HINT, Intent.EXAMPLE):
        rest = normalised(_ASIDE.sub(" ", text))
        leaning = len(rest) < 3 or bool(_PRONOUN_EN.fullmatch(rest) or _PRONOUN_ZH.fullmatch(rest))
        return (previous() or text) if leaning else rest
    if not before or not depth:
        return text
    if _BARE.match(text):
        return f"{previous()} {text}".strip()
    return _about(text, previous, language) or _with_pronoun(text, previous, language) or text


def _about(text: str, previous: Callable[[], str], language: str) -> str:
    """The previous question with another subject; empty when this is no such question."""
    found = (_ABOUT_ZH if language == "zh" else _ABOUT_EN).match(text)
    subject = next((group for group in found.groups() if group), "") if found else ""
    if not subject or _PRONOUN_EN.fullmatch(subject) or _PRONOUN_ZH.fullmatch(subject):
        return ""
    asked = previous()
    if language == "zh":
        head = _HEAD_ZH.match(asked)
        if head is None:
            return f"{subject} {asked}"
        return asked[: head.start(1)] + subject + asked[head.end(1) :]
    words = asked.rstrip("?. ").split()
    return " ".join([*words[:-1], subject]) + "?" if len(words) > 2 else subject


def _with_pronoun(text: str, previous: Callable[[], str], language: str) -> str:
    """The pronoun replaced by the subject of the previous question; empty when there is none."""
    if language == "zh":
        if len(text) > 20 or not _PRONOUN_ZH.search(text):
            return ""
        head = _HEAD_ZH.match(previous())
        return _PRONOUN_ZH.sub(lambda _: head.group(1), text, count=1) if head else ""
    if len(text.split()) > 9 or not _PRONOUN_EN.search(text):
        return ""
    subject = _LEADING_EN.sub("", previous()).rstrip("?. ")
    return f"{text} ({subject})" if subject else ""


def _previous_question(history: list[Exchange]) -> tuple[str, list[Exchange]]:
    for index in range(len(history) - 1, -1, -1):
        if history[index].role == "user":
            text = normalised(history[index].content)
            if classify(text) not in (Intent.GREET, Intent.THANKS, Intent.NO, Intent.WHO):
                return text, history[:index]
    return "", []


def _open_quiz(last: str) -> str:
    """The sentence of the open question, without its blank."""
    for mark, blank in (
        (texts.say("quiz", "en"), texts.BLANK["en"]),
        (texts.say("quiz", "zh"), texts.BLANK["zh"]),
    ):
        if mark in last:
            sentence = last.split(mark, 1)[1]
            return re.sub(
                rf"\b{blank}\b" if blank.isascii() else blank, " ", sentence, flags=re.IGNORECASE
            ).strip()
    return last
