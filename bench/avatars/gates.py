"""The gates of `tutor-engine avatar check` on a photo, footage and the drawn tutors, each with its controls.

Real phoneme times of the embedded voice; the figures are measured on rendered frames by the face mesh.
"""

import argparse
import tempfile
from pathlib import Path

import cv2

from bench.avatars import sitters
from bench.tables import show
from tutor_engine.showing.gates import Report, check
from tutor_engine.showing.puppet.engine import PuppetEngine
from tutor_engine.showing.puppet.packages import open_package


def main() -> None:
    """Judge every sitter; the exit code is 1 when a gate is missed or a control slips through."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, nargs="*", default=[], help="more avatar packages to judge")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    mesh, lines, engine = sitters.face_mesh(), sitters.spoken(), PuppetEngine(open_package)
    with tempfile.TemporaryDirectory(prefix="bench-avatars-") as folder:
        packages = sitters.packages(Path(folder), mesh)
        packages |= {package.name[:12]: package for package in arguments.package}
        reports = {name: check(engine, package, lines, mesh) for name, package in packages.items()}
    first = next(iter(reports.values()))
    names = list(reports)
    show(
        "Gates of the puppet",
        ("figure", "goal", *names),
        [
            [verdict.gate.name, verdict.gate.goal, *(_verdict(reports[name], at) for name in names)]
            for at, verdict in enumerate(first.verdicts)
        ],
    )
    show(
        "Negative controls: each must miss its gate",
        ("control", "gate", *names),
        [
            [control.name, control.gate.name, *(_control(reports[name], at) for name in names)]
            for at, control in enumerate(first.controls)
        ],
    )
    if not all(report.passed for report in reports.values()):
        raise SystemExit(1)


def _verdict(report: Report, at: int) -> str:
    verdict = report.verdicts[at]
    return f"{verdict.value:.3g}{'' if verdict.passed else ' MISSED'}"


def _control(report: Report, at: int) -> str:
    control = report.controls[at]
    return f"{control.value:.3g}{'' if control.refused else ' ADMITTED'}"
