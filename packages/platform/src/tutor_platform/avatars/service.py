"""The avatar studio: uploads become faces in the engine; a face of a real person needs that person's consent.

Publishing is what lets a tutor wear a face. Taking a face back deletes it everywhere and gives the tutors
that wore it a drawn one; nothing can hold it up.
"""

from collections.abc import AsyncIterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_editable_face, access_face
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.avatars import consent, repository
from tutor_platform.avatars.models import Face, FacePolicy
from tutor_platform.avatars.schemas import FaceChange, FaceList, FaceView, PolicyView
from tutor_platform.avatars.views import face_brief, face_view
from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import (
    ApprovalMissing,
    Conflict,
    ConsentMissing,
    FileRefused,
    Forbidden,
    PlatformError,
)
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.storage import Incoming, LocalStorage
from tutor_platform.knowledge.kinds import safe_name
from tutor_platform.quotas.service import Ceilings, check_storage, take_avatar_build
from tutor_platform.tutors import repository as tutors
from tutor_platform.tutors.content import usual_face
from tutor_platform.tutors.publishing import publish_content
from tutor_platform.tutors.service import live_content
from tutor_protocol.http import Job

MAX_UPLOAD_BYTES = 200 * 1024 * 1024
"""What the engine takes."""
_PHOTOS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


async def listed(db: AsyncSession, subject: Subject) -> FaceList:
    """The faces of the school."""
    subject.require(Scope.TEACH)
    names = {person.id: person.name for person in await tutors.colleagues(db, subject)}
    return FaceList(faces=[face_brief(subject, face, names) for face in await repository.listed(db, subject)])


async def one(database: Database, engine: EngineClient, subject: Subject, face_id: str) -> FaceView:
    """A face and how far it is."""
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        face = await access_face(db, subject, face_id)
    job: Job | None = None
    if face.state == "building" and face.job_id is not None:
        try:
            job = await engine.job(face.job_id)
        except PlatformError:
            job = None
    async with database.reading() as db:
        return await face_view(db, subject, await access_face(db, subject, face_id), job)


async def add(
    database: Database,
    storage: LocalStorage,
    subject: Subject,
    ceilings: Ceilings,
    name: str,
    file_name: str,
    chunks: AsyncIterable[bytes],
    now: datetime,
    *,
    real_person: bool,
) -> str:
    """Take a photo or video; returns the face's identifier.

    Raises:
        FileRefused, TooLarge, StorageFull, QuotaReached: nothing of it stays.
    """
    subject.require(Scope.TEACH)
    incoming = await storage.receive(chunks, MAX_UPLOAD_BYTES)
    try:
        check_picture(incoming.head)
        async with database.writing() as db:
            await check_storage(db, subject.tenant_id, ceilings, incoming.size_bytes)
            await take_avatar_build(db, subject.tenant_id, ceilings, now)
            face = Face(
                id=new_id(),
                tenant_id=subject.tenant_id,
                owner_id=subject.person_id,
                name=name,
                state="waiting",
                real_person=real_person,
                file_name=safe_name(file_name),
                sha256=incoming.sha256,
                size_bytes=incoming.size_bytes,
                created_at=now,
            )
            db.add(face)
            await db.flush()
            await note(db, subject, "face.uploaded", face.id, real_person=real_person)
            await storage.keep(face.storage_key, incoming)
            return face.id
    finally:
        await storage.discard(incoming)


async def replace_upload(
    database: Database,
    storage: LocalStorage,
    subject: Subject,
    ceilings: Ceilings,
    face_id: str,
    file_name: str,
    chunks: AsyncIterable[bytes],
    now: datetime,
) -> None:
    """Another photo or video for a face that is not published; consent has to be given anew."""
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        await access_editable_face(db, subject, face_id)
    incoming = await storage.receive(chunks, MAX_UPLOAD_BYTES)
    try:
        check_picture(incoming.head)
        async with database.writing() as db:
            face = await access_editable_face(db, subject, face_id)
            if face.state in ("published", "building", "waiting"):
                raise Conflict(face.state)
            await check_storage(db, subject.tenant_id, ceilings, incoming.size_bytes - face.size_bytes)
            await take_avatar_build(db, subject.tenant_id, ceilings, now)
            dropped = await consent.forget(db, face)
            _take(face, file_name, incoming)
            await note(db, subject, "face.uploaded", face.id, real_person=face.real_person)
            await storage.keep(face.storage_key, incoming)
        if dropped:
            await storage.delete(dropped)
    finally:
        await storage.discard(incoming)


async def change(db: AsyncSession, subject: Subject, face_id: str, wanted: FaceChange) -> None:
    """Another name, or other words that tell of the machine."""
    subject.require(Scope.TEACH)
    face = await access_editable_face(db, subject, face_id)
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(face, name, value)


async def cancel(db: AsyncSession, subject: Subject, face_id: str) -> str | None:
    """Stop the making of a face; returns the engine's job that has to be stopped too."""
    subject.require(Scope.TEACH)
    face = await access_editable_face(db, subject, face_id)
    if face.state not in ("waiting", "building"):
        raise Conflict(face.state)
    job_id, face.job_id, face.state = face.job_id, None, "cancelled"
    return job_id


async def retry(db: AsyncSession, subject: Subject, face_id: str) -> None:
    """Make a face of the same upload again."""
    subject.require(Scope.TEACH)
    face = await access_editable_face(db, subject, face_id)
    if face.state not in ("cancelled", "failed"):
        raise Conflict(face.state)
    face.state, face.messages, face.progress, face.step = "waiting", [], 0.0, ""


async def approve(db: AsyncSession, subject: Subject, face_id: str) -> None:
    """Say as a second teacher or as an administrator that a face may be met.

    Raises:
        Forbidden: nobody approves a face of their own.
    """
    subject.require(Scope.TEACH)
    face = await access_face(db, subject, face_id)
    if face.owner_id == subject.person_id:
        raise Forbidden("own face")
    if face.state != "ready":
        raise Conflict(face.state)
    face.approved_by = subject.person_id
    await note(db, subject, "face.approved", face.id)


async def publish(db: AsyncSession, subject: Subject, face_id: str, now: datetime) -> None:
    """Let tutors of the school wear a face.

    Raises:
        ConsentMissing, ApprovalMissing: not yet.
    """
    subject.require(Scope.TEACH)
    face = await access_editable_face(db, subject, face_id)
    policy = await repository.policy_of(db, face.tenant_id)
    if face.state == "published":
        return
    if face.state != "ready":
        raise Conflict(face.state)
    if not consent.suffices(face, policy.consent, await repository.consent_of(db, face)):
        raise ConsentMissing(policy.consent)
    if policy.approval and face.approved_by is None:
        raise ApprovalMissing
    face.state, face.published_at = "published", now
    await note(db, subject, "face.published", face.id)


async def revoke(
    database: Database, storage: LocalStorage, subject: Subject, face_id: str, now: datetime
) -> str:
    """Take a face back for good: upload, consent, the engine's copy. Returns its name in the engine."""
    subject.require(Scope.TEACH)
    async with database.writing() as db:
        face = await access_editable_face(db, subject, face_id)
        keys = [face.storage_key, f"posters/{face.avatar_id}.png"]
        keys.append(await consent.forget(db, face) or face.storage_key)
        for tutor in await tutors.wearing(db, face.tenant_id, face.avatar_id):
            content = await live_content(db, tutor)
            drawn = content.model_copy(update={"avatar_id": usual_face(content.language)})
            if tutor.version == 0:
                tutor.avatar_id = drawn.avatar_id
            else:
                state = tutor.state
                await publish_content(db, subject, tutor, drawn, now)
                tutor.state = state
        for tutor in await tutors.drafts(db, face.tenant_id):
            if tutor.draft is not None and tutor.draft.get("avatar_id") == face.avatar_id:
                tutor.draft = {**tutor.draft, "avatar_id": usual_face(tutor.language)}
                tutor.revision += 1
        face.state, face.revoked_at, face.job_id = "revoked", now, None
        await note(db, subject, "face.revoked", face.id)
        avatar_id = face.avatar_id
    for key in dict.fromkeys(keys):
        await storage.delete(key)
    return avatar_id


async def policy(db: AsyncSession, subject: Subject) -> PolicyView:
    """How the school wants consent to be given."""
    subject.require(Scope.TEACH)
    found = await repository.policy_of(db, subject.tenant_id)
    return PolicyView(consent=found.consent, approval=found.approval)


async def set_policy(db: AsyncSession, subject: Subject, wanted: PolicyView) -> PolicyView:
    """Choose how the school wants consent to be given; for administrators."""
    subject.require(Scope.MANAGE_SCHOOL)
    await db.merge(FacePolicy(tenant_id=subject.tenant_id, consent=wanted.consent, approval=wanted.approval))
    await note(
        db,
        subject,
        "face_policy.changed",
        subject.tenant_id,
        consent=wanted.consent,
        approval=wanted.approval,
    )
    return wanted


def check_picture(head: bytes) -> None:
    """Refuse at once what the engine would refuse: no photo and no video by its first bytes.

    Raises:
        FileRefused: neither.
    """
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if not (head.startswith((*_PHOTOS, b"\x1a\x45\xdf\xa3")) or webp or head[4:8] in _BOXES):
        raise FileRefused("no photo, no video")


def _take(face: Face, file_name: str, incoming: Incoming) -> None:
    face.file_name, face.sha256, face.size_bytes = safe_name(file_name), incoming.sha256, incoming.size_bytes
    face.state, face.job_id, face.approved_by, face.messages = "waiting", None, None, []
    face.progress, face.step, face.seconds_left = 0.0, "", None
