"""Publishing: content becomes what students meet, and the version before it is kept.

Lessons that are under way keep the version they began with; it is found by when they began.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.errors import NameTaken
from tutor_platform.kit.ids import new_id
from tutor_platform.tutors import repository
from tutor_platform.tutors.content import TutorContent, content_of, put_into
from tutor_platform.tutors.models import Tutor, TutorVersion


async def publish_content(
    db: AsyncSession, subject: Subject, tutor: Tutor, content: TutorContent, now: datetime
) -> None:
    """Let students meet this content from now on.

    Raises:
        NameTaken: another tutor of the school has this name.
    """
    await check_name(db, tutor, content.name)
    if tutor.version > 0:
        await _keep_present(db, tutor)
    put_into(tutor, content)
    tutor.version += 1
    tutor.state = "published"
    tutor.revision += 1
    tutor.changed_at = now
    await repository.set_libraries(db, tutor, content.library_ids, opened=True)
    db.add(_version(tutor, content, subject.person_id, now))
    await db.flush()
    await note(db, subject, "tutor.published", tutor.id, version=tutor.version)


async def check_name(db: AsyncSession, tutor: Tutor | None, name: str, tenant_id: str | None = None) -> None:
    """Refuse a name that another tutor of the school has.

    Raises:
        NameTaken: it has.
    """
    school = tutor.tenant_id if tutor is not None else tenant_id
    other = await repository.by_name(db, school or "", name)
    if other is not None and (tutor is None or other.id != tutor.id):
        raise NameTaken(name)


async def _keep_present(db: AsyncSession, tutor: Tutor) -> None:
    """A tutor from before there were versions has no row for its present one yet."""
    if await repository.version_of(db, tutor, tutor.version) is None:
        ids = await repository.library_ids(db, [tutor.id])
        present = content_of(tutor, ids.get(tutor.id, []))
        db.add(_version(tutor, present, tutor.owner_id, tutor.created_at))


def _version(tutor: Tutor, content: TutorContent, author_id: str | None, now: datetime) -> TutorVersion:
    return TutorVersion(
        id=new_id(),
        tenant_id=tutor.tenant_id,
        tutor_id=tutor.id,
        number=tutor.version,
        content=content.model_dump(mode="json"),
        author_id=author_id,
        created_at=now,
    )
