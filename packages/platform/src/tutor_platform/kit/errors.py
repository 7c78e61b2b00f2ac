"""Every refusal of the platform: a status, a stable code and a sentence in the reader's language.

PlatformError
├── Unauthorized 401 unauthorized          not signed in
├── BadCredentials 401 bad_credentials     name or password wrong
├── BadOrigin 403 bad_origin               the request comes from another site's page
├── Forbidden 403 forbidden                signed in, but not with this role
├── NotFound 404 not_found                 absent, or not yours to see
├── Conflict 409 conflict
├── BadRequest 422 bad_request             malformed input
├── TooManyAttempts 429 too_many_attempts  with Retry-After
├── EngineRefused 502 engine_refused       the engine did not take what it was asked
├── NoSeat 503 no_seat                     with Retry-After
└── EngineUnreachable 503 engine_unreachable  with Retry-After
"""

from tutor_platform.kit.language import Language
from tutor_protocol import ErrorCode, sentence
from tutor_protocol.http import ErrorBody, ErrorDetail

_OWN_SENTENCES: dict[str, tuple[str, str]] = {
    "bad_credentials": ("The name or the password is not right.", "用户名或密码不正确。"),
    "bad_origin": ("This request came from another site.", "此请求来自其他网站。"),
    "bad_request": ("Something in this request was missing or wrong.", "请求缺少内容或有误。"),
    "too_many_attempts": (
        "Too many attempts. Please wait a little before the next one.",
        "尝试次数过多，请稍后再试。",
    ),
    "engine_refused": ("The lesson server did not accept this.", "课堂服务器没有接受这个请求。"),
}


def explain(code: str, language: Language) -> str:
    """The sentence for a code of the platform or of the protocol."""
    if code in _OWN_SENTENCES:
        english, chinese = _OWN_SENTENCES[code]
        return chinese if language == "zh" else english
    try:
        return sentence(ErrorCode(code), language)
    except ValueError:
        return sentence(ErrorCode.INTERNAL, language)


def error_body(code: str, language: Language, request_id: str) -> ErrorBody:
    """The body of an HTTP error."""
    return ErrorBody(error=ErrorDetail(code=code, message=explain(code, language), id=request_id))


class PlatformError(Exception):
    """A refusal; `detail` is for the log, never for the reader."""

    status = 500
    code = "internal"

    def __init__(self, detail: str = "", *, retry_after_s: float | None = None) -> None:
        self.detail = detail
        self.retry_after_s = retry_after_s
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class Unauthorized(PlatformError):
    """Nobody is signed in."""

    status = 401
    code = "unauthorized"


class BadCredentials(PlatformError):
    """Name or password is wrong; never says which."""

    status = 401
    code = "bad_credentials"


class BadOrigin(PlatformError):
    """A page of another site sent this."""

    status = 403
    code = "bad_origin"


class Forbidden(PlatformError):
    """The person's role does not include this."""

    status = 403
    code = "forbidden"


class NotFound(PlatformError):
    """Absent, or hidden from this person."""

    status = 404
    code = "not_found"


class Conflict(PlatformError):
    """The state of things does not allow this now."""

    status = 409
    code = "conflict"


class BadRequest(PlatformError):
    """Malformed input."""

    status = 422
    code = "bad_request"


class TooManyAttempts(PlatformError):
    """Wait `retry_after_s` seconds."""

    status = 429
    code = "too_many_attempts"


class EngineRefused(PlatformError):
    """The engine answered, with a refusal."""

    status = 502
    code = "engine_refused"


class NoSeat(PlatformError):
    """Every seat of the engine is taken."""

    status = 503
    code = "no_seat"


class EngineUnreachable(PlatformError):
    """The engine does not answer."""

    status = 503
    code = "engine_unreachable"
