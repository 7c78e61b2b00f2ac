# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""What a student wants with a message, by rules in English and Chinese. Pure; knows no library."""

import re
from collections.abc import Sequence
from enum import StrEnum

from tutor_engine.answering import texts
from tutor_engine.answering.port import Exchange


class Intent(StrEnum):
    """Kinds of messages that are answered in different ways."""

    ASK = "ask"
    DEFINE = "define"
    WHY = "why"
    HOW = "how"
    COMPARE = "compare"
    EXAMPLE = "example"
    GREET = "greet"
    THANKS = "thanks"
    WHO = "who"
    YES = "yes"
    NO = "no"
    REPEAT = "repeat"
    SLOWER = "slower"
    HINT = "hint"
    ANSWER = "answer"
    """Tell me now: no more hints and questions."""
    CARDS = "cards"
    QUIZ = "quiz"
    QUIZ_REPLY = "quiz_reply"


_RULES: tuple[tuple[Intent, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(pattern, re.IGNORECASE))
    for intent, pattern in (
        (Intent.GREET, r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day))(?: there| tutor| teacher| \w+)?$"
                       r"|(?:你好|您好|嗨|哈喽|早上好|下午好|晚上好|老师好|大家好)(?:呀|啊|老师)?$"),
        (Intent.THANKS, r"(?:ok(?:ay)?,? |great,? |good,? )?(?:thanks|thank you|cheers)\b.{0,30}$"
                        r"|(?:good ?)?bye\b.{0,20}$|(?:ok(?:ay)?|great|good|got it|i see|i understand|cool|nice)$"
                        r"|(?:好的?，?)?(?:谢谢|多谢|感谢|再见|拜拜).{0,10}$|(?:明白了?|懂了|知道了|我懂了|我明白了)$"),
        (Intent.WHO, r"(?:who|what) are you$|what(?:'s| is) your name$|what can you do(?: for me)?$|(?:can you )?help(?: me)?$"
                     r"|(?:are|r) you (?:a )?(?:real|human|robot|person|ai|machine)\b.{0,20}$"
                     r"|你是谁$|你叫什么(?:名字)?$|你会(?:做)?什么$|你能做什么$|你是(?:真人|机器人|人|AI)吗?$"),
        (Intent.NO, r"(?:no|nope|nah|not now|no thanks|no thank you|not really|(?:please )?(?:stop|end|quit|leave)(?: it| that| (?:the |this )?(?:quiz|test|game|questions|exercise))?(?: please)?|enough|quit)$|(?:停|停止|停下|结束|不考了|别考了|(?:停止|结束|退出)(?:测验|考试|提问|练习)|够了|不|不要|不用|不了|不是|算了|不用了|不需要)(?:谢谢)?$"),
        (Intent.YES, r"(?:yes|yeah|yep|yup|sure|of course|please|go on|go ahead|continue|more|tell me more|next|ok go on"
                     r"|yes please|sure please|another(?: one)?|keep going|and then)(?: please)?$"
                     r"|(?:要|好|好的|好啊|是|是的|对|嗯|可以|当然|继续|接着讲|接着说|请继续|继续讲|继续说|再说说|多讲一点|多说一点"
                     r"|还有呢|再来一题|再来一个|下一个|然后呢)(?:吧|啊|呀|的)?$"),
        (Intent.REPEAT, r"(?:sorry |please |can you |could you )*(?:repeat|say)(?: that| it| this)?(?: again| once more)?(?: please)?$"
                        r"|(?:once more|again|pardon|sorry|come again|one more time|what did you say)(?: please)?$"
                        r"|i (?:did not|didn't|couldn't) (?:hear|get|catch|understand)\b.{0,20}$"
                        r"|(?:请|麻烦)?(?:你)?(?:再说一遍|再讲一遍|重复一(?:下|遍)|再说一次|重说一遍|没听清|我没听清|没听懂|我没听懂|你说什么)$"),
        (Intent.SLOWER, r"(?:please |can you |could you |would you |sorry |that (?:is|was) |that's |you are |you're |you (?:speak|talk) |a (?:bit|little) |speak |talk |say (?:it|that) |go |explain (?:it|that) |not so |much |way |too |more |slow(?:er|ly)? |fast |that (?:is|was) )*(?:(?:slow(?:er|ly)?(?: down)?|fast)(?: please| for me| again)* ?)+$"
                        r"|(?:请|麻烦|你|老师|可以|能不能|能)*(?:再)?(?:说|讲|读|念)?得?(?:慢(?:一)?(?:点|些)(?:儿)?|慢慢(?:地)?|太快)(?:说|讲|来|读|再说一遍)?(?:好吗|可以吗|吧|了|啊|行吗)*$"
                        r"|(?:请|你|老师)*(?:说|讲|读)得?太快(?:了|啦)?$"),
        (Intent.ANSWER, r"(?:just |please |can you |could you |now )*(?:tell|give|show) me (?:the )?(?:right |correct |full )?(?:answer|solution)(?: now| please)*$|i give up$|what(?:'s| is) the (?:right |correct )?(?:answer|solution)$"
                        r"|(?:请|快|就|你)*(?:直接)?(?:告诉我|给我|说|公布|讲)(?:正确)?答案(?:吧|好吗)?$|我放弃了?$|答案(?:是什么|是啥|呢)$"),
        (Intent.HINT, r".*\b(?:hint|clue)\b|.*don'?t tell me\b|.*(?:提示|线索)"),
        (Intent.CARDS, r".*\b(?:flash ?cards?|index cards?|study cards?|key ?words to learn|vocabulary cards?)\b|.*(?:闪卡|抽认卡|记忆卡片?|单词卡|知识卡片?|学习卡片?)"),
        (Intent.QUIZ, r".*\b(?:quiz|test|examine) me\b|.*\bask me (?:a |some |another )?questions?\b|.*\bquiz\b.{0,20}$"
                      r"|.*(?:考考我|考我|测验|出(?:一|几)?(?:道|个)?题|问我(?:一)?(?:个)?问题)"),
        (Intent.EXAMPLE, r".*\b(?:example|for instance)\b|.*(?:举.{0,3}例|例子|比如说?$|例如什么)"),
        (Intent.COMPARE, r".*\b(?:differences? between|different from|differs? from|distinguish|versus|vs\.?|compared? (?:to|with)|similarit(?:y|ies))\b|compare\b"
                         r"|.*(?:有什么|有何|有哪些|的|之间的?)(?:不同|区别|差别|分别|差异|异同|相同)|.*(?:比较|对比)一?下?.+[和与跟].+|.+[和与跟].+(?:哪个|谁)(?:更|比较)"),
        (Intent.WHY, r"(?:and |but |so |then )?(?:why|how come|how so)\b|(?:那|可是|但是)?(?:为什么|为何|为啥|怎么会)|.+(?:为什么|为何|原因)"),
        (Intent.DEFINE, r"(?:so |and )?(?:what(?:'s| is| are| was| were| does)|define|definition of|meaning of|explain)\b"
                        r"|(?:请)?(?:解释|介绍)|什么(?:是|叫)|.+(?:是什么|是指什么|指什么|是什么意思|什么意思|的定义)"),
        (Intent.HOW, r"(?:and |but |so |then )?(?:how (?:do|does|did|can|could|should|would|to|is|are|was|were)|in what way|by what means)\b|.*(?:怎么(?!会)|怎样|如何)"),
    )
)  # fmt: skip

_EDGES = re.compile(r"^[\s,.!?;:，。！？；：、~…]+|[\s,.!?;:，。！？；：、~…]+$")
_FILLERS = re.compile(
    r"^(?:(?:um+|uh+|er+|well|so|ok(?:ay)?|please|嗯+|呃+|那个|请问|老师)[\s,，、。]+)+", re.IGNORECASE
)
_QUESTION = re.compile(
    r"[?？]\s*$|^(?:what|why|how|who|when|where|which|can|could|do|does|is|are|tell|explain)\b"
    r"|什么|怎么|为什么|谁|哪|多少|吗$|呢$",
    re.IGNORECASE,
)


def normalised(text: str) -> str:
    """A message without surrounding punctuation, hesitation and double spaces."""
    text = " ".join(text.replace("’", "'").split())
    bare = _EDGES.sub("", text)
    return _EDGES.sub("", _FILLERS.sub("", bare)) or bare


def classify(text: str, history: Sequence[Exchange] = ()) -> Intent:
    """The kind of a message; `history` tells whether a quiz question is open."""
    words = normalised(text)
    plain = words.replace(",", "").replace("，", "")
    found = next((intent for intent, rule in _RULES if rule.match(plain)), Intent.ASK)
    last = last_of("assistant", history)
    if last is not None and texts.said("quiz", last):
        open_question = found in (Intent.ASK, Intent.NO, Intent.YES) and not _QUESTION.search(text)
        if open_question or (found is Intent.DEFINE and not _QUESTION.search(text)):
            return Intent.QUIZ_REPLY
    if last is not None and found is Intent.YES and texts.said("quiz_again", last):
        return Intent.QUIZ
    return found


def last_of(role: str, history: Sequence[Exchange]) -> str | None:
    """The latest message of this role."""
    return next((message.content for message in reversed(history) if message.role == role), None)


def asks(text: str) -> bool:
    """Whether a message asks something."""
    return _QUESTION.search(normalised(text) + ("?" if "?" in text or "？" in text else "")) is not None
