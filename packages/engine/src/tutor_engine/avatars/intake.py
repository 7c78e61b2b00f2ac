"""The sandboxed process (`python -m tutor_engine.avatars.intake`) that makes a package of an upload.

It takes one `Intake` as JSON on its standard input and answers with one JSON message per line. Before it
opens the upload it gives up the network and every file but the upload, the models and its draft's folder.
"""

import sys
from pathlib import Path

import msgspec

from tutor_engine.avatars.findings import Finding
from tutor_engine.avatars.reports import Intake, Refused, Report
from tutor_engine.sandbox import Confinement, confine

_MAX_MEMORY_BYTES = 4 * 2**30
"""Address space; a 4096-pixel video needs about 1.5 GiB of it."""
_MAX_CPU_S = 240
_MAX_FILE_BYTES = 256 * 2**20
_NICE = 5
"""A third of a lesson's share where both want a core; a teacher waits for this."""


def confinement_of(intake: Intake) -> Confinement:
    """What this intake may use."""
    return Confinement(
        memory_bytes=_MAX_MEMORY_BYTES,
        cpu_s=_MAX_CPU_S,
        total_cpu_s=_MAX_CPU_S,
        nice=_NICE,
        file_bytes=_MAX_FILE_BYTES,
        readable=(Path(intake.source), Path(intake.detector), Path(intake.mesh)),
        writable=(Path(intake.folder),),
    )


def take_in(intake: Intake) -> None:
    """Make the package, reporting on standard output."""

    def tell(report: Report) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.buffer.flush()

    try:
        import cv2

        from tutor_engine.avatars.making import make_package

        cv2.setNumThreads(1)
        make_package(intake, tell)
    except MemoryError:
        tell(Refused([Finding("took_too_long")]))


def main() -> None:
    """Read the request, do it."""
    intake = msgspec.json.decode(sys.stdin.buffer.read(), type=Intake)
    confine(confinement_of(intake))
    take_in(intake)


if __name__ == "__main__":
    main()
