"""Which code draws faces. What it drew may be kept for as long as it is the same."""

import hashlib
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_DRAWS = (_HERE / "puppet", _HERE / "idle.py")


@cache
def revision() -> str:
    """A name for it that changes with every line, as the number of a release does not."""
    return digest(*_DRAWS)


def digest(*parts: Path) -> str:
    """Of the Python files and of those in the folders, with their names."""
    found = hashlib.sha256()
    for part in parts:
        for path in sorted(part.rglob("*.py")) if part.is_dir() else (part,):
            found.update(path.relative_to(part.parent).as_posix().encode() + b"\0")
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]
