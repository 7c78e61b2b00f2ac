"""Classes: made and led by teachers, joined by students with a code or an invitation."""

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_class, access_tutor
from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes import repository
from tutor_platform.classes.codes import new_code
from tutor_platform.classes.models import Class, ClassPolicy, ClassStudent, ClassTeacher, ClassTutor
from tutor_platform.classes.schemas import (
    ClassBrief,
    ClassChange,
    ClassPolicyView,
    ClassRequest,
    ClassView,
    Named,
    StudentRow,
)
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.errors import BadRequest, Conflict, NotFound
from tutor_platform.kit.ids import new_id
from tutor_platform.tutors.models import Tutor

DEFAULT_POLICY = ClassPolicyView(words_on_wall=True, names_in_review=True)


def named(row: Person | Tutor) -> Named:
    """Somebody or something by name."""
    return Named(id=row.id, name=row.name)


async def led(db: AsyncSession, subject: Subject, class_id: str) -> Class:
    """A class that the person may change.

    Raises:
        NotFound: no such class for this person.
        Forbidden: they only learn in it.
    """
    found = await access_class(db, subject, class_id)
    subject.require(Scope.TEACH)
    return found


async def create(db: AsyncSession, subject: Subject, wanted: ClassRequest) -> ClassView:
    """A new class, led by who makes it."""
    subject.require(Scope.TEACH)
    now = utc_now()
    fresh = Class(
        id=new_id(),
        tenant_id=subject.tenant_id,
        name=wanted.name,
        language=wanted.language,
        term=wanted.term,
        join_code=await _free_code(db),
        created_at=now,
    )
    db.add(fresh)
    await db.flush()
    db.add(ClassTeacher(class_id=fresh.id, person_id=subject.person_id, added_at=now))
    await db.flush()
    await note(db, subject, "class.created", fresh.id)
    return await view(db, subject, fresh)


async def listed(db: AsyncSession, subject: Subject, archived: bool) -> list[ClassBrief]:
    """The classes that the person learns in or leads; all of the school for administrators."""
    classes = await repository.listed(db, subject, archived and subject.may(Scope.TEACH))
    ids = [each.id for each in classes]
    teachers = await repository.teachers(db, ids)
    tutors = await repository.tutors(db, ids)
    counts = await repository.student_counts(db, ids)
    staff = subject.may(Scope.TEACH)
    return [
        _brief(
            each,
            [named(person) for person in teachers.get(each.id, [])],
            [named(tutor) for tutor in tutors.get(each.id, [])],
            counts.get(each.id, 0) if staff else None,
        )
        for each in classes
    ]


async def one(db: AsyncSession, subject: Subject, class_id: str) -> ClassView:
    """A class as those see it who lead it; an administrator's look is audited."""
    found = await led(db, subject, class_id)
    if not await repository.is_led_by(db, class_id, subject.person_id):
        await note(db, subject, "class.opened", class_id)
    return await view(db, subject, found)


async def view(db: AsyncSession, subject: Subject, shown: Class) -> ClassView:
    """A class that passed a door, whole."""
    students = await repository.students(db, shown.id)
    teachers = (await repository.teachers(db, [shown.id])).get(shown.id, [])
    tutors = (await repository.tutors(db, [shown.id])).get(shown.id, [])
    brief = _brief(shown, [named(p) for p in teachers], [named(t) for t in tutors], len(students))
    return ClassView(
        **brief.model_dump(),
        join_code=shown.join_code,
        students=[
            StudentRow(id=person.id, name=person.name, username=person.username, joined_at=entry.joined_at)
            for person, entry in students
        ],
        mine=any(person.id == subject.person_id for person in teachers),
    )


async def change(db: AsyncSession, subject: Subject, class_id: str, wanted: ClassChange) -> ClassView:
    """Change what a class is called, or archive it; an archived class has no code."""
    found = await led(db, subject, class_id)
    for name in ("name", "language", "term"):
        value = getattr(wanted, name)
        if value is not None:
            setattr(found, name, value)
    if wanted.archived is not None and wanted.archived != (found.archived_at is not None):
        found.archived_at = utc_now() if wanted.archived else None
        found.join_code = None
        await note(db, subject, "class.archived" if wanted.archived else "class.reopened", class_id)
    await db.flush()
    return await view(db, subject, found)


async def set_teachers(db: AsyncSession, subject: Subject, class_id: str, person_ids: list[str]) -> ClassView:
    """Who leads the class from now on: at least one, all of them teachers or administrators of the school."""
    found = await led(db, subject, class_id)
    wanted = set(person_ids)
    if not wanted:
        raise BadRequest("a class needs a teacher")
    staff = {person.id for person in await repository.staff(db, subject)}
    if not wanted <= staff:
        raise NotFound
    present = {person.id for person in (await repository.teachers(db, [class_id])).get(class_id, [])}
    await repository.drop_teachers(db, class_id, present - wanted)
    now = utc_now()
    db.add_all(
        ClassTeacher(class_id=class_id, person_id=person_id, added_at=now) for person_id in wanted - present
    )
    await db.flush()
    await note(db, subject, "class.teachers", class_id, count=len(wanted))
    return await view(db, subject, found)


async def set_tutors(db: AsyncSession, subject: Subject, class_id: str, tutor_ids: list[str]) -> ClassView:
    """Which tutors the class learns with from now on; students see a draft once it is published."""
    found = await led(db, subject, class_id)
    wanted = set(tutor_ids)
    present = {tutor.id for tutor in (await repository.tutors(db, [class_id])).get(class_id, [])}
    for tutor_id in sorted(wanted - present):
        await access_tutor(db, subject, tutor_id)
    await repository.drop_tutors(db, class_id, present - wanted)
    now = utc_now()
    db.add_all(
        ClassTutor(class_id=class_id, tutor_id=tutor_id, added_at=now) for tutor_id in wanted - present
    )
    await db.flush()
    await note(db, subject, "class.tutors", class_id, count=len(wanted))
    return await view(db, subject, found)


async def remove_student(db: AsyncSession, subject: Subject, class_id: str, person_id: str) -> None:
    """Take a student out of the class; the person and their lessons stay."""
    await led(db, subject, class_id)
    if not await repository.leave(db, class_id, person_id):
        raise NotFound
    await note(db, subject, "class.student_removed", class_id, person_id=person_id)


async def fresh_code(db: AsyncSession, subject: Subject, class_id: str) -> ClassView:
    """A new code; the old one opens nothing any more.

    Raises:
        Conflict: the class is archived.
    """
    found = await led(db, subject, class_id)
    if found.archived_at is not None:
        raise Conflict("archived")
    found.join_code = await _free_code(db)
    await db.flush()
    await note(db, subject, "class.code_made", class_id)
    return await view(db, subject, found)


async def drop_code(db: AsyncSession, subject: Subject, class_id: str) -> ClassView:
    """Nobody joins by code any more."""
    found = await led(db, subject, class_id)
    found.join_code = None
    await db.flush()
    await note(db, subject, "class.code_dropped", class_id)
    return await view(db, subject, found)


async def enrol(db: AsyncSession, tenant_id: str, class_id: str, person_id: str) -> Class:
    """Put somebody of a school into one of its classes; being in it already changes nothing.

    The caller has checked that the person was invited, knows the code, or is put there by who may.

    Raises:
        NotFound: the school has no such class, or it is archived.
    """
    found = await repository.in_tenant(db, tenant_id, class_id)
    if found is None:
        raise NotFound
    if await repository.membership(db, class_id, person_id) is None:
        db.add(ClassStudent(class_id=class_id, person_id=person_id, joined_at=utc_now()))
        await db.flush()
    return found


async def add_teacher(db: AsyncSession, class_id: str, person_id: str) -> None:
    """One more teacher of a class that passed a door; leading it already changes nothing."""
    if not await repository.is_led_by(db, class_id, person_id):
        db.add(ClassTeacher(class_id=class_id, person_id=person_id, added_at=utc_now()))
        await db.flush()


async def staff(db: AsyncSession, subject: Subject) -> list[Named]:
    """Who may lead a class in the person's school."""
    subject.require(Scope.TEACH)
    return [named(person) for person in await repository.staff(db, subject)]


async def policy(db: AsyncSession, tenant_id: str) -> ClassPolicyView:
    """What a school lets its teachers see."""
    kept = await repository.policy(db, tenant_id)
    if kept is None:
        return DEFAULT_POLICY
    return ClassPolicyView(words_on_wall=kept.words_on_wall, names_in_review=kept.names_in_review)


async def set_policy(db: AsyncSession, subject: Subject, wanted: ClassPolicyView) -> ClassPolicyView:
    """Change it, for the whole school."""
    subject.require(Scope.MANAGE_SCHOOL)
    kept = await repository.policy(db, subject.tenant_id)
    if kept is None:
        kept = ClassPolicy(tenant_id=subject.tenant_id)
        db.add(kept)
    kept.words_on_wall = wanted.words_on_wall
    kept.names_in_review = wanted.names_in_review
    await db.flush()
    await note(db, subject, "school.class_policy", subject.tenant_id, **wanted.model_dump())
    return wanted


async def _free_code(db: AsyncSession) -> str:
    while True:
        code = new_code()
        if not await repository.code_taken(db, code):
            return code


def _brief(shown: Class, teachers: list[Named], tutors: list[Named], count: int | None) -> ClassBrief:
    return ClassBrief(
        id=shown.id,
        name=shown.name,
        language=shown.language,
        term=shown.term,
        archived=shown.archived_at is not None,
        teachers=teachers,
        tutors=tutors,
        student_count=count,
    )
