"""One hostile file, and ways to spoil an honest one."""

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """A file and, when it is one of few, the reasons with which it may be refused."""

    name: str
    make: Make
    reasons: frozenset[str] = frozenset()


def case(name: str, make: Make, *reasons: str) -> Case:
    return Case(name, make, frozenset(reasons))


@cache
def zipped() -> bytes:
    """A small archive of ten megabytes, with a name that climbs."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil", bytes(10_000_000))
    return file.getvalue()


def part(data: bytes, share: float) -> bytes:
    """The beginning of a file."""
    return data[: max(16, int(len(data) * share))]


def scratched(data: bytes, seed: int, keep: int = 16) -> bytes:
    """A file with other bytes here and there after its first ones."""
    chance, found = random.Random(seed), bytearray(data)
    for _ in range(max(8, len(data) // 200)):
        found[chance.randrange(keep, len(found))] = chance.randrange(256)
    return bytes(found)
