"""Bodies of the invitations' endpoints."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from tutor_platform.accounts.schemas import NewPassword, PersonName, Username
from tutor_platform.authz.subject import Role
from tutor_platform.kit.language import Language

Token = Annotated[str, StringConstraints(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
Standing = Literal["open", "used", "revoked", "over"]


class NewInvitation(BaseModel):
    """Body of `POST /api/invitations`."""

    role: Role = "student"
    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = Field(
        default="",
        description="For whom it is, for the list of invitations.",
        examples=["Ms Rivera, physics"],
    )
    days: int = Field(default=7, ge=1, le=30, description="How long the link works.")


class InvitationCard(BaseModel):
    """An invitation as administrators see it; the link itself is shown once, when it is made."""

    id: str
    role: Role
    label: str
    class_id: str | None
    standing: Standing
    created_at: datetime
    expires_at: datetime


class InvitationList(BaseModel):
    """Answer to `GET /api/invitations`."""

    invitations: list[InvitationCard]


class InvitationWithToken(BaseModel):
    """A new link, shown this once; the page puts the token behind the `#` of its address."""

    invitation: InvitationCard
    token: str


class InvitationToken(BaseModel):
    """Whoever has the link."""

    token: Token


class InvitationWelcome(BaseModel):
    """What an invitation says to somebody who opens it."""

    school: str
    role: Role


class InvitationAcceptance(BaseModel):
    """Who comes, and how they want to sign in."""

    token: Token
    name: PersonName
    username: Username
    password: NewPassword
    language: Language = "en"
