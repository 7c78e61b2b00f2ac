"""Signing in and out. A token is shown once, to the browser; here only its hash is kept.

Failures are counted per name, existing or not, so that the lock tells nobody who has an account.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import passwords, repository
from tutor_platform.accounts.models import FailedSignIns, Person, SignIn
from tutor_platform.accounts.schemas import PersonView
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import BadCredentials, TooManyAttempts, Unauthorized
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.limits import BucketsByKey
from tutor_platform.tenants import repository as tenants
from tutor_platform.tenants.schemas import TenantView

log = structlog.get_logger(__name__)

FREE_FAILURES = 5
"""Failures in a row before the first lock."""
FIRST_LOCK_S = 30
LONGEST_LOCK_S = 900
FORGET_FAILURES = timedelta(days=1)

ATTEMPTS_PER_ADDRESS_HZ = 0.5
"""A class of thirty behind one address signs in within a minute."""
ATTEMPTS_PER_ADDRESS_BURST = 30


def token_hash(token: str) -> str:
    """What is stored of a token; tokens carry 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def lock_s(failures: int) -> float:
    """How long a name is locked after so many failures in a row, in seconds."""
    beyond = failures - FREE_FAILURES
    return 0.0 if beyond < 0 else float(min(LONGEST_LOCK_S, FIRST_LOCK_S * 2 ** min(beyond, 10)))


class Accounts:
    """Who is signed in."""

    def __init__(self, database: Database, clock: Clock, sign_in_days: int) -> None:
        self._database = database
        self._clock = clock
        self._lasts = timedelta(days=sign_in_days)
        self._addresses = BucketsByKey(ATTEMPTS_PER_ADDRESS_HZ, ATTEMPTS_PER_ADDRESS_BURST)

    async def sign_in(self, username: str, password: str, address: str) -> tuple[PersonView, str]:
        """The person and a fresh token.

        Raises:
            BadCredentials: name or password is wrong.
            TooManyAttempts: this name or address has to wait.
        """
        now = self._clock()
        name = username.strip().lower()
        if not self._addresses.take(address, now.timestamp()):
            raise TooManyAttempts("address", retry_after_s=1 / ATTEMPTS_PER_ADDRESS_HZ)
        async with self._database.reading() as db:
            failed = await repository.failures_of(db, name)
            person = await repository.person_by_username(db, name)
        if failed is not None and failed.locked_until is not None and failed.locked_until > now:
            raise TooManyAttempts("name", retry_after_s=(failed.locked_until - now).total_seconds())
        if not await passwords.matches(password, person.password_hash if person else None) or person is None:
            await self._count_failure(name, now)
            raise BadCredentials
        token = secrets.token_urlsafe(32)
        async with self._database.writing() as db:
            await repository.forget_failures(db, name)
            db.add(
                SignIn(
                    id=new_id(),
                    person_id=person.id,
                    token_hash=token_hash(token),
                    created_at=now,
                    expires_at=now + self._lasts,
                )
            )
            view = await person_view(db, person)
        log.info("signed_in", person=person.id)
        return view, token

    async def _count_failure(self, name: str, now: datetime) -> None:
        try:
            async with self._database.writing() as db:
                failed = await repository.failures_of(db, name)
                if failed is None:
                    failed = FailedSignIns(username=name, failures=0)
                    db.add(failed)
                failed.failures += 1
                failed.updated_at = now
                wait_s = lock_s(failed.failures)
                failed.locked_until = now + timedelta(seconds=wait_s) if wait_s else None
        except IntegrityError:
            # Two first failures at the same moment: the other one is counted.
            log.info("failure_counted_elsewhere")

    async def subject_of(self, token: str | None) -> Subject:
        """Who holds this token.

        Raises:
            Unauthorized: nobody, or not any more.
        """
        if not token:
            raise Unauthorized
        async with self._database.reading() as db:
            found = await repository.sign_in_by_hash(db, token_hash(token), self._clock())
        if found is None:
            raise Unauthorized
        sign_in, person = found
        return Subject(
            person_id=person.id,
            tenant_id=person.tenant_id,
            role=person.role,
            language=person.language,
            sign_in_id=sign_in.id,
        )

    async def sign_out(self, subject: Subject) -> None:
        """End this browser's sign-in."""
        async with self._database.writing() as db:
            await repository.delete_sign_in(db, subject.sign_in_id)

    async def purge(self) -> None:
        """Delete what has expired."""
        now = self._clock()
        async with self._database.writing() as db:
            await repository.delete_expired(db, now, now - FORGET_FAILURES)


async def me(db: AsyncSession, subject: Subject) -> Person:
    """The signed-in person's own row."""
    person = await repository.person_by_id(db, subject.person_id)
    if person is None:
        raise Unauthorized
    return person


async def person_view(db: AsyncSession, person: Person) -> PersonView:
    """A person as they see themselves."""
    return PersonView(
        id=person.id,
        username=person.username,
        name=person.name,
        role=person.role,
        language=person.language,
        tenant=TenantView(id=person.tenant_id, name=await tenants.name_of(db, person.tenant_id)),
    )
