"""An avatar build as a job of the engine, made from a recipe, so that the next engine can make it again.

Progress and findings become the job's steps and messages. Holds no state of its own.
"""

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path

from tutor_engine.avatars.build import AvatarRefused, build_avatar
from tutor_engine.avatars.build import Progress as BuildProgress
from tutor_engine.avatars.findings import Finding
from tutor_engine.avatars.store import AvatarNameRefused, AvatarStore
from tutor_engine.jobs import JobFailed, Maker, Progress, Work
from tutor_engine.showing.puppet.mesh import FaceModelMissing, FaceModels
from tutor_protocol.http import JobMessage


def avatar_work(store: AvatarStore, models: Path) -> Maker:
    """How the work of an avatar job is made; nothing is left of one that ends early but its remarks."""

    def make(kept: Mapping[str, str | None], file: Path) -> Work:
        async def work(progress: Progress) -> None:
            await _build(kept, file, store, models, progress)

        return work

    return make


async def _build(
    kept: Mapping[str, str | None], file: Path, store: AvatarStore, models: Path, progress: Progress
) -> None:
    cancelled = threading.Event()

    def on_progress(step: BuildProgress) -> None:
        progress.report(step.step, step.progress)
        if step.remark is not None:
            progress.remark(*_messages(step.remark, "warning"))

    def build() -> None:
        build_avatar(
            file,
            kept["avatar_id"] or "",
            store,
            FaceModels.in_folder(models),
            on_progress,
            described=f"uploaded: {kept['filename'] or 'a file'}",
            cancelled=cancelled.is_set,
        )

    building = asyncio.ensure_future(asyncio.to_thread(build))
    try:
        await asyncio.shield(building)
    except asyncio.CancelledError:
        # Whoever cancels must find it ended: an avatar that is added later would outlive its deletion.
        cancelled.set()
        await asyncio.wait({building})
        if not building.cancelled():
            building.exception()
        raise
    except AvatarRefused as error:
        messages = [m for finding in error.findings for m in _messages(finding, "error")]
        raise JobFailed(*messages) from error
    except (FaceModelMissing, AvatarNameRefused) as error:
        hint = "" if isinstance(error, AvatarNameRefused) else " (tutor-engine models install)"
        raise JobFailed(JobMessage(level="error", content=f"{error}{hint}")) from error


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
