"""Passwords: argon2id. Hashing takes hundredths of a second and 64 MiB, so few run at once, off the loop."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

MAX_PASSWORD_CHARS = 256
_WORKERS = ThreadPoolExecutor(2, thread_name_prefix="passwords")
_CONSONANTS = "bdfgklmnprst"
_VOWELS = "aeiou"


@cache
def hasher() -> PasswordHash:
    """The one way in which passwords are hashed: argon2id at RFC 9106's second choice (64 MiB, 3 passes)."""
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobody() -> str:
    return hasher().hash(secrets.token_urlsafe(16))


async def hash_password(password: str) -> str:
    """The string to store."""
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, hasher().hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; takes as long when none (or an empty one) is stored."""
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, _matches, password, stored)


def _matches(password: str, stored: str | None) -> bool:
    fits = hasher().verify(password, stored or _nobody())
    return fits and bool(stored)


def readable_password() -> str:
    """A password that can be read out: about 42 random bits, which the lock-out makes enough for a demo."""
    syllables = [secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(6)]
    pairs = ["".join(syllables[at : at + 2]) for at in range(0, 6, 2)]
    return "-".join([*pairs, f"{secrets.randbelow(90) + 10}"])
