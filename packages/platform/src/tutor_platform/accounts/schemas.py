"""Bodies of the accounts' endpoints."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tutor_platform.accounts.models import SignInMethod
from tutor_platform.accounts.passwords import MAX_PASSWORD_CHARS
from tutor_platform.authz.subject import Role, Scope
from tutor_platform.kit.language import Language
from tutor_platform.tenants.schemas import TenantView

MAX_NAME_CHARS = 200
USERNAME = r"^[^\s<>\"'`\\/;,:]+$"
"""No spaces, no marks that mean something elsewhere; letters of every alphabet are welcome."""


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("only characters that can be seen")
    return value


PersonName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_CHARS),
    AfterValidator(_printable),
]
"""What somebody is called: any language, one line."""

Username = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=2, max_length=100, pattern=USERNAME),
    AfterValidator(_printable),
]
"""What somebody signs in with."""

NewPassword = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PASSWORD_CHARS)]
"""A password to be; how good it is, is judged with a sentence of its own."""


class SignInRequest(BaseModel):
    """Name and password."""

    username: str = Field(min_length=1, max_length=100, examples=["robin"])
    password: str = Field(min_length=1, max_length=MAX_PASSWORD_CHARS, examples=["blue-kettle-42"])


class PersonChange(BaseModel):
    """What a person may change of themselves; what is left out stays."""

    language: Language | None = None
    name: PersonName | None = None


class PasswordChange(BaseModel):
    """A password for another. Somebody who never had one leaves the present one empty."""

    present: str = Field(default="", max_length=MAX_PASSWORD_CHARS)
    password: NewPassword


class PersonView(BaseModel):
    """A person as they see themselves."""

    id: str
    username: str
    name: str
    role: Role
    language: Language
    tenant: TenantView
    must_choose_password: bool = Field(
        default=False, description="Signed in by a one-time password; nothing else works until it is changed."
    )
    has_password: bool = Field(
        default=True, description="False for people of another organisation's sign-in."
    )
    scopes: list[Scope] = Field(default=[], description="What this person's role includes.")


class PersonAnswer(BaseModel):
    """Answer with the person who is signed in."""

    person: PersonView


class Device(BaseModel):
    """One browser in which a person is signed in."""

    id: str
    name: str = Field(description="Browser and system, as the browser names itself; may be empty.")
    method: SignInMethod
    signed_in_at: datetime
    last_seen_at: datetime | None = Field(description="To within some minutes.")
    here: bool = Field(description="The browser that asks.")


class DeviceList(BaseModel):
    """Answer to `GET /api/auth/devices`."""

    devices: list[Device]
