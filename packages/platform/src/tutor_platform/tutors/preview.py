"""Trying a draft: a lesson for its teacher alone, marked so that nobody counts it."""

from tutor_platform.authz.doors import access_editable_tutor
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.db import Database
from tutor_platform.lessons.service import Lessons
from tutor_platform.tutors.service import draft_content


async def begin(database: Database, lessons: Lessons, subject: Subject, tutor_id: str) -> str:
    """Begin a lesson with the draft of a tutor; returns the lesson's identifier.

    Raises:
        NoSeat, EngineUnreachable: the engine cannot take a lesson now.
    """
    subject.require(Scope.TEACH)
    async with database.writing() as db:
        tutor = await access_editable_tutor(db, subject, tutor_id)
        content = await draft_content(db, tutor)
    lesson = await lessons.open(subject, tutor_id, content.mode, preview=True)
    return lesson.id
