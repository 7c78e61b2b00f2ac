"""Queries on faces; everything a person may see goes through `readable` or `editable`."""

from sqlalchemy import Select, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.avatars.models import STOCK, USUAL_POLICY, Consent, Face, FacePolicy, face_id_of

_WEARABLE = ("published",)
_CHOOSABLE = ("ready", "published")


def readable(subject: Subject) -> Select[Face]:
    """The faces of the school, for its teachers; what is taken back is gone."""
    if not subject.may(Scope.TEACH):
        return select(Face).where(false())
    return select(Face).where(Face.tenant_id == subject.tenant_id, Face.state != "revoked")


def editable(subject: Subject) -> Select[Face]:
    """The faces that a teacher may change: their own, or nobody's; administrators: all."""
    mine = readable(subject)
    if subject.may(Scope.MANAGE_SCHOOL):
        return mine
    return mine.where(or_(Face.owner_id.is_(None), Face.owner_id == subject.person_id))


async def find(db: AsyncSession, subject: Subject, face_id: str) -> Face | None:
    """A face the person may look at."""
    return await db.scalar(readable(subject).where(Face.id == face_id))


async def find_editable(db: AsyncSession, subject: Subject, face_id: str) -> Face | None:
    """A face the person may change, held until the unit of work is over."""
    return await db.scalar(editable(subject).where(Face.id == face_id).with_for_update())


async def listed(db: AsyncSession, subject: Subject) -> list[Face]:
    """The faces of the school, the newest first."""
    return list(await db.scalars(readable(subject).order_by(Face.id.desc())))


async def choosable(db: AsyncSession, subject: Subject) -> list[Face]:
    """The faces that a tutor of the person's can have, at least while it is tried."""
    query = readable(subject).where(
        or_(Face.state == "published", (Face.state == "ready") & (Face.owner_id == subject.person_id))
    )
    return list(await db.scalars(query.order_by(Face.id.desc())))


async def may_choose(db: AsyncSession, subject: Subject, avatar_id: str) -> bool:
    """Whether the person may put this face on a tutor."""
    if not subject.may(Scope.TEACH):
        return False
    if avatar_id in STOCK:
        return True
    found = await db.scalars(readable(subject).where(Face.state.in_(_CHOOSABLE)))
    return any(face.avatar_id == avatar_id for face in found)


async def consent_of(db: AsyncSession, face: Face) -> Consent | None:
    """The consent to a face, given or still to be given."""
    return await db.scalar(select(Consent).where(Consent.face_id == face.id))


async def policy_of(db: AsyncSession, tenant_id: str) -> FacePolicy:
    """How a school wants consent to be given."""
    found = await db.scalar(select(FacePolicy).where(FacePolicy.tenant_id == tenant_id))
    return found or FacePolicy(tenant_id=tenant_id, consent=USUAL_POLICY, approval=False)


# For the platform's own work, never for a person ------------------------------------------------------------


async def is_wearable(db: AsyncSession, tenant_id: str, avatar_id: str) -> bool:
    """Whether students of a school may meet this face."""
    if avatar_id in STOCK:
        return True
    found = await db.scalars(select(Face).where(Face.tenant_id == tenant_id, Face.state.in_(_WEARABLE)))
    return any(face.avatar_id == avatar_id for face in found)


async def label_of(db: AsyncSession, tenant_id: str, avatar_id: str) -> str:
    """What a face of a school says of itself; nothing of the stock faces."""
    query = select(Face.label).where(Face.tenant_id == tenant_id, Face.id == face_id_of(avatar_id))
    return await db.scalar(query) or ""


async def every(db: AsyncSession) -> list[Face]:
    """The faces of all schools."""
    return list(await db.scalars(select(Face).order_by(Face.id)))


async def by_id(db: AsyncSession, face_id: str) -> Face | None:
    """A face, held until the unit of work is over."""
    return await db.scalar(select(Face).where(Face.id == face_id).with_for_update())
