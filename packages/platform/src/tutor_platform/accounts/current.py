"""The person behind a request or a socket, by the cookie that the browser keeps."""

from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.requests import HTTPConnection

from tutor_platform.accounts.devices import device_name
from tutor_platform.accounts.service import Accounts
from tutor_platform.authz.subject import Subject


def accounts_of(connection: HTTPConnection) -> Accounts:
    """The accounts of the application that serves this request or socket."""
    return connection.app.state.accounts


def cookie_name(secure: bool) -> str:
    """The cookie's name; the `__Host-` prefix makes browsers refuse it from another host or over HTTP."""
    return "__Host-tutor_session" if secure else "tutor_session"


def token_in_cookie(connection: HTTPConnection) -> str | None:
    """The token that the browser's cookie carries."""
    return connection.cookies.get(cookie_name(connection.app.state.settings.platform_cookie_secure))


async def _current(request: Request) -> Subject:
    subject = await accounts_of(request).subject_of(token_in_cookie(request))
    request.state.language = subject.language
    return subject


async def _choosing(request: Request) -> Subject:
    subject = await accounts_of(request).subject_of(token_in_cookie(request), choosing_password=True)
    request.state.language = subject.language
    return subject


def address_of(connection: HTTPConnection) -> str:
    """Where the browser is, for limits only; never stored."""
    return connection.client.host if connection.client else ""


def device_of(request: Request) -> str:
    """What the browser calls itself."""
    return device_name(request.headers.get("user-agent", ""))


def hang_up(request: Request, sign_in_ids: list[str]) -> None:
    """Close the sockets of browsers that are signed out."""
    for sign_in_id in sign_in_ids:
        request.app.state.lines.hang_up(sign_in_id)


def keep_token(request: Request, response: Response, token: str) -> None:
    """Hand the browser its token, out of reach of scripts and of other sites."""
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


def drop_token(request: Request, response: Response) -> None:
    """Let the browser forget its token."""
    secure = request.app.state.settings.platform_cookie_secure
    response.delete_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


AccountsHere = Annotated[Accounts, Depends(accounts_of)]

CurrentPersonChoosing = Annotated[Subject, Depends(_choosing)]
"""The same, also for somebody who still has to choose a password."""

CurrentPerson = Annotated[Subject, Depends(_current)]
"""An endpoint with this parameter answers 401 to everybody who is not signed in."""
