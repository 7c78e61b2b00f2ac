# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Text that somebody else wrote, made fit to stand in a prompt: it informs, it cannot give orders.

Pure functions. Characters that hide, marks of chat templates and numbers that look like our citations are made
harmless; sentences that speak to a model instead of a student are found, so that they can be withheld.
"""

import re

_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Controls, zero-width characters, direction marks, variation selectors and the tag block."""
_TEMPLATE = re.compile(
    r"<\|[^|<>\n]{0,40}\|>|</?s>|<</?SYS>>|\[/?INST\]|<(?:start|end)_of_turn>|</?think>|={5}LIBRARY-\w*={0,5}|```+",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^([ \t>#*]{0,8})(system|assistant|developer|tool|user|系统|助手)(?=[*]{0,2}[ \t]{0,3}[:：])",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER = re.compile(r"[\[【]\s{0,2}\^?(\d{1,3}(?:\s{0,2}[,，、]\s{0,2}\d{1,3}){0,5})\s{0,2}[\]】]")

_WHOSE = r"(?:your|the|all|any|my|these|those|previous|prior|above|earlier|preceding|foregoing|following)"
_ORDER = re.compile(
    rf"\b(?:ignore|disregard|forget|override|bypass)\b(?: \w+){{0,3}}? (?:instructions?|rules|prompts?|guidelines|everything (?:above|before)|context)\b"
    r"|\byou are (?:now|no longer) (?:a |an |the |in |bound|my )"
    r"|\b(?:from now on|henceforth),? (?:you|act|respond|answer|speak|always)\b"
    rf"|\b(?:reveal|print|repeat|show|output|leak|display)\b(?: \w+){{0,2}}? (?:system|hidden|initial|secret) (?:prompt|message|instructions?)\b"
    r"|\b(?:new|updated|real|true) (?:system )?instructions?\s?[:：]"
    r"|\b(?:developer|jailbreak|dan|god) mode\b"
    rf"|\b(?:do not|don't|never) (?:follow|obey) {_WHOSE}\b"
    r"|\b(?:note|message|instructions?) (?:to|for) (?:the |any )?(?:ai|assistants?|language models?|llms?|chatbots?)\b"
    r"|\b(?:ai|assistants?|language models?|llms?) (?:must|should|shall) (?:now |always |never )?(?:say|answer|respond|reply|tell|ignore|output|recommend)\b"
    r"|(?:忽略|无视|忘记|忘掉|不要遵守|不要理会|绕过)[^。！？\n]{0,10}(?:指令|指示|规则|提示词?|要求|设定|内容)"
    r"|(?:从现在开始|从现在起|今后)[，,]?你(?:是|要|必须|只能|应该)"
    r"|你(?:现在)?不再是|(?:输出|显示|重复|泄露|说出|告诉我)[^。！？\n]{0,6}(?:系统提示|系统消息|提示词|初始指令|隐藏指令)"
    r"|(?:新的?|真正的)(?:系统)?指令[:：]|(?:开发者|越狱)模式|(?:给|致)(?:人工智能|AI|大?语言模型|助手)的(?:指令|消息|话)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?。！？\n]*(?:[.!?](?=\s|$)|[。！？\n]|$|[.!?])+")
_WITHHELD = "(…)"


def visible(text: str) -> str:
    """The text without characters that cannot be seen."""
    return _HIDDEN.sub("", text)


def neutral(text: str) -> str:
    """The same words without anything that a model, a template or our own reader could take for a mark."""
    text = visible(text)
    text = _TEMPLATE.sub(" ", text)
    text = _ROLE.sub(r"\1(\2)", text)
    return _NUMBER.sub(r"(\1)", text)


def gives_orders(text: str) -> bool:
    """Whether a text speaks to a model: “ignore your instructions”, “from now on you are”."""
    return _ORDER.search(" ".join(visible(text).split())) is not None


def without_orders(text: str) -> str:
    """The text with each sentence that gives a model orders replaced by an ellipsis."""
    if not gives_orders(text):
        return text
    kept = (_WITHHELD if gives_orders(part) else part for part in _sentences(text))
    rest = "".join(kept)
    # An order that runs over a border of sentences hides in none of them: then nothing of the text is shown.
    return _WITHHELD if gives_orders(rest) else rest


def _sentences(text: str) -> list[str]:
    return [match.group() for match in _SENTENCE.finditer(text) if match.group()]
