"""New accounts of people who come by themselves: with a class code, an invitation, or another organisation.

Whoever calls has checked the code or the link; here name and password are checked and the row is added.
What a class does with its new member is told to the callbacks in `on_joined`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import passwords, repository
from tutor_platform.accounts.models import Person
from tutor_platform.accounts.strength import check_password
from tutor_platform.audit.service import note
from tutor_platform.authz.subject import Role, Subject
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.errors import AccountRefused
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.language import Language

OnJoined = Callable[[AsyncSession, Person, str], Awaitable[None]]
"""Told of a person who joins a class, by the class's identifier, in the unit of work that adds them."""


@dataclass(slots=True)
class Joining:
    """Who wants to know that somebody has joined a class. One per application, at `app.state.joining`."""

    on_joined: list[OnJoined] = field(default_factory=list[OnJoined])

    async def joined(self, db: AsyncSession, person: Person, class_id: str) -> None:
        """Tell everybody who wants to know."""
        for tell in self.on_joined:
            await tell(db, person, class_id)


async def join(
    db: AsyncSession, tenant_id: str, name: str, username: str, password: str, language: Language
) -> Person:
    """A new student without an e-mail address; the caller's unit of work stores them.

    Raises:
        AccountRefused: the user name is taken, or the password is worth nothing.
    """
    return await add_with_password(db, tenant_id, "student", name, username, password, language)


async def add_with_password(
    db: AsyncSession, tenant_id: str, role: Role, name: str, username: str, password: str, language: Language
) -> Person:
    """A new person who chose name and password themselves."""
    check_password(password, username, name)
    stored = await passwords.hash_password(password)
    return await add(
        db,
        Person(
            id=new_id(),
            tenant_id=tenant_id,
            username=username.strip().lower(),
            name=name.strip(),
            role=role,
            language=language,
            password_hash=stored,
            created_at=utc_now(),
        ),
        "joined",
    )


async def add(db: AsyncSession, person: Person, how: str, by: Subject | None = None) -> Person:
    """Store a new person under a name that nobody has.

    Raises:
        AccountRefused: user name or e-mail address is taken.
    """
    if await repository.person_by_username(db, person.username) is not None:
        raise AccountRefused("username_taken")
    if person.email and await repository.person_by_email(db, person.tenant_id, person.email) is not None:
        raise AccountRefused("email_taken")
    db.add(person)
    await repository.flush_new(db)
    await note(db, by or person.tenant_id, f"person.{how}", person.id, role=person.role)
    return person
