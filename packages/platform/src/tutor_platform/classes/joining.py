"""Joining a class: with its code, by somebody new or a student who is signed in, or with an invitation.

Attempts are counted for each address before the database is asked, whether or not the code exists.
"""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import joining
from tutor_platform.accounts.models import Person
from tutor_platform.audit.service import note
from tutor_platform.authz.subject import Subject
from tutor_platform.classes import repository, service
from tutor_platform.classes.codes import as_written
from tutor_platform.classes.models import CODE_CHARS, Class
from tutor_platform.classes.schemas import JoinAnswer, JoinRequest
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import Conflict, Forbidden, NotFound, TooManyAttempts
from tutor_platform.kit.limits import BucketsByKey
from tutor_platform.tenants import repository as tenants

ATTEMPTS_PER_ADDRESS_HZ = 0.5
ATTEMPTS_PER_ADDRESS_BURST = 60
"""A class of thirty behind one address looks and joins at once."""


class JoinByCode:
    """The door that a code opens."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._addresses = BucketsByKey(ATTEMPTS_PER_ADDRESS_HZ, ATTEMPTS_PER_ADDRESS_BURST)

    async def look(self, code: str, address: str) -> JoinAnswer:
        """Where this code leads, for whoever holds it.

        Raises:
            NotFound: nowhere.
            TooManyAttempts: this address has to wait.
        """
        self._count(address)
        async with self._database.reading() as db:
            return await _answer(db, await _class_of(db, code), joined=False)

    async def join_new(self, code: str, address: str, wanted: JoinRequest) -> JoinAnswer:
        """A new student, in the class at once; they sign in with what they chose.

        Raises:
            NotFound, TooManyAttempts: as `look`.
            AccountRefused: the user name is taken, or the password is worth nothing.
        """
        self._count(address)
        async with self._database.reading() as db:
            await _class_of(db, code)
        async with self._database.writing() as db:
            found = await _class_of(db, code)
            person = await joining.join(
                db, found.tenant_id, wanted.name, wanted.username, wanted.password, wanted.language
            )
            await service.enrol(db, found.tenant_id, found.id, person.id)
            return await _answer(db, found, joined=True)

    async def join_known(self, code: str, address: str, subject: Subject) -> JoinAnswer:
        """The student who is signed in, in one more class.

        Raises:
            NotFound, TooManyAttempts: as `look`; a class of another school is not found either.
            Forbidden: only students join classes.
        """
        self._count(address)
        if subject.role != "student":
            raise Forbidden
        async with self._database.writing() as db:
            found = await _class_of(db, code)
            if found.tenant_id != subject.tenant_id:
                raise NotFound
            await service.enrol(db, found.tenant_id, found.id, subject.person_id)
            await note(db, subject, "class.joined", found.id)
            return await _answer(db, found, joined=True)

    def _count(self, address: str) -> None:
        if not self._addresses.take(address, asyncio.get_running_loop().time()):
            raise TooManyAttempts("join", retry_after_s=1 / ATTEMPTS_PER_ADDRESS_HZ)


async def invited(db: AsyncSession, person: Person, class_id: str) -> None:
    """Somebody has followed an invitation into a class: students learn in it, others lead it.

    Raises:
        Conflict: the class is gone or archived.
    """
    found = await repository.in_tenant(db, person.tenant_id, class_id)
    if found is None:
        raise Conflict("class_gone")
    if person.role == "student":
        await service.enrol(db, person.tenant_id, class_id, person.id)
    else:
        await service.add_teacher(db, class_id, person.id)


async def _class_of(db: AsyncSession, code: str) -> Class:
    written = as_written(code)
    found = await repository.by_code(db, written) if 0 < len(written) <= CODE_CHARS else None
    if found is None:
        raise NotFound
    return found


async def _answer(db: AsyncSession, found: Class, *, joined: bool) -> JoinAnswer:
    school = await tenants.name_of(db, found.tenant_id)
    return JoinAnswer(class_name=found.name, school_name=school, joined=joined)
