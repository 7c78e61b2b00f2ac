"""Fixtures for every room of the engine."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor_engine.models import ModelsFolder, install

_ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def model_file() -> Callable[[str, str], Path]:
    """`model_file(asset, name)`: path of a model file, installed from the package index when missing."""
    data = Path(os.environ.get("TUTOR_DATA_DIR") or _ROOT / "var")
    models = ModelsFolder(data / "models")

    def path_of(asset: str, name: str) -> Path:
        path = models.file(asset, name)
        return path if path is not None else install(asset, models.path) / name

    return path_of
