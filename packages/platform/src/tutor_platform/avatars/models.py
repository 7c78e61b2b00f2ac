"""A face made from a photo or video, the consent of the person it shows, and a school's rule for consent.

The engine keeps what it made of the upload; the upload itself and the recorded consent lie in our storage.
"""

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, Boolean, CheckConstraint, Float, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tutor_platform.kit.db import Base
from tutor_platform.kit.ids import ID_CHARS

FaceState = Literal["waiting", "building", "failed", "cancelled", "ready", "published", "revoked"]
"""Not yet with the engine, being made, refused, stopped, to be looked at, to be worn, taken back for good."""
FACE_STATES: tuple[FaceState, ...] = get_args(FaceState)

ConsentPolicy = Literal["recorded", "typed", "none"]
USUAL_POLICY: ConsentPolicy = "recorded"
CONSENT_POLICIES: tuple[ConsentPolicy, ...] = get_args(ConsentPolicy)

STOCK = ("ada", "lin")
"""The drawn tutors that every engine has; they show nobody, so nobody has to consent."""


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{value}'" for value in values) + ")"


class Face(Base):
    """A face that a teacher makes."""

    __tablename__ = "faces"
    __table_args__ = (CheckConstraint(_one_of("state", FACE_STATES), name="state"),)

    id: Mapped[str] = mapped_column(String(ID_CHARS), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[str | None] = mapped_column(String(ID_CHARS))
    name: Mapped[str] = mapped_column(String(100))
    state: Mapped[FaceState] = mapped_column(String(10), default="waiting")
    real_person: Mapped[bool] = mapped_column(Boolean, default=True)
    """False only for drawings and invented faces, by the teacher's word, which is kept in the audit log."""
    label: Mapped[str] = mapped_column(String(200), default="")
    """What is shown beside the face to say that it is made by a machine; empty: the usual words."""
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Integer)
    job_id: Mapped[str | None] = mapped_column(String(100))
    step: Mapped[str] = mapped_column(String(40), default="")
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    seconds_left: Mapped[float | None] = mapped_column(Float)
    messages: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(ID_CHARS))
    published_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @property
    def avatar_id(self) -> str:
        """Its name in the engine."""
        return avatar_id_of(self.id)

    @property
    def storage_key(self) -> str:
        """Where the upload is."""
        return f"faces/{self.id}.upload"


class Consent(Base):
    """What the person in the picture said or signed. There is one for a face; a new one replaces it."""

    __tablename__ = "face_consents"
    __table_args__ = (CheckConstraint("kind IN ('recorded', 'typed')", name="kind"),)

    face_id: Mapped[str] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    phrase: Mapped[str] = mapped_column(String(300))
    """Words chosen at random, so that a recording was made for this face and no other."""
    phrase_until: Mapped[datetime]
    kind: Mapped[str | None] = mapped_column(String(10))
    signer: Mapped[str] = mapped_column(String(200), default="")
    statement: Mapped[str] = mapped_column(Text, default="")
    clip_type: Mapped[str] = mapped_column(String(40), default="")
    clip_sha256: Mapped[str] = mapped_column(String(64), default="")
    clip_bytes: Mapped[int] = mapped_column(Integer, default=0)
    given_by: Mapped[str | None] = mapped_column(String(ID_CHARS))
    given_at: Mapped[datetime | None]

    @property
    def storage_key(self) -> str:
        """Where the recording is; readable by the platform's user only, served to few and each time noted."""
        return f"consents/{self.face_id}.clip"


class FacePolicy(Base):
    """How a school wants consent to be given; a school without a row asks for a recording."""

    __tablename__ = "face_policies"
    __table_args__ = (CheckConstraint(_one_of("consent", CONSENT_POLICIES), name="consent"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    consent: Mapped[ConsentPolicy] = mapped_column(String(10))
    approval: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether a second teacher or an administrator has to approve each face."""


def avatar_id_of(face_id: str) -> str:
    """The name in the engine of a face."""
    return f"face-{face_id}"


def face_id_of(avatar_id: str) -> str:
    """The face that has this name in the engine, if it is a school's at all."""
    return avatar_id.removeprefix("face-")
