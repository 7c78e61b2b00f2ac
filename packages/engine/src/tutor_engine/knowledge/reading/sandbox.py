"""The sandbox as the document reader uses it: no file is written, none is read but tesseract's models."""

import os
from pathlib import Path

from tutor_engine import sandbox
from tutor_engine.knowledge.document import ParseLimits
from tutor_engine.sandbox import Confinement


def confine(limits: ParseLimits) -> tuple[str, ...]:
    """Give up what reading a document does not need; returns what is in force beyond the limits."""
    models = os.environ.get("TESSDATA_PREFIX")
    return sandbox.confine(
        Confinement(
            memory_bytes=limits.memory_bytes,
            cpu_s=limits.cpu_s,
            total_cpu_s=limits.total_cpu_s,
            open_files=limits.max_open_files,
            readable=(Path(models),) if models else (),
        )
    )


def more_time(limits: ParseLimits) -> None:
    """Allow the next step its processor time; the whole keeps its limit. Does nothing where none was set."""
    sandbox.more_time(limits.cpu_s, limits.total_cpu_s)
