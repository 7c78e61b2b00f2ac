"""Sign in, sign out, who am I."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts import service
from tutor_platform.accounts.current import CurrentPerson, accounts_of, cookie_name
from tutor_platform.accounts.schemas import PersonAnswer, PersonChange, SignInRequest
from tutor_platform.accounts.service import Accounts
from tutor_platform.kit.db import Reading, Writing

router = APIRouter(prefix="/api/auth", tags=["accounts"])

AccountsHere = Annotated[Accounts, Depends(accounts_of)]


@router.post("/sign-in")
async def sign_in(
    body: SignInRequest, request: Request, response: Response, accounts: AccountsHere
) -> PersonAnswer:
    """Sign in with name and password; sets the cookie."""
    address = request.client.host if request.client else ""
    person, token = await accounts.sign_in(body.username, body.password, address)
    settings = request.app.state.settings
    response.set_cookie(
        cookie_name(settings.platform_cookie_secure),
        token,
        max_age=settings.sign_in_days * 86_400,
        httponly=True,
        samesite="lax",
        secure=settings.platform_cookie_secure,
        path="/",
    )
    response.headers["cache-control"] = "no-store"
    return PersonAnswer(person=person)


@router.post("/sign-out", status_code=204)
async def sign_out(
    subject: CurrentPerson, request: Request, response: Response, accounts: AccountsHere
) -> None:
    """Sign this browser out; its sockets are closed."""
    await accounts.sign_out(subject)
    request.app.state.lines.hang_up(subject.sign_in_id)
    response.delete_cookie(cookie_name(request.app.state.settings.platform_cookie_secure), path="/")


@router.get("/me")
async def me(subject: CurrentPerson, db: Annotated[AsyncSession, Reading]) -> PersonAnswer:
    """Who is signed in."""
    return PersonAnswer(person=await service.person_view(db, await service.me(db, subject)))


@router.patch("/me")
async def change_me(
    change: PersonChange, subject: CurrentPerson, db: Annotated[AsyncSession, Writing]
) -> PersonAnswer:
    """Change one's own language."""
    person = await service.me(db, subject)
    person.language = change.language
    return PersonAnswer(person=await service.person_view(db, person))
