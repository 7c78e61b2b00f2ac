"""Bodies of the accounts' endpoints."""

from typing import Literal

from pydantic import BaseModel, Field

from tutor_platform.accounts.passwords import MAX_PASSWORD_CHARS
from tutor_platform.authz.subject import Role
from tutor_platform.tenants.schemas import TenantView


class SignInRequest(BaseModel):
    """Name and password."""

    username: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=MAX_PASSWORD_CHARS)


class PersonChange(BaseModel):
    """What a person may change of themselves."""

    language: Literal["en", "zh"]


class PersonView(BaseModel):
    """A person as they see themselves."""

    id: str
    username: str
    name: str
    role: Role
    language: Literal["en", "zh"]
    tenant: TenantView


class PersonAnswer(BaseModel):
    """Answer with the person who is signed in."""

    person: PersonView
