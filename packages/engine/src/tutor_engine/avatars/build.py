"""From an uploaded file to an avatar in the store: starts the sandboxed intake, follows it, adds the package.

The file is never opened in this process.
"""

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from tutor_engine.avatars.findings import Finding
from tutor_engine.avatars.package import AvatarManifest
from tutor_engine.avatars.reports import Done, Intake, Refused, Remark, Report, Step
from tutor_engine.avatars.store import AvatarStore
from tutor_engine.showing.puppet.mesh import FaceModelMissing, FaceModels

_MAX_WALL_S = 420.0
_POLL_S = 0.2
_KEPT_ERROR_BYTES = 2000
_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR", "PYTHONPATH", "SYSTEMROOT")


class AvatarRefused(Exception):
    """The upload cannot become an avatar; each finding is a sentence for its sender."""

    def __init__(self, findings: list[Finding], detail: str = "") -> None:
        super().__init__(detail or " ".join(finding.sentence() for finding in findings))
        self.findings = findings
        self.detail = detail
        """Of a folder made by another program: what is wrong with it."""


class BuildCancelled(Exception):
    """Somebody no longer wants this avatar."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `step` is one of open, face, picture, loop, video, poster, store."""

    step: str
    progress: float
    remark: Finding | None = None
    """Something seen on the way that did not prevent the avatar."""


log = structlog.get_logger()

OnProgress = Callable[[Progress], None]


def build_avatar(
    source: Path,
    avatar_id: str,
    store: AvatarStore,
    models: FaceModels,
    on_progress: OnProgress,
    *,
    described: str = "",
    official: bool = False,
    cancelled: Callable[[], bool] = lambda: False,
) -> AvatarManifest:
    """Make an avatar of a photo or video and add it to the store. Blocks; cancels within half a second.

    With `official` the source is a folder of the official MuseTalk.

    Raises:
        AvatarNameRefused: the name cannot be used.
        AvatarRefused: no usable face, or no usable file.
        BuildCancelled: `cancelled` said so.
        FaceModelMissing: the face models are not installed.
    """
    store.check_name(avatar_id)
    for path in (models.detector, models.mesh):
        if not path.is_file():
            raise FaceModelMissing(f"face model not installed: {path}")
    on_progress(Progress("open", 0.0))
    with store.draft() as draft:
        intake = Intake(
            str(source.resolve()),
            str(draft.resolve()),
            str(models.detector.resolve()),
            str(models.mesh.resolve()),
            described or f"uploaded: {source.name}",
            "official" if official else "upload",
        )
        try:
            _follow(intake, on_progress, cancelled)
        except AvatarRefused:
            store.keep_findings(avatar_id, draft)
            raise
        on_progress(Progress("store", 0.99))
        if cancelled():
            raise BuildCancelled
        store.keep_findings(avatar_id, draft)
        manifest = store.add(avatar_id, draft).manifest
    on_progress(Progress("store", 1.0))
    return manifest


def _follow(intake: Intake, on_progress: OnProgress, cancelled: Callable[[], bool]) -> None:
    """Run the intake to its end."""
    deadline = time.monotonic() + _MAX_WALL_S
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tutor_engine.avatars.intake"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=intake.folder,
            env=_environment(),
        ) as process,
    ):
        try:
            if process.stdin is not None:
                process.stdin.write(msgspec.json.encode(intake))
                process.stdin.close()
            for report in _reports(process, deadline, cancelled):
                match report:
                    case Step(step, progress):
                        on_progress(Progress(step, progress))
                    case Remark(finding):
                        on_progress(Progress("face", 0.7, finding))
                    case Refused(findings, detail):
                        raise AvatarRefused(findings, detail)
                    case Done():
                        return
        finally:
            process.kill()
        process.wait()
        errors.seek(max(0, errors.tell() - _KEPT_ERROR_BYTES))
        log.warning(
            "avatar_intake_died",
            exit_code=process.returncode,
            detail=errors.read().decode(errors="replace"),
        )
    # Killed by a limit, or by a file made to crash its decoder.
    raise AvatarRefused([Finding("took_too_long" if _ran_out(process.returncode) else "unreadable")])


def _reports(
    process: subprocess.Popen[bytes], deadline: float, cancelled: Callable[[], bool]
) -> Iterator[Report]:
    """Messages of the intake until it ends."""
    if process.stdout is None:
        return
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if cancelled():
                raise BuildCancelled
            if time.monotonic() > deadline:
                raise AvatarRefused([Finding("took_too_long")])
            if not selector.select(_POLL_S):
                continue
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                process.wait()
                return
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                yield msgspec.json.decode(line, type=Report)


def _ran_out(code: int | None) -> bool:
    """Whether the process was ended by a limit rather than by the file."""
    return code in {-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ}


def _environment() -> dict[str, str]:
    """Nothing of ours: no key, no token."""
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OPENCV_LOG_LEVEL": "SILENT"}
    return {**kept, **one_thread, "OPENCV_IO_MAX_IMAGE_PIXELS": str(12_000 * 12_000)}
