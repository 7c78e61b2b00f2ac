"""Single sign-on: the trip of a browser, and the providers of a school."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import (
    AccountsHere,
    CurrentPerson,
    address_of,
    device_of,
    keep_token,
)
from tutor_platform.accounts.schemas import PersonAnswer
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.sso import settings as providers
from tutor_platform.sso.schemas import (
    Departure,
    NewProvider,
    ProviderCheck,
    ProviderEdit,
    ProviderList,
    ProviderView,
    Return,
    SignInOffers,
)
from tutor_platform.sso.service import TRIP_LASTS, SingleSignOn

router = APIRouter(prefix="/api", tags=["sso"])

COOKIE_PATH = "/api/auth/sso"


def _sso(request: Request) -> SingleSignOn:
    return request.app.state.sso


SingleSignOnHere = Annotated[SingleSignOn, Depends(_sso)]


def _cookie(request: Request) -> str:
    return "__Secure-tutor_trip" if request.app.state.settings.platform_cookie_secure else "tutor_trip"


def _redirect_uri(request: Request) -> str:
    """The page of ours to which providers send the browser back."""
    own = request.app.state.settings.platform_public_url or f"{request.url.scheme}://{request.url.netloc}"
    return f"{own}/sign-in/callback"


@router.get("/auth/providers")
async def offers(sso: SingleSignOnHere, db: Annotated[AsyncSession, Reading]) -> SignInOffers:
    """The buttons of the sign-in page."""
    return SignInOffers(providers=await sso.offers(db))


@router.post("/auth/sso/{provider_id}/start")
async def depart(
    provider_id: str, request: Request, response: Response, accounts: AccountsHere, sso: SingleSignOnHere
) -> Departure:
    """Begin signing in through another organisation; the browser then goes to `url`."""
    accounts.slow_down(address_of(request))
    # Two tabs of one browser may travel at once.
    browser = request.cookies.get(_cookie(request)) or secrets.token_urlsafe(32)
    url = await sso.depart(provider_id, browser, _redirect_uri(request))
    response.set_cookie(
        _cookie(request),
        browser,
        max_age=int(TRIP_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.platform_cookie_secure,
        path=COOKIE_PATH,
    )
    response.headers["cache-control"] = "no-store"
    return Departure(url=url)


@router.post("/auth/sso/finish")
async def arrive(
    body: Return, request: Request, response: Response, accounts: AccountsHere, sso: SingleSignOnHere
) -> PersonAnswer:
    """Come back from another organisation; sets the cookie."""
    accounts.slow_down(address_of(request))
    person, token = await sso.arrive(body, request.cookies.get(_cookie(request)), device_of(request))
    keep_token(request, response, token)
    return PersonAnswer(person=person)


@router.get("/sso/providers")
async def listed(
    subject: CurrentPerson, request: Request, sso: SingleSignOnHere, db: Annotated[AsyncSession, Reading]
) -> ProviderList:
    """The sign-in providers of my school."""
    found = await providers.listed(db, subject, sso.sealer)
    return ProviderList(providers=found, redirect_uri=_redirect_uri(request))


@router.post("/sso/providers", status_code=201)
async def add(
    body: NewProvider, subject: CurrentPerson, sso: SingleSignOnHere, db: Annotated[AsyncSession, Writing]
) -> ProviderView:
    """Let people sign in through another organisation."""
    return await providers.add(db, subject, body, sso.sealer)


@router.patch("/sso/providers/{provider_id}")
async def change(
    provider_id: str,
    body: ProviderEdit,
    subject: CurrentPerson,
    sso: SingleSignOnHere,
    db: Annotated[AsyncSession, Writing],
) -> ProviderView:
    """Change a provider."""
    return await providers.change(db, subject, provider_id, body, sso.sealer)


@router.delete("/sso/providers/{provider_id}", status_code=204)
async def remove(provider_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Writing]) -> None:
    """Remove a provider; its people stay."""
    await providers.remove(db, subject, provider_id)


@router.post("/sso/providers/{provider_id}/check")
async def check(
    provider_id: str, subject: CurrentPerson, sso: SingleSignOnHere, db: Annotated[AsyncSession, Reading]
) -> ProviderCheck:
    """Ask a provider whether it is there."""
    return await providers.check(db, subject, provider_id, sso.provider)
