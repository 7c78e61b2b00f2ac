"""A trigram language model of a tutor's library, as ARPA text for pocketsphinx.

Library sentences count as they are; the beginnings of questions and the small words of speech are added, for
a library states and a student asks. Smoothing is Witten and Bell's, interpolated. Pure.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from tutor_engine.hearing.questions import BEGINNINGS, SMALL_WORDS

SENTENCES_MAX = 4_000
_BEGINNING_PER_WORDS = 2_500
"""Each beginning of a question counts once per so many words of the library, and once at least."""
_SMALL_WORDS_SHARE = 0.15
"""Of all words, spread over the small ones, so that none of them is as good as impossible."""
HESITATIONS = ("um",)
"""What people say while they think; as a word it is told from the words that it resembles."""
_HESITATIONS_SHARE = 0.03
_START, _END = "<s>", "</s>"
_CLAUSE_END = re.compile(r"[.;:!?()\[\]\n]+")
_WORD = re.compile(r"[a-z][a-z']*")

History = tuple[str, ...]
Counts = dict[History, dict[str, float]]
"""How often a word follows a history of none, one or two words."""


def clauses(sentences: Iterable[str]) -> list[list[str]]:
    """Words of each clause, lower case, without numbers and marks."""
    found: list[list[str]] = []
    for sentence in sentences:
        for clause in _CLAUSE_END.split(sentence.lower().replace("’", "'")):
            words = [word.strip("'") for word in _WORD.findall(clause)]
            if words:
                found.append([word for word in words if word])
    return found


def words_of(sentences: Iterable[str]) -> list[str]:
    """All words of a library and of questions, each once."""
    asked = (word for beginning in BEGINNINGS for word in beginning.split())
    said = (word for clause in clauses(sentences) for word in clause)
    return list(dict.fromkeys((*said, *asked, *SMALL_WORDS, *HESITATIONS)))


def library_model(sentences: Sequence[str], known: frozenset[str]) -> str:
    """The model in ARPA format; words outside `known`, the recogniser's dictionary, break a sentence."""
    counts: Counts = defaultdict(dict)
    length = 0
    for clause in clauses(sentences[:SENTENCES_MAX]):
        for run in _known_runs(clause, known):
            length += len(run)
            _count(counts, [_START, *run, _END], 1.0)
    weight = max(1.0, length / _BEGINNING_PER_WORDS)
    for beginning in BEGINNINGS:
        if not known.issuperset(beginning.split()):
            continue
        # No end mark: what a question is about follows.
        _count(counts, [_START, *beginning.split()], weight)
    small_words = known.intersection(SMALL_WORDS)
    share = _SMALL_WORDS_SHARE * max(1.0, sum(counts[()].values())) / max(1, len(small_words))
    for word in small_words:
        counts[()][word] = counts[()].get(word, 0.0) + share
    for word in known.intersection(HESITATIONS):
        counts[()][word] = _HESITATIONS_SHARE * sum(counts[()].values())
    return _arpa(counts)


def _known_runs(clause: Sequence[str], known: frozenset[str]) -> Iterable[list[str]]:
    run: list[str] = []
    for word in clause:
        if word in known:
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _count(counts: Counts, words: Sequence[str], weight: float) -> None:
    for at in range(1, len(words)):
        for order in range(min(at, 2) + 1):
            following = counts[tuple(words[at - order : at])]
            following[words[at]] = following.get(words[at], 0.0) + weight


def _arpa(counts: Counts) -> str:
    """Probabilities of each order mixed with those of the order below, by Witten and Bell."""
    probabilities: dict[History, float] = {}
    rests: dict[History, float] = {}
    for history in sorted(counts, key=len):
        following = counts[history]
        total, kinds = sum(following.values()), len(following)
        rests[history] = kinds / (total + kinds) if history else 1.0
        for word, count in following.items():
            if history:
                lower = probabilities[(*history[1:], word)]
                probabilities[(*history, word)] = count / (total + kinds) + rests[history] * lower
            else:
                probabilities[(word,)] = count / total
    probabilities.setdefault((_START,), 1e-99)
    lines = ["\\data\\"]
    by_order = [sorted(gram for gram in probabilities if len(gram) == order) for order in (1, 2, 3)]
    lines += [f"ngram {order}={len(grams)}" for order, grams in enumerate(by_order, start=1)]
    for order, grams in enumerate(by_order, start=1):
        lines += ["", f"\\{order}-grams:"]
        for gram in grams:
            rest = f" {math.log10(rests.get(gram, 1.0)):.4f}" if order < len(by_order) else ""
            lines.append(f"{math.log10(probabilities[gram]):.4f} {' '.join(gram)}{rest}")
    return "\n".join([*lines, "", "\\end\\", ""])
