"""Every sentence that the embedded tutor says of its own accord, in English and Chinese.

Short and plain, because they are spoken. Some carry a mark by which a later turn recognises them in the
history; `MARKS` names those.
"""

import re
from collections.abc import Sequence
from typing import Literal

Language = Literal["en", "zh"]

_TEXTS: dict[str, tuple[str, str]] = {
    "greet": ("Hello! What would you like to know?", "你好！你想知道什么？"),
    "about": (
        "Hello! Ask me about {topics}. What would you like to know?",
        "你好！你可以问我{topics}。你想知道什么？",
    ),
    "thanks": ("You are welcome. What would you like to ask next?", "不客气。接下来你想问什么？"),
    "declined": ("All right. What would you like to ask instead?", "好的。那你想问什么呢？"),
    "ask": ("What would you like to know?", "你想知道什么？"),
    "who": (
        "I am {name}, your AI tutor. I answer from your course material and show you where it is "
        "written. What would you like to know?",
        "我是{name}，你的 AI 老师。我根据课程资料回答，并告诉你出处。你想知道什么？",
    ),
    "nothing_said": (
        "I have not said anything yet. What would you like to know?",
        "我还没有说什么。你想知道什么？",
    ),
    "quotes": (
        "I quote your course material word for word and invent nothing.",
        "我只引用课程资料的原文，不会自己编造。",
    ),
    "once_more": ("Once more. ", "我再说一遍。"),
    "example": ("Here is an example. ", "举个例子。"),
    "source": ("From {title}: ", "{title}里说："),
    "source_page": ("From {title}, page {page}: ", "{title}第{page}页说："),
    "next_heading": ("Shall I go on with “{heading}”?", "要我接着讲“{heading}”吗？"),
    "own_words": (
        "Can you say that in your own words?",
        "你能用自己的话说一说吗？",
    ),
    "next": ("What would you like to know next?", "接下来你想知道什么？"),
    "unknown": ("I did not find that in our course material.", "课程资料里没有找到这个内容。"),
    "unknown_topics": (
        "I can tell you about {topics}. Which one shall we look at?",
        "我可以给你讲{topics}。你想听哪一个？",
    ),
    "unknown_else": ("Could you ask it in other words?", "你能换个说法再问一次吗？"),
    "empty": (
        "My library is still empty, so I cannot answer that. Please ask your teacher to add a document.",
        "我的资料库还是空的，没法回答。请老师先添加一份文档。",
    ),
    "no_more": ("That was all I found about it.", "关于这个，我只找到了这些。"),
    "hint": ("Here is a hint from {title}: ", "给你一个提示，{title}里说："),
    "hint_end": (" Can you finish the sentence?", "你能把这句话说完吗？"),
    "quiz": ("Fill in the blank: ", "请填空："),
    "quiz_topic": (
        "Gladly. Choose a topic: {topics}. Which one shall I ask you about?",
        "好的。请选一个主题：{topics}。你想让我考哪一个？",
    ),
    "right": ("That is right! ", "答对了！"),
    "wrong": ("Not quite. The word was {term}. ", "还差一点，答案是{term}。"),
    "quiz_again": ("Would you like another question?", "要再来一题吗？"),
}

BLANK: dict[Language, str] = {"en": "blank", "zh": "某某"}
"""Spoken in place of the missing words."""

_QUOTED = re.compile(r"[“\"]([^”\"]{1,120})[”\"]\s*(?:\?|吗？|吗\?)\s*$")


def say(key: str, language: Language, **values: object) -> str:
    """A sentence of the tutor."""
    english, chinese = _TEXTS[key]
    return (chinese if language == "zh" else english).format(**values)


def said(key: str, text: str) -> bool:
    """Whether a message of the history holds this sentence, in either language; values aside."""
    return any(part and part in text for part in (_fixed(form) for form in _TEXTS[key]))


def offered_heading(text: str) -> str | None:
    """The heading that the tutor offered at the end of a message."""
    if not said("next_heading", text):
        return None
    found = _QUOTED.search(text.strip())
    return found.group(1) if found else None


def listed(topics: Sequence[str], language: Language) -> str:
    """A, B and C."""
    if language == "zh":
        return "、".join(topics[:-1]) + ("和" if len(topics) > 1 else "") + topics[-1]
    return ", ".join(topics[:-1]) + (" and " if len(topics) > 1 else "") + topics[-1]


def source(title: str, page: int | None, language: Language) -> str:
    """How a quotation begins; `page` is None for documents without pages."""
    key = "source" if page is None else "source_page"
    return say(key, language, title=book(title, language), page=page)


def book(title: str, language: Language) -> str:
    """A title in running text; one that has title marks inside gets quotation marks."""
    if language == "en":
        return title
    return f"“{title}”" if "《" in title else f"《{title}》"


def greeting(tutor_name: str, language: str, headings: Sequence[str]) -> str:
    """The first words of a lesson: who speaks, that it is a computer, and what it can be asked."""
    own: Language = "zh" if language.startswith("zh") else "en"
    topics = [heading for heading in headings if 0 < len(heading) <= 40][:3]
    if own == "zh":
        about = f"你可以问我：{listed(topics, own)}。" if topics else ""
        return f"你好，我是{tutor_name}，你的 AI 老师。{about}你想知道什么？"
    about = f" You can ask me about: {listed(topics, own)}." if topics else ""
    return f"Hello, I am {tutor_name}, your AI tutor.{about} What would you like to know?"


def _fixed(form: str) -> str:
    """The longest part of a form that no value changes."""
    return max(re.split(r"\{\w+\}", form), key=len).strip()
