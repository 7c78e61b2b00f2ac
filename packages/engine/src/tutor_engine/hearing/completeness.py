"""Whether words recognised so far look like a finished question, an unfinished phrase, or neither.

A cheap hint for the end of turn; wrong words cost some milliseconds of patience, never words.
"""

import re
from enum import Enum, auto


class Completeness(Enum):
    """What the words tell about being finished."""

    COMPLETE = auto()
    UNCLEAR = auto()
    DANGLING = auto()


_QUESTION_WORDS = {"what", "why", "how", "when", "where", "who", "whom", "whose", "which"}
_AUXILIARIES = {
    "is", "are", "was", "were", "do", "does", "did", "can", "could", "would", "will", "should", "has", "have",
}  # fmt: skip
_REQUESTS = {
    "tell", "explain", "give", "show", "ask", "define", "describe", "name", "please", "compare", "repeat",
    "say", "quiz", "help",
}  # fmt: skip
_OPENERS = _QUESTION_WORDS | _AUXILIARIES | _REQUESTS
_LINKS = {
    "a", "an", "the", "this", "these", "my", "your", "our", "their", "its", "of", "to", "in", "on", "at",
    "by", "for", "from", "with", "without", "into", "about", "between", "through", "than", "as", "and", "or",
    "but", "if", "because", "that", "while", "so", "very", "be", "am", "i", "i'm", "we", "they", "he",
    "she", "um", "uh", "like",
}  # fmt: skip
_DANGLING = _QUESTION_WORDS | _AUXILIARIES | _LINKS
_MAY_END_A_QUESTION = {
    "for", "from", "about", "with", "in", "on", "to", "of", "that", "do", "does", "is", "are",
}  # fmt: skip
"""`What is it made of`, `where does it come from`: allowed at the end of a question of some length."""
_WANTED = 3
"""Words a question has at least."""
_LONG = 5

_ZH_END = re.compile(r"(吗|呢|吧|么|什么|多少|哪里|哪儿|谁|怎么办|怎么样|为什么)[?？]?$")
_ZH_ASKS = re.compile(
    r"什么|怎么|为什么|为何|如何|哪|谁|几|多少|请|能不能|可不可以|是不是|有没有|告诉我|解释"
)
_ZH_DANGLING = re.compile(r"(的|和|与|或|在|把|被|因为|所以|但是|如果|然后|这个|那个|一个|是|嗯|呃)$")
_ZH_WANTED = 5


def completeness(text: str, language: str) -> Completeness:
    """Judge the words so far."""
    return _chinese(text.strip()) if language == "zh" else _english(text)


def _english(text: str) -> Completeness:
    words = re.findall(r"[a-z']+", text.lower())
    if not words:
        return Completeness.UNCLEAR
    opened = any(word in _OPENERS for word in words[:2])
    last = words[-1]
    if last in _DANGLING and not (opened and len(words) >= _LONG and last in _MAY_END_A_QUESTION):
        return Completeness.DANGLING
    if opened and len(words) >= _WANTED:
        return Completeness.COMPLETE
    return Completeness.UNCLEAR


def _chinese(text: str) -> Completeness:
    if not text:
        return Completeness.UNCLEAR
    if _ZH_END.search(text):
        return Completeness.COMPLETE
    if _ZH_DANGLING.search(text):
        return Completeness.DANGLING
    if len(text) >= _ZH_WANTED and _ZH_ASKS.search(text):
        return Completeness.COMPLETE
    return Completeness.UNCLEAR
