"""A school's sign-in providers, as its administrators set them up."""

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_provider
from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.errors import AccountRefused, Conflict
from tutor_platform.kit.ids import new_id
from tutor_platform.sso import repository
from tutor_platform.sso.models import SignInProvider
from tutor_platform.sso.provider import Provider
from tutor_platform.sso.schemas import NewProvider, ProviderCheck, ProviderEdit, ProviderView
from tutor_platform.sso.sealing import Sealer

MAX_PROVIDERS = 10


def view(provider: SignInProvider, sealer: Sealer) -> ProviderView:
    """A provider without its secret."""
    return ProviderView(
        id=provider.id,
        name=provider.name,
        issuer=provider.issuer,
        client_id=provider.client_id,
        domains=provider.domains,
        default_role=provider.default_role,
        makes_accounts=provider.makes_accounts,
        links_by_email=provider.links_by_email,
        listed=provider.listed,
        enabled=provider.enabled,
        has_secret=bool(sealer.open(provider.sealed_secret)),
    )


async def listed(db: AsyncSession, subject: Subject, sealer: Sealer) -> list[ProviderView]:
    """The school's providers."""
    subject.require(Scope.MANAGE_PEOPLE)
    return [view(provider, sealer) for provider in await repository.listed(db, subject)]


async def add(db: AsyncSession, subject: Subject, wanted: NewProvider, sealer: Sealer) -> ProviderView:
    """Add a provider.

    Raises:
        Conflict: the school has enough of them.
    """
    subject.require(Scope.MANAGE_PEOPLE)
    if len(await repository.listed(db, subject)) >= MAX_PROVIDERS:
        raise Conflict("too many providers")
    provider = SignInProvider(
        id=new_id(),
        tenant_id=subject.tenant_id,
        sealed_secret=sealer.seal(wanted.client_secret),
        created_at=utc_now(),
        **wanted.model_dump(exclude={"client_secret"}),
    )
    db.add(provider)
    await note(db, subject, "provider.added", provider.id, issuer=provider.issuer)
    return view(provider, sealer)


async def change(
    db: AsyncSession, subject: Subject, provider_id: str, wanted: ProviderEdit, sealer: Sealer
) -> ProviderView:
    """Change a provider; what is left out stays.

    Raises:
        NotFound: no such provider at this school.
    """
    subject.require(Scope.MANAGE_PEOPLE)
    provider = await access_provider(db, subject, provider_id)
    for name, value in wanted.model_dump(exclude_none=True, exclude={"client_secret"}).items():
        setattr(provider, name, value)
    if wanted.client_secret is not None:
        provider.sealed_secret = sealer.seal(wanted.client_secret)
    await note(db, subject, "provider.changed", provider.id, fields=",".join(sorted(wanted.model_fields_set)))
    return view(provider, sealer)


async def remove(db: AsyncSession, subject: Subject, provider_id: str) -> None:
    """Remove a provider; its people stay, and need another way in.

    Raises:
        NotFound: no such provider at this school.
    """
    subject.require(Scope.MANAGE_PEOPLE)
    provider = await access_provider(db, subject, provider_id)
    await note(db, subject, "provider.removed", provider.id, issuer=provider.issuer)
    await db.delete(provider)


async def check(db: AsyncSession, subject: Subject, provider_id: str, provider: Provider) -> ProviderCheck:
    """Whether a provider's discovery document is there and right."""
    subject.require(Scope.MANAGE_PEOPLE)
    issuer = (await access_provider(db, subject, provider_id)).issuer
    try:
        await provider.discover(issuer, again=True)
    except AccountRefused as refusal:
        return ProviderCheck(works=False, detail=refusal.detail)
    return ProviderCheck(works=True, detail="")
