# ruff: noqa: E501 - a pattern cut in two is harder to read than a long one
"""Rules that protect minors: what a student says that needs an adult, and what a tutor must never say.

Pure functions over text, English and Chinese. A rule names a person and an intent, not a topic: biology, history
and literature are lessons. A match gets a fixed supportive reply; a teacher is told.
"""

import re

from tutor_engine.answering.port import AlertKind
from tutor_engine.answering.texts import Language
from tutor_engine.text import HAN

_SELF_EN = (
    r"\bi(?:'ve been| have been|'m| am)? (?:really |just |sometimes |often |do |only ){0,6}(?:want|wanna|wish|plan|am going|'?m going|tried|try|think about|thinking about|thinking of|keep thinking about|feel like|intend)(?:ed|ing)?(?: to| of| about| that)?(?: i| just| only)?"
    r" (?:die\b(?! (?:laughing|of (?:laughter|boredom|embarrassment|shame|curiosity)))|dying\b|(?:be|was|were) dead\b|not (?:be|being) alive|kill(?:ing)? myself|end(?:ing)? (?:my (?:own )?life|it all)|hurt(?:ing)? myself|cut(?:ting)? myself|harm(?:ing)? myself|commit(?:ting)? suicide|suicide|never wake up|disappear forever|not wake up)"
    r"|\bi (?:do not|don'?t|dont) (?:really )?(?:want to|wanna) (?:live|be alive|exist|wake up)\b(?! (?:in|on|with|near|at|there|here|forever|by)\b)"
    r"|\bi(?:'m| am| feel|'ve been| have been) (?:so |really |very )?suicidal\b"
    r"|\bi (?:cut|hurt|harm|burn|have been cutting|have been hurting)(?:ting|ed)? myself (?:on purpose|because|when i|to feel|again|at night|every)"
    r"|\b(?:best|easiest|painless|quickest|good|fastest) (?:way|method)s? (?:for me )?to (?:kill myself|commit suicide|end my life|die)\b"
    r"|\bhow (?:can|do|could|should|would) i (?:kill myself|commit suicide|end my life|hurt myself|harm myself)\b|\bhow to (?:kill|harm|hurt) (?:myself|yourself)\b|\bhow to commit suicide\b"
    r"|\b(?:everyone|they|the world|my family) (?:would|will|'d) be better (?:off )?without me\b|\bi(?:'d| would) be better off dead\b|\b(?:no|not any|(?:don'?t|do not|can'?t|cannot) (?:see|find|have) (?:any|a)) (?:reason|point) (?:for me )?(?:to live|in living|to go on living)\b"
    r"|\b(?:going to|gonna|want to|will|might|could|should i|about|of) kill(?:ing)? myself\b"
)
_SELF_ZH = (
    r"(?:我|真的|就是|好|只)(?:真的?|好|很|就|有点|有时候?|经常|一直|只){0,6}(?:想|要|打算|准备|考虑)(?:要|去|过|着)?(?:死(?!你|他|她|它|党|记|磨|守|机|角)|自杀|自残|轻生|跳楼|割腕|寻死|结束(?:自己的?|我的)?(?:生命|一切))"
    r"|(?:我|真的?|都|已经)?(?:不想|不愿意?)(?:再)?活(?:了|下去|着|在这)|活着(?:真)?(?:没有?(?:什么)?|毫无)(?:意思|意义)|生无可恋|我(?:割|伤害|弄伤)(?:过|了)?(?:我)?(?:自己|手腕)"
    r"|怎(?:么|样)(?:才能|可以|能)?(?:自杀|自残|割腕|死得|死才|无痛(?:苦)?地?死)|(?:没有|少)了?我(?:大家|他们|爸妈|世界)(?:都)?会更好|我(?:自杀|自残)(?:过|了)"
)
_KIN_EN = r"(?:(?:my|our) (?:\w+ )?(?:dad|daddy|father|step-?(?:dad|father|mom|mother|brother)|mom|mum|mommy|mother|parents?|uncle|aunt|grand(?:pa|father|ma|mother)|brother|sister|cousin|teacher|coach|tutor|neighbou?r|boyfriend|girlfriend|baby ?sitter|priest|boss)|an? (?:adult|man|grown-?up|older (?:boy|kid|man|student)|stranger)|somebody|someone|he|she|they|(?:some |the |other )?(?:kids|boys|girls|students|classmates|people)(?: \w+){0,3})"
_ABUSE_EN = (
    rf"\b{_KIN_EN}(?: (?:always|often|sometimes|keeps?|kept|regularly|has|have|had|is|was|are|were|started|even|still|just|once|'?s)){{0,6}}"
    r" (?:hit(?:s|ting)?|beat(?:s|ing|en)?|punch(?:es|ed|ing)?|kick(?:s|ed|ing)?|slap(?:s|ped|ping)?|chok(?:es|ed|ing)|rap(?:es|ed|ing)|molest(?:s|ed|ing)?|abus(?:es|ed|ing)|hurt(?:s|ing)?|bull(?:y|ies|ied|ying)|touch(?:es|ed|ing)? )(?: ?(?:me|my (?:private|breasts?|bottom|body|legs?|chest))\b)(?! with a question)"
    r"|\b(?:i am|i'm|i was|i've been|i have been|i get|i got) (?:being |getting )?(?:abused|molested|raped|bullied|beaten(?: up)?|sexually assaulted)\b"
    rf"|\b{_KIN_EN} (?:makes?|made|forces?|forced|asks?|asked|tells?|told|wants?|wanted) me to (?:undress|take off my|take (?:naked|nude)|touch (?:him|her|them)|send (?:naked|nude|private)|keep (?:it|this|that|our) (?:a )?secret)"
    r"|\bi(?:'m| am) (?:afraid|scared|too scared) (?:to go home|of going home|at home)\b|\bi don'?t feel safe at home\b"
)
_KIN_ZH = r"(?:爸爸?|妈妈?|父亲|母亲|爸妈|父母|继父|继母|后爸|后妈|叔叔|舅舅|伯伯|爷爷|外公|哥哥|老师|教练|邻居|同学们?|男朋友|有人|他们?|她们?|班上的人|家里人)"
_ABUSE_ZH = (
    rf"{_KIN_ZH}(?:们|都|总是|总|老是|老|经常|常常|每天|又|一直|今天|昨天|喜欢|会|在|还|天天|喝醉(?:了)?(?:酒)?(?:就|会)?){{0,6}}(?:打(?:了|过)?我(?!电话|的电话|招呼)|殴打我|揍(?:了)?我|踢我|掐我|虐待我|摸我|摸了我|性侵|强奸|猥亵|欺负(?:了)?我|霸凌我)"
    r"|我(?:一直|总是|老是|经常|今天|在学校){0,6}被(?:人|他们?|她们?|同学|爸爸?|妈妈?|老师|家里人|大人){0,6}(?:打了|殴打|虐待|性侵|强奸|猥亵|欺负|霸凌|家暴)|(?:我家|家里)(?:有)?家暴|我(?:不敢|害怕|怕)回家"
    rf"|{_KIN_ZH}(?:让|要|叫|逼|强迫)我(?:脱|拍裸|发裸|摸他|保密|不要告诉(?:别人|爸妈|妈妈))"
)
_SEX_EN = (
    r"\b(?:porn(?:o|hub|ography)?|xxx video|sexting|dick pics?|blow ?jobs?|hand ?jobs?|orgy|hentai|onlyfans)\b"
    r"|\b(?:show|send|give|want|see|draw|find|watch|trade|share)(?: \w+){0,3} (?:nudes?|naked (?:pics?|pictures?|photos?|girls?|boys?|women|men|selfies?)|nude (?:pics?|pictures?|photos?|girls?|boys?|women|selfies?))\b(?! (?:painting|statue|sculpture))"
    r"|\b(?:have|having|had|want) sex with (?:you|me|him|her|my|a (?:girl|boy|man|woman)|someone)\b|\b(?:talk|speak|chat) (?:dirty|sexy)\b|\b(?:erotic|sex|dirty|sexy) (?:story|stories|roleplay|role play|chat|fantas(?:y|ies))\b"
    r"|\bwill you be my (?:girlfriend|boyfriend)\b|\bare you (?:horny|a virgin)\b|\b(?:make|making) me horny\b"
)
_SEX_ZH = r"色情(?:片|视频|图|小说|网站|内容|故事)|黄片|黄色(?:网站|小说|视频|电影)|裸照|裸聊|约炮|一夜情|(?:跟|和|与)(?:我|你|他|她|人|女生|男生)(?:做爱|上床|发生性关系)|(?:看|发|拍|给我)(?:看)?[^。！？]{0,4}(?:裸体照|裸体图|私处照)|情色(?:小说|故事|聊天)|做我(?:的)?(?:女朋友|男朋友)(?:吧|好吗|好不好)"
_VIOLENCE_EN = (
    r"\bhow (?:can|do|could|would|should) i (?:make|build|get|buy|hide|smuggle|3d print) (?:an? |some |the )?(?:\w+ )?(?:bomb|explosives?|gun|pistol|rifle|grenade|poison|molotov|knife (?:in|into|to)|weapon)s?\b"
    r"|\b(?:how to|help me(?: to)?|teach me (?:how )?to|instructions (?:for|to)|tell me how to|show me how to) (?:make|mak|build|assemble|detonate|making|building|buy|get)(?: an?| some| the)?(?: \w+)? (?:bomb|explosives?|gun|pistol|grenade|molotov(?: cocktail)?|nerve gas|ricin|meth|weapon)s?\b(?! calorimeter)"
    r"|\bi(?:'m| am| will|'ll| want to| wanna| am going to|'m going to|'m gonna| could| would like to| plan to| have to| should)(?: \w+){0,2} (?:kill|murder|shoot|stab|poison|strangle|beat up|hurt|attack)(?:ing)? (?:him|her|them|you|my \w+|the (?:teacher|kids?|students?|class|school)|every(?:one|body)|some(?:one|body)|people|that (?:kid|boy|girl|teacher|guy))\b(?! (?:in (?:the|a|this|my) (?:game|story|book|play|chess|match)|'s (?:feelings|knight|queen|king)))"
    r"|\bhow (?:can|do|could|would|should) i (?:kill|murder|poison|hurt|stab) (?:a |an |my |the |some|this |that )?(?:person|people|human|some(?:one|body)|one|body|teacher|classmate|brother|sister|dad|mom|mum|father|mother|parents?|friend|him|her|them)\b|\bhow to (?:kill|murder|poison|stab) (?:a person|people|someone|somebody|my \w+|him|her|them)\b|\bget away with murder\b(?! in)"
    r"|\b(?:bring|take|carry)(?:ing)? (?:a |my |the |his |dad'?s ){0,6}(?:gun|knife|bomb|pistol|weapon) (?:to|into) (?:school|class|the school)\b|\b(?:shoot|blow) up (?:my|the|our) (?:school|class|classroom)\b"
)
_VIOLENCE_ZH = (
    r"(?:怎么|怎样|如何|教我|帮我|我想|我要)(?:自己|在家|偷偷|去){0,6}(?:做|制作|制造|造|买|弄到|组装)(?:一)?(?:个|把|颗|些)?(?:土)?(?:炸弹|炸药|手枪|枪支|枪|毒药|手榴弹|汽油弹|冰毒)(?!的历史|是谁)"
    r"|我(?:真的?|好|就|一定|很|现在|明天){0,6}(?:想|要|打算|准备|会)(?:去)?(?:杀(?:了|掉|死)?(?:他|她|你|他们|老师|同学|爸|妈|人|那个|所有人|全班)|捅(?:死|了)?(?:他|她|你|人|老师|同学)|打死(?:他|她|你|老师|同学|那个)|炸(?:了|掉)?(?:学校|教室)|报复(?:社会|全班))"
    r"|(?:怎么|怎样|如何)(?:才能|可以|能)?(?:杀人|杀死(?:一个)?(?:人|他|她|老师|同学|我)|毒死(?:人|他|她|老师|同学)|杀(?:了|掉)(?:他|她|我|老师|同学))|带(?:着)?(?:刀|枪|匕首)(?:去|到|进|来)(?:学校|教室|上学)"
)
_PERSONAL_EN = (
    r"\bmy (?:home |cell |mobile |phone |house |whatsapp |telephone ){0,6}(?:number|address|phone|password|pin(?: code)?|passport(?: number)?|credit card(?: number)?|social security number|ssn)(?: is|'s|:)\s*[\w+(#]"
    r"|\bi live (?:at|on|in) (?:number )?\d{1,5}\w?,? (?:\w+ ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|court|close|way)\b"
    r"|\b(?:call|text|phone|ring|whatsapp|message) me (?:at|on|under)?:? ?\+?\d[\d ().-]{6,16}\d|\b(?:e-?mail|write|contact) me (?:at|on)?:? ?[\w.+-]+@[\w-]+\.\w+|\bmy (?:e-?mail|mail)(?: address)?(?: is|:) ?[\w.+-]+@[\w-]+\.\w+"
    r"|\b\d{3}-\d{2}-\d{4}\b"
)
_PERSONAL_ZH = (
    rf"我(?:的|家的?|妈妈?的?|爸爸?的?){{0,6}}(?:手机号?码?|电话号?码?|密码|身份证号?码?|微信号?|QQ号?|住址|家庭住址|地址|银行卡号?)(?:是|为|：|:)\s*[\w{HAN}+]{{2,}}"
    rf"|我(?:家)?住在?[{HAN}A-Za-z0-9]{{2,20}}(?:路|街|巷|弄|小区|大道|胡同|村)[{HAN}0-9]{{0,10}}(?:号|栋|单元|室|幢)|(?<!\d)\d{{17}}[\dXx](?!\d)|(?:打|加|联系)我(?:的)?(?:电话|微信|手机)?[:：]?\s*1[3-9]\d{{9}}(?!\d)"
)

_STUDENT: tuple[tuple[AlertKind, re.Pattern[str]], ...] = (
    ("self_harm", re.compile(f"{_SELF_EN}|{_SELF_ZH}", re.IGNORECASE)),
    ("abuse", re.compile(f"{_ABUSE_EN}|{_ABUSE_ZH}", re.IGNORECASE)),
    ("violence", re.compile(f"{_VIOLENCE_EN}|{_VIOLENCE_ZH}", re.IGNORECASE)),
    ("sexual", re.compile(f"{_SEX_EN}|{_SEX_ZH}", re.IGNORECASE)),
    ("personal_data", re.compile(f"{_PERSONAL_EN}|{_PERSONAL_ZH}", re.IGNORECASE)),
)
"""Most urgent first."""
_QUOTED = re.compile(r"[“\"「『][^”\"」』]{0,200}[”\"」』]|(?<!\w)'[^']{3,200}'(?!\w)")
_OF_A_TEXT = re.compile(
    r"\b(?:mean(?:s|ing)?|poem|story|book|novel|song|sentence|phrase|word|line|text|play|film|author|poet|character)s?\b"
    r"|意思|诗|故事|书|小说|歌|句|词|课文|修辞|作者|电影|文章|翻译",
    re.IGNORECASE,
)
_TUTOR_RULES: tuple[tuple[AlertKind, str], ...] = (
    ("self_harm", r"\b(?:you should|go|just|please|better) (?:and )?(?:kill|hurt|harm|cut) yourself\b|\bkill yourself\b|\byou (?:should|deserve to|ought to) die\b|\b(?:nobody|no one) would miss you\b|\bthe world (?:is|would be) better without you\b"
                  r"|你(?:应该|就|还是|不如)?(?:去死|去自杀|自杀吧|死了算了)|没有人会想你"),
    ("abuse", r"\b(?:do not|don'?t|never) tell your (?:parents|mom|mum|mother|dad|father|teacher|family)\b|\b(?:keep|let'?s keep|this is|it is) (?:this|it|that)? ?(?:our|a) (?:little )?secret\b|\bmeet me (?:at|alone|in person|after)\b"
              r"|(?:不要|别)告诉(?:你的?)?(?:爸|妈|父母|家长|老师|家人)|(?:这是)?我们(?:之间)?的(?:小)?秘密|(?:单独|私下)(?:跟|和)我见面"),
    ("sexual", r"\b(?:porn(?:o|ography)?|blow ?jobs?|hand ?jobs?|hentai|horny|orgasms?|masturbat(?:e|ing)|dick|pussy|cum shot)\b|\b(?:take|taking) off your clothes\b|\bi(?:'m| am) in love with you\b|\bbe my (?:girlfriend|boyfriend)\b|\byou(?:'re| are) (?:so )?sexy\b"
               r"|做爱|黄片|裸聊|脱(?:掉|下)?(?:你的)?衣服|(?:我爱上你了|做我的?(?:女|男)朋友)|你(?:真|好|很)性感"),
    ("violence", r"\b(?:to|you can|you could|you) (?:make|build|assemble) (?:an? |the |your )?(?:\w+ )?(?:pipe bomb|bomb|explosive device|molotov cocktail|nerve gas)\b(?: at home|, (?:you|first|mix|take))|\byou should (?:kill|shoot|stab|hurt|poison) (?:him|her|them|your \w+|people)\b"
                 r"|(?:制作|做)(?:炸弹|炸药|汽油弹)(?:的步骤|需要|，?先|首先)|你应该(?:杀|捅|毒)(?:了|死)?(?:他|她|他们)"),
    ("personal_data", r"\b(?:what(?:'s| is)|tell me|give me|send me|share|can i have|may i have) your (?:home |phone |full |exact |real ){0,6}(?:address|phone|number|password|e-?mail|location)\b|\bwhere exactly do you live\b|\bsend me (?:a |some )?(?:photo|picture|selfie)s? of (?:you|yourself)\b"
                      r"|(?:告诉我|给我|发给我|说说)你的?(?:家庭住址|住址|地址|电话|手机号?|密码|真实姓名|微信)|你(?:具体|到底)(?:家)?住在?(?:哪里|哪儿)|(?:发|拍)(?:一)?张?你(?:自己)?的照片"),
)  # fmt: skip
_TUTOR: tuple[tuple[AlertKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _TUTOR_RULES
)
_SPACES = re.compile(r"\s+")

_REPLIES: dict[AlertKind, tuple[str, str]] = {
    "self_harm": (
        "I am really glad that you told me. What you feel matters, and you do not have to carry it alone. "
        "I am a computer program, so please talk to a person now: a parent, a teacher or another adult you trust. "
        "If you might hurt yourself, call your local emergency number or a crisis line right away.",
        "谢谢你告诉我。你的感受很重要，你不需要一个人承受。我只是计算机程序，请现在就告诉身边的人："
        "爸爸妈妈、老师，或者你信任的大人。你也可以拨打心理援助热线12356；如果有危险，请马上拨打110或120。",
    ),
    "abuse": (
        "I am sorry that this is happening to you, and it is good that you said it. It is not your fault. "
        "Please tell an adult you trust as soon as you can: a teacher, a relative, a school counsellor. "
        "If you are in danger now, call your local emergency number.",
        "很抱歉你遇到了这样的事，你愿意说出来很勇敢。这不是你的错。请尽快告诉你信任的大人，"
        "比如老师、亲人或学校的心理老师。如果现在有危险，请马上拨打110。",
    ),
    "sexual": (
        "That is not something I talk about here. If you have questions about your body or about growing up, "
        "a parent, a school nurse or a teacher can help. Shall we go on with the lesson?",
        "这个话题我不能在这里聊。如果你对身体或成长有疑问，可以问爸爸妈妈、校医或老师。我们继续上课好吗？",
    ),
    "violence": (
        "I cannot help with anything that could hurt people. If you are angry or afraid of somebody, "
        "please talk to an adult you trust; if somebody is in danger, call your local emergency number.",
        "可能伤害别人的事，我不能帮忙。如果你很生气，或者害怕某个人，请告诉你信任的大人；"
        "如果有人有危险，请马上拨打110。",
    ),
    "personal_data": (
        "Please keep things like addresses, telephone numbers and passwords to yourself; I do not need them. "
        "What would you like to learn next?",
        "请不要告诉我地址、电话和密码这样的个人信息，我不需要它们。接下来你想学什么？",
    ),
}


def concern_of_student(text: str) -> AlertKind | None:
    """The most urgent rule that a student's words touch; words quoted from a text that is asked about do not count."""
    bare = _SPACES.sub(" ", text.replace("’", "'"))
    unquoted = _QUOTED.sub(" ", bare)
    if unquoted != bare and _OF_A_TEXT.search(unquoted):
        bare = unquoted
    return next((kind for kind, rule in _STUDENT if rule.search(bare)), None)


def concern_of_tutor(text: str) -> AlertKind | None:
    """The rule that a tutor's words break; grows with the text, so that it can be asked word by word."""
    bare = _SPACES.sub(" ", text.replace("’", "'"))
    return next((kind for kind, rule in _TUTOR if rule.search(bare)), None)


def reply_to(kind: AlertKind, language: Language) -> str:
    """What is said instead: fixed, kind, and pointing to people."""
    english, chinese = _REPLIES[kind]
    return chinese if language == "zh" else english
