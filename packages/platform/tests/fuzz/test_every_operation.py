"""No operation answers anything but what it says it answers, whatever it is sent."""

from pathlib import Path

import pytest
from packages.platform.tests.authz.requests import operations
from packages.platform.tests.conftest import OpenTown
from packages.platform.tests.fuzz.fuzzing import fuzz

EXAMPLES = 2
"""Enough for a minute; `python -m bench.platform fuzz --examples 200` takes hours."""


@pytest.mark.timeout(400)
async def test_every_operation_keeps_its_description(town_with: OpenTown, tmp_path: Path) -> None:
    town = await town_with(request_rate_hz=10_000.0, request_burst=100_000)
    fuzzed = await fuzz(town, tmp_path, EXAMPLES)
    assert fuzzed.ok, fuzzed.report[-8_000:]
    # The stream of news is the one operation that never ends.
    assert fuzzed.operations >= len(operations()) - 1
    assert fuzzed.cases > 1_000
