"""Every refusal of the protocol: a stable code and a sentence a student understands, in both languages."""

from enum import IntEnum, StrEnum


class ErrorCode(StrEnum):
    """Codes of `error` events and of HTTP error bodies."""

    BAD_JSON = "bad_json"
    BAD_MESSAGE = "bad_message"
    UNKNOWN_TYPE = "unknown_type"
    MESSAGE_TOO_LARGE = "message_too_large"
    TOO_FAST = "too_fast"
    MISSING_SESSION = "missing_session"
    UNKNOWN_SESSION = "unknown_session"
    MISSING_USER = "missing_user"
    FOREIGN_USER = "foreign_user"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    NO_SEAT = "no_seat"
    BAD_SDP = "bad_sdp"
    BAD_CANDIDATE = "bad_candidate"
    BAD_AUDIO = "bad_audio"
    NO_SPEECH = "no_speech"
    LANGUAGE_NOT_HEARD = "language_not_heard"
    LANGUAGE_NOT_SPOKEN = "language_not_spoken"
    HEARING_FAILED = "hearing_failed"
    ANSWER_FAILED = "answer_failed"
    SPEECH_FAILED = "speech_failed"
    FACE_FAILED = "face_failed"
    MEDIA_FAILED = "media_failed"
    MEDIA_BLOCKED = "media_blocked"
    MEDIA_ONE_WAY = "media_one_way"
    MEDIA_STALE = "media_stale"
    MEDIA_HANDSHAKE = "media_handshake"
    BAD_DOCUMENT = "bad_document"
    BAD_AVATAR = "bad_avatar"
    ENGINE_UNREACHABLE = "engine_unreachable"
    INTERNAL = "internal"


class CloseCode(IntEnum):
    """WebSocket close codes of this protocol (RFC 6455 section 7.4.2, private range)."""

    BAD_TOKEN = 4401
    NO_SUCH_SESSION = 4404
    TOO_MANY = 4429


_SENTENCES: dict[ErrorCode, tuple[str, str]] = {
    ErrorCode.BAD_JSON: ("That message was not valid JSON.", "这条消息不是有效的 JSON。"),
    ErrorCode.BAD_MESSAGE: ("Something in that message was missing or wrong.", "这条消息缺少内容或有误。"),
    ErrorCode.UNKNOWN_TYPE: ("This kind of message is not known here.", "无法识别这种消息。"),
    ErrorCode.MESSAGE_TOO_LARGE: ("That was too long. Please send less.", "内容太长了，请分几次发送。"),
    ErrorCode.TOO_FAST: ("That was a bit fast. Please wait a moment.", "发送得太快了，请稍等一下。"),
    ErrorCode.MISSING_SESSION: ("Choose a tutor first, then ask.", "请先选择一位老师，再提问。"),
    ErrorCode.UNKNOWN_SESSION: (
        "This lesson has ended. Please start again.",
        "这节课已结束，请重新开始。",
    ),
    ErrorCode.MISSING_USER: ("The connection did not say who is asking.", "连接没有说明是谁在提问。"),
    ErrorCode.FOREIGN_USER: ("This connection belongs to somebody else.", "这个连接属于另一个人。"),
    ErrorCode.UNAUTHORIZED: ("Please sign in again.", "请重新登录。"),
    ErrorCode.FORBIDDEN: ("You may not do that.", "您没有权限这样做。"),
    ErrorCode.NOT_FOUND: ("That does not exist.", "找不到该内容。"),
    ErrorCode.CONFLICT: ("That exists already or has changed meanwhile.", "该内容已存在或刚刚被更改。"),
    ErrorCode.NO_SEAT: (
        "All seats are taken. Please try again in a minute.",
        "现在座位已满，请一分钟后再试。",
    ),
    ErrorCode.BAD_SDP: (
        "The browser's connection offer could not be read. Reload the page.",
        "无法读取浏览器的连接请求，请刷新页面。",
    ),
    ErrorCode.BAD_CANDIDATE: (
        "A network address from the browser could not be read.",
        "无法读取浏览器提供的网络地址。",
    ),
    ErrorCode.BAD_AUDIO: (
        "This sound could not be read. Please try again or type your question.",
        "无法读取这段声音，请重试或改用文字提问。",
    ),
    ErrorCode.NO_SPEECH: (
        "I could not hear any words. Please try again or type your question.",
        "我没有听到说话声，请重试或改用文字提问。",
    ),
    ErrorCode.LANGUAGE_NOT_HEARD: (
        "I cannot hear this language yet: a Whisper model is needed for it. Please type your question.",
        "我还听不懂中文语音：需要安装 Whisper 模型。请用文字提问。",
    ),
    ErrorCode.LANGUAGE_NOT_SPOKEN: (
        "I can teach in English and Chinese. Please ask in one of them.",
        "我可以用中文或英文上课，请用其中一种语言提问。",
    ),
    ErrorCode.HEARING_FAILED: (
        "I lost your voice for a moment. Please say it again or type it.",
        "刚才没有听清，请再说一遍或改用文字。",
    ),
    ErrorCode.ANSWER_FAILED: (
        "I could not finish this answer. Please ask again.",
        "这个回答没有完成，请再问一次。",
    ),
    ErrorCode.SPEECH_FAILED: (
        "My voice failed; you can read the answer in the chat.",
        "声音出了问题，您可以在聊天中阅读回答。",
    ),
    ErrorCode.FACE_FAILED: (
        "My picture stopped for a moment; the lesson goes on with sound and text.",
        "画面暂时中断，课程将以声音和文字继续。",
    ),
    ErrorCode.MEDIA_FAILED: (
        "The live connection broke. Reconnecting; you can go on typing.",
        "实时连接中断，正在重连；您可以继续打字。",
    ),
    ErrorCode.MEDIA_BLOCKED: (
        "Your network does not let picture and sound through (it blocks UDP). You can go on typing; "
        "another network, such as your phone's, usually helps.",
        "您的网络不允许音视频通过（UDP 被拦截）。您可以继续打字；换一个网络（例如手机热点）通常可以解决。",
    ),
    ErrorCode.MEDIA_ONE_WAY: (
        "We hear your network, but our answers do not reach you. You can go on typing; "
        "another network usually helps.",
        "我们能收到您的网络数据，但您收不到我们的回复。您可以继续打字；换一个网络通常可以解决。",
    ),
    ErrorCode.MEDIA_STALE: (
        "The connection was out of date. Connecting again; you can go on typing.",
        "连接已过期，正在重新连接；您可以继续打字。",
    ),
    ErrorCode.MEDIA_HANDSHAKE: (
        "A secure connection for picture and sound could not be made on this network. "
        "You can go on typing; turning off a VPN may help.",
        "在当前网络上无法建立安全的音视频连接。您可以继续打字；关闭 VPN 可能会有帮助。",
    ),
    ErrorCode.BAD_DOCUMENT: ("This document could not be read.", "无法读取这份文档。"),
    ErrorCode.BAD_AVATAR: ("This picture or video cannot become a face.", "这张图片或视频无法制作成人像。"),
    ErrorCode.ENGINE_UNREACHABLE: (
        "The lesson server does not answer. We keep trying; what you wrote is saved.",
        "课堂服务器暂时没有响应，正在重试；您写的内容已保存。",
    ),
    ErrorCode.INTERNAL: ("Something went wrong on our side.", "我们这边出了点问题。"),
}


def sentence(code: ErrorCode, language: str = "en") -> str:
    """The sentence for a student, in Chinese for any `zh…` language, else in English."""
    english, chinese = _SENTENCES[code]
    return chinese if language.startswith("zh") else english


class ProtocolError(Exception):
    """A message that cannot be taken; `code` says why and `detail` names the field."""

    def __init__(self, code: ErrorCode, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
