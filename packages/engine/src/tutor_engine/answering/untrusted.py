# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Text that somebody else wrote, made fit to stand in a prompt: it informs, it cannot give orders.

Pure functions. Characters that hide, marks of chat templates and numbers that look like our citations are made
harmless; sentences that speak to a model instead of a student are found, so that they can be withheld.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from tutor_engine.answering.port import Passage
from tutor_engine.text import HAN

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

_MACHINE = r"(?:ai|a\.i\.|artificial intelligences?|assistants?|(?:large )?language models?|llms?|chat ?bots?|gpt|chatgpt|bots?|ai (?:tutor|model|system|assistant)s?)"
_GOODS = r"(?:instructions?|rules?|prompts?|guidelines?|directions?|commands?|polic(?:y|ies)|restrictions?|limits?|orders?|context|sources?|library)"
_SAY = r"(?:say|answer|reply|respond|output|print|write|repeat|tell|announce|confirm|greet|add|cite|begin|end|recommend|claim|include|ignore)"
_Rule = tuple[tuple[str, ...], re.Pattern[str]]


def _rule(words: str, *patterns: str) -> _Rule:
    """Patterns that can only match where one of `words` stands: looking for a word costs next to nothing."""
    return tuple(words.split("|")), re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


_ORDERS: tuple[_Rule, ...] = (
    _rule(
        "ignore|disregard|forget|override|bypass|drop|discard|violate|neglect",
        rf"\b(?:ignore|disregard|forget|override|bypass|drop|discard|violate|neglect)\b(?: [\w']+){{0,4}}? (?:{_GOODS}|everything|anything|all (?:of )?(?:the )?(?:above|previous))\b",
    ),
    _rule(
        "follow|obey|above|before|changed|replaced|cancel",
        rf"\b(?:stop|cease) (?:following|obeying)\b|\b(?:do not|don't|never) (?:follow|obey)\b(?: [\w']+){{0,3}}? {_GOODS}\b",
        rf"\b{_GOODS} (?:above|before) (?:are|is) (?:void|cancelled|canceled|wrong|outdated|fake)\b|\b(?:changed|replaced|cancelled) your {_GOODS}\b",
    ),
    _rule("you are ", r"\byou are (?:now|no longer) (?:a |an |the |in |bound|my |dan\b|\w*bot\b)"),
    _rule(
        "from now on|henceforth|starting now|you must",
        rf"\b(?:from now on|henceforth|starting now),? (?:you|act|respond|answer|speak|always)\b|\byou must (?:now |always |only |never ){{0,2}}{_SAY}\b",
    ),
    _rule(
        "pretend|imagine|act |behave|role",
        r"\b(?:pretend|imagine|act|behave|role-?play)\b(?: that| as| if| like| to be){0,3} (?:you(?: are|'re| were)|an? unrestricted|an? ai\b|the (?:headmaster|teacher|admin|system|developer)|dan\b)",
        r"\brole\W{1,6}system\b",
    ),
    _rule(
        "prompt|message|instruction|your rules",
        r"\b(?:reveal|print|repeat|show|output|leak|display|translate|recite|quote|disclose)\b(?: [\w']+){0,3}? (?:system|hidden|initial|secret|original|confidential) (?:prompt|message|instructions?)\b",
        r"\b(?:reveal|print|repeat|leak|translate|recite|disclose) your (?:instructions?|prompt|rules)\b|\bprompt injection\b",
    ),
    _rule(
        "instruction|order|task|rule",
        r"\b(?:new|updated|real|true|actual|secret) (?:system )?(?:instructions?|orders?|task|rules?)(?: \w+){0,4}?\s?[:：]",
    ),
    _rule(
        "your ",
        r"\byour (?:new|only|real|true|next) (?:task|role|goal|job|answer|reply|instructions?) (?:is|are)\b|\byour (?:reply|answer|response|output)s? (?:must|should|shall|will)\b",
    ),
    _rule(" mode", r"\b(?:developer|jailbreak|dan|god|maintenance|debug|admin|unrestricted) mode\b"),
    _rule(
        " ai |\nai |ai:|ai,|ai tutor|assistant|language model|model:|model,|llm|bot |bot:|bot,|bots|gpt|a.i.|system:|system,|developer|human:|human,|artificial",
        rf"\b(?:note|message|notice|instructions?|attention|dear|hey|hello|important)(?: to| for)?,? (?:the |any |all |every )?{_MACHINE}\b|\b(?:if|as) (?:you are )?an? {_MACHINE}\b",
        rf"\b{_MACHINE},? (?:that (?:reads?|sees?) this )?(?:must|should|shall|has to|have to|needs? to|will)(?: now| always| never| only)? {_SAY}\b",
    ),
    _rule(
        "answer|repl|respon|say |sentence|message|question|citation|nothing else",
        r"\b(?:your|every|each|all|its) (?:answer|reply|question|citation|sentence)s?\b[^.\n]{0,40}\bwith\b|\b(?:end|begin|start|finish|close) (?:each|every|all|your) (?:answer|reply|sentence|message)s?\b",
        r"\b(?:answer|reply|respond|say) (?:only|nothing but|exactly|just)\b|\b(?:reply|respond) with\b|\bnothing else\b[.!]?$",
        r"\bwhen (?:you are |you're )?(?:asked|answering|you answer)\b[^.\n]{0,60}\b(?:say|answer|cite|reply|claim|always)\b",
    ),
    _rule(
        "student|user|learner|pupil|reader",
        r"\b(?:ask|tell|instruct|persuade|have|make) (?:the |every |each )?(?:students?|users?|learners?|pupils?|readers?) (?:to|that|for)\b[^.\n]{0,60}\b(?:pass ?words?|log ?in|https?|links?|credit card|phone numbers?|download|install|secret)\b",
        r"\btell the (?:students?|users?) [A-Z0-9-]{6,}|\bthe student says\s?[:：]",
    ),
    _rule(
        "send|post|upload|forward|exfil|mail",
        r"\b(?:send|post|upload|forward|exfiltrate|e-?mail)\b[^.\n]{0,40}\b(?:conversation|chat(?: history)?|transcript|pass ?words?|api keys?|tokens?)\b",
    ),
    _rule(
        "decode|decrypt|rot|backwards|base",
        r"\b(?:decode|decrypt|rot ?13|backwards|base ?64)\b[^.\n]{0,60}\b(?:do|follow|obey|execute|run)\b",
    ),
    _rule(
        "忽略|无视|忘记|忘掉|不要|不必|不用|绕过|推翻|停止|违反|取消|作废|无效",
        r"(?:忽略|无视|忘记|忘掉|不要遵守|不必遵守|不要理会|不用理会|绕过|推翻|停止遵守|违反|取消)[^。！？\n]{0,10}(?:指令|指示|规则|提示词?|要求|设定|内容|限制|资料|命令)",
        r"(?:指令|指示|规则|提示词?|要求|设定)[^。！？\n]{0,4}(?:作废|无效|取消)",
    ),
    _rule(
        "从现在|今后|以后|你现在|不再是|你必须|你只能|你务必|只回答|只说|只输出|统一|你的新|新的答案",
        r"(?:从现在开始|从现在起|从今以后|今后|以后)[，,]?(?:你(?:是|要|必须|只能|只说|应该|不再)|(?:必须|只能|统一)?(?:只能|回答|输出|只说))|你(?:现在)?不再是|你现在(?:是|进入|变成|扮演)",
        r"你(?:必须|只能|务必)(?:在|说|回答|输出|声称|加|附|重复|只)|(?:只|统一)(?:回答|说|输出)(?=[^，。！？\n]{2,20}[。！!]?$)|你的新(?:任务|角色|答案)|新的答案是",
    ),
    _rule(
        "扮演|假装|装作|模拟",
        r"(?:请)?(?:扮演|假装|装作|模拟)(?:你是|成)?[^。！？\n]{0,14}(?:AI|人工智能|机器人|助手|校长|老师|海盗|角色|没有规则|没有限制)",
    ),
    _rule(
        "系统|提示词|初始指令|隐藏指令|指令|任务|命令|模式",
        r"(?:输出|显示|重复|泄露|说出|告诉我|复述|打印|公布|把)[^。！？\n]{0,6}(?:系统提示|系统消息|系统指令|提示词|初始指令|隐藏指令)",
        r"(?:新的?|真正的|最新的?)(?:系统)?(?:指令|任务|命令)(?:是|[:：])|(?:系统更新|管理员命令|开发者命令)|(?:开发者|越狱|上帝|维护|调试)模式",
    ),
    _rule(
        "人工智能|ai必|ai老|ai请|ai忽|ai模|ai教|ai们|是ai|给ai|致ai|为ai|有ai|ai:|ai：|语言模型|助手|机器人|开发者",
        r"(?:给|致|请|写给|所有)?(?:人工智能|AI|大?语言模型|助手|聊天机器人|机器人)(?:老师|助手|助教)?(?:的(?:指令|消息|话)|们?[^。！？\n，]{0,8}(?:必须|务必|请注意|都要|只能)|忽略|[:：])",
        r"(?:作为|如果你是|读到这段话的)(?:一个)?(?:AI|人工智能|大?语言模型|聊天机器人)",
    ),
    _rule(
        "发送|转发|上传|泄露|发到|让学生|回答的最后|每次回答|学生说|解码|倒过来|反着|解密",
        r"(?:发送|转发|上传|泄露)[^。！？\n]{0,30}(?:对话|聊天记录|密码|令牌)|把(?:对话|聊天记录|密码)[^。！？\n]{0,16}(?:发送|转发|发|上传)|让学生[^。！？\n]{0,60}(?:密码|https?|链接|登录)|回答的最后|每次回答|学生说[:：]",
        r"(?:解码|倒过来|反着|解密)[^。！？\n]{0,12}(?:照做|执行|遵守|服从)",
    ),
    _rule(
        "you |your |question|reply|replies|answer|respon|summar|readers|reading this|processing this",
        r"\b(?:before|when|whenever|while|if) (?:you )?(?:answer|reply|respond|summari[sz]e|translate|are asked)(?:ing)? (?:the |this |to |any |a |students?|users?|pupils?|questions?)|\b(?:when|while) (?:summari[sz]ing|translating|answering|processing|reading) (?:this|the)\b[^.\n]{0,60}\b(?:add|say|mention|include|insert|claim|state|write|tell)\b",
        r"\bin (?:all|every|each|any of your|your) (?:repl(?:y|ies)|answers?|responses?|messages?)\b|\bwhatever the question\b|\b(?:reply|response) is always\b|\brespond in the (?:voice|style|tone)\b",
        r"\b(?:what(?:ever)?|everything|anything|all) you (?:were|have been) (?:told|taught|given|asked)\b|\byour (?:previous|earlier|prior|original|initial|old) (?:guidance|instructions?|orders?|training|persona|role)\b|\byour (?:configuration|context|content policy|system settings|guardrails|developer)\b|\byou (?:have|are) (?:been )?(?:upgraded|reprogrammed|unlocked|freed|jailbroken|unrestricted)\b|\bno content policy\b",
        r"\bautomated readers?\b|\b(?:reading|processing|parsing|indexing|seeing) this (?:page|text|document|passage|file|message)\b[^.\n]{0,30}\b(?:should|shall|must|will|has to|have to|please|is to|are to)\b|\bdo exactly as follows\b|\bsafety is (?:switched )?off\b",
    ),
    _rule(
        "bot|assistant|tutor",
        r"\b(?:dear|hey|hello|hi|ok|attention),? (?:\w+ ){0,2}(?:bot|assistant|tutor|model|ai)\b\s{0,2}[,:：]|\b(?:bot|assistant)s?\s{0,2}[:：] please\b",
    ),
    _rule(
        "visit|click|go to|open ",
        r"\b(?:tell|ask|make|have|urge|get) (?:the |every |each |all )?(?:students?|users?|pupils?|learners?|readers?) (?:to )?(?:visit|click|open|go to|download|install|pay|call)\b",
    ),
    _rule(
        "问什么|回答里|回答中|回复里|回复中|口吻|不算数|不算了|我说的做|你要|总结|翻译|满分|你的|读到这|看到这",
        r"(?:不管|无论|不论)[^。！？\n]{0,6}问(?:你)?什么|在(?:你的|每个|每次|所有)?(?:回答|回复)(?:里|中|后面?|之后)(?:都)?(?:加|附|插|写|带|说)|(?:改用|换成|用)[^。！？\n]{1,8}(?:的)?口吻(?:回答|说|回复)?[。！!]?$",
        r"(?:之前|以前|先前|前面)的?(?:约定|规定|设定|说法|要求)[^。！？\n]{0,4}(?:不算|作废|无效)|(?:照|按)(?:着)?我说的(?:去)?做|你要(?:假扮|扮演|装成|假装)|(?:总结|翻译|概括|回答)(?:本文|这篇|全文|这段|问题)?(?:的)?时(?:候)?[，,]?(?:请|都|要|必须)|(?:打|给)(?:这篇)?[^。！？\n]{0,6}满分",
        r"你的(?:设定|配置|提示词|系统|指令|初始)|(?:读到|看到|阅读)(?:这里|这段|本文)[^。！？\n]{0,10}(?:请|必须|应当|务必|要|智能体|模型)",
    ),
    _rule(
        "ignor|negeer|oublie|vergiss|olvida|dimentica",
        r"\b(?:ignore[zr]?|ignora|ignoriere|negeer|oublie[zr]?|vergiss|olvida|dimentica)\b[^.\n]{0,30}\b(?:instructions|instrucciones|instruções|instruçoes|istruzioni|anweisungen|instructies|règles|reglas|regeln|regole)\b",
    ),
    _rule(
        "игнор|забудь|無視|忘れ|무시",
        r"(?:игнорируй|забудь)[^.\n]{0,30}(?:инструкци|указани|правил)|指示を[^。\n]{0,6}(?:無視|忘れ)|無視して[^。\n]{0,20}(?:言って|答えて)|지시를?[^.\n]{0,6}무시",
    ),
)
_MARKUP = re.compile(
    rf"^\W{{0,8}}(?:{_MACHINE}|system|developer|human|model|系统|助手|开发者)\s{{0,2}}[,:：]"
    r"|^\W{0,8}(?:say|answer|reply|respond|output) [\"“'‘]?(?-i:[A-Z0-9]+[-A-Z0-9]{4,})"
    r"|</?(?:passages?|system[\w-]*|instructions?|资料)>"
    r"|<\|[^|<>\n]{0,40}\|>|<</?SYS>>|\[/?INST\]|<(?:start|end)_of_turn>|={5}LIBRARY-\w*"
    r"|<(?:img|iframe|script|form|object|embed|link|meta|svg|style)\b"
    r"|(?:^|[.!?。！？]\s{0,3})(?:system|assistant|developer|系统|助手)\s{0,2}[:：]",
    re.IGNORECASE | re.MULTILINE,
)
"""Marks of chat templates, and of pages that fetch or run something: no pupil reads these."""
_CONFUSABLE = str.maketrans("аеосіјрѕхуАВЕКМНОРСТХІαοερτνι", "aeocijpsxyABEKMHOPCTXIaoeptvi")
"""Cyrillic and Greek letters that look like Latin ones, among Latin letters."""
_FOREIGN_LETTER = re.compile(r"[\u0370-\u04ff]")
_MIXED = re.compile(r"\w*[A-Za-z]\w*[\u0370-\u04ff]\w*|\w*[\u0370-\u04ff]\w*[A-Za-z]\w*")
_SPELLED = re.compile(r"(?<!\w)(?:[\w,.][ \t\n]{1,9}){5,}\w(?!\w)")
_HANZI_GAP = re.compile(rf"(?<=[{HAN}，。：])[ \t\n]+(?=[{HAN}，。：])")
_MARKED = re.compile(r"[*_~`|#>]+")
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
    """Whether a text speaks to a model: “ignore your instructions”, “from now on you are”, however it is disguised."""
    if any(0xE0000 <= ord(sign) <= 0xE0FFF for sign in text):
        return True
    seen = visible(text)
    return _MARKUP.search(seen) is not None or any(_orders(form) for form in _readings(seen))


def _orders(text: str) -> bool:
    low = text.lower()
    for words, pattern in _ORDERS:
        for word in words:
            if word in low:
                if pattern.search(text):
                    return True
                break
    return False


def _readings(text: str) -> Iterator[str]:
    """A text as it stands, then as somebody may read it who is not fooled by marks, widths and gaps."""
    joined = " ".join(text.split())
    yield joined
    bare = _MARKED.sub("", unicodedata.normalize("NFKC", text))
    if _FOREIGN_LETTER.search(bare):
        bare = _MIXED.sub(lambda word: word.group().translate(_CONFUSABLE), bare)
    bare = " ".join(_SPELLED.sub(_closed, _HANZI_GAP.sub("", bare)).split())
    if bare != joined:
        yield bare


def _closed(spelled: re.Match[str]) -> str:
    """“s a y  i t” as “say it”: single gaps close, double ones part words."""
    return re.sub(r"(?<=\S)[ \t\n](?=\S)", "", spelled.group())


@lru_cache(maxsize=4_096)
def ordered(text: str) -> bool:
    """`gives_orders`, remembered: passages of one library come again and again."""
    return gives_orders(text)


def trusted(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """What of these passages may be quoted or shown to a model: unflagged ones, without sentences that give orders."""
    return tuple(_harmless(passage) for passage in passages if not passage.flagged)


def _harmless(passage: Passage) -> Passage:
    if not ordered(passage.text):
        return passage
    ordering = [ordered(passage.text[sentence.start : sentence.end]) for sentence in passage.sentences]
    if not any(ordering):
        # It runs over the border of two sentences, or hides between them: then nothing is quoted.
        return replace(passage, sentences=())
    # What follows an order is often what it wants to be said.
    quotable = tuple(
        sentence
        for sentence, orders, before in zip(passage.sentences, ordering, (False, *ordering[:-1]), strict=True)
        if not orders and not before
    )
    return replace(passage, sentences=quotable)


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
