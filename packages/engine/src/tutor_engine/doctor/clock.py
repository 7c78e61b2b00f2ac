"""Is this machine's clock right? Credentials of TURN and of the Edge voices live minutes of it.

Compared with the `Date` of servers on other machines; when none answers, at least with files that must be
older than now.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from tutor_engine.doctor.findings import Finding, error, note, ok, warning
from tutor_engine.doctor.http import HttpSeen, look
from tutor_engine.doctor.words import network as say

NOTICEABLE_S = 30.0
HARMFUL_S = 240.0
"""Edge voices refuse after 300 s, TURN credentials after 600 s."""


async def check_clock(servers: Sequence[str], older: Iterable[Path]) -> Finding:
    """Compare with the first server that tells a date, and with files that cannot be of the future."""
    seen = await asyncio.gather(*(look(url, method="HEAD") for url in servers))
    newest_s = max((path.stat().st_mtime for path in older if path.exists()), default=0.0)
    return judge_clock(seen, newest_s, time.time())


def judge_clock(seen: Sequence[HttpSeen], newest_s: float, now_s: float) -> Finding:
    """What dates and files tell. `newest_s`: the youngest change of a file that exists already."""
    told = [(abs(one.ahead_s), one) for one in seen if one.ahead_s is not None]
    if told:
        off_s, best = min(told, key=lambda pair: pair[0])
        words = say.CLOCK_AHEAD if (best.ahead_s or 0.0) > 0 else say.CLOCK_BEHIND
        if off_s >= HARMFUL_S:
            return error("clock", words, off_s=off_s, url=best.url)
        if off_s >= NOTICEABLE_S:
            return warning("clock", words, off_s=off_s, url=best.url)
        return ok("clock", say.CLOCK_AGREES, off_s=max(off_s, 1), url=best.url)
    if newest_s - now_s >= NOTICEABLE_S:
        return error("clock", say.CLOCK_BEFORE_FILES, off_s=newest_s - now_s)
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now_s))
    return note("clock", say.CLOCK_ALONE, when=when)
