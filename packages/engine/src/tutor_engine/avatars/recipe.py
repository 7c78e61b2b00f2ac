"""What is remembered of an avatar job, so that the next engine can do it again. Imports nothing heavy."""

from pathlib import PurePosixPath

_MAX_NAME = 100


def recipe(avatar_id: str, filename: str) -> dict[str, str | None]:
    """What must be remembered of an upload beside its bytes."""
    return {"avatar_id": avatar_id, "filename": PurePosixPath(filename.replace("\\", "/")).name[:_MAX_NAME]}
