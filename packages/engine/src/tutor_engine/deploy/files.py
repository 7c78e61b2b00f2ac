"""Files that hold secrets: written whole or not at all, readable by their owner alone."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

_SECRET_BYTES = 32


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 600, replacing an older one at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def kept_secret(path: Path) -> str:
    """The secret in a file; made at the first call, so that restarts do not end what was handed out."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        write_private(made, secrets.token_urlsafe(_SECRET_BYTES) + "\n")
        with suppress(FileExistsError):  # somebody else was quicker; theirs is kept
            path.hardlink_to(made)
        made.unlink()
    return path.read_text(encoding="utf-8").strip()
