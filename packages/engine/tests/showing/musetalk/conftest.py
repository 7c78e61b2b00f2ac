"""A filmed avatar and small networks, made once."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from packages.engine.tests.showing.musetalk.small import oval, small_networks, write_filmed

if TYPE_CHECKING:
    from tutor_engine.showing.musetalk.nets import Networks


@pytest.fixture(scope="session")
def pristine() -> "Networks":
    """Small networks as they were built."""
    import torch

    torch.set_num_threads(1)
    return small_networks()


@pytest.fixture
def networks(pristine: "Networks") -> "Callable[[], Networks]":
    """Copies of the small networks: what runs fast changes those that it is made of."""
    return lambda: copy.deepcopy(pristine)


@pytest.fixture
def filmed(tmp_path: Path) -> Path:
    """A package of kind video, 128 x 128 and one second long, with a face that no detector would find."""
    rng = np.random.default_rng(3)
    picture = np.clip(rng.normal(120, 20, (16, 16, 3)), 0, 255).astype(np.uint8).repeat(8, 0).repeat(8, 1)
    return write_filmed(tmp_path / "filmed", picture, oval(64, 64, 60, 80))
