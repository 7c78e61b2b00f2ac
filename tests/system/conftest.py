"""Real processes for the system tests: one engine for all of them, with the English demo library."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.house import DEMO_LIBRARY, MODELS, House

from tutor_engine.showing.puppet.mesh import FaceMesh, FaceModels


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(data=tmp_path_factory.mktemp("house"), settings={"SESSION_TIMEOUT_SECONDS": "600"}) as house:
        for language in ("en", "zh"):
            for document in sorted((DEMO_LIBRARY / language).glob("*.[mp]d*")):
                house.add_document(language, document)
        house.wait_for_faces()
        yield house


@pytest.fixture(scope="session")
def mesh() -> FaceMesh:
    return FaceMesh(FaceModels.in_folder(Path(MODELS)))
