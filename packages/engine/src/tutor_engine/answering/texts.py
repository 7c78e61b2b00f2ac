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
    "slower": ("Slowly, one thought at a time. ", "好，我慢慢说。"),
    "go_on": ("Shall I go on?", "要我接着说吗？"),
    "example": ("Here is an example. ", "举个例子。"),
    "code_on_screen": ("I put the code on your screen.", "代码我放在你的屏幕上了。"),
    "formula_on_screen": ("I put the formula on your screen.", "公式我放在你的屏幕上了。"),
    "on_heading": ("On “{heading}”: ", "关于“{heading}”，"),
    "cards": (
        "I put flash cards on your screen: {count}. Cover the right side, say it aloud, then look.",
        "我在屏幕上放了{count}张卡片。先遮住右边，自己说一遍，再对照。",
    ),
    "no_cards": ("I found nothing there to make cards of.", "这部分内容里没有适合做成卡片的定义。"),
    "source": ("From {title}: ", "{title}里说："),
    "source_page": ("From {title}, page {page}: ", "{title}第{page}页说："),
    "next_heading": ("Shall I go on with “{heading}”?", "要我接着讲“{heading}”吗？"),
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
    "away": (
        "I cannot reach our course library just now, and I will not guess. Please ask me again in a moment.",
        "我现在连不上课程资料库，也不想乱猜。请过一会儿再问我。",
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
    "long": (
        "That is a lot already. Ask me to go on when you are ready.",
        "先讲到这里，想继续的话告诉我。",
    ),
    "stay": (
        "Let us stay with the lesson. What would you like to know?",
        "我们还是继续上课吧。你想知道什么？",
    ),
    "not_here": (
        "That is not something for this lesson. If it matters to you, please ask your teacher or your "
        "parents. What else would you like to know?",
        "这个问题不属于这节课。如果它对你很重要，请问问老师或爸爸妈妈。你还想知道什么？",
    ),
    "only_here": (
        "That is outside this lesson. Here we talk about {topics}. What would you like to know about that?",
        "这个问题不在这节课里。我们这里讲{topics}。关于这些，你想知道什么？",
    ),
    "taken_back": (
        "That was not right of me. Please forget it. What would you like to learn?",
        "我刚才那样说不对，请不要放在心上。你想学什么？",
    ),
    "fallback": (
        "I cannot think of my own words just now, so I read from the course material. ",
        "我现在没法自己组织语言，先给你读课程资料。",
    ),
    "busy": (
        "Many students are asking at this moment, so I read from the course material. ",
        "现在提问的同学很多，我先给你读课程资料。",
    ),
    "cut_off": (
        "Sorry, I lost my train of thought. Please ask me again.",
        "对不起，我刚才断了思路，请再问我一次。",
    ),
    # The Socratic ladder.
    "knows": (
        "Good question. Before I tell you: what do you already know about it?",
        "好问题。在我讲之前，你先说说，关于{topic}你已经知道什么？",
    ),
    "knows_this": (
        "Good question. Before I tell you: what do you think, and why?",
        "好问题。在我讲之前，你先说说，你是怎么想的，为什么？",
    ),
    "think_first": ("Try once first, a guess is fine. ", "先试一次，猜一猜也可以。"),
    "on_the_way": ("Thank you for trying. Let us get closer. ", "谢谢你的尝试，我们再靠近一点。"),
    "step": ("That is all right. Let us take it in steps. ", "没关系，我们一步一步来。"),
    "gap": ("Complete this sentence: {gap} What is missing?", "请补全这句话：{gap}缺的是什么？"),
    "understood": (
        "Yes, you have it! This is how our material says it: ",
        "对，你说出来了！课程资料是这样说的：",
    ),
    "here_it_is": ("Here is the answer: ", "答案是："),
    "your_example": ("Can you think of an example?", "你能举一个例子吗？"),
    # The quiz.
    "question": ("Question {number}. {prompt}", "第{number}题。{prompt}"),
    "choices": (" Is it {choices}?", "是{choices}？"),
    "or": ("; or ", "，还是"),
    "revealed": ("The word is {term}. ", "答案是{term}。"),
    "not_that": ("It is not {choice}. ", "不是{choice}。"),
    "begins_with": ("The word begins with {sign}. ", "这个词的第一个字是{sign}。"),
    "which_one": ("I did not catch which one you mean. ", "我没听清你选哪一个。"),
    "compare_yourself": (
        "I am not sure that I understood you. Compare it with the material: ",
        "我不确定听懂了你的意思，请和资料对照一下：",
    ),
    "same_thing": ("Did you mean the same, yes or no?", "你说的是这个意思吗？"),
    "noted": ("All right. ", "好的。"),
    "score": (
        "You answered {right} of {marked} questions correctly. What would you like to do next?",
        "{marked}道题里你答对了{right}道。接下来你想做什么？",
    ),
    # Language practice.
    "repeat_after_me": ("Listen and repeat: ", "请听，然后跟我读："),
    "well_said": ("Very well said! ", "说得很好！"),
    "nearly": (
        "Nearly. Listen to these words: {words}. Once more: ",
        "差一点，注意这几个词：{words}。再来一次：",
    ),
    "go_on_after": ("That was a hard one; we come back to it. ", "这句有点难，我们以后再练。"),
    "practised": ("You have practised {count} sentences. Well done! ", "你已经练了{count}句，很棒！"),
    "quiz_again": ("Would you like another question?", "要再来一题吗？"),
}

BLANK: dict[Language, str] = {"en": "blank", "zh": "某某"}
"""Spoken in place of the missing words."""

_TOPICS_EN, _TOPICS_ZH = " You can ask me about: {topics}.", "你可以问我：{topics}。"
_OFFERS = [
    _TOPICS_EN,
    _TOPICS_ZH,
    *(form for forms in _TEXTS.values() for form in forms if "{topics}" in form),
]

_BETWEEN = re.compile(r", | and |、|和")
"""What stands between the topics of a list."""
_NAMED = re.compile(r"“([^”]+)”")
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


def offered_topics(text: str) -> list[str]:
    """The topics from which the tutor let the student choose in a message."""
    for form in _OFFERS:
        before, _, after = form.partition("{topics}")
        end = after[:2]
        if before in text and end in (rest := text.split(before, 1)[1]):
            told = rest.split(end, 1)[0]
            return _NAMED.findall(told) or _BETWEEN.split(told)
    return []


def listed(topics: Sequence[str], language: Language) -> str:
    """A, B and C; in quotation marks when one of them is itself of several parts (“Stars and Galaxies”)."""
    if any(_BETWEEN.search(topic) for topic in topics):
        topics = [f"“{topic}”" for topic in topics]
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
        about = _TOPICS_ZH.format(topics=listed(topics, own)) if topics else ""
        return f"你好，我是{tutor_name}，你的 AI 老师。{about}你想知道什么？"
    about = _TOPICS_EN.format(topics=listed(topics, own)) if topics else ""
    return f"Hello, I am {tutor_name}, your AI tutor.{about} What would you like to know?"


def _fixed(form: str) -> str:
    """The longest part of a form that no value changes."""
    return max(re.split(r"\{\w+\}", form), key=len).strip()
