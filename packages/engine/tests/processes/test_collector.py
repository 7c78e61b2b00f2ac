import gc
from collections.abc import Generator

import pytest

from tutor_engine.processes import calm_collector


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_what_is_alive_is_left_alone_and_rubbish_still_goes() -> None:
    class Knot:
        alive = 0

        def __init__(self) -> None:
            Knot.alive += 1
            self.self = self

        def __del__(self) -> None:
            Knot.alive -= 1

    calm_collector()
    assert gc.get_freeze_count() > 10_000
    Knot()
    assert Knot.alive == 1
    # As many new objects as a busy minute of lessons keeps.
    kept = [[number] for number in range(gc.get_threshold()[0] + 1)]
    assert kept
    assert Knot.alive == 0
