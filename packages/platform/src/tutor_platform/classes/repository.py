"""Queries on classes and who belongs to them; what a person may see goes through `readable` and `led`.

`my_students` and `assigned_tutors` are the two sets that other repositories build their own doors on.
"""

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes.models import (
    Class,
    ClassPolicy,
    ClassStudent,
    ClassTeacher,
    ClassTutor,
    TeacherWords,
)
from tutor_platform.tutors.models import Tutor

Key = TypeVar("Key")
Value = TypeVar("Value")


def readable(subject: Subject) -> Select[Class]:
    """Classes the person learns in or leads; all of the school for administrators."""
    query = select(Class).where(Class.tenant_id == subject.tenant_id)
    if subject.may(Scope.MANAGE_SCHOOL):
        return query
    led_by_me = select(ClassTeacher.class_id).where(ClassTeacher.person_id == subject.person_id)
    if subject.may(Scope.TEACH):
        return query.where(Class.id.in_(led_by_me))
    joined = select(ClassStudent.class_id).where(ClassStudent.person_id == subject.person_id)
    return query.where(Class.id.in_(joined), Class.archived_at.is_(None))


def my_students(subject: Subject) -> Select[str]:
    """Identifiers of the students of classes that the person leads; archived classes teach nobody."""
    return (
        select(ClassStudent.person_id)
        .join(Class, Class.id == ClassStudent.class_id)
        .join(ClassTeacher, ClassTeacher.class_id == Class.id)
        .where(
            Class.tenant_id == subject.tenant_id,
            Class.archived_at.is_(None),
            ClassTeacher.person_id == subject.person_id,
        )
    )


def assigned_tutors(subject: Subject) -> Select[str]:
    """Identifiers of the tutors of the classes that the person learns in."""
    return (
        select(ClassTutor.tutor_id)
        .join(Class, Class.id == ClassTutor.class_id)
        .join(ClassStudent, ClassStudent.class_id == Class.id)
        .where(
            Class.tenant_id == subject.tenant_id,
            Class.archived_at.is_(None),
            ClassStudent.person_id == subject.person_id,
        )
    )


def learns_with(subject: Subject) -> ColumnElement[bool]:
    """Which tutors a person may begin a lesson with, as a condition on `Tutor`.

    A tutor that living classes have is for them; one that no class has is for the whole school. Staff may try
    every tutor.
    """
    if subject.may(Scope.TEACH):
        return true()
    taken = (
        select(ClassTutor.tutor_id)
        .join(Class, Class.id == ClassTutor.class_id)
        .where(ClassTutor.tutor_id == Tutor.id, Class.archived_at.is_(None))
        .exists()
    )
    return or_(~taken, Tutor.id.in_(assigned_tutors(subject)))


def students_in(class_id: str) -> Select[str]:
    """Identifiers of the students of one class, which has passed a door."""
    return select(ClassStudent.person_id).where(ClassStudent.class_id == class_id)


async def find(db: AsyncSession, subject: Subject, class_id: str) -> Class | None:
    """A class the person may see."""
    return await db.scalar(readable(subject).where(Class.id == class_id))


async def listed(db: AsyncSession, subject: Subject, archived: bool) -> list[Class]:
    """Classes the person may see, by name."""
    at = Class.archived_at
    query = readable(subject).where(at.is_not(None) if archived else at.is_(None))
    return list(await db.scalars(query.order_by(Class.name, Class.id)))


async def is_led_by(db: AsyncSession, class_id: str, person_id: str) -> bool:
    """Whether this person is a teacher of this class."""
    return await db.get(ClassTeacher, (class_id, person_id)) is not None


async def shares_a_class(db: AsyncSession, subject: Subject, student_id: str) -> bool:
    """Whether the person leads a class of this student."""
    query = my_students(subject).where(ClassStudent.person_id == student_id).limit(1)
    return await db.scalar(query) is not None


async def may_learn_with(db: AsyncSession, subject: Subject, tutor_id: str) -> bool:
    """Whether the person may begin a lesson with this tutor of their school."""
    query = select(Tutor.id).where(
        Tutor.tenant_id == subject.tenant_id, Tutor.id == tutor_id, learns_with(subject)
    )
    return await db.scalar(query) is not None


async def by_code(db: AsyncSession, code: str) -> Class | None:
    """The class that this code opens; whoever holds the code may know its name."""
    return await db.scalar(select(Class).where(Class.join_code == code, Class.archived_at.is_(None)))


async def code_taken(db: AsyncSession, code: str) -> bool:
    """Whether any class of any school has this code."""
    return await db.scalar(select(Class.id).where(Class.join_code == code)) is not None


async def in_tenant(db: AsyncSession, tenant_id: str, class_id: str) -> Class | None:
    """A living class of a school; for invitations, which name their own school."""
    return await db.scalar(
        select(Class).where(Class.tenant_id == tenant_id, Class.id == class_id, Class.archived_at.is_(None))
    )


# Who belongs to classes that passed a door ---------------------------------------------------------------


async def teachers(db: AsyncSession, class_ids: list[str]) -> dict[str, list[Person]]:
    """Those who lead each class, by name."""
    rows = await db.execute(
        select(ClassTeacher.class_id, Person)
        .join(Person, Person.id == ClassTeacher.person_id)
        .where(ClassTeacher.class_id.in_(class_ids))
        .order_by(Person.name, Person.id)
    )
    return _grouped([(row[0], row[1]) for row in rows])


async def students(db: AsyncSession, class_id: str) -> list[tuple[Person, ClassStudent]]:
    """Those who learn in a class, by name."""
    rows = await db.execute(
        select(Person, ClassStudent)
        .join(ClassStudent, ClassStudent.person_id == Person.id)
        .where(ClassStudent.class_id == class_id)
        .order_by(Person.name, Person.id)
    )
    return [(row[0], row[1]) for row in rows]


async def tutors(db: AsyncSession, class_ids: list[str]) -> dict[str, list[Tutor]]:
    """The tutors of each class, by name."""
    rows = await db.execute(
        select(ClassTutor.class_id, Tutor)
        .join(Tutor, Tutor.id == ClassTutor.tutor_id)
        .where(ClassTutor.class_id.in_(class_ids))
        .order_by(Tutor.name, Tutor.id)
    )
    return _grouped([(row[0], row[1]) for row in rows])


async def student_counts(db: AsyncSession, class_ids: list[str]) -> dict[str, int]:
    """How many learn in each class."""
    rows = await db.execute(
        select(ClassStudent.class_id, func.count())
        .where(ClassStudent.class_id.in_(class_ids))
        .group_by(ClassStudent.class_id)
    )
    return {row[0]: row[1] for row in rows}


async def class_names_of(db: AsyncSession, subject: Subject, student_ids: set[str]) -> dict[str, list[str]]:
    """The names of each student's classes, as far as the person may see them."""
    mine = readable(subject).where(Class.archived_at.is_(None)).subquery()
    rows = await db.execute(
        select(ClassStudent.person_id, mine.c.name)
        .join(mine, mine.c.id == ClassStudent.class_id)
        .where(ClassStudent.person_id.in_(student_ids))
        .order_by(mine.c.name)
    )
    return _grouped([(row[0], row[1]) for row in rows])


async def staff(db: AsyncSession, subject: Subject) -> list[Person]:
    """Who may lead a class in the person's school, by name."""
    query = select(Person).where(Person.tenant_id == subject.tenant_id, Person.role != "student")
    return list(await db.scalars(query.order_by(Person.name, Person.id)))


async def people_by_ids(db: AsyncSession, subject: Subject, person_ids: set[str]) -> dict[str, Person]:
    """People of the person's school, by identifier."""
    query = select(Person).where(Person.tenant_id == subject.tenant_id, Person.id.in_(person_ids))
    return {person.id: person for person in await db.scalars(query)}


async def membership(db: AsyncSession, class_id: str, person_id: str) -> ClassStudent | None:
    """That somebody learns in a class."""
    return await db.get(ClassStudent, (class_id, person_id))


async def leave(db: AsyncSession, class_id: str, person_id: str) -> bool:
    """Take a student out; False when they were not in."""
    done = await db.execute(
        delete(ClassStudent)
        .where(ClassStudent.class_id == class_id, ClassStudent.person_id == person_id)
        .returning(ClassStudent.person_id)
    )
    return done.first() is not None


async def drop_tutors(db: AsyncSession, class_id: str, tutor_ids: set[str]) -> None:
    """Take tutors away from a class."""
    await db.execute(
        delete(ClassTutor).where(ClassTutor.class_id == class_id, ClassTutor.tutor_id.in_(tutor_ids))
    )


async def drop_teachers(db: AsyncSession, class_id: str, person_ids: set[str]) -> None:
    """Take teachers away from a class."""
    await db.execute(
        delete(ClassTeacher).where(ClassTeacher.class_id == class_id, ClassTeacher.person_id.in_(person_ids))
    )


async def words_in(db: AsyncSession, lesson_id: str) -> list[TeacherWords]:
    """What teachers wrote into a lesson that passed a door, in order."""
    query = select(TeacherWords).where(TeacherWords.lesson_id == lesson_id)
    return list(await db.scalars(query.order_by(TeacherWords.id)))


async def policy(db: AsyncSession, tenant_id: str) -> ClassPolicy | None:
    """What a school lets its teachers see, if it ever said so."""
    return await db.get(ClassPolicy, tenant_id)


def _grouped(pairs: list[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    groups: dict[Key, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
