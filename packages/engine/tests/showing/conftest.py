"""Faces for the tests of this room: the engines that keep the port's contract, and a media worker's side."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from packages.engine.tests.showing.faces import GreyFace, MediaSide
from packages.engine.tests.showing.musetalk.small import small_networks, write_filmed

from tutor_engine.showing.musetalk.engine import MuseTalkEngine, Working
from tutor_engine.showing.port import FaceEngine
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.drawn import write_drawn_packages
from tutor_engine.showing.puppet.engine import PuppetEngine
from tutor_engine.showing.puppet.mesh import FaceMesh
from tutor_engine.showing.puppet.opening import open_footage
from tutor_engine.showing.puppet.packages import open_package


@pytest.fixture(scope="session")
def drawn_packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The packages of our drawn tutors by name."""
    return {p.name: p for p in write_drawn_packages(tmp_path_factory.mktemp("avatars"))}


@pytest.fixture(scope="session")
def puppet() -> PuppetEngine:
    """One engine for all tests: bodies take a second to build and are shared anyway."""
    return PuppetEngine(open_package)


@pytest.fixture
def grey() -> GreyFace:
    return GreyFace()


@pytest.fixture
def grey_package(tmp_path: Path) -> Path:
    """A package that `GreyFace` shows at 16 x 24."""
    package = tmp_path / "grey"
    package.mkdir()
    manifest = {"schema_version": 1, "kind": "photo", "width": 16, "height": 24, "fps": 25}
    (package / "avatar.json").write_bytes(msgspec.json.encode(manifest))
    return package


@pytest.fixture(scope="session")
def filmed_portrait(tmp_path_factory: pytest.TempPathFactory, portrait: Picture, face_mesh: FaceMesh) -> Path:
    """A package of kind video: a portrait that sways for a second."""
    picture = np.ascontiguousarray(portrait[0:256, 96:352])
    points = face_mesh.find(picture)
    assert points is not None
    return write_filmed(tmp_path_factory.mktemp("filmed") / "portrait", picture, points)


@pytest.fixture(scope="session")
def small_musetalk() -> Working:
    """Small networks of MuseTalk's structure on the CPU."""
    import torch

    from tutor_engine.showing.musetalk.renderer import Renderer

    torch.set_num_threads(1)
    return Working(Renderer(small_networks(), torch.device("cpu"), torch.float32, sizes=(1, 2, 4)), 400.0)


@pytest.fixture(params=["grey", "ada", "lin", "musetalk"])
def engine(request: pytest.FixtureRequest, grey: GreyFace, puppet: PuppetEngine) -> FaceEngine:
    """Every face engine of which the port's contract is proved; add a new one here."""
    if request.param == "musetalk":
        working: Working = request.getfixturevalue("small_musetalk")
        return MuseTalkEngine(puppet, lambda: working, open_footage, start=lambda work: work())
    return grey if request.param == "grey" else puppet


@pytest.fixture
def package(
    request: pytest.FixtureRequest, engine: FaceEngine, grey_package: Path, drawn_packages: dict[str, Path]
) -> Path:
    """A package that `engine` can show."""
    name: str = request.node.callspec.params["engine"]
    if name == "musetalk":
        return request.getfixturevalue("filmed_portrait")
    return drawn_packages.get(name, grey_package)


@pytest.fixture
async def media(tmp_path: Path) -> AsyncIterator[MediaSide]:
    side = MediaSide(tmp_path / "frames.sock")
    server = await asyncio.start_unix_server(side.serve, side.path)
    yield side
    server.close()
    await side.hang_up()
    await server.wait_closed()
