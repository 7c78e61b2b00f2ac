"""What the operator of the servers does at the command line: schools, first administrators, ways back in.

Every refusal is a sentence that says what to do next. Everything leaves an entry in the school's audit log.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import joining, passwords
from tutor_platform.accounts import repository as accounts
from tutor_platform.accounts.models import Person
from tutor_platform.accounts.schemas import PersonName, Username
from tutor_platform.audit.service import note
from tutor_platform.authz.subject import Role
from tutor_platform.invitations import service as invitations
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import AccountRefused
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.language import Language
from tutor_platform.people import repository
from tutor_platform.people.service import ONE_TIME_PASSWORD_LASTS
from tutor_platform.tenants import repository as tenants
from tutor_platform.tenants.models import Tenant

_name: TypeAdapter[str] = TypeAdapter(PersonName)
_username: TypeAdapter[str] = TypeAdapter(Username)


class OperatorError(Exception):
    """What went wrong and what to do next."""


@dataclass(frozen=True, slots=True)
class OneTime:
    """A password that is shown once."""

    username: str
    password: str
    until: datetime


class Operator:
    """One operation per call, each a unit of work."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create_school(self, name: str) -> Tenant:
        """A new, empty school."""
        name = _checked(_name, name, "A school needs a name of at most 200 characters on one line.")
        async with self._database.writing() as db:
            if await tenants.by_name_or_id(db, name):
                raise OperatorError(
                    f"There is a school named {name!r} already. `admin list` shows all of them."
                )
            school = Tenant(id=new_id(), name=name, created_at=self._clock())
            db.add(school)
            await db.flush()
            await note(db, school.id, "school.created", school.id, by="operator")
        return school

    async def create_admin(self, school: str, username: str, name: str, language: Language) -> OneTime:
        """An administrator with a one-time password."""
        username = _checked(
            _username, username, "A user name has 2 to 100 characters without spaces or marks."
        )
        name = _checked(_name, name, "A person needs a name of at most 200 characters on one line.")
        password = passwords.readable_password()
        stored = await passwords.hash_password(password)
        now = self._clock()
        async with self._database.writing() as db:
            tenant = await self._school(db, school)
            person = Person(
                id=new_id(), tenant_id=tenant.id, username=username, name=name, role="admin",
                language=language, password_hash=stored, password_until=now + ONE_TIME_PASSWORD_LASTS,
                created_at=now,
            )  # fmt: skip
            try:
                await joining.add(db, person, "added_by_operator")
            except AccountRefused as refusal:
                raise OperatorError(
                    f"Somebody signs in as {username!r} already. Choose another name, "
                    f"or run `tutor-platform admin reset-password {username}`."
                ) from refusal
        return OneTime(username, password, now + ONE_TIME_PASSWORD_LASTS)

    async def schools(self) -> list[tuple[Tenant, list[Person]]]:
        """All schools with their people."""
        async with self._database.reading() as db:
            return [(school, await repository.of_tenant(db, school.id)) for school in await tenants.every(db)]

    async def reset_password(self, username: str) -> OneTime:
        """A one-time password; ends all sign-ins and the lock after failed attempts."""
        password = passwords.readable_password()
        stored = await passwords.hash_password(password)
        async with self._database.writing() as db:
            person = await self._person(db, username)
            until = self._clock() + ONE_TIME_PASSWORD_LASTS
            person.password_hash, person.password_until = stored, until
            await accounts.delete_sign_ins(db, person.id)
            await accounts.forget_failures(db, person.username)
            await note(db, person.tenant_id, "password.reset", person.id, by="operator")
        return OneTime(person.username, password, until)

    async def switch(self, username: str, *, disabled: bool) -> None:
        """Switch an account off or on; off ends all its sign-ins."""
        async with self._database.writing() as db:
            person = await self._person(db, username)
            person.disabled_at = self._clock() if disabled else None
            if disabled:
                await accounts.delete_sign_ins(db, person.id)
            action = "person.disabled" if disabled else "person.enabled"
            await note(db, person.tenant_id, action, person.id, by="operator")

    async def invite(self, school: str, role: Role, days: int, label: str) -> tuple[Tenant, str]:
        """The school and the token of a new invitation."""
        async with self._database.writing() as db:
            tenant = await self._school(db, school)
            made = await invitations.issue(db, None, tenant.id, role, self._clock(), label=label, days=days)
        return tenant, made.token

    async def revoke_sessions(self, username: str) -> int:
        """End all sign-ins of a person; returns how many there were."""
        async with self._database.writing() as db:
            person = await self._person(db, username)
            ended = await accounts.delete_sign_ins(db, person.id)
            await note(
                db, person.tenant_id, "sign_in.ended_everywhere", person.id, by="operator", devices=len(ended)
            )
        return len(ended)

    async def _school(self, db: AsyncSession, given: str) -> Tenant:
        found = await tenants.by_name_or_id(db, given) if given else await tenants.every(db)
        if len(found) == 1:
            return found[0]
        if not found:
            wanted = f"named {given!r} " if given else ""
            raise OperatorError(
                f"There is no school {wanted}yet. Run `tutor-platform admin list`, "
                "or make one: `tutor-platform admin create-school NAME`."
            )
        raise OperatorError("There are several schools. Say which one with --school NAME or --school ID.")

    async def _person(self, db: AsyncSession, username: str) -> Person:
        person = await accounts.person_by_username(db, username.strip().lower())
        if person is None:
            raise OperatorError(
                f"Nobody signs in as {username!r}. `tutor-platform admin list` shows everybody."
            )
        return person


def _checked(adapter: TypeAdapter[str], value: str, otherwise: str) -> str:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise OperatorError(otherwise) from error
