"""The person behind a request or a socket, by the cookie that the browser keeps."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

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


CurrentPerson = Annotated[Subject, Depends(_current)]
"""An endpoint with this parameter answers 401 to everybody who is not signed in."""
