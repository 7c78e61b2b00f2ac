"""Queries on sign-in providers, the people they vouch for, and sign-ins under way."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.authz.subject import Subject
from tutor_platform.sso.models import ProviderAccount, SignInAttempt, SignInProvider
from tutor_platform.tenants.models import Tenant


async def find(db: AsyncSession, subject: Subject, provider_id: str) -> SignInProvider | None:
    """A provider of the administrator's own school."""
    mine = select(SignInProvider).where(SignInProvider.tenant_id == subject.tenant_id)
    return await db.scalar(mine.where(SignInProvider.id == provider_id))


async def listed(db: AsyncSession, subject: Subject) -> list[SignInProvider]:
    """The providers of the administrator's own school."""
    mine = select(SignInProvider).where(SignInProvider.tenant_id == subject.tenant_id)
    return list(await db.scalars(mine.order_by(SignInProvider.id)))


async def offered(db: AsyncSession) -> list[tuple[SignInProvider, str]]:
    """What the sign-in page shows to everybody, with the name of the school."""
    rows = await db.execute(
        select(SignInProvider, Tenant.name)
        .join(Tenant, Tenant.id == SignInProvider.tenant_id)
        .where(SignInProvider.enabled.is_(True), SignInProvider.listed.is_(True))
        .order_by(Tenant.name, SignInProvider.id)
        .limit(50)
    )
    return [(row[0], row[1]) for row in rows]


async def open_provider(db: AsyncSession, provider_id: str) -> SignInProvider | None:
    """A provider that people may sign in with, of any school."""
    return await db.scalar(
        select(SignInProvider).where(SignInProvider.id == provider_id, SignInProvider.enabled.is_(True))
    )


async def take_attempt(db: AsyncSession, state_hash: str) -> SignInAttempt | None:
    """Take a sign-in that is under way; it can be taken once."""
    return await db.scalar(
        delete(SignInAttempt).where(SignInAttempt.state_hash == state_hash).returning(SignInAttempt)
    )


async def delete_attempts(db: AsyncSession, now: datetime) -> None:
    """Forget trips from which nobody came back."""
    await db.execute(delete(SignInAttempt).where(SignInAttempt.expires_at <= now))


async def person_of(db: AsyncSession, provider_id: str, subject: str) -> Person | None:
    """Whom a provider's subject is here."""
    return await db.scalar(
        select(Person)
        .join(ProviderAccount, ProviderAccount.person_id == Person.id)
        .where(ProviderAccount.provider_id == provider_id, ProviderAccount.subject == subject)
    )
