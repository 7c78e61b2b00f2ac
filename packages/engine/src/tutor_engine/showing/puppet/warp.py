"""A smooth displacement field over a small grid, linear in the moves of its control points.

The thin-plate matrix is computed once; a frame costs one small matrix product and a few samplings of the
grid. The field is exactly zero on the border of its box, so what it bends joins what it leaves alone.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.view import Array

Grid = npt.NDArray[np.float32]
"""Shape (rows, columns, 2)."""

_INVERSION_ROUNDS = 5
"""Newton steps: the most rounded lips, which stretch the skin by two thirds, need four."""
_INVERTED = 0.002
"""A sixth of a pixel where the eyes are 80 pixels apart: near enough. Most poses need two or three steps."""
_LEAST_AREA = 0.25
_ASTRAY = 0.01
"""Error of a node that found no way back: the skin folds there."""
_FADE = 0.16
"""Width of the strip along the border in which the field fades, in the unit of the grid."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in mouth coordinates."""

    left: float
    top: float
    right: float
    bottom: float

    def corners(self) -> Array:
        """The four corners (4, 2)."""
        left, top, right, bottom = self.left, self.top, self.right, self.bottom
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])

    def border(self, per_side: int) -> Array:
        """Points along the four sides."""
        along = np.linspace(0, 1, per_side)[:, None]
        corners = self.corners()
        return np.concatenate(
            [corners[i] + along[:-1] * (corners[(i + 1) % 4] - corners[i]) for i in range(4)]
        )


class ThinPlate:
    """The field of one layer."""

    def __init__(self, controls: Array, box: Box, step: float) -> None:
        self.box, self.step = box, step
        columns = int(np.ceil((box.right - box.left) / step)) + 1
        rows = int(np.ceil((box.bottom - box.top) / step)) + 1
        x, y = box.left + np.arange(columns) * step, box.top + np.arange(rows) * step
        nodes = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
        self._nodes = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1).astype(np.float32)
        self.shape = (rows, columns)
        self._matrix = (_fade(nodes, box)[:, None] * _thin_plate(controls, nodes)).astype(np.float32)

    def forward(self, moves: Array) -> Grid:
        """How far each node of the grid goes when the controls make these moves."""
        return (self._matrix @ moves.astype(np.float32)).reshape(*self.shape, 2)

    def backward(self, moves: Array) -> Grid:
        """For each node of the grid: from how far away it takes its picture, in the unit of the grid."""
        forward = self.forward(moves)
        newton = _inverse_jacobian(forward, self.step)
        back = -forward
        for _ in range(_INVERSION_ROUNDS):
            at = (self._nodes + back / self.step).astype(np.float32)
            error = back + _sampled(forward, at)
            if np.abs(error).max() < _INVERTED:
                break
            turn = _sampled(newton, at)
            back = back - np.stack(
                [
                    turn[..., 0] * error[..., 0] + turn[..., 1] * error[..., 1],
                    turn[..., 2] * error[..., 0] + turn[..., 3] * error[..., 1],
                ],
                -1,
            )
        else:
            at = (self._nodes + back / self.step).astype(np.float32)
            back = _mended(
                np.asarray(back, np.float32), np.abs(back + _sampled(forward, at)).max(-1) > _ASTRAY
            )
        return np.asarray(back, np.float32)


def _sampled(grid: Grid, at: Grid) -> Grid:
    import cv2

    seen = cv2.remap(grid, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return np.asarray(seen, np.float32)


def _mended(grid: Grid, astray: npt.NDArray[np.bool_]) -> Grid:
    """The grid with the nodes that went astray at the mean of the others around them."""
    import cv2

    if not astray.any():
        return grid
    found = (~astray).astype(np.float32)
    near = cv2.GaussianBlur(found, (5, 5), 0)[..., None]
    around = cv2.GaussianBlur(grid * found[..., None], (5, 5), 0)
    lost = astray & (near[..., 0] > 0)
    mended = np.array(grid)
    mended[lost] = around[lost] / near[lost]
    return mended


def _inverse_jacobian(forward: Grid, step: float) -> Grid:
    """The inverse of the derivative of `position + forward`, row by row in four channels."""
    down, across = (np.asarray(np.gradient(forward, step, axis=axis), np.float32) for axis in (0, 1))
    xx, xy = 1 + across[..., 0], down[..., 0]
    yx, yy = across[..., 1], 1 + down[..., 1]
    # Where skin nearly folds the derivative is no guide: take a short step instead of a wild one.
    area = np.maximum(xx * yy - xy * yx, _LEAST_AREA)
    return (np.stack([yy, -xy, -yx, xx], -1) / area[..., None]).astype(np.float32)


def _thin_plate(controls: Array, nodes: Array) -> Array:
    """Matrix nodes ← control moves of the thin-plate spline through the controls."""
    count = len(controls)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _kernel(controls, controls) + 1e-5 * np.eye(count)
    system[:count, count] = 1
    system[:count, count + 1 :] = controls
    system[count:, :count] = system[:count, count:].T
    at_nodes = np.concatenate([_kernel(nodes, controls), np.ones((len(nodes), 1)), nodes], 1)
    return (at_nodes @ np.linalg.inv(system))[:, :count]


def _kernel(a: Array, b: Array) -> Array:
    squared = ((a[:, None] - b[None]) ** 2).sum(-1)
    return 0.5 * squared * np.log(squared + 1e-6)


def _fade(nodes: Array, box: Box) -> Array:
    sides = [nodes[:, 0] - box.left, box.right - nodes[:, 0], nodes[:, 1] - box.top, box.bottom - nodes[:, 1]]
    return smooth_step(np.minimum.reduce(sides) / _FADE)


def smooth_step(x: Array) -> Array:
    """0 below 0, 1 above 1, smooth between."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)
