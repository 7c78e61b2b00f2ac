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
from tutor_platform.accounts.models import FailedSignIns, Person, SignIn, SignInMethod
from tutor_platform.accounts.schemas import PersonView
from tutor_platform.audit.service import note
from tutor_platform.authz.scopes import scopes_of
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import (
    AccountRefused,
    BadCredentials,
    PasswordChangeNeeded,
    TooManyAttempts,
    Unauthorized,
)
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

GUESSES_PER_PERSON_HZ = 1 / 60
"""Guesses at the present password by somebody who found an open browser: a few, then one a minute."""

SEEN_AGAIN_AFTER = timedelta(minutes=5)
"""How exact "last seen" is; more would write a row for every request."""
ASKED_AT_ONCE = 500
"""Parameters in one query; SQLite allows some thousand."""
MAX_SIGN_INS = 20
"""Signed-in browsers of one person; one more ends the longest unused."""


def token_hash(token: str) -> str:
    """What is stored of a token; tokens carry 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def lock_s(failures: int) -> float:
    """How long a name is locked after so many failures in a row, in seconds."""
    beyond = failures - FREE_FAILURES
    return 0.0 if beyond < 0 else float(min(LONGEST_LOCK_S, FIRST_LOCK_S * 2 ** min(beyond, 10)))


def subject_for(person: Person, sign_in_id: str) -> Subject:
    """The person as the one who acts."""
    return Subject(person.id, person.tenant_id, person.role, person.language, sign_in_id)


class Accounts:
    """Who is signed in."""

    def __init__(self, database: Database, clock: Clock, sign_in_days: int) -> None:
        self._database = database
        self.clock = clock
        self._lasts = timedelta(days=sign_in_days)
        self._let_in: set[str] = set()
        self._guesses = BucketsByKey(GUESSES_PER_PERSON_HZ, FREE_FAILURES)
        self._addresses = BucketsByKey(ATTEMPTS_PER_ADDRESS_HZ, ATTEMPTS_PER_ADDRESS_BURST)

    def slow_down(self, address: str) -> None:
        """Count one attempt of somebody who is not signed in: a password, an invitation, a class code.

        Raises:
            TooManyAttempts: this address has to wait.
        """
        if not self._addresses.take(address, self.clock().timestamp()):
            raise TooManyAttempts("address", retry_after_s=1 / ATTEMPTS_PER_ADDRESS_HZ)

    def slow_down_guesses(self, person_id: str) -> None:
        """Count one attempt of a signed-in person to prove that they know their password.

        Raises:
            TooManyAttempts: they have to wait.
        """
        if not self._guesses.take(person_id, self.clock().timestamp()):
            raise TooManyAttempts("present password", retry_after_s=1 / GUESSES_PER_PERSON_HZ)

    async def sign_in(
        self, username: str, password: str, address: str, device: str = "", previous: str | None = None
    ) -> tuple[PersonView, str]:
        """The person and a fresh token; the sign-in that this browser had before is over.

        Raises:
            BadCredentials: name or password is wrong.
            TooManyAttempts: this name or address has to wait.
            AccountRefused: the password is right, but it has run out or the account is switched off.
        """
        now = self.clock()
        name = username.strip().lower()
        self.slow_down(address)
        async with self._database.reading() as db:
            failed = await repository.failures_of(db, name)
            person = await repository.person_by_username(db, name)
        if failed is not None and failed.locked_until is not None and failed.locked_until > now:
            raise TooManyAttempts("name", retry_after_s=(failed.locked_until - now).total_seconds())
        if not await passwords.matches(password, person.password_hash if person else None) or person is None:
            await self._count_failure(name, now, person)
            raise BadCredentials
        if person.disabled_at is not None:
            raise AccountRefused("account_disabled", 403)
        if person.password_until is not None and person.password_until <= now:
            raise AccountRefused("password_expired", 403)
        async with self._database.writing() as db:
            await repository.forget_failures(db, name)
            if previous:
                await repository.delete_sign_in_by_hash(db, token_hash(previous), person.id)
            token = await self.open(db, person, "password", device)
            view = await person_view(db, person)
        return view, token

    async def open(self, db: AsyncSession, person: Person, method: SignInMethod, device: str) -> str:
        """Sign one browser in; whoever calls has made sure of the person. Returns the token."""
        now = self.clock()
        token = secrets.token_urlsafe(32)
        opened = SignIn(
            id=new_id(),
            person_id=person.id,
            token_hash=token_hash(token),
            device=device,
            method=method,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._lasts,
        )
        await repository.delete_all_but_newest(db, person.id, MAX_SIGN_INS - 1)
        db.add(opened)
        await note(
            db, subject_for(person, opened.id), "sign_in.opened", person.id, method=method, device=device
        )
        log.info("signed_in", person=person.id, method=method)
        return token

    async def _count_failure(self, name: str, now: datetime, person: Person | None) -> None:
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
                if person is not None:
                    counts = {"in_a_row": failed.failures, "locked_s": round(wait_s)}
                    await note(db, person.tenant_id, "sign_in.failed", person.id, **counts)
        except IntegrityError:
            # Two first failures at the same moment: the other one is counted.
            log.info("failure_counted_elsewhere")

    async def subject_of(self, token: str | None, *, choosing_password: bool = False) -> Subject:
        """Who holds this token.

        Raises:
            Unauthorized: nobody, or not any more.
            PasswordChangeNeeded: somebody who has to choose a password first, unless that is what they do.
        """
        if not token:
            raise Unauthorized
        now = self.clock()
        async with self._database.reading() as db:
            found = await repository.sign_in_by_hash(db, token_hash(token), now)
        if found is None:
            raise Unauthorized
        sign_in, person = found
        if sign_in.last_seen_at is None or now - sign_in.last_seen_at > SEEN_AGAIN_AFTER:
            async with self._database.writing() as db:
                await repository.seen(db, sign_in.id, now)
        if person.must_choose_password and not choosing_password:
            raise PasswordChangeNeeded
        self._let_in.add(sign_in.id)
        return subject_for(person, sign_in.id)

    async def sign_out(self, subject: Subject) -> None:
        """End this browser's sign-in."""
        async with self._database.writing() as db:
            await repository.delete_sign_in(db, subject.sign_in_id)
            await note(db, subject, "sign_in.ended", subject.person_id)

    async def ended(self) -> list[str]:
        """The sign-ins that came in through this process and are over by now; each is told once."""
        known = sorted(self._let_in)
        gone: list[str] = []
        async with self._database.reading() as db:
            for at in range(0, len(known), ASKED_AT_ONCE):
                some = known[at : at + ASKED_AT_ONCE]
                alive = await repository.living(db, some, self.clock())
                gone += [sign_in_id for sign_in_id in some if sign_in_id not in alive]
        self._let_in.difference_update(gone)
        return gone

    async def purge(self) -> None:
        """Delete what has expired."""
        now = self.clock()
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
        must_choose_password=person.must_choose_password,
        has_password=bool(person.password_hash),
        scopes=sorted(scopes_of(person.role)),
    )
