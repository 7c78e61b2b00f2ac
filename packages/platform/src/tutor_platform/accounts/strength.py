"""How hard a chosen password is to guess, judged without any network: length, common words, runs, own names.

Every part that a guesser would try as one piece (a common word, a repeated letter, a run along the keyboard)
counts as two characters; what is left must still be worth eight.
"""

import re
from functools import cache
from importlib import resources

from tutor_platform.kit.errors import AccountRefused

MIN_CHARS = 10
_WORTH = 8
_PIECE = "\0\0"
"""Stands for a part that is guessed as a whole; two characters long, no character of a password."""
_LEET = str.maketrans("013457@$!", "oieastasi")
_ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qazwsxedcrfvtgbyhnujmikolp",
)
_MIN_RUN = 3


@cache
def common_words() -> tuple[str, ...]:
    """Words that passwords are made of, longest first."""
    text = resources.files("tutor_platform.accounts").joinpath("common_words.txt").read_text("utf-8")
    words = {line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def check_password(password: str, *names: str) -> None:
    """Go on only with a password that is worth something.

    Raises:
        AccountRefused: with the reason as its code.
    """
    if len(password) < MIN_CHARS:
        raise AccountRefused("password_short", 422)
    plain = password.lower()
    if any(_contains(plain, name) for name in names):
        raise AccountRefused("password_personal", 422)
    without_runs = _RUNS.sub(_PIECE, _repeats(plain))
    if len(without_runs) < _WORTH:
        raise AccountRefused("password_simple", 422)
    if min(len(_without_words(spelling)) for spelling in (plain, plain.translate(_LEET))) < _WORTH:
        raise AccountRefused("password_common", 422)


def _contains(password: str, name: str) -> bool:
    """Whether most of the password is somebody's own name."""
    parts = [part for part in re.split(r"[\s@._-]+", name.lower()) if len(part) >= _MIN_RUN]
    known = {*parts, name.strip().lower()} - {""}
    return any(part in password and len(password) - len(part) < _WORTH for part in known)


def _without_words(text: str) -> str:
    """Each common word becomes one piece, and so do the runs that are left."""
    for word in common_words():
        if word in text:
            text = text.replace(word, _PIECE)
    return _RUNS.sub(_PIECE, _repeats(text))


def _repeats(text: str) -> str:
    """`abcabcabc` is `abc` and the idea of repeating it."""
    return _AGAIN.sub(lambda found: found[1] + _PIECE[0], text)


def _runs() -> str:
    pieces = {
        row[at : at + length]
        for row in _ROWS
        for length in range(_MIN_RUN, len(row) + 1)
        for at in range(len(row) - length + 1)
    }
    pieces |= {piece[::-1] for piece in pieces}
    return "|".join(sorted(pieces, key=len, reverse=True))


_AGAIN = re.compile(r"(.+?)\1{1,}", re.DOTALL)
_RUNS = re.compile(_runs())
