"""Identifiers of rows: 26 letters and digits that sort by the time they were made.

48 bits of milliseconds and 80 random bits in Crockford's base 32, lower case; safe in a path or a file name.
Identifiers of one thread never go back, also within one millisecond, so that lists keep their order.
"""

import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_CHARS = 26
_made = threading.local()


def _next() -> int:
    fresh = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    last: int = getattr(_made, "last", 0)
    # A step of up to 2^40 keeps the next identifier out of reach of guessing.
    _made.last = fresh if fresh >> 80 > last >> 80 else last + 1 + secrets.randbits(40)
    return _made.last


def new_id(now_ms: int | None = None) -> str:
    """A fresh identifier; `now_ms` is milliseconds since 1970 and defaults to the present."""
    value = _next() if now_ms is None else (now_ms << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(5 * (ID_CHARS - 1), -1, -5))
