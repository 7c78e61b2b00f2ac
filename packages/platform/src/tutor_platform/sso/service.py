"""Signing in through another organisation: the trip there, the way back, and whom that makes somebody here.

A trip is bound to the browser that began it, works once, and ends after ten minutes.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import joining
from tutor_platform.accounts import repository as people
from tutor_platform.accounts.models import Person
from tutor_platform.accounts.schemas import PersonView
from tutor_platform.accounts.service import Accounts, person_view, token_hash
from tutor_platform.audit.service import note
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import AccountRefused, NotFound
from tutor_platform.kit.ids import new_id
from tutor_platform.sso import repository
from tutor_platform.sso.models import ProviderAccount, SignInAttempt, SignInProvider
from tutor_platform.sso.provider import Client, Identity, Provider, refused
from tutor_platform.sso.schemas import Return, SignInOffer
from tutor_platform.sso.sealing import Sealer

TRIP_LASTS = timedelta(minutes=10)


class SingleSignOn:
    """Trips to providers and back."""

    def __init__(self, database: Database, accounts: Accounts, provider: Provider, sealer: Sealer) -> None:
        self._database = database
        self._accounts = accounts
        self.provider = provider
        self.sealer = sealer

    async def offers(self, db: AsyncSession) -> list[SignInOffer]:
        """The buttons of the sign-in page."""
        found = await repository.offered(db)
        return [SignInOffer(id=provider.id, name=provider.name, school=school) for provider, school in found]

    def client_of(self, provider: SignInProvider) -> Client:
        """Who we are at this provider."""
        return Client(provider.issuer, provider.client_id, self.sealer.open(provider.sealed_secret))

    async def depart(self, provider_id: str, browser: str, redirect_uri: str) -> str:
        """Begin a trip; returns where the browser goes.

        Raises:
            NotFound: no such provider.
            AccountRefused: it does not answer.
        """
        async with self._database.reading() as db:
            provider = await repository.open_provider(db, provider_id)
        if provider is None:
            raise NotFound(provider_id)
        state, nonce, verifier = (secrets.token_urlsafe(size) for size in (32, 32, 48))
        url = await self.provider.authorization_url(
            self.client_of(provider), redirect_uri=redirect_uri, state=state, nonce=nonce, verifier=verifier
        )
        now = self._accounts.clock()
        async with self._database.writing() as db:
            await repository.delete_attempts(db, now)
            db.add(
                SignInAttempt(
                    state_hash=token_hash(state),
                    browser_hash=token_hash(browser),
                    provider_id=provider.id,
                    nonce=nonce,
                    verifier=verifier,
                    redirect_uri=redirect_uri,
                    expires_at=now + TRIP_LASTS,
                )
            )
        return url

    async def arrive(self, back: Return, browser: str | None, device: str) -> tuple[PersonView, str]:
        """End a trip: the person and a fresh token.

        Raises:
            AccountRefused: the trip is over, the provider cannot be believed, or the person is a stranger.
        """
        now = self._accounts.clock()
        attempt, provider = await self._taken(back.state, browser, now)
        client = self.client_of(provider)
        if back.iss is not None and back.iss != (await self.provider.discover(client.issuer)).issuer:
            raise refused("another issuer answered")
        identity = await self.provider.identity(
            client,
            code=back.code,
            redirect_uri=attempt.redirect_uri,
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            now_s=now.timestamp(),
        )
        _check_domain(provider, identity)
        async with self._database.writing() as db:
            person = await self._person(db, provider, identity, now)
            if person.disabled_at is not None:
                raise AccountRefused("account_disabled", 403)
            if person.password_until is not None:
                # The provider has vouched; nobody needs the password that somebody else has seen.
                person.password_hash, person.password_until = "", None
            token = await self._accounts.open(db, person, "provider", device)
            return await person_view(db, person), token

    async def _taken(
        self, state: str, browser: str | None, now: datetime
    ) -> tuple[SignInAttempt, SignInProvider]:
        over = AccountRefused("sign_in_over")
        async with self._database.writing() as db:
            attempt = await repository.take_attempt(db, token_hash(state))
        if attempt is None or attempt.expires_at <= now or not browser:
            raise over
        if not hmac.compare_digest(attempt.browser_hash, token_hash(browser)):
            raise over
        async with self._database.reading() as db:
            provider = await repository.open_provider(db, attempt.provider_id)
        if provider is None:
            raise over
        return attempt, provider

    async def _person(
        self, db: AsyncSession, provider: SignInProvider, identity: Identity, now: datetime
    ) -> Person:
        """Whom the provider vouches for: known, found by e-mail address, or new."""
        known = await repository.person_of(db, provider.id, identity.subject)
        if known is not None:
            return known
        person = None
        if provider.links_by_email and identity.email and identity.email_verified:
            person = await people.person_by_email(db, provider.tenant_id, identity.email)
        if person is None:
            if not provider.makes_accounts:
                raise AccountRefused("provider_stranger", 403)
            person = await self._new(db, provider, identity, now)
        db.add(
            ProviderAccount(
                provider_id=provider.id, subject=identity.subject, person_id=person.id, created_at=now
            )
        )
        await note(db, provider.tenant_id, "person.linked", person.id, provider=provider.id)
        return person

    async def _new(
        self, db: AsyncSession, provider: SignInProvider, identity: Identity, now: datetime
    ) -> Person:
        email = identity.email if identity.email_verified else ""
        if email and await people.person_by_email(db, provider.tenant_id, email) is not None:
            # Somebody here has this address and may not be found by it.
            raise AccountRefused("provider_stranger", 403)
        wanted = email or f"{provider.name}-{identity.subject}"
        username = "".join(wanted.lower().split())[:90]
        if await people.person_by_username(db, username) is not None:
            username = f"{username}-{secrets.token_hex(3)}"
        fresh = Person(
            id=new_id(),
            tenant_id=provider.tenant_id,
            username=username,
            name=identity.name or email.partition("@")[0] or provider.name,
            role=provider.default_role,
            language="en",
            email=email or None,
            password_hash="",
            created_at=now,
        )
        return await joining.add(db, fresh, "came_by_provider")


def _check_domain(provider: SignInProvider, identity: Identity) -> None:
    """Where a school names domains, only verified addresses in them may come."""
    if not provider.domains:
        return
    if not identity.email_verified or identity.email.rpartition("@")[2] not in provider.domains:
        raise AccountRefused("provider_stranger", 403)
