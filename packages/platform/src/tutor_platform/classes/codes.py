"""Codes by which students join a class: short enough for a blackboard, without letters that look alike."""

import secrets

ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
"""No B and 8, I and 1 and L, O and 0, S and 5, Z and 2."""
LENGTH = 7
"""25^7 codes: at the rate that joining allows, guessing one of a thousand classes takes years."""


def new_code() -> str:
    """A fresh code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_written(code: str) -> str:
    """The code that somebody typed: small letters, spaces and hyphens do not matter."""
    return "".join(letter for letter in code.upper() if letter.isalnum())
