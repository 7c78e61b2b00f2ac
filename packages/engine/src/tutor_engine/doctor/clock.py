"""Is this machine's clock right? Credentials of TURN and of the Edge voices live minutes of it.

Compared with the `Date` of servers on other machines; when none answers, at least with files that must be
older than now.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from tutor_engine.doctor.findings import error, note, ok, warning
from tutor_engine.doctor.http import HttpSeen, look
from tutor_protocol.http import Finding

NOTICEABLE_S = 30.0
HARMFUL_S = 240.0
"""Edge voices refuse after 300 s, TURN credentials after 600 s."""
_WHY = "TURN credentials (ten minutes) and the Edge voices (five) are refused by servers whose clock differs."
_MEND = "Set the clock: timedatectl set-ntp true (on the host, when this is a container)."


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
        ahead_s = best.ahead_s or 0.0
        way = "ahead of" if ahead_s > 0 else "behind"
        said = f"the clock is {off_s:.0f} s {way} that of {best.url}"
        if off_s >= HARMFUL_S:
            return error("clock", said, _WHY, _MEND)
        if off_s >= NOTICEABLE_S:
            return warning("clock", said, _WHY, _MEND)
        return ok("clock", f"the clock agrees with that of {best.url}, within {max(off_s, 1):.0f} s")
    if newest_s - now_s >= NOTICEABLE_S:
        ago_s = newest_s - now_s
        return error(
            "clock", f"the clock is at least {ago_s:.0f} s slow: files here are of the future", _WHY, _MEND
        )
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now_s))
    return note(
        "clock",
        f"the clock says {when}; no other machine was there to compare with",
        _WHY,
        "Compare with `date -u` on another machine.",
    )
