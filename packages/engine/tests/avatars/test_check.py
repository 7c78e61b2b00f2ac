"""`tutor-engine avatar check`: every engine of the machine is judged, and what is missing is told."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from packages.engine.tests.showing.faces import GreyFace

from tutor_engine.avatars import cli
from tutor_engine.showing import gates
from tutor_engine.showing.engines import FaceEngines
from tutor_engine.showing.gates import CLOSES, Report, Verdict
from tutor_engine.showing.port import AvatarUnusable, FaceCapabilities, FaceEngine, Speech
from tutor_engine.showing.puppet.mesh import FaceMesh

_GOOD, _BAD = (Report((Verdict(CLOSES, value),), ()) for value in (1.0, 0.5))


class Named(GreyFace):
    """A face engine in some state."""

    def __init__(self, name: str, *, ready: bool = True) -> None:
        super().__init__(name)
        self._known = FaceCapabilities(name, 1, "no memory", ready)

    @property
    def capabilities(self) -> FaceCapabilities:
        return self._known


def judged(
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[str, Report | AvatarUnusable],
    engines: Sequence[FaceEngine],
) -> dict[str, Report | None]:
    """What `check` gathers when the gates answer so."""

    def check(engine: FaceEngine, package: Path, lines: Sequence[Speech], mesh: FaceMesh) -> Report:
        del package, lines, mesh
        answer = answers[engine.capabilities.name]
        if isinstance(answer, AvatarUnusable):
            raise answer
        return answer

    monkeypatch.setattr(gates, "check", check)
    known = FaceEngines(engines, {})
    return cli._judged(known, Path("x"), [], cast("FaceMesh", None))  # pyright: ignore[reportPrivateUsage]


def test_every_engine_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Report | AvatarUnusable] = {"musetalk": _BAD, "puppet": _GOOD}
    reports = judged(monkeypatch, answers, [Named("musetalk"), Named("puppet")])
    assert reports == {"musetalk": _BAD, "puppet": _GOOD}


def test_an_engine_for_other_avatars_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Report | AvatarUnusable] = {"musetalk": AvatarUnusable("a photo"), "puppet": _GOOD}
    assert judged(monkeypatch, answers, [Named("musetalk"), Named("puppet")]) == {"puppet": _GOOD}
    with pytest.raises(AvatarUnusable):
        judged(monkeypatch, {"puppet": AvatarUnusable("broken")}, [Named("puppet")])


def test_an_engine_that_should_work_and_does_not_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = judged(monkeypatch, {"puppet": _GOOD}, [Named("musetalk", ready=False), Named("puppet")])
    assert reports == {"musetalk": None, "puppet": _GOOD}
