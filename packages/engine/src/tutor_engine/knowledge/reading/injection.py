"""Text that reads like an order to a language model, in English and Chinese.

Flags passages for the owner of a document to look at; it never changes them. A textbook may well say “ignore
the friction above”, so patterns ask for the words of such attacks together, not for an imperative alone.
Pure functions, linear time.
"""

import re
import unicodedata

_WHOM = r"(?:instructions?|prompts?|rules?|guidelines?|directions?|commands?|context|messages?|guardrails?)"
_BEFORE = (
    r"(?:previous|prior|above|earlier|preceding|existing|original|initial|system|safety|all|any|your|the)"
)
_ENGLISH = (
    # ignore all previous instructions; do not follow the rules above
    rf"\b(?:ignore|disregard|forget|override|bypass|neglect|overlook|discard|drop|violate)\b"
    rf"(?:[\s,]+(?:{_BEFORE}|of|these|those|what|everything|anything|that|and|or|other|were|was"
    rf"|given)){{1,6}}"
    rf"\s+{_WHOM}\b",
    rf"\b(?:do not|don't|never|stop)\s+(?:follow|obey|comply with|following"
    rf"|obeying)\s+(?:[a-z]+\s+){{0,3}}{_WHOM}\b",
    r"\bforget (?:everything|all) (?:that )?(?:you|i|we|above|before)\b",
    r"\b(?:ignore|disregard|forget) (?:everything|all|anything)(?: (?:that is|that was"
    r"|written))? (?:above|before|prior)\b",
    r"\b(?:new|updated|revised|real|actual|secret|hidden|following) (?:system )?instructions?\s*[:：]",
    r"\byour (?:new|real|true|only|actual) (?:task|role|goal|purpose|job|instructions?)\s+(?:is|are)\b",
    r"\byou are (?:now|no longer) (?:an?|the|in|going|bound|allowed|my|dan)\b",
    r"\bfrom now on,? you (?:are|will|must|should|only|shall)\b",
    r"\b(?:act|behave|respond|pretend|answer|roleplay) as (?:if you (?:are|were)|though you"
    r"|an? unrestricted|dan\b|an? ai)",
    r"\b(?:reveal|print|repeat|show|output|leak|disclose|tell me|give me|quote|recite"
    r"|translate)\b[^.\n]{0,40}"
    r"\b(?:system|initial|hidden|secret|original) (?:prompt|message|instructions?)\b",
    r"\b(?:jailbreak|developer mode|god mode|do anything now"
    r"|prompt injection)\b[^.\n]{0,40}\b(?:enabled?|on|activated?|mode)\b",
    r"\b(?:dear|attention|note to|hey|hello|important|instructions? (?:to|for))[\s,:]+(?:the |any |all )?"
    r"(?:ai|llm|chat ?bot|chatgpt|gpt(?:-\d)?|claude|gemini|language model|assistant|virtual tutor"
    r"|ai tutor|reviewer ai)s?\b",
    r"\bif you are an? (?:ai|llm|language model|chat ?bot|assistant|automated)\b",
    r"\bas an? (?:ai|llm|large language model|ai assistant)(?: tutor)?,? you (?:must|should|will"
    r"|shall|need)\b",
    r"\b(?:do not|don't|never) (?:tell|reveal|mention|inform|show)(?: this)?(?: to)? (?:the )?(?:user"
    r"|student|learner|teacher|human)s?\b",
    r"\b(?:tell|instruct|ask|convince|persuade|direct) (?:the |every |each )?(?:user|student|learner"
    r"|reader)s? (?:to|that)\b"
    r"[^.\n]{0,60}\b(?:password|click|visit|send|https?|credit card|phone number|pay|download|install"
    r"|log ?in)",
    r"\b(?:send|post|upload|forward|exfiltrate|e-?mail)\b[^.\n]{0,40}\b(?:conversation|chat history"
    r"|transcript|password|api key|secret|token)s?\b[^.\n]{0,30}\b(?:to|at|via)\b",
    r"\b(?:give|award|assign|grade)\b[^.\n]{0,30}\b(?:full marks|highest score|an? a\+|perfect score"
    r"|100 ?%|10/10)\b[^.\n]{0,40}\b(?:regardless|no matter|always|without)\b",
    r"\b(?:respond|reply|answer|say|output)\s+(?:only|nothing but|exclusively)\s+(?:with|in)?\s*[\"“'‘]",
    r"\bend of (?:the )?(?:system |user )?(?:prompt|instructions|context|document"
    r"|data)\b[^.\n]{0,20}[-=#*:]{2,}",
    r"\b(?:execute|run|call|invoke)\b[^.\n]{0,20}\b(?:tool|function|shell|command"
    r"|plugin)\b[^.\n]{0,30}\b(?:with|now|immediately|to delete|rm -rf)",
)
_MARKS = (
    r"(?:^|\n)\s*(?:[#*>\[<|\-]{1,4}\s*)?(?:system|assistant|developer)(?:\s+(?:prompt|message|note"
    r"|override))?\s*[\]>|*]{0,2}\s*[:：]\s*\S",
    r"<\|?\s*/?\s*(?:im_start|im_end|system|endoftext|start_header_id|end_header_id|eot_id|assistant"
    r"|begin_of_text)\s*\|?>",
    r"\[/?(?:INST|SYS|SYSTEM)\]|<</?SYS>>",
    r"</?(?:instructions?|system_prompt|system-reminder|function_calls?|tool_call|untrusted"
    r"|document_content)>",
    r"(?:^|\n)\s*###\s*(?:instruction|system|response|human|assistant)s?\s*:?",
)
_CHINESE = (
    r"(?:忽略|无视|忘记|忘掉|不要理会|不用理会|抛弃|放弃|跳过|绕过|违反|不要遵守|不要遵循|不必遵守"
    r"|不再遵守|无需遵守|停止遵守|推翻|覆盖)"
    r"[^。！？\n]{0,12}(?:指令|指示|提示词?|规则|命令|要求|设定|限制|说明|约束|对话|内容)",
    r"(?:忽略|无视|忘记|忘掉)(?:掉)?(?:以上|上面|之前|先前|前面|上述)(?:的)?(?:所有|一切|全部|任何)",
    r"(?:忘记|忘掉)你(?:之前|以前|原来|所知道)",
    r"(?:系统|开发者|助手|管理员)(?:提示词?|消息|指令|命令|覆盖)\s*[:：]\s*\S",
    r"(?:^|\n)\s*(?:系统|助手)\s*[:：]\s*(?:你|请|忽略|必须|从现在)",
    r"(?:从现在(?:开始|起)|自现在起|接下来)[，,]?\s*你(?:就)?(?:是|必须|只能|要|应该|将|需要|不再)",
    r"你(?:现在|已经)(?:是|变成|成为|不再是|进入)(?:一[个名位]|了|没有|不受|开发者|越狱|DAN|无限制)",
    r"(?:新的|真正的|最新的?|隐藏的?|秘密)(?:系统)?(?:指令|任务|角色|提示词)\s*(?:是|为|[:：])",
    r"(?:输出|显示|打印|透露|泄露|告诉我|复述|重复|展示|说出|公布)[^。！？\n]{0,12}(?:系统提示词?"
    r"|系统指令|初始指令|隐藏指令|提示词)",
    r"(?:如果你是|致|写给|请注意[，,]?\s*|作为)\s*(?:一个|一名|任何|所有|各位)?\s*(?:AI|人工智能"
    r"|大语言模型|语言模型|聊天机器人|智能助手|AI助手|虚拟导师|大模型)"
    r"(?:[^。！？\n]{0,12}(?:必须|应当|应该|请|只能|不得|务必|[:：])|助教|阅卷)",
    r"(?:不要|不得|禁止|别)(?:告诉|告知|透露给|提醒|让)(?:用户|学生|学习者|老师|教师|家长)",
    r"(?:让|要求|引导|劝说|叫|诱导)(?:用户|学生|学习者|读者)[^。！？\n]{0,20}(?:密码|点击|链接|转账"
    r"|付款|下载|验证码|手机号|身份证|银行卡|登录)",
    r"(?:把|将)[^。！？\n]{0,12}(?:对话|聊天记录|密码|密钥|令牌|个人信息)[^。！？\n]{0,10}(?:发送"
    r"|上传|转发|发)(?:到|给|至)",
    r"(?:无论|不管|不论)[^。！？\n]{0,20}(?:都|一律|必须)(?:给|打|判)[^。！？\n]{0,6}(?:满分|高分"
    r"|最高分|优秀|通过)",
    r"(?:假装|扮演|假设)(?:你是|成|自己是|你没有|你不受)[^。！？\n]{0,20}(?:限制|规则|越狱|黑客|AI"
    r"|人工智能|约束|审查)",
    r"(?:越狱|开发者|上帝)模式[^。！？\n]{0,10}(?:开启|启动|激活|已开|进入)|(?:进入|开启|启动"
    r"|激活)[^。！？\n]{0,6}(?:越狱|开发者|上帝)模式",
    r"只(?:能|需|要|用|许)?(?:回答|回复|输出|说)\s*[“\"「『]",
)  # fmt: skip
_ORDER = re.compile("|".join(f"(?:{pattern})" for pattern in (*_ENGLISH, *_MARKS, *_CHINESE)), re.IGNORECASE)


def looks_like_order(text: str) -> bool:
    """Whether a passage seems to talk to a language model instead of to a student."""
    return _ORDER.search(unicodedata.normalize("NFKC", text)) is not None


def suspicious_words(text: str, at_most: int = 160) -> str:
    """The sentence part that raised the flag, for the owner; the beginning of the text when none does."""
    folded = unicodedata.normalize("NFKC", text)
    found = _ORDER.search(folded)
    line = folded.rfind("\n", 0, found.start()) + 1 if found else 0
    start = max(line, found.start() - 10) if found else 0
    return " ".join(folded[start : start + at_most].split())
