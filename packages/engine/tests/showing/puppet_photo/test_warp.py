import cv2
import numpy as np
import pytest

from tutor_engine.showing.puppet.warp import Box, ThinPlate, smooth_step

_BOX = Box(-1.0, -0.8, 1.0, 1.2)
_STEP = 0.05


@pytest.fixture
def layer() -> ThinPlate:
    inner = np.array([(x, y) for x in (-0.4, 0.0, 0.4) for y in (-0.1, 0.3)])
    return ThinPlate(np.concatenate([inner, _BOX.border(5)]), _BOX, _STEP)


def _moves(*inner: tuple[float, float]) -> np.ndarray:
    return np.concatenate([np.array(inner), np.zeros((16, 2))])


def test_no_move_bends_nothing(layer: ThinPlate) -> None:
    assert np.abs(layer.backward(_moves(*[(0.0, 0.0)] * 6))).max() == 0


def test_the_border_stays_exactly_where_it_is(layer: ThinPlate) -> None:
    back = layer.backward(_moves(*[(0.05, 0.1)] * 6))
    for edge in (back[0], back[-1], back[:, 0], back[:, -1]):
        assert np.abs(edge).max() < 1e-6
    assert np.abs(back).max() > 0.05


def test_the_picture_under_a_control_goes_where_the_control_goes(layer: ThinPlate) -> None:
    moves = _moves((0, 0), (0, 0), (0, -0.05), (0.02, 0.12), (0, 0), (0, 0))
    back = layer.backward(moves)
    target = np.array([0.02, 0.3 + 0.12])
    node = ((target - [_BOX.left, _BOX.top]) / _STEP).astype(np.float32)
    at = cv2.remap(back, node.reshape(1, 1, 2), None, cv2.INTER_LINEAR)[0, 0]  # type: ignore[call-overload]
    assert target + at == pytest.approx([0.0, 0.3], abs=0.01)


def test_even_strong_moves_are_inverted(layer: ThinPlate) -> None:
    """A point moved forward by the field must be brought back by the map, also where skin is stretched."""
    moves = _moves((0.15, 0), (0.15, 0.1), (0, -0.08), (0, 0.15), (-0.15, 0), (-0.15, 0.1))
    once, twice = layer.backward(moves), layer.backward(-moves)
    assert np.isfinite(once).all()
    assert np.isfinite(twice).all()
    assert np.abs(np.diff(once, axis=1)).max() < 2 * _STEP, "neighbours stay neighbours"


def test_where_skin_folds_no_node_takes_its_picture_from_far_away(layer: ThinPlate) -> None:
    across = layer.backward(_moves((0.33, 0), (0.33, 0), (0, -0.05), (0, 0.1), (-0.33, 0), (-0.33, 0)))
    bends = [np.abs(np.diff(across, 2, axis=axis)).max() for axis in (0, 1)]
    assert max(bends) < 0.5, "1.06 where the search for the way back ends anywhere"


def test_border_points_lie_on_the_sides() -> None:
    border = _BOX.border(5)
    assert len(border) == len({tuple(point) for point in border}) == 16
    on_side = (
        np.isclose(np.abs(border[:, 0]), 1) | np.isclose(border[:, 1], -0.8) | np.isclose(border[:, 1], 1.2)
    )
    assert on_side.all()


def test_smooth_step_is_flat_outside() -> None:
    assert smooth_step(np.array([-1.0, 0.0, 0.5, 1.0, 2.0])) == pytest.approx([0, 0, 0.5, 1, 1])
