"""Consent of the person in the picture: words to read, a recording of them, or a typed statement.

A recording is private: only its face's owner and the school's administrators may play it, and each time is
noted. Nothing here judges what is said in it; a colleague can, before approving.
"""

from collections.abc import AsyncIterable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_editable_face
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.avatars import repository
from tutor_platform.avatars.models import Consent, ConsentPolicy, Face
from tutor_platform.avatars.phrases import phrase
from tutor_platform.avatars.schemas import Phrase, Statement
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import Conflict, FileRefused, NotFound
from tutor_platform.kit.storage import LocalStorage

PHRASE_LASTS = timedelta(minutes=30)
MAX_CLIP_BYTES = 40 * 1024 * 1024
MIN_CLIP_BYTES = 4 * 1024
"""A second of sound alone; less is an empty recording."""
_KINDS = {b"\x1a\x45\xdf\xa3": "video/webm", b"OggS": "audio/ogg"}


def suffices(face: Face, policy: ConsentPolicy, given: Consent | None) -> bool:
    """Whether the school's rule is kept: a recording is more than a statement, a drawing needs neither."""
    if not face.real_person or policy == "none":
        return True
    if given is None or given.kind is None:
        return False
    return given.kind == "recorded" or policy == "typed"


async def new_phrase(db: AsyncSession, subject: Subject, face_id: str, now: datetime) -> Phrase:
    """Words to be read; those given before are worthless from now on."""
    subject.require(Scope.TEACH)
    face = await access_editable_face(db, subject, face_id)
    consent = await repository.consent_of(db, face)
    if consent is None:
        consent = Consent(face_id=face.id, tenant_id=face.tenant_id)
        db.add(consent)
    elif consent.kind is not None:
        raise Conflict("given already")
    consent.phrase, consent.phrase_until = phrase(subject.language), now + PHRASE_LASTS
    await db.flush()
    return Phrase(phrase=consent.phrase, until=consent.phrase_until)


async def record(
    database: Database,
    storage: LocalStorage,
    subject: Subject,
    face_id: str,
    signer: str,
    chunks: AsyncIterable[bytes],
    now: datetime,
) -> None:
    """Keep a recording of the words.

    Raises:
        Conflict: there are no words, or they are too old.
        FileRefused: no recording.
    """
    subject.require(Scope.TEACH)
    async with database.reading() as db:
        await access_editable_face(db, subject, face_id)
    incoming = await storage.receive(chunks, MAX_CLIP_BYTES)
    try:
        kind = _clip_type(incoming.head)
        if incoming.size_bytes < MIN_CLIP_BYTES:
            raise FileRefused("empty recording")
        async with database.writing() as db:
            face = await access_editable_face(db, subject, face_id)
            consent = await _asked(db, face, now)
            consent.kind, consent.signer, consent.clip_type = "recorded", signer, kind
            consent.clip_sha256, consent.clip_bytes = incoming.sha256, incoming.size_bytes
            consent.given_by, consent.given_at = subject.person_id, now
            await note(db, subject, "face.consent_recorded", face.id)
            await storage.keep(consent.storage_key, incoming)
    finally:
        await storage.discard(incoming)


async def sign(db: AsyncSession, subject: Subject, face_id: str, signed: Statement, now: datetime) -> None:
    """Keep a typed statement; the words have to be typed too.

    Raises:
        Conflict: the school wants a recording, or these are not the words, or they are too old.
    """
    subject.require(Scope.TEACH)
    face = await access_editable_face(db, subject, face_id)
    if (await repository.policy_of(db, face.tenant_id)).consent == "recorded":
        raise Conflict("the school wants a recording")
    consent = await _asked(db, face, now)
    if "".join(signed.phrase.split()).casefold() != "".join(consent.phrase.split()).casefold():
        raise Conflict("other words")
    consent.kind, consent.signer, consent.statement = "typed", signed.signer, signed.statement
    consent.given_by, consent.given_at = subject.person_id, now
    await note(db, subject, "face.consent_signed", face.id)


async def clip(
    database: Database, storage: LocalStorage, subject: Subject, face_id: str
) -> tuple[str, bytes]:
    """The media type and bytes of a recording; that somebody asked is noted."""
    subject.require(Scope.TEACH)
    async with database.writing() as db:
        face = await access_editable_face(db, subject, face_id)
        consent = await repository.consent_of(db, face)
        if consent is None or consent.kind != "recorded":
            raise NotFound("no recording")
        await note(db, subject, "face.consent_played", face.id)
        key, kind = consent.storage_key, consent.clip_type
    data = await storage.get(key)
    if data is None:
        raise NotFound(key)
    return kind, data


async def forget(db: AsyncSession, face: Face) -> str | None:
    """Delete the consent to a face; returns where its recording is, to be deleted once that is stored."""
    consent = await repository.consent_of(db, face)
    if consent is None:
        return None
    key = consent.storage_key
    await db.delete(consent)
    await db.flush()
    return key


async def _asked(db: AsyncSession, face: Face, now: datetime) -> Consent:
    consent = await repository.consent_of(db, face)
    if consent is None or consent.kind is not None or consent.phrase_until < now:
        raise Conflict("no words, or too old")
    return consent


def _clip_type(head: bytes) -> str:
    for mark, kind in _KINDS.items():
        if head.startswith(mark):
            return kind
    if head[4:8] == b"ftyp":
        return "video/mp4"
    raise FileRefused("no recording")
