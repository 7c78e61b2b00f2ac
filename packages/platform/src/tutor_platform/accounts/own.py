"""What people do with their own account: password, name, devices."""

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import passwords, repository
from tutor_platform.accounts.models import Person
from tutor_platform.accounts.schemas import Device, PasswordChange, PersonChange
from tutor_platform.accounts.service import Accounts, me
from tutor_platform.accounts.strength import check_password
from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_sign_in
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import AccountRefused


async def change(db: AsyncSession, subject: Subject, wanted: PersonChange) -> Person:
    """Change one's own name or language."""
    person = await me(db, subject)
    if wanted.language is not None:
        person.language = wanted.language
    if wanted.name is not None and wanted.name != person.name:
        person.name = wanted.name
        await note(db, subject, "person.renamed", person.id)
    return person


async def change_password(
    database: Database, accounts: Accounts, subject: Subject, wanted: PasswordChange
) -> list[str]:
    """Choose another password; every other browser is signed out. Returns their sign-ins.

    Who has just come by a one-time password has proved it, and is not asked for it again.

    Raises:
        AccountRefused: the present password is wrong, or the new one is worth nothing.
        TooManyAttempts: the present password was guessed at too often.
    """
    async with database.reading() as db:
        person = await me(db, subject)
    if person.password_hash and not person.must_choose_password:
        accounts.slow_down_guesses(subject.person_id)
        if not await passwords.matches(wanted.present, person.password_hash):
            raise AccountRefused("password_wrong", 403)
    check_password(wanted.password, person.username, person.name)
    if await passwords.matches(wanted.password, person.password_hash):
        raise AccountRefused("password_same", 422)
    stored = await passwords.hash_password(wanted.password)
    async with database.writing() as db:
        person = await me(db, subject)
        person.password_hash, person.password_until = stored, None
        ended = await repository.delete_sign_ins(db, person.id, but=subject.sign_in_id)
        await note(db, subject, "password.changed", person.id, signed_out=len(ended))
    return ended


async def devices(db: AsyncSession, subject: Subject, clock: Clock) -> list[Device]:
    """The browsers in which the person is signed in, this one first."""
    found = await repository.sign_ins_of(db, subject.person_id, clock())
    seen = [
        Device(
            id=sign_in.id,
            name=sign_in.device,
            method=sign_in.method,
            signed_in_at=sign_in.created_at,
            last_seen_at=sign_in.last_seen_at,
            here=sign_in.id == subject.sign_in_id,
        )
        for sign_in in found
    ]
    return sorted(seen, key=lambda device: not device.here)


async def sign_out_device(database: Database, subject: Subject, sign_in_id: str) -> None:
    """Sign one of one's own browsers out.

    Raises:
        NotFound: it is nobody's, or somebody else's.
    """
    async with database.writing() as db:
        sign_in = await access_sign_in(db, subject, sign_in_id)
        await repository.delete_sign_in(db, sign_in.id)
        await note(db, subject, "sign_in.ended", subject.person_id, device=sign_in.device)


async def sign_out_everywhere(database: Database, subject: Subject) -> list[str]:
    """End all of one's own sign-ins, this one too; returns them."""
    async with database.writing() as db:
        ended = await repository.delete_sign_ins(db, subject.person_id)
        await note(db, subject, "sign_in.ended_everywhere", subject.person_id, devices=len(ended))
    return ended
