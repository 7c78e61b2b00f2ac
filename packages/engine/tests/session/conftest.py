"""Fixtures of the session tests."""

from collections.abc import AsyncIterator

import pytest
from packages.engine.tests.session.scene import Scene, open_scene


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with open_scene() as scene:
        yield scene
