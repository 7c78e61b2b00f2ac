"""What is said of the language model, weights, voices, programs and the disk."""

from tutor_engine.doctor.words import Pair, Words

_QUOTES_INSTEAD = (
    "Tutors then quote from their library instead of answering in their own words.",
    "这时导师只引用资料库中的原文，不会用自己的话回答。",
)
_PULL = ("ollama pull {model}", "ollama pull {model}")
LLM_OFF = Words(
    (
        "ENABLE_LLM is false: tutors quote from their library",
        "ENABLE_LLM 为 false：导师引用资料库中的原文",
    )
)
LLM_AWAY = Words(
    ("no language model at {url}: {failure}", "{url} 没有可用的语言模型：{failure}"),
    _QUOTES_INSTEAD,
    (
        "ollama serve & ollama pull {model}; or set OLLAMA_BASE_URL",
        "ollama serve & ollama pull {model}；或者设置 OLLAMA_BASE_URL",
    ),
)
LLM_STRANGE = Words(
    ("{url} answers, but not as Ollama does", "{url} 有应答，但不是 Ollama"),
    _QUOTES_INSTEAD,
    ("Set OLLAMA_BASE_URL to an Ollama server.", "把 OLLAMA_BASE_URL 设为 Ollama 服务器的地址。"),
)
LLM_LACKS = Words(("{url} does not have {model}", "{url} 上没有 {model}"), _QUOTES_INSTEAD, _PULL)
LLM_EMPTY = Words(("{url} has no model", "{url} 上没有任何模型"), _QUOTES_INSTEAD, _PULL)
LLM_THERE = Words(("{url} has {model}", "{url} 上有 {model}"))

HTTP_STATUS = ("status {status}", "状态码 {status}")
HTTP_SLOW = ("no answer within {timeout_s:g} s", "{timeout_s:g} 秒内没有应答")
HTTP_NOBODY = ("nothing answers there", "那里没有程序应答")

_INSTALL = ("tutor-engine models install {name}", "tutor-engine models install {name}")
_PURPOSE = ("{purpose}", "{purpose}")
MODEL_THERE = Words(("{title} is installed", "已安装 {title}"))
MODEL_MISSING = Words(("{title} is not installed", "未安装 {title}"), _PURPOSE, _INSTALL)
MODEL_INCOMPLETE = Words(("{title} is incomplete", "{title} 不完整"), _PURPOSE, _INSTALL)
MODEL_DAMAGED = Words(("{title} is damaged", "{title} 已损坏"), _PURPOSE, _INSTALL)
MODEL_UNKNOWN = Words(
    ("ASR_MODEL={whisper} is not known", "无法识别 ASR_MODEL={whisper}"),
    ("English only is heard.", "只能听懂英语。"),
    (
        "Choose one of those that `tutor-engine models list` shows.",
        "请从 `tutor-engine models list` 列出的模型中选择。",
    ),
)
_WHISPER = "听懂英语和中文口语；没有任何 Whisper 模型时只能听懂英语，而且效果较差。"
MODELS: dict[str, Pair] = {
    "face-detector": (
        "MediaPipe 近距离人脸检测",
        "制作人像时用来找到人脸；没有它只能使用手绘导师。",
    ),
    "face-mesh": (
        "MediaPipe 人脸网格",
        "制作人像时跟踪脸上的 468 个点；没有它只能使用手绘导师。",
    ),
    "minilm": (
        "all-MiniLM-L6-v2 句向量",
        "按含义查找英文段落；没有它只能按字词检索。",
    ),
    "smart-turn": (
        "Smart Turn v3.2",
        "根据声音判断学生是否说完；没有它就按固定的静音时长判断。",
    ),
    "whisper-tiny": ("Whisper tiny（CTranslate2）", _WHISPER),
    "whisper-base": ("Whisper base（CTranslate2）", _WHISPER),
    "whisper-small": ("Whisper small（CTranslate2）", _WHISPER),
    "whisper-large-v3-turbo": ("Whisper large-v3-turbo（CTranslate2）", _WHISPER),
    "musetalk-unet": ("MuseTalk 1.5 UNet", "在 GPU 上绘制说话的嘴；没有它由木偶引擎绘制。"),
    "musetalk-vae": ("Stable Diffusion VAE（ft-mse）", "MuseTalk 的图像编解码器。"),
    "musetalk-whisper": ("Whisper tiny 编码器（transformers）", "为 MuseTalk 提取声音特征。"),
}
"""Title and purpose in Chinese; in English the catalogue of models tells them."""

VOICE_THERE = Words(
    ("the embedded voice (espeak-ng) is there", "内置语音（espeak-ng）可用"),
)
VOICE_MISSING = Words(
    ("the embedded voice (espeak-ng) is missing", "缺少内置语音（espeak-ng）"),
    (
        "Without it tutors are mute when the network is away, and lips do not follow.",
        "没有它，断网时导师无法出声，口型也无法同步。",
    ),
    ("uv sync", "uv sync"),
)
EDGE_OFF = Words(
    ("ENABLE_TTS is false: the embedded voice speaks", "ENABLE_TTS 为 false：由内置语音说话"),
)
EDGE_THERE = Words(("the Edge voices can be reached", "可以访问 Edge 语音"))
EDGE_AWAY = Words(
    ("the Edge voices cannot be reached: {failure}", "无法访问 Edge 语音：{failure}"),
    (
        "The embedded voice speaks instead; it is understood, and sounds like a machine.",
        "改由内置语音说话：能听懂，但听起来像机器。",
    ),
    (
        "Allow HTTPS to speech.platform.bing.com, or set ENABLE_TTS=false.",
        "允许通过 HTTPS 访问 speech.platform.bing.com，或设置 ENABLE_TTS=false。",
    ),
)

_MAKE_SYSTEM = ("make system", "make system")
PROGRAM_THERE = Words(("{package} is installed ({purpose})", "已安装 {package}（{purpose}）"))
PROGRAM_MISSING = Words(
    ("{package} is not installed", "未安装 {package}"),
    ("Used for: {purpose}.", "用途：{purpose}。"),
    _MAKE_SYSTEM,
)
PROGRAM_NEEDED = Words(
    ("{package} is not installed", "未安装 {package}"),
    (
        "WEBRTC_TURN_RUN is true, and there is nothing to run.",
        "WEBRTC_TURN_RUN 为 true，却没有可以运行的程序。",
    ),
    _MAKE_SYSTEM,
)
FOR_TURN = (
    "TURN for browsers whose network blocks UDP; lessons work without it",
    "为屏蔽 UDP 的网络提供 TURN；没有它也能上课",
)
FOR_BENCHMARKS = (
    "some benchmarks only; avatars are built without it",
    "只用于部分性能测试；制作人像不需要它",
)
FOR_BROWSERS = ("browser tests only", "只用于浏览器测试")
FOR_RECORDED_STUDENTS = (
    "recorded students in benchmarks and browser tests only",
    "只用于性能测试和浏览器测试中的学生录音",
)
FOR_POSTGRESQL = (
    "PostgreSQL tests only; SQLite is the default",
    "只用于 PostgreSQL 测试；默认使用 SQLite",
)

_FREE = ("{gigabytes:.1f} GB free for {folder}", "{folder} 可用空间 {gigabytes:.1f} GB")
_FREE_SOME = (
    "Free some space, or set TUTOR_DATA_DIR to a larger disk.",
    "清理一些空间，或把 TUTOR_DATA_DIR 设到更大的磁盘上。",
)
DISK_ROOMY = Words(_FREE)
DISK_LOW = Words(
    _FREE,
    (
        "Avatars, idle loops and documents fill it soon.",
        "人像、待机动画和文档很快会把它占满。",
    ),
    _FREE_SOME,
)
DISK_FULL = Words(
    _FREE,
    ("Lessons cannot be prepared and uploads fail.", "无法准备课程，上传也会失败。"),
    _FREE_SOME,
)
