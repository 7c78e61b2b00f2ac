"""What a question is about, without a model: the word it turns on. Pure; the same for the same words.

English words and Chinese characters are enough to group questions for a reader who then looks at them; this
names groups, it decides nothing.
"""

import re

MAX_TERM_CHARS = 40

_STOP_WORDS = (
    "a about after again all also always am an and any are as ask at be because been before being "
    "between both but by can cannot could did do does doing done each else even ever every example "
    "explain few find first for from get give go goes going good got had has have he hello help her "
    "here hey hi him his how i if in into is it its just know last let like little look made make many "
    "maybe me mean means more most much my need next no not now of off often ok okay on once one only "
    "or other our out over own please quite really right same say see she should show since so some "
    "something still such sure take tell than thank thanks that the their them then there these they "
    "thing things think this those through to too true try two under understand up us use used using "
    "very want was way we well were what when where which while who whom whose why will with word words "
    "work would wrong yes yet you your yours difference different happen happens called name question "
    "answer "
)
_STOP = frozenset(_STOP_WORDS.split())
_ASKING_EN = re.compile(
    r"\?|^\W*(what|why|how|when|where|who|whose|which|is|are|was|were|do|does|did|can|could|would|should|will|"
    r"explain|tell|describe|show|define|compare|give)\b",
    re.IGNORECASE,
)
_ASKING_ZH = re.compile(
    r"[？吗呢]|什么|为何|怎|多少|几|哪|谁|是不是|能不能|有没有|如何|解释|说明|告诉|介绍|举例"
)
_STOP_ZH = re.compile(
    r"什么样|什么|为什么|为何|怎么样|怎么办|怎么|怎样|多少|哪里|哪些|哪个|哪|谁|如何|是不是|能不能|有没有|可不可以|可以|"
    r"请问|请|告诉|解释一下|解释|说明|介绍一下|介绍|举例|一下|一个|这个|那个|这些|那些|我们|你们|他们|它们|老师|"
    r"你好|您好|大家好|谢谢|再见|早上好|知道|觉得|应该|需要|没有|不是|还有|因为|所以|如果|但是|或者|以及|时候|意思|问题|答案|区别|不同|"
    # Only those that hardly ever stand inside of a word: 能 would cut 能量, 用 would cut 作用.
    r"[的了吗呢吧啊是在和与跟把被也都就才很最]"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]{2,}")
_CJK = re.compile(r"[\u4e00-\u9fff]+")

_REFUSED_EN = re.compile(
    r"(did not|didn['’]t|could not|couldn['’]t|cannot|can['’]t|do not|don['’]t) (find|see)\b.{0,60}"
    r"(course|library|material|document|passage|source)"
    r"|\b(not|isn['’]t|aren['’]t) (covered|mentioned|found|in|part of|included)\b.{0,30}"
    r"(course|library|material|document|passage|source)"
    r"|(material|library|document|passage|source)s? (do not|does not|don['’]t|doesn['’]t) "
    r"(cover|mention|say|contain)",
    re.IGNORECASE,
)
_REFUSED_ZH = re.compile(
    r"(资料|教材|课程|文库|文档|材料|课本).{0,8}(没有|未|不).{0,4}(找到|提到|提及|涉及|包含|包括|说明|写)"
    r"|(没有|未|没)(在.{0,10})?找到.{0,12}(资料|内容|答案)"
)


def asks(words: str) -> bool:
    """Whether somebody asks something, as against greeting, thanking or answering."""
    return bool(_ASKING_EN.search(words) or _ASKING_ZH.search(words)) and bool(term(words))


def refuses(answer: str) -> bool:
    """Whether a tutor says that the library does not have it."""
    return bool(_REFUSED_EN.search(answer) or _REFUSED_ZH.search(answer))


def term(question: str, quote: str = "") -> str:
    """The word that a question turns on; of several, one that the quoted passage has; "" for none."""
    candidates = _chinese(question, quote) + _english(question)
    if not candidates:
        return ""
    there = quote.lower()
    shared = [word for word in candidates if word in there]
    best = max(shared or candidates, key=_weight)
    return best[:MAX_TERM_CHARS]


def _weight(word: str) -> int:
    """A Chinese word says in two characters what an English one says in six."""
    if _CJK.match(word):
        return 3 * len(word)
    # What happens is said less often than to what.
    return len(word) - (4 if word.endswith(("ed", "ing")) else 0)


def _english(text: str) -> list[str]:
    words = [word.lower().replace("’", "'").removesuffix("'s") for word in _WORD.findall(text)]
    return [_one(word) for word in words if word not in _STOP and _one(word) not in _STOP]


def _one(word: str) -> str:
    """Of many, one: planets, planet. Words on -ss, -us and -is stay."""
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith("s") and len(word) > 3 and word[-2] not in "sui":
        return word[:-1]
    return word


def _chinese(text: str, quote: str) -> list[str]:
    pieces = [
        piece for run in _CJK.findall(text) for piece in _STOP_ZH.split(run) if piece and len(piece) > 1
    ]
    found: list[str] = []
    for piece in pieces:
        found.append(_shared(piece, quote) or piece[:6])
    return found


def _shared(piece: str, quote: str) -> str:
    """The longest part of at least two characters that the passage has, too."""
    for length in range(min(len(piece), 8), 1, -1):
        for at in range(len(piece) - length + 1):
            if piece[at : at + length] in quote:
                return piece[at : at + length]
    return ""
