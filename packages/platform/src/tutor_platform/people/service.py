"""What administrators do with the people of their school. Every change leaves an entry in the audit log.

A school never loses its last administrator, and nobody shuts themselves out.
"""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import joining, passwords
from tutor_platform.accounts import repository as accounts
from tutor_platform.accounts.models import Person
from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_person
from tutor_platform.authz.subject import Role, Scope, Subject
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import AccountRefused
from tutor_platform.kit.ids import new_id
from tutor_platform.people import classlist, repository
from tutor_platform.people.schemas import (
    ImportedPerson,
    ImportPreview,
    ImportRequest,
    ImportResult,
    NewPerson,
    PeoplePage,
    PersonCard,
    PersonEdit,
    PersonWithPassword,
)
from tutor_platform.retention import service as retention

ONE_TIME_PASSWORD_LASTS = timedelta(days=14)


def card(person: Person, last_seen_at: datetime | None = None) -> PersonCard:
    """Somebody as administrators see them."""
    return PersonCard(
        id=person.id,
        username=person.username,
        name=person.name,
        email=person.email,
        role=person.role,
        language=person.language,
        disabled=person.disabled_at is not None,
        one_time_password=person.must_choose_password,
        created_at=person.created_at,
        last_seen_at=last_seen_at,
    )


async def listed(
    db: AsyncSession,
    subject: Subject,
    *,
    words: str,
    role: Role | None,
    disabled: bool | None,
    after: str | None,
    limit: int,
) -> PeoplePage:
    """One page of the school's people, by name."""
    subject.require(Scope.MANAGE_PEOPLE)
    last = await access_person(db, subject, after) if after else None
    found = await repository.search(
        db, subject, words=words, role=role, disabled=disabled, after=last, limit=limit + 1
    )
    page = found[:limit]
    seen = await repository.last_seen(db, [person.id for person in page])
    return PeoplePage(
        people=[card(person, seen.get(person.id)) for person in page],
        total=await repository.count(db, subject, words, role, disabled),
        next=page[-1].id if len(found) > limit else None,
    )


async def one(db: AsyncSession, subject: Subject, person_id: str) -> PersonCard:
    """Somebody of the school."""
    subject.require(Scope.MANAGE_PEOPLE)
    person = await access_person(db, subject, person_id)
    return card(person, (await repository.last_seen(db, [person.id])).get(person.id))


async def add(database: Database, subject: Subject, wanted: NewPerson, clock: Clock) -> PersonWithPassword:
    """Add somebody with a one-time password.

    Raises:
        AccountRefused: user name or e-mail address is taken.
    """
    subject.require(Scope.MANAGE_PEOPLE)
    password = passwords.readable_password()
    person = _new(wanted, subject.tenant_id, await passwords.hash_password(password), clock())
    async with database.writing() as db:
        await joining.add(db, person, "added", subject)
    return _shown(person, password)


def _new(wanted: NewPerson, tenant_id: str, password_hash: str, now: datetime) -> Person:
    return Person(
        id=new_id(),
        tenant_id=tenant_id,
        username=wanted.username,
        name=wanted.name,
        role=wanted.role,
        language=wanted.language,
        email=wanted.email,
        password_hash=password_hash,
        password_until=now + ONE_TIME_PASSWORD_LASTS,
        created_at=now,
    )


def _shown(person: Person, password: str) -> PersonWithPassword:
    assert person.password_until is not None  # noqa: S101 - both callers have just set it
    return PersonWithPassword(person=card(person), password=password, password_until=person.password_until)


async def change(
    database: Database, subject: Subject, person_id: str, wanted: PersonEdit, clock: Clock
) -> tuple[PersonCard, list[str]]:
    """Change somebody; the second value is the sign-ins that this ended.

    Raises:
        NotFound: nobody of this school.
        AccountRefused: a name is taken, it is oneself, or it is the last administrator.
    """
    subject.require(Scope.MANAGE_PEOPLE)
    async with database.writing() as db:
        person = await access_person(db, subject, person_id)
        ended = await _change_standing(db, subject, person, wanted, clock)
        await _change_names(db, subject, person, wanted)
        await accounts.flush_new(db)
        return card(person, (await repository.last_seen(db, [person.id])).get(person.id)), ended


async def _change_standing(
    db: AsyncSession, subject: Subject, person: Person, wanted: PersonEdit, clock: Clock
) -> list[str]:
    """Role, and whether the person may come at all."""
    role = wanted.role or person.role
    disabled = person.disabled_at is not None if wanted.disabled is None else wanted.disabled
    if (role, disabled) == (person.role, person.disabled_at is not None):
        return []
    await _keep_an_admin(db, subject, person, stays=role == "admin" and not disabled)
    if role != person.role:
        await note(db, subject, "person.role_changed", person.id, before=person.role, after=role)
        person.role = role
    if disabled != (person.disabled_at is not None):
        person.disabled_at = clock() if disabled else None
        await note(db, subject, "person.disabled" if disabled else "person.enabled", person.id)
    # Open sockets and pages still act with the old role; signing in again is the way to the new one.
    return await accounts.delete_sign_ins(db, person.id)


async def _keep_an_admin(db: AsyncSession, subject: Subject, person: Person, *, stays: bool) -> None:
    if person.id == subject.person_id:
        raise AccountRefused("not_yourself")
    if (
        person.role == "admin"
        and not stays
        and not await repository.other_admins(db, person.tenant_id, person.id)
    ):
        raise AccountRefused("last_admin")


async def _change_names(db: AsyncSession, subject: Subject, person: Person, wanted: PersonEdit) -> None:
    if wanted.username and wanted.username != person.username:
        if await accounts.person_by_username(db, wanted.username) is not None:
            raise AccountRefused("username_taken")
        person.username = wanted.username
        await note(db, subject, "person.username_changed", person.id)
    if "email" in wanted.model_fields_set and wanted.email != person.email:
        if wanted.email and await accounts.person_by_email(db, person.tenant_id, wanted.email) is not None:
            raise AccountRefused("email_taken")
        person.email = wanted.email
        await note(db, subject, "person.email_changed", person.id, removed=wanted.email is None)
    if wanted.name and wanted.name != person.name:
        person.name = wanted.name
        await note(db, subject, "person.renamed", person.id)
    if wanted.language and wanted.language != person.language:
        person.language = wanted.language


async def remove(database: Database, subject: Subject, person_id: str, clock: Clock) -> list[str]:
    """Delete somebody with everything that is theirs, files too; returns the sign-ins that this ended.

    Raises:
        NotFound: nobody of this school.
        AccountRefused: it is oneself, or the last administrator.
    """
    subject.require(Scope.MANAGE_PEOPLE)
    async with database.writing() as db:
        person = await access_person(db, subject, person_id)
        await _keep_an_admin(db, subject, person, stays=False)
        ended = await accounts.delete_sign_ins(db, person.id)
        await retention.delete(db, subject, "person", person.id, clock())
    return ended


async def new_password(
    database: Database, subject: Subject, person_id: str, clock: Clock
) -> tuple[PersonWithPassword, list[str]]:
    """Give somebody a one-time password and sign them out everywhere.

    Raises:
        NotFound: nobody of this school.
        AccountRefused: it is oneself; one's own password is changed in one's profile.
    """
    subject.require(Scope.MANAGE_PEOPLE)
    password = passwords.readable_password()
    stored = await passwords.hash_password(password)
    async with database.writing() as db:
        person = await access_person(db, subject, person_id)
        if person.id == subject.person_id:
            raise AccountRefused("not_yourself")
        person.password_hash, person.password_until = stored, clock() + ONE_TIME_PASSWORD_LASTS
        ended = await accounts.delete_sign_ins(db, person.id)
        await accounts.forget_failures(db, person.username)
        await note(db, subject, "password.reset", person.id)
    return _shown(person, password), ended


async def sign_out(database: Database, subject: Subject, person_id: str) -> list[str]:
    """Sign somebody out everywhere; returns the sign-ins that this ended."""
    subject.require(Scope.MANAGE_PEOPLE)
    async with database.writing() as db:
        person = await access_person(db, subject, person_id)
        ended = await accounts.delete_sign_ins(db, person.id)
        await note(db, subject, "sign_in.ended_everywhere", person.id, devices=len(ended))
    return ended


async def preview(db: AsyncSession, subject: Subject, request: ImportRequest) -> ImportPreview:
    """What importing a class list would do, line by line; changes nothing."""
    subject.require(Scope.MANAGE_PEOPLE)
    read = await asyncio.to_thread(classlist.read, request)
    names = await repository.taken(db, {line.username for line in read.lines})
    emails = await repository.taken_emails(
        db, subject.tenant_id, {line.email for line in read.lines if line.email}
    )
    for line in read.lines:
        if line.username in names:
            line.problems.append("username_taken")
        if line.email in emails:
            line.problems.append("email_taken")
    return read.model_copy(update={"ready": classlist.is_ready(read.lines)})


async def import_list(
    database: Database, subject: Subject, request: ImportRequest, clock: Clock
) -> ImportResult:
    """Add everybody of a class list, or nobody.

    Raises:
        AccountRefused: some line has a problem; the preview tells which.
    """
    async with database.reading() as db:
        checked = await preview(db, subject, request)
    if not checked.ready:
        raise AccountRefused("import_wrong")
    now = clock()
    chosen = [
        (
            NewPerson.model_validate(line.model_dump(exclude={"line", "problems"})),
            passwords.readable_password(),
        )
        for line in checked.lines
    ]
    stored = [await passwords.hash_password(password) for _, password in chosen]
    async with database.writing() as db:
        for (wanted, _), password_hash in zip(chosen, stored, strict=True):
            await joining.add(db, _new(wanted, subject.tenant_id, password_hash, now), "added", subject)
        await note(db, subject, "people.imported", subject.tenant_id, people=len(chosen))
    people = [
        ImportedPerson(name=wanted.name, username=wanted.username, password=password)
        for wanted, password in chosen
    ]
    return ImportResult(people=people, password_until=now + ONE_TIME_PASSWORD_LASTS)
