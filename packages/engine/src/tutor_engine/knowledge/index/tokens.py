"""Words for the search index: stems in English, jieba words and pairs of Hanzi in Chinese.

Loading jieba costs 30 MB and about a second once; it happens at the first Chinese text.
"""

import math
import re
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutor_engine.knowledge.index.porter import porter
from tutor_engine.knowledge.port import IndexedWords
from tutor_engine.text import HAN, HANZI

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d+(?:[.,]\d+)*")
_HANZI_RUN = re.compile(f"[{HAN}]+")
_COMPOUND = re.compile(
    r"[A-Za-z_][A-Za-z0-9_]*(?:(?:[.:/@-]|::|->)[A-Za-z0-9_]+)+|[A-Za-z0-9]*_[A-Za-z0-9_]*|[A-Za-z]\+\+|[A-Za-z]#"
    r"|[A-Za-z]+\d[A-Za-z0-9]*|\d+[A-Za-z][A-Za-z0-9]*|\d+(?:\.\d+)+"
)
"""Names that are more than their words: `os.path.join`, `max_bytes`, `apt-get`, `C++`, `x86`, `3.2.1`."""
_ELSEWHERE = re.compile(
    r"(?:第\s*[\d.]+\s*[节章]|附录\s*[A-Z\d]+)\s*[“「《\"][^”」》\"\n]{0,120}(?:”[^”\n]{0,60})?[”」》\"]{1,2}"
    r"|\b(?:section|chapter|appendix)\s+[A-Z\d][\d.]*,?\s*[“\"][^”\"\n]{0,160}[”\"]",
    re.IGNORECASE,
)
"""A reference that quotes the heading of another place: its words speak of that place, not of this one."""
_PART_WEIGHT = 0.5
"""A word inside a longer one of the question says half as much."""
_EVERYDAY, _RARE = 7.0, 7.0
"""Natural logarithms of how seldom a word is: “开始” is every 1,600th, “琴键” every two millionth."""
_LEAST_TELLING = 0.05
_MAX_PLAIN_WORDS = 8
_COMPOUND_MAX = 64
"""Characters; longer ones are addresses and keys, and nobody asks for them."""

_STOP_EN = """
a about above after again all also am an and any are as at be because been before being below between both
but by can could did do does doing down each else ever every few for from further get give go had has have
having he her here hers him his how i if in into is it its just know let like ll make many may me might
more most much must my no nor not now of off on once one only or other our out over own please really s
said same say she should so some such tell than that the their them then there these they thing things
this those through to too under until up us very was we well were what when where which while who whom
whose why will with would you your don doesn didn isn aren explain mean means meaning called define
definition describe example examples want learn
work works happen happens happened there're what's it's
i'm
calls defined defines describes described explains explained gave getting gets gives given giving goes going
gone knew knows known lets says saying tells telling told wants wanted went worked working
"""
STOP_EN = frozenset(_STOP_EN.split())
"""Words that tell nothing about the subject of a question."""
_LIGHT_EN = """
made makes making called consist consists consisting comes coming came takes taken took
"""
_LIGHT = frozenset(_LIGHT_EN.split())
"""Verbs that hold a question together: rare as they may be in a library, its subject is another word."""
_LIGHT_WEIGHT = 0.7

_STOP_ZH = """
的 了 是 在 和 与 及 或 有 也 都 就 而 被 把 给 对 从 到 向 由 以 于 为 吗 呢
吧 啊 呀 嘛 么 哦 嗯 我 你 您 他 她 它 我们 你们 他们 这 那 这个 那个 这些 那些 哪
哪个 哪些 哪里 哪儿 哪位 谁 什么 甚么 什么样 怎么 怎么办 怎样才能 怎样 怎么样 如何 为什么 为何 几 几个 多少 多
多久 多长时间 多大 多长 多高 何时 什么时候 时候 请 请问 问 告诉 说 说说 讲 讲讲 讲解 介绍 解释
一下 一些 一个 个 种 会 能 可以 可 应该 要 想 知道 叫 叫做 称为 指 是指 意思 定义
举例 例子 例如 比如 吧 呗 着 过 得 地 之 其 很 最 更 再 还 又 只 不 没 没有 第 年
次 用 做 让 使 关于 有关 属于 哪年 哪一年 进行 现在 今天 发生 作用 特点 特别 地方 人们 来 起
"""
STOP_ZH = frozenset(_STOP_ZH.split())


def stem(word: str) -> str:
    """The English stem of a word, without its `'s`."""
    return porter(word.lower().replace("’", "'").removesuffix("'s"))


def english_words(text: str) -> list[str]:
    """Words in small letters, numbers kept whole."""
    return [match.group().lower().replace("’", "'") for match in _WORD.finditer(text)]


def english_terms(text: str) -> list[str]:
    """Distinct words that tell the subject; all words when none does."""
    words = english_words(text)
    told = [word for word in words if word.removesuffix("'s") not in STOP_EN and len(word) > 1]
    return list(dict.fromkeys(word.removesuffix("'s") for word in told))


def hanzi_pairs(text: str) -> Iterator[str]:
    """Overlapping pairs of Hanzi; a Hanzi standing alone as itself."""
    for run in _HANZI_RUN.finditer(text):
        characters = run.group()
        if len(characters) == 1:
            yield characters
        for at in range(len(characters) - 1):
            yield characters[at : at + 2]


def names(text: str) -> list[str]:
    """Identifiers, product names with digits and section numbers, whole and in small letters."""
    found = (match.group().lower().strip("_") for match in _COMPOUND.finditer(text))
    return [name for name in found if 1 < len(name) <= _COMPOUND_MAX]


class ChineseWords:
    """jieba with its dictionary cache in our own folder; the shared default is a file anybody may plant."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._lock = threading.Lock()
        self._tokenizer: Any = None

    def load(self) -> None:
        """Read the dictionary now. Idempotent."""
        with self._lock:
            if self._tokenizer is None:
                with warnings.catch_warnings():
                    # The library's own source still has escapes that newer Pythons warn about.
                    warnings.simplefilter("ignore")
                    import jieba
                jieba.setLogLevel("ERROR")
                tokenizer: Any = jieba.Tokenizer()
                if self._cache is not None:
                    self._cache.mkdir(parents=True, exist_ok=True)
                    tokenizer.tmp_dir = str(self._cache)
                tokenizer.initialize()
                self._tokenizer = tokenizer

    def words(self, text: str) -> list[str]:
        """Words for the index, long words with the short ones inside them; Latin words in small letters."""
        self.load()
        found: list[str] = self._tokenizer.lcut_for_search(text)
        return [word.lower() for word in found if HANZI.search(word) or _WORD.fullmatch(word)]

    def nested(self, text: str) -> Iterator[tuple[str, list[str]]]:
        """Telling words of a run of Hanzi, each with the telling words inside it."""
        self.load()
        for cut in self._tokenizer.lcut(text):
            word = self._bared(cut)
            if word and word not in STOP_ZH:
                inside = self._tokenizer.lcut_for_search(word) if len(word) > 2 else []
                yield word, [part for part in inside if part != word and part not in STOP_ZH]

    def _bared(self, word: str) -> str:
        """A word without the particles that a guess of the cutter has glued to it: “叫隶变”, “编了”."""
        if self._tokenizer.FREQ.get(word):
            return word
        while word and word[0] in STOP_ZH:
            word = word[1:]
        while word and word[-1] in STOP_ZH:
            word = word[:-1]
        return word

    def telling(self, word: str) -> float:
        """How rare a word is in Chinese at large, from 0 (“时候”) to 1 (names, words of a trade)."""
        self.load()
        often = max(self._tokenizer.FREQ.get(word, 0), 1) / self._tokenizer.total
        return min(max((-math.log(often) - _EVERYDAY) / _RARE, _LEAST_TELLING), 1.0)

    def terms(self, text: str) -> list[str]:
        """Distinct words that tell the subject of a question."""
        told = [word for word in self.words(text) if word not in STOP_ZH and word not in STOP_EN]
        return list(dict.fromkeys(told))


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """What a question asks the index for."""

    words: Mapping[str, float]
    """Distinct stems, names and Chinese words that tell its subject, with how much each counts."""
    pairs: tuple[str, ...]
    """Pairs of Hanzi inside its telling words: a word cut differently in the text still counts."""
    telling: Mapping[str, float] = field(default_factory=dict[str, float])
    """How much each of `words` tells of a subject in any library, 0 to 1: how rare it is in the language."""


class Tokens:
    """What the index stores of a text and what a question asks it for; the same words on both sides."""

    def __init__(self, chinese: ChineseWords) -> None:
        self._chinese = chinese

    def load(self) -> None:
        """Read the Chinese dictionary now. Idempotent."""
        self._chinese.load()

    def words(self, text: str) -> list[str]:
        """Stems, names and Chinese words of a text."""
        text = _ELSEWHERE.sub(" ", text)
        found = [stem(word) for word in english_words(text)]
        found += names(text)
        for run in _HANZI_RUN.finditer(text.replace("\n", "")):
            found += self._chinese.words(run.group())
        return found

    def pairs(self, text: str) -> list[str]:
        """Pairs of Hanzi of a text."""
        return list(hanzi_pairs(_ELSEWHERE.sub(" ", text).replace("\n", "")))

    def indexed(self, title: str, heading: str, text: str) -> IndexedWords:
        """What the index holds of a passage; the title counts as a heading."""
        above = f"{title} {heading}"
        return IndexedWords(
            " ".join(self.words(above)),
            " ".join(self.words(text)),
            " ".join(self.pairs(above)),
            " ".join(self.pairs(text)),
        )

    def question(self, text: str) -> QuestionWords:
        """The words of a question; all of them when none tells its subject."""
        words = {stem(word): _LIGHT_WEIGHT if word in _LIGHT else 1.0 for word in english_terms(text)}
        words |= dict.fromkeys(names(text), 1.0)
        telling = dict(words)
        for run in _HANZI_RUN.finditer(text):
            for word, inside in self._chinese.nested(run.group()):
                words[word] = 1.0
                telling[word] = self._chinese.telling(word)
                for part in inside:
                    words.setdefault(part, _PART_WEIGHT)
                    telling.setdefault(part, self._chinese.telling(part) * _PART_WEIGHT / len(inside))
        if not words:
            words = dict.fromkeys(self.words(text)[:_MAX_PLAIN_WORDS], 1.0)
            telling = dict.fromkeys(words, _LEAST_TELLING)
        pairs = dict.fromkeys(pair for word in words for pair in hanzi_pairs(word) if len(pair) == 2)
        return QuestionWords(words, tuple(pairs), telling)


def rarity(document_frequency: int, passages: int) -> float:
    """How much a term tells (BM25's inverse document frequency, never negative)."""
    return math.log(1 + (passages - document_frequency + 0.5) / (document_frequency + 0.5))


def covered(weights: Mapping[str, float], present: frozenset[str] | set[str]) -> float:
    """Share of the weight of a question's terms that a text holds, 0 to 1."""
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in present) / total if total else 0.0
