"""Identifiers of rows: 26 letters and digits that sort by the time they were made.

48 bits of milliseconds and 80 random bits in Crockford's base 32, lower case; safe in a path or a file name.
"""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_CHARS = 26


def new_id(now_ms: int | None = None) -> str:
    """A fresh identifier; `now_ms` is milliseconds since 1970 and defaults to the present."""
    moment = int(time.time() * 1000) if now_ms is None else now_ms
    value = (moment << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(5 * (ID_CHARS - 1), -1, -5))
