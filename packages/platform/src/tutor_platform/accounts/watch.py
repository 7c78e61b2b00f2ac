"""Open sockets outlive the request that let them in; this looks after them.

A sign-in can end where this process does not see it: it runs out, the operator ends it at the command line,
another copy of the platform signs it out. Once a minute the sign-ins that came in here are asked for again.
"""

import asyncio
import itertools
from collections.abc import Callable

import structlog

from tutor_platform.accounts.service import Accounts

log = structlog.get_logger(__name__)

EVERY_S = 60.0
PURGED_EVERY = 60
"""So many rounds, an hour, between deleting what has expired."""


async def watch(accounts: Accounts, hang_up: Callable[[str], None], every_s: float = EVERY_S) -> None:
    """Hang up on sign-ins that are over, until cancelled; a database that is away is asked again later."""
    for turn in itertools.count(1):
        await asyncio.sleep(every_s)
        try:
            for sign_in_id in await accounts.ended():
                hang_up(sign_in_id)
            if turn % PURGED_EVERY == 0:
                await accounts.purge()
        except Exception:
            log.exception("sign_ins_not_watched")
