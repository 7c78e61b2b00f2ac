"""Whether words recognised so far look like a finished question, the mere opening of one, or neither.

An English question has a frame: the word that asks, an auxiliary, who it is about, what they do. As long as a
part is missing it is not over, whatever the voice sounds like. The frame stands at the beginning, which is
heard best; the last word, which may dangle, is the one most often misheard. Wrong words cost some patience.
"""

import re
from enum import Enum, auto


class Completeness(Enum):
    """What the words tell about being finished."""

    COMPLETE = auto()
    UNCLEAR = auto()
    DANGLING = auto()
    """The last word asks for another."""
    OPENING = auto()
    """A question whose frame is not filled, or a voice that hesitates: there must come more."""


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
_AT_ONCE = {
    "yes", "no", "okay", "ok", "stop", "hello", "hi", "thanks", "thank you", "next", "wait", "again", "help",
    "how so", "what happened", "why not", "go on", "what else", "which one", "how come", "never mind",
    "who won", "who cares", "why me", "why is that", "where am i", "who is he", "who is she", "what is it",
    "what is this", "what is that",
}  # fmt: skip
"""Whole turns of a word or two."""
_HESITATIONS = {"um", "uh", "er", "erm", "hmm"}
_FILLERS = {
    "so",
    "um",
    "uh",
    "er",
    "well",
    "and",
    "but",
    "okay",
    "ok",
    "please",
    "hello",
    "now",
    "then",
    "oh",
}
_BE = {"is", "are", "was", "were"}
_VERBS_WITHOUT_END = {"get", "make", "put", "become", "look", "must", "find"}
_MANNER = {"how", "why", "when", "where"}
"""Ask for no thing: what a verb acts on comes after it, as it need not in `what do plants need`."""
_ACT_ON = {
    "build", "calculate", "call", "cause", "choose", "compare", "convert", "create", "define", "describe",
    "explain", "keep", "know", "measure", "need", "produce", "prove", "solve", "take", "use", "want",
    "out",
}  # fmt: skip
"""Verbs, and the end of `work out`, `find out`, `figure out`, after which something is missing."""
_COMPARES = {
    "better", "bigger", "brighter", "closer", "colder", "cooler", "darker", "faster", "farther", "fewer",
    "further", "greater", "harder", "heavier", "higher", "hotter", "larger", "less", "lighter", "longer",
    "lower", "nearer", "older", "shorter", "slower", "smaller", "stronger", "taller", "warmer", "weaker",
    "worse", "younger", "different", "more",
}  # fmt: skip
"""`Than` what, `from` what? Only `which is larger` has said it."""
_JOINTS = {"and", "or", "but", "because"}
"""Nothing was ever asked that ended in one of these; a hesitation is often heard as one, too."""
_NO_PART = {
    "always", "never", "ever", "not", "there's", "really", "actually", "still", "also", "only", "just",
    "first", "second", "third", "most", "more", "many", "much", "some", "any", "every", "each", "other",
    "same", "must", "be", "been",
}  # fmt: skip
"""Words that stand before a part of the frame and are none."""
_PREPOSITIONS = {"of", "in", "on", "at", "for", "from", "with", "about", "between", "to", "like", "than"}
_PRONOUNS = {"i", "we", "they", "he", "she", "it", "you", "there", "this", "that", "these", "those"}
_DO = {"do", "does", "did"}
_SHORT_BE = re.compile(r"\b(what|why|how|who|where|when|that)'s\b")
_WANTING = re.compile(r"(al|ic|ous|ful|'s)$")
"""Endings of words that stand before a noun."""
_NOUNS_ALL_THE_SAME = {"animal", "metal", "crystal", "signal", "physical", "music", "magic", "traffic"}

_ZH_END = re.compile(r"(吗|呢|吧|么|什么|多少|哪里|哪儿|谁|怎么办|怎么样|为什么)[?？]?$")
_ZH_ASKS = re.compile(
    r"什么|怎么|为什么|为何|如何|哪|谁|几|多少|请|能不能|可不可以|是不是|有没有|告诉我|解释"
)
_ZH_DANGLING = re.compile(r"(的|和|与|或|在|把|被|因为|所以|但是|如果|然后|这个|那个|一个|是)$")
_ZH_HESITATES = re.compile(r"(嗯|呃)[…，。]*$")
_ZH_WANTED = 5


def completeness(text: str, language: str) -> Completeness:
    """Judge the words so far."""
    return _chinese(text.strip()) if language == "zh" else _english(text)


def _english(text: str) -> Completeness:
    words = re.findall(r"[a-z']+", _SHORT_BE.sub(r"\1 is", text.lower()))
    if not words:
        return Completeness.UNCLEAR
    if words[-1] in _HESITATIONS or (len(words) > 1 and words[-1] in _JOINTS):
        return Completeness.OPENING
    if " ".join(words) in _AT_ONCE:
        return Completeness.COMPLETE
    if words == ["why"]:
        return Completeness.UNCLEAR  # A whole question, and the beginning of many.
    opened = any(word in _OPENERS for word in words[:2])
    while len(words) > 1 and (words[0] in _FILLERS or _AUXILIARIES.issuperset(words[:2])):
        words = words[1:]  # two auxiliaries at the beginning are a `how` that was misheard
    if words[0] in _QUESTION_WORDS | _AUXILIARIES and _is_opening(words):
        return Completeness.OPENING
    if _wants_more(words) or (words[-1] in _DANGLING and not _may_end(words, opened)):
        return Completeness.DANGLING
    if opened and len(words) >= _WANTED:
        return Completeness.COMPLETE
    return Completeness.UNCLEAR


def _wants_more(words: list[str]) -> bool:
    """Whether the last word acts on something, or compares with something, that was not said."""
    asks, last = words[0], words[-1]
    if last in _VERBS_WITHOUT_END or (asks in _MANNER and last in _ACT_ON):
        return True
    if last == "different":
        return asks == "how"
    return last in _COMPARES and asks in _MANNER | _BE and not _BE.isdisjoint(words[:3])


def _may_end(words: list[str], opened: bool) -> bool:
    """Whether a question may end in its last word, although that word often stands before another."""
    last = words[-1]
    if last in ("do", "have"):
        return bool(_DO.intersection(words[:-1]))
    return opened and len(words) >= _LONG and last in _MAY_END_A_QUESTION


def _is_opening(words: list[str]) -> bool:
    """Whether a part of the frame of a question is missing."""
    asks = words[0]
    at = next((at for at, word in enumerate(words[:5]) if word in _AUXILIARIES | {"must", "may"}), None)
    if at is None:
        # `Who built`, `which moon`, `how fast`, `what causes`: what was built, what does it do?
        told = [word for word in words[1:] if asks == "which" or word not in _PREPOSITIONS]
        return words[1:2] != ["about"] and _parts(told) < 2
    rest = words[at + 1 :]
    if asks in _AUXILIARIES or words[at] not in _BE:
        return _parts(rest) < 2
    wanted = 2 if asks == "why" or (asks == "how" and at == 1 and not _PRONOUNS.intersection(rest)) else 1
    return _parts(rest) < wanted


def _parts(words: list[str]) -> int:
    """How many parts of a frame are there: words that can be one, and do not belong to the part before."""
    found = 0
    attached = False
    for word in words:
        if word in _PREPOSITIONS:
            attached = found > 0
        elif word in _PRONOUNS:
            found += 1
        elif word in _LINKS or word in _NO_PART or (word == words[-1] and _wants_noun(word)):
            continue
        elif attached:
            attached = False
        elif not word.endswith("'s"):
            found += 1
    return found


def _wants_noun(word: str) -> bool:
    return bool(_WANTING.search(word)) and word not in _NOUNS_ALL_THE_SAME


def _chinese(text: str) -> Completeness:
    if not text:
        return Completeness.UNCLEAR
    if _ZH_HESITATES.search(text):
        return Completeness.OPENING
    if _ZH_END.search(text):
        return Completeness.COMPLETE
    if _ZH_DANGLING.search(text):
        return Completeness.DANGLING
    if len(text) >= _ZH_WANTED and _ZH_ASKS.search(text):
        return Completeness.COMPLETE
    return Completeness.UNCLEAR
