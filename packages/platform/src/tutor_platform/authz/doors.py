"""The doors: the only way from an identifier that a person sent to a tenant-owned row.

A door either returns a row the person may use, or raises NotFound, whether the row is absent or hidden.
"""

from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import repository as accounts
from tutor_platform.accounts.models import Person, SignIn
from tutor_platform.authz.subject import Subject
from tutor_platform.avatars import repository as faces
from tutor_platform.avatars.models import Face
from tutor_platform.classes import repository as classes
from tutor_platform.classes.models import Class
from tutor_platform.exports import repository as exports
from tutor_platform.exports.models import Export
from tutor_platform.invitations import repository as invitations
from tutor_platform.invitations.models import Invitation
from tutor_platform.kit.errors import NotFound
from tutor_platform.knowledge import repository as documents
from tutor_platform.knowledge.models import Document, Library
from tutor_platform.learning import repository as learned
from tutor_platform.learning.models import LearnerFact
from tutor_platform.lessons import repository as lessons
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.lessons.recordings import repository as recordings
from tutor_platform.lessons.recordings.models import Recording
from tutor_platform.people import repository as people
from tutor_platform.safety import repository as safety
from tutor_platform.safety.models import Alert, Flag, SafetyContact
from tutor_platform.safety.review import repository as review
from tutor_platform.sso import repository as sso
from tutor_platform.sso.models import SignInProvider
from tutor_platform.tutors import repository as tutors
from tutor_platform.tutors.models import Tutor

Row = TypeVar("Row")


async def access_sign_in(db: AsyncSession, subject: Subject, sign_in_id: str) -> SignIn:
    """One of the person's own signed-in browsers."""
    return _or_hidden(await accounts.find_sign_in(db, subject, sign_in_id))


async def access_person(db: AsyncSession, subject: Subject, person_id: str) -> Person:
    """Somebody of the person's own school; only for those who manage people."""
    return _or_hidden(await people.find(db, subject, person_id))


async def access_invitation(db: AsyncSession, subject: Subject, invitation_id: str) -> Invitation:
    """An invitation to the person's own school."""
    return _or_hidden(await invitations.find(db, subject, invitation_id))


async def access_provider(db: AsyncSession, subject: Subject, provider_id: str) -> SignInProvider:
    """A sign-in provider of the person's own school."""
    return _or_hidden(await sso.find(db, subject, provider_id))


async def access_tutor(db: AsyncSession, subject: Subject, tutor_id: str) -> Tutor:
    """A tutor of the person's school."""
    return _or_hidden(await tutors.find(db, subject, tutor_id))


async def access_editable_tutor(db: AsyncSession, subject: Subject, tutor_id: str) -> Tutor:
    """A tutor that the teacher may change, held until the unit of work is over."""
    return _or_hidden(await tutors.find_editable(db, subject, tutor_id))


async def access_avatar(db: AsyncSession, subject: Subject, avatar_id: str) -> str:
    """The identifier of a face that one of the person's tutors wears, or that a teacher may choose."""
    if await tutors.find_by_avatar(db, subject, avatar_id) is None:
        _or_hidden(await faces.may_choose(db, subject, avatar_id) or None)
    return avatar_id


async def access_face(db: AsyncSession, subject: Subject, face_id: str) -> Face:
    """A face of the studio that the teacher may look at."""
    return _or_hidden(await faces.find(db, subject, face_id))


async def access_editable_face(db: AsyncSession, subject: Subject, face_id: str) -> Face:
    """A face of the studio that the teacher may change, held until the unit of work is over."""
    return _or_hidden(await faces.find_editable(db, subject, face_id))


async def access_document(db: AsyncSession, subject: Subject, document_id: str) -> Document:
    """A document that a teacher may use, or that students have been shown by a tutor."""
    return _or_hidden(await documents.find(db, subject, document_id))


async def access_editable_document(db: AsyncSession, subject: Subject, document_id: str) -> Document:
    """A document in a library that the teacher may change, held until the unit of work is over."""
    return _or_hidden(await documents.find_editable(db, subject, document_id))


async def access_library(db: AsyncSession, subject: Subject, library_id: str) -> Library:
    """A library that the teacher may use."""
    return _or_hidden(await documents.find_library(db, subject, library_id))


async def access_editable_library(db: AsyncSession, subject: Subject, library_id: str) -> Library:
    """A library that the teacher may change, held until the unit of work is over."""
    return _or_hidden(await documents.find_editable_library(db, subject, library_id))


async def access_lesson(db: AsyncSession, subject: Subject, lesson_id: str) -> Lesson:
    """A lesson of the person's own."""
    return _or_hidden(await lessons.find(db, subject, lesson_id))


async def access_lesson_of_session(db: AsyncSession, subject: Subject, engine_session_id: str) -> Lesson:
    """The person's own unfinished lesson that holds this engine session."""
    return _or_hidden(await lessons.find_by_engine_session(db, subject, engine_session_id))


async def access_held_lesson(db: AsyncSession, subject: Subject, engine_session_id: str) -> str:
    """The identifier of the same, held until the unit of work is over."""
    return _or_hidden(await lessons.hold_by_engine_session(db, subject, engine_session_id))


async def access_recording(db: AsyncSession, subject: Subject, recording_id: str) -> Recording:
    """The sound of the person's own lesson, or of one whose student granted it to them."""
    return _or_hidden(await recordings.find_audible(db, subject, recording_id))


async def access_own_recording(db: AsyncSession, subject: Subject, recording_id: str) -> Recording:
    """The sound of the person's own lesson, held until the unit of work is over."""
    return _or_hidden(await recordings.find_own(db, subject, recording_id))


async def access_fact(db: AsyncSession, subject: Subject, fact_id: str) -> LearnerFact:
    """Something that the person told of themselves."""
    return _or_hidden(await learned.find_fact(db, subject, fact_id))


async def access_class(db: AsyncSession, subject: Subject, class_id: str) -> Class:
    """A class that the person learns in or leads; any of the school for administrators."""
    return _or_hidden(await classes.find(db, subject, class_id))


async def access_alert(db: AsyncSession, subject: Subject, alert_id: str) -> Alert:
    """An alert about a student of the person's classes, or an urgent one for a safety contact."""
    return _or_hidden(await safety.find(db, subject, alert_id))


async def access_contact(db: AsyncSession, subject: Subject, contact_id: str) -> SafetyContact:
    """A safety contact of the person's school."""
    return _or_hidden(await safety.contact(db, subject, contact_id))


async def access_flag(db: AsyncSession, subject: Subject, flag_id: str) -> Flag:
    """A flagged turn of a student of the person's classes."""
    return _or_hidden(await review.find_flag(db, subject, flag_id))


async def access_watched_lesson(db: AsyncSession, subject: Subject, lesson_id: str) -> Lesson:
    """A lesson of a student of the person's classes, or their own; the caller audits what it shows."""
    return _or_hidden(await review.find_lesson(db, subject, lesson_id))


async def access_watched_turn(db: AsyncSession, subject: Subject, turn_id: str) -> tuple[Lesson, Turn]:
    """A turn of such a lesson."""
    return _or_hidden(await review.find_turn(db, subject, turn_id))


async def access_export(db: AsyncSession, subject: Subject, export_id: str) -> Export:
    """An archive that the person has asked for."""
    return _or_hidden(await exports.find(db, subject, export_id))


def _or_hidden(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
