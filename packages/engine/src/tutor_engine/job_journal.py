"""Jobs on disk, so that a restart of the engine forgets neither their outcome nor what is still to be done.

One small JSON file per job, written beside it and renamed over it, and for work on an upload the file itself.
After a power cut each file is the old one or the new one, never half of either. All methods block.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from tutor_protocol.http import Job

log = structlog.get_logger()

_SUFFIX = ".job"
_UPLOAD = ".upload"


class KeptJob(msgspec.Struct, frozen=True):
    """A job as it lies on disk."""

    job: str
    """The job as the protocol shows it, as JSON."""
    at_s: float
    """When it was asked for, seconds since 1970: the order in which jobs are gone on with."""
    recipe: dict[str, str | None]
    """From which its kind makes the work again."""
    attempts: int = 0
    """How often it was begun and not ended, counted before it begins; stops asked for count not."""
    begun: bool = False
    """Whether part of it may be done."""


class Journal:
    """A folder of kept jobs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def upload(self, job_id: str) -> Path:
        """Where the uploaded file of a job lies."""
        return self.folder / f"{job_id}{_UPLOAD}"

    def save(self, job: Job, kept: KeptJob) -> None:
        """Write a job for good."""
        self.folder.mkdir(parents=True, exist_ok=True)
        body = msgspec.json.encode(msgspec.structs.replace(kept, job=job.model_dump_json()))
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".new-", delete=False) as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(self._path(job.id))
        sync_folder(self.folder)

    def load(self) -> Iterator[tuple[Job, KeptJob]]:
        """Every kept job in the order in which they came; a broken file is passed over and removed."""
        found: list[tuple[Job, KeptJob]] = []
        for path in self.folder.glob(f"*{_SUFFIX}"):
            try:
                kept = msgspec.json.decode(path.read_bytes(), type=KeptJob)
                found.append((Job.model_validate_json(kept.job), kept))
            except (ValueError, OSError):
                log.warning("kept_job_broken", file=path.name)
                path.unlink(missing_ok=True)
        known = {job.id for job, _ in found}
        for stray in (*self.folder.glob(f"*{_UPLOAD}"), *self.folder.glob(".new-*")):
            if stray.name.removesuffix(_UPLOAD) not in known:
                stray.unlink(missing_ok=True)
        return iter(sorted(found, key=lambda each: each[1].at_s))

    def drop_upload(self, job_id: str) -> None:
        """Remove the uploaded file of a job that has ended."""
        with suppress(OSError):
            self.upload(job_id).unlink()

    def forget(self, job_id: str) -> None:
        """Remove all of a job."""
        self.drop_upload(job_id)
        with suppress(OSError):
            self._path(job_id).unlink()

    def _path(self, job_id: str) -> Path:
        return self.folder / f"{job_id}{_SUFFIX}"


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk itself."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
