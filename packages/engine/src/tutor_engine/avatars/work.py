"""An avatar build as a job of the engine: progress and findings become the job's steps and messages."""

import asyncio
import threading
from pathlib import Path

from tutor_engine.avatars.build import AvatarRefused, BuildCancelled, build_avatar
from tutor_engine.avatars.build import Progress as BuildProgress
from tutor_engine.avatars.findings import Finding
from tutor_engine.avatars.store import AvatarNameRefused, AvatarStore
from tutor_engine.jobs import JobFailed, Progress, Work
from tutor_engine.showing.puppet.mesh import FaceModelMissing, FaceModels
from tutor_protocol.http import JobMessage


def avatar_work(file: Path, avatar_id: str, store: AvatarStore, models: Path, *, delete: bool) -> Work:
    """Work that builds an avatar of a file; with `delete` the file is removed afterwards."""

    async def work(progress: Progress) -> None:
        cancelled = threading.Event()

        def on_progress(step: BuildProgress) -> None:
            progress.report(step.step, step.progress)
            if step.remark is not None:
                progress.remark(*_messages(step.remark, "warning"))

        try:
            await asyncio.to_thread(
                build_avatar,
                file,
                avatar_id,
                store,
                FaceModels.in_folder(models),
                on_progress,
                cancelled=cancelled.is_set,
            )
        except AvatarRefused as error:
            messages = [m for finding in error.findings for m in _messages(finding, "error")]
            raise JobFailed(*messages) from error
        except (FaceModelMissing, AvatarNameRefused) as error:
            hint = "" if isinstance(error, AvatarNameRefused) else " (tutor-engine models install)"
            raise JobFailed(JobMessage(level="error", content=f"{error}{hint}")) from error
        except BuildCancelled as error:
            raise asyncio.CancelledError from error
        finally:
            cancelled.set()
            if delete:
                await asyncio.to_thread(file.unlink, missing_ok=True)

    return work


def _messages(finding: Finding, level: str) -> list[JobMessage]:
    """The finding in both languages."""
    return [
        JobMessage(
            level="error" if level == "error" else "warning",
            content=finding.sentence(language),
            second=finding.second,
            picture=finding.picture,
        )
        for language in ("en", "zh")
    ]
