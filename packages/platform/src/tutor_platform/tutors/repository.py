"""Queries on tutors; everything a person may see goes through `readable` or `editable`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.classes.repository import learns_with
from tutor_platform.tutors.models import Tutor, TutorLibrary, TutorPreview, TutorTeacher, TutorVersion


def readable(subject: Subject) -> Select[Tutor]:
    """The tutors of the person's own school; to students only those that were published."""
    mine = select(Tutor).where(Tutor.tenant_id == subject.tenant_id)
    return mine if subject.may(Scope.TEACH) else mine.where(Tutor.version > 0)


def editable(subject: Subject) -> Select[Tutor]:
    """The tutors that a teacher may change: their own, shared with them, or nobody's; administrators: all."""
    mine = select(Tutor).where(Tutor.tenant_id == subject.tenant_id)
    if subject.may(Scope.MANAGE_SCHOOL):
        return mine
    shared = exists().where(TutorTeacher.tutor_id == Tutor.id, TutorTeacher.person_id == subject.person_id)
    return mine.where(or_(Tutor.owner_id.is_(None), Tutor.owner_id == subject.person_id, shared))


async def find(db: AsyncSession, subject: Subject, tutor_id: str) -> Tutor | None:
    """A tutor the person may see."""
    return await db.scalar(readable(subject).where(Tutor.id == tutor_id))


async def find_editable(db: AsyncSession, subject: Subject, tutor_id: str) -> Tutor | None:
    """A tutor the person may change, held until the unit of work is over."""
    return await db.scalar(editable(subject).where(Tutor.id == tutor_id).with_for_update())


async def find_by_avatar(db: AsyncSession, subject: Subject, avatar_id: str) -> Tutor | None:
    """A tutor with this face that the person may see."""
    return await db.scalar(readable(subject).where(Tutor.avatar_id == avatar_id).limit(1))


async def listed(db: AsyncSession, subject: Subject) -> list[Tutor]:
    """The tutors with whom a lesson can begin, oldest first."""
    offered = readable(subject).where(Tutor.state == "published", learns_with(subject))
    return list(await db.scalars(offered.order_by(Tutor.id)))


async def workshop(db: AsyncSession, subject: Subject) -> list[Tutor]:
    """The tutors a teacher may change, the latest changed first."""
    return list(await db.scalars(editable(subject).order_by(Tutor.changed_at.desc(), Tutor.id.desc())))


async def by_ids(db: AsyncSession, subject: Subject, tutor_ids: set[str]) -> dict[str, Tutor]:
    """Some tutors the person may see, by identifier."""
    found = await db.scalars(readable(subject).where(Tutor.id.in_(tutor_ids)))
    return {tutor.id: tutor for tutor in found}


async def every(db: AsyncSession) -> list[Tutor]:
    """The tutors of all schools; for the platform's own work, never for a person."""
    return list(await db.scalars(select(Tutor).order_by(Tutor.id)))


async def by_name(db: AsyncSession, tenant_id: str, name: str) -> Tutor | None:
    """A tutor by name; for the platform's own work."""
    return await db.scalar(select(Tutor).where(Tutor.tenant_id == tenant_id, Tutor.name == name))


async def wearing(db: AsyncSession, tenant_id: str, avatar_id: str) -> list[Tutor]:
    """The tutors of a school that wear a face."""
    return list(
        await db.scalars(select(Tutor).where(Tutor.tenant_id == tenant_id, Tutor.avatar_id == avatar_id))
    )


async def drafts(db: AsyncSession, tenant_id: str) -> list[Tutor]:
    """The tutors of a school whose draft differs from what is published."""
    found = await db.scalars(select(Tutor).where(Tutor.tenant_id == tenant_id))
    return [tutor for tutor in found if tutor.draft is not None]


# Versions -------------------------------------------------------------------------------------------------


async def versions_of(db: AsyncSession, tutor: Tutor) -> list[TutorVersion]:
    """The kept versions of a tutor, newest first."""
    query = select(TutorVersion).where(TutorVersion.tutor_id == tutor.id).order_by(TutorVersion.number.desc())
    return list(await db.scalars(query))


async def version_of(db: AsyncSession, tutor: Tutor, number: int) -> TutorVersion | None:
    """One kept version of a tutor."""
    return await db.scalar(
        select(TutorVersion).where(TutorVersion.tutor_id == tutor.id, TutorVersion.number == number)
    )


async def version_at(db: AsyncSession, tutor: Tutor, moment: datetime) -> TutorVersion | None:
    """The version that was published at a moment; None when it is older than the versions kept."""
    query = (
        select(TutorVersion)
        .where(TutorVersion.tutor_id == tutor.id, TutorVersion.created_at <= moment)
        .order_by(TutorVersion.number.desc())
        .limit(1)
    )
    return await db.scalar(query)


async def is_preview(db: AsyncSession, lesson_id: str) -> bool:
    """Whether a lesson only tries a draft."""
    return await db.get(TutorPreview, lesson_id) is not None


async def previews(db: AsyncSession, lesson_ids: Iterable[str]) -> set[str]:
    """Which of these lessons only try a draft."""
    query = select(TutorPreview.lesson_id).where(TutorPreview.lesson_id.in_(set(lesson_ids)))
    return set(await db.scalars(query))


# Libraries ------------------------------------------------------------------------------------------------


async def library_ids(db: AsyncSession, tutor_ids: Iterable[str]) -> dict[str, list[str]]:
    """The libraries that some tutors answer from now, in order; a tutor without any is left out."""
    query = (
        select(TutorLibrary.tutor_id, TutorLibrary.library_id)
        .where(TutorLibrary.tutor_id.in_(set(tutor_ids)), TutorLibrary.current)
        .order_by(TutorLibrary.tutor_id, TutorLibrary.position)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for tutor_id, library_id in await db.execute(query):
        found[tutor_id].append(library_id)
    return found


async def set_libraries(db: AsyncSession, tutor: Tutor, wanted: Sequence[str], *, opened: bool) -> None:
    """Let a tutor answer from these libraries; `opened`: students meet them from now on."""
    links = await db.scalars(select(TutorLibrary).where(TutorLibrary.tutor_id == tutor.id))
    known = {link.library_id: link for link in links}
    for library_id, link in known.items():
        link.current = library_id in wanted
        if not link.current and not link.opened:
            await db.delete(link)
    for position, library_id in enumerate(dict.fromkeys(wanted)):
        link = known.get(library_id)
        if link is None:
            link = TutorLibrary(tutor_id=tutor.id, library_id=library_id, opened=False)
            db.add(link)
        link.position, link.current = position, True
        link.opened = link.opened or opened
    await db.flush()


# Colleagues -----------------------------------------------------------------------------------------------


async def teacher_ids(db: AsyncSession, tutor: Tutor) -> list[str]:
    """The colleagues who may change a tutor besides its owner."""
    query = select(TutorTeacher.person_id).where(TutorTeacher.tutor_id == tutor.id)
    return sorted(await db.scalars(query))


async def set_teachers(db: AsyncSession, tutor: Tutor, person_ids: Iterable[str]) -> None:
    """Let exactly these colleagues change a tutor besides its owner."""
    await db.execute(delete(TutorTeacher).where(TutorTeacher.tutor_id == tutor.id))
    db.add_all(TutorTeacher(tutor_id=tutor.id, person_id=person_id) for person_id in sorted(set(person_ids)))
    await db.flush()


async def colleagues(db: AsyncSession, subject: Subject) -> list[Person]:
    """The teachers and administrators of the person's school, by name."""
    query = select(Person).where(
        Person.tenant_id == subject.tenant_id,
        Person.role.in_(("teacher", "admin")),
        Person.disabled_at.is_(None),
    )
    return list(await db.scalars(query.order_by(Person.name, Person.id)))
