# ruff: noqa: E501 - examples, a meaning a line
"""What a student means who says it in words that no rule knows: the nearest of some examples, by meaning.

English only, like the model that compares. Questions about the subject never come here: a message is looked at
only when nearly all its words are such as people use to steer a conversation.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tutor_engine.answering.intent import Intent, classify, normalised

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts to vectors of length 1; blocks for some milliseconds."""

_EXAMPLES: dict[str, tuple[str, ...]] = {
    "slower please": (
        "I cannot keep up with you", "you are rushing", "could you take it a bit easier", "less speed",
        "hang on, you are going too quickly for me", "give me time to follow you",
    ),
    "say that again": (
        "I missed that", "run that by me again", "I was not listening", "go over that once more",
        "what was the last thing you said", "could you repeat what you just told me", "I did not get the last part",
    ),
    "give me an example": (
        "what would that look like in real life", "could you illustrate that", "show me a case where that happens",
        "can you make it more concrete", "where do I meet that in everyday life",
    ),
    "quiz me": (
        "check whether I have understood", "let us see if I remember it", "throw me a question", "see what I have learned",
        "I want to practise with some questions", "find out how much I know",
    ),
    "give me a hint": (
        "point me in the right direction", "give me a nudge", "help me a little without saying it", "just a small tip please",
    ),
    "just tell me the answer": (
        "stop asking and say it", "I want the solution now", "I cannot find it, say it", "no more guessing, what is it",
    ),
    "make flash cards": ("something to memorise the words with", "help me memorise the words", "give me a list of words to learn"),
    "thanks": ("that was really helpful", "I appreciate it", "that is all for today", "you have helped me a lot", "now I understand it"),
    "go on": ("keep talking", "what else is there", "I would like to hear more", "is there more to it", "tell me some more about that"),
}  # fmt: skip
_NEAR = 0.62
_LEAD = 0.04
"""Over the best example of any other meaning."""
_MAX_WORDS = 14
_KNOWN_SHARE = 0.85
_WORD = re.compile(r"[a-z']+")
_SMALL = """
a an the i i'm i'd i've me my you your we us it it's its that that's this is are was be am do does did don't didn't can can't
could couldn't would will shall should may might not no so too very really just only please now again once more some
any all to of in on for with from at as if and or but what how when where which who why there here up out
over get got go going went come take make made say said tell told ask give know think want need like let let's have
has had been bit little lot much many one thing way part last first next time sorry okay oh well
"""


class NearestIntent:
    """Says a message in words that the rules know."""

    def __init__(self, encode: Encode) -> None:
        """Compare with `encode`, which is loaded at the first message that needs it."""
        self._encode = encode
        self._said: dict[str, str] = {}

    def plainly(self, text: str) -> str:
        """The message, or the words for what it means where it is near an example and only there."""
        words = normalised(text).lower()
        if classify(text) not in (Intent.ASK, Intent.HOW) or not self._steers(words):
            return text
        if words not in self._said:
            if len(self._said) > 1_000:
                self._said.clear()
            self._said[words] = self._nearest(words)
        return self._said[words] or text

    def _steers(self, words: str) -> bool:
        found = _WORD.findall(words)
        known = sum(word in self._vocabulary for word in found)
        return 2 <= len(found) <= _MAX_WORDS and known >= _KNOWN_SHARE * len(found)

    def _nearest(self, words: str) -> str:
        vectors = self._vectors
        scores = vectors @ self._encode([words])[0]
        best: dict[str, float] = {}
        for meaning, score in zip(self._meanings, scores, strict=True):
            best[meaning] = max(best.get(meaning, -1.0), float(score))
        (first, score), (_, second) = sorted(best.items(), key=lambda pair: -pair[1])[:2]
        return first if score >= _NEAR and score - second >= _LEAD else ""

    @cached_property
    def _vectors(self) -> npt.NDArray[np.float32]:
        return self._encode([example for examples in _EXAMPLES.values() for example in examples])

    @cached_property
    def _meanings(self) -> tuple[str, ...]:
        return tuple(meaning for meaning, examples in _EXAMPLES.items() for _ in examples)

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        examples = " ".join(example for several in _EXAMPLES.values() for example in several)
        return frozenset(_SMALL.split()) | frozenset(_WORD.findall(examples.lower()))
