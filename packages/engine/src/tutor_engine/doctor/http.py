"""One HTTP request and what came of it: status, body and the server's clock. Judges nothing."""

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import aiohttp

from tutor_engine.doctor.words import Said, Value
from tutor_engine.doctor.words import supplies as say

TIMEOUT_S = 2.5
_MAX_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class HttpSeen:
    """An answer, or why there was none."""

    url: str
    status: int | None = None
    body: bytes = b""
    ahead_s: float | None = None
    """How far our clock is ahead of the server's `Date`; exact to a second and the way there."""
    failure: Value = ""


async def look(url: str, *, method: str = "GET", timeout_s: float = TIMEOUT_S) -> HttpSeen:
    """Ask once. Any answer counts, also a refusal."""
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, allow_redirects=False) as answer,
        ):
            now_s = time.time()
            body = await answer.content.read(_MAX_BYTES) if method == "GET" else b""
            return HttpSeen(url, answer.status, body, _ahead(answer.headers.get("Date"), now_s))
    except TimeoutError:
        return HttpSeen(url, failure=Said(say.HTTP_SLOW, {"timeout_s": timeout_s}))
    except aiohttp.ClientConnectorError:
        return HttpSeen(url, failure=Said(say.HTTP_NOBODY))
    except (aiohttp.ClientError, ValueError) as failure:
        return HttpSeen(url, failure=f"{type(failure).__name__}: {failure}"[:200])


def _ahead(date: str | None, now_s: float) -> float | None:
    if date is None:
        return None
    try:
        server_s = parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
    return now_s - (server_s + 0.5)  # a Date is cut to whole seconds
