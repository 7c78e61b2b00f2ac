"""Whether MuseTalk is used on a machine, and that a laptop pays nothing for it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from packages.engine.tests.showing.faces import GreyFace

from tutor_engine.models import catalogue
from tutor_engine.showing.engines import Surroundings, face_engines, offered
from tutor_engine.showing.musetalk.engine import MuseTalkEngine
from tutor_engine.showing.musetalk.offer import NoGpu, loader, offer
from tutor_engine.showing.musetalk.weights import WeightsBroken, find_weights


@pytest.fixture
def surroundings(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path / "models", GreyFace("puppet"))


@pytest.fixture
def gpu(tmp_path: Path) -> Path:
    """A folder of devices with a GPU in it."""
    devices = tmp_path / "dev"
    devices.mkdir()
    (devices / "nvidia0").touch()
    return devices


def put_weights(models: Path) -> None:
    for asset in catalogue():
        if asset.name.startswith("musetalk-"):
            (models / asset.name).mkdir(parents=True)
            for name in asset.installed_names:
                (models / asset.name / name).touch()


def test_without_a_gpu_it_is_not_used(surroundings: Surroundings, tmp_path: Path) -> None:
    assert offer(surroundings, tmp_path) == "not used: no GPU"


def test_without_weights_it_says_how_to_get_them(surroundings: Surroundings, gpu: Path) -> None:
    assert offer(surroundings, gpu) == (
        "not used: weights are not installed: tutor-engine models install musetalk"
    )


def test_without_torch_it_says_what_to_install(
    surroundings: Surroundings, gpu: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_weights(surroundings.models)
    monkeypatch.setattr("tutor_engine.showing.musetalk.offer.find_spec", lambda name: None)
    assert "install tutor-engine[musetalk]" in str(offer(surroundings, gpu))


def test_with_all_of_them_it_loads_in_the_background(
    surroundings: Surroundings, gpu: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_weights(surroundings.models)

    def broken(files: object) -> object:
        def load() -> None:
            raise WeightsBroken("empty")

        return load

    monkeypatch.setattr("tutor_engine.showing.musetalk.offer.loader", broken)
    engine = offer(surroundings, gpu)
    assert isinstance(engine, MuseTalkEngine)
    assert not engine.capabilities.ready
    waited = offer(replace(surroundings, at_once=True), gpu)
    assert isinstance(waited, MuseTalkEngine)
    assert waited.capabilities.detail == "not loaded: empty; the puppet speaks"


def test_a_machine_whose_gpu_torch_cannot_use_says_so(
    surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    put_weights(surroundings.models)
    with pytest.raises(NoGpu, match="no GPU that it can use"):
        loader(find_weights(surroundings.models))()


def test_engines_are_asked_in_order_and_the_stand_in_is_last(surroundings: Surroundings) -> None:
    better, best = GreyFace("better"), GreyFace("best")
    engines = offered(
        {"best": lambda _: best, "none": lambda _: "not used: no reason", "better": lambda _: better},
        surroundings,
    )
    assert [engine.capabilities.name for engine in engines.used] == ["best", "better", "puppet"]
    assert engines.absent == {"none": "not used: no reason"}


def test_the_engines_of_this_machine_end_with_the_puppet(tmp_path: Path) -> None:
    engines = face_engines(tmp_path)
    assert engines.used[-1].capabilities.name == "puppet"
    assert set(engines.absent) <= {"musetalk"}
    alone = face_engines(tmp_path, only_puppet=True)
    assert ([engine.capabilities.name for engine in alone.used], alone.absent) == (["puppet"], {})


def test_the_face_worker_starts_without_torch(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, tutor_engine.showing.worker as w\n"
        f"w.face_engines(pathlib.Path({str(tmp_path)!r}))\n"
        "import tutor_engine.showing.musetalk.engine\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'safetensors'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
