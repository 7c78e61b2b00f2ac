"""Every refusal of the platform: a status, a stable code and a sentence in the reader's language.

PlatformError
├── Unauthorized 401 unauthorized          not signed in
│   └── PasswordChangeNeeded 403 password_change_needed  signed in by a one-time password
├── BadCredentials 401 bad_credentials     name or password wrong
├── BadOrigin 403 bad_origin               the request comes from another site's page
├── Forbidden 403 forbidden                signed in, but not with this role
├── NotFound 404 not_found                 absent, or not yours to see
├── Conflict 409 conflict
│   ├── NameTaken name_taken               another tutor of the school has this name
│   ├── DraftMoved draft_moved             saved elsewhere meanwhile; nothing is lost
│   ├── ConsentMissing consent_missing     the person in the picture has not consented yet
│   ├── ApprovalMissing approval_missing   nobody else has looked at the face yet
│   └── FaceMissing face_missing           the tutor has a face that is not published
├── TimeOver 409 time_over                 the minutes of this lesson are used up
├── Gone 410                               invitation_gone
├── AccountRefused 4xx                     what is wrong with a name, a password or a sign-in (own codes)
├── BadRequest 422 bad_request             malformed input
├── FileRefused 415 file_refused · TooLarge 413 too_large
├── TooManyAttempts 429 too_many_attempts  with Retry-After
├── QuotaReached 429 quota_<kind>          the school has used what it may; says what to do next
├── NotReady 409 not_ready                 made by a job that has not ended yet
├── StorageFull 507 storage_full           no room on the disk
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
    "name_taken": (
        "A tutor of your school has this name already. Choose another one.",
        "学校里已有同名的导师，请换一个名字。",
    ),
    "draft_moved": (
        "Somebody, or another tab, has changed this meanwhile. What you wrote here is still here.",
        "其他人或其他标签页刚刚做了修改。你在这里写的内容仍然保留。",
    ),
    "consent_missing": (
        "The person in the picture has to agree before anybody meets this face.",
        "画面中的人同意之后，这个形象才能使用。",
    ),
    "approval_missing": (
        "A colleague or an administrator has to approve this face first.",
        "这个形象需要先由一位同事或管理员批准。",
    ),
    "face_missing": (
        "This face is not published. Choose another one, or publish it in the studio first.",
        "这个形象尚未发布。请换一个，或者先在形象工作室发布它。",
    ),
    "file_refused": (
        "This kind of file cannot be used here.",
        "这里不能使用这种文件。",
    ),
    "too_large": ("This file is too large.", "这个文件太大。"),
    "bad_request": ("Something in this request was missing or wrong.", "请求缺少内容或有误。"),
    "too_many_attempts": (
        "Too many attempts. Please wait a little before the next one.",
        "尝试次数过多，请稍后再试。",
    ),
    "password_change_needed": (
        "Please choose a password of your own first.",
        "请先设置你自己的密码。",
    ),
    "password_expired": (
        "This one-time password has run out. Ask your school for a new one.",
        "这个一次性密码已过期，请向学校索取新的密码。",
    ),
    "password_wrong": ("Your present password is not right.", "当前密码不正确。"),
    "password_short": ("Please choose at least ten characters.", "密码至少需要十个字符。"),
    "password_common": (
        "Many people use this password. Please choose another one.",
        "这个密码太常见，请换一个。",
    ),
    "password_personal": (
        "Please choose a password without your own name in it.",
        "密码中请不要包含你的名字。",
    ),
    "password_same": (
        "This is the password you have. Please choose another one.",
        "这就是当前密码，请换一个。",
    ),
    "password_simple": (
        "This password is easy to guess: it repeats itself or runs along the keyboard.",
        "这个密码重复或按键盘顺序排列，很容易被猜到。",
    ),
    "username_taken": (
        "Somebody has this user name already. Try another one.",
        "该用户名已被使用，请换一个。",
    ),
    "email_taken": ("Somebody at your school has this e-mail address already.", "学校里已有人使用该邮箱。"),
    "account_disabled": (
        "This account is switched off. Ask your school about it.",
        "该账号已停用，请联系学校。",
    ),
    "last_admin": (
        "Your school needs at least one administrator. Name another one first.",
        "学校至少需要一名管理员，请先指定另一位。",
    ),
    "not_yourself": (
        "You cannot do this to your own account. Ask another administrator.",
        "不能对自己的账号执行此操作，请联系其他管理员。",
    ),
    "invitation_gone": (
        "This invitation was used, withdrawn, or has run out. Ask for a new one.",
        "该邀请已被使用、撤回或已过期，请索取新的邀请。",
    ),
    "import_wrong": (
        "Some lines of the list are not right. Nothing was added.",
        "名单中有几行有误，没有添加任何人。",
    ),
    "sign_in_over": (
        "This sign-in took too long or was used already. Please start again.",
        "本次登录已超时或已被使用，请重新开始。",
    ),
    "provider_unreachable": (
        "The other organisation's sign-in does not answer. Please try again later.",
        "对方机构的登录服务没有响应，请稍后再试。",
    ),
    "provider_refused": (
        "The other organisation's answer could not be trusted, so nobody was signed in.",
        "对方机构的答复无法验证，登录未完成。",
    ),
    "provider_stranger": (
        "Your account at the other organisation is not known here. Ask your school to add you.",
        "你在对方机构的账号在这里没有登记，请联系学校添加。",
    ),
    "quota_lessons_at_once": (
        "As many lessons as your school allows are going on. Wait until one ends, or ask your administrator.",
        "学校同时进行的课程已达上限，请等一节课结束，或联系管理员。",
    ),
    "quota_minutes_per_month": (
        "Your school has used this month's lesson time. It starts anew on the first; an administrator can "
        "allow more.",
        "学校本月的课程时间已用完，下月一日重新计算，管理员也可以提高上限。",
    ),
    "quota_avatar_builds_per_month": (
        "Your school has made this month's faces. Use a face you have, or ask your administrator for more.",
        "学校本月制作形象的次数已用完，请使用已有形象，或请管理员提高上限。",
    ),
    "quota_storage_bytes": (
        "Your school's storage is full. Delete documents you no longer need, or ask your administrator.",
        "学校的存储空间已满，请删除不再需要的文档，或联系管理员。",
    ),
    "storage_full": (
        "There is no room left on the server. Nothing was stored; please tell your administrator.",
        "服务器空间已满，内容没有保存，请通知管理员。",
    ),
    "not_ready": ("This is still being made. Please look again in a moment.", "仍在准备中，请稍后再看。"),
    "time_over": (
        "The time for this lesson is over. You find everything that was said in its record.",
        "这节课的时间到了，课堂内容都保存在记录里。",
    ),
    "time_short": (
        "Two minutes are left in this lesson.",
        "这节课还剩两分钟。",
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


class PasswordChangeNeeded(Unauthorized):
    """Signed in by a one-time password, which is good for choosing one's own and for nothing else."""

    status = 403
    code = "password_change_needed"


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


class TimeOver(PlatformError):
    """The minutes that the tutor gives to one lesson are used up."""

    status = 409
    code = "time_over"


class Gone(PlatformError):
    """What a link led to is over."""

    status = 410
    code = "invitation_gone"


class AccountRefused(PlatformError):
    """Something about a name, a password or a sign-in, each with its own code and sentence."""

    def __init__(self, code: str, status: int = 409, detail: str = "") -> None:
        self.code = code
        self.status = status
        super().__init__(detail)


class NameTaken(Conflict):
    """Another tutor of the school has this name."""

    code = "name_taken"


class DraftMoved(Conflict):
    """The draft was saved elsewhere after this page had read it."""

    code = "draft_moved"


class ConsentMissing(Conflict):
    """The person in the picture has not consented."""

    code = "consent_missing"


class ApprovalMissing(Conflict):
    """Nobody else has looked at the face yet."""

    code = "approval_missing"


class FaceMissing(Conflict):
    """The tutor's face cannot be worn."""

    code = "face_missing"


class BadRequest(PlatformError):
    """Malformed input."""

    status = 422
    code = "bad_request"


class FileRefused(BadRequest):
    """Not a kind of file that is taken here."""

    status = 415
    code = "file_refused"


class TooLarge(BadRequest):
    """More bytes than are taken here."""

    status = 413
    code = "too_large"


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


class QuotaReached(PlatformError):
    """The school has used what it may of this kind."""

    status = 429

    def __init__(self, kind: str) -> None:
        self.code = f"quota_{kind}"
        super().__init__(kind)


class NotReady(PlatformError):
    """What is asked for is made by a job that has not ended yet."""

    status = 409
    code = "not_ready"


class StorageFull(PlatformError):
    """The disk has no room; nothing was stored."""

    status = 507
    code = "storage_full"
