"""One face seen in one picture: where the mouth's own coordinates lie in the pixels of that picture.

Mouth coordinates have their origin between the inner mouth corners, x to the right in the picture along the
corners, y towards the chin, and the distance of the eyes as unit. Every other module of the puppet works in
them, so one rig serves all frames of a footage.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor_engine.showing.puppet.landmarks import (
    INNER_CORNERS,
    INNER_LOWER,
    INNER_UPPER,
    LEFT_EYE_CORNERS,
    OUTER_CORNERS,
    OUTER_LOWER,
    OUTER_UPPER,
    RIGHT_EYE_CORNERS,
    RIGID,
)
from tutor_engine.showing.puppet.mesh import Points

Array = npt.NDArray[np.floating]

ALONG = np.array([-0.9, -0.7, -0.5, -0.32, -0.16, 0.0, 0.16, 0.32, 0.5, 0.7, 0.9])
"""Where lip lines are sampled, from corner (-1) to corner (1); denser in the middle, where lips round."""


@dataclass(frozen=True, slots=True)
class Lips:
    """Four lip lines sampled at `ALONG` and the mouth corners, as points (n, 2)."""

    upper_in: Array
    lower_in: Array
    upper_out: Array
    lower_out: Array
    corners_in: Array
    corners_out: Array

    @property
    def half_width(self) -> float:
        """Half the distance of the inner corners."""
        return float(self.corners_in[1, 0] - self.corners_in[0, 0]) / 2

    @property
    def gap(self) -> float:
        """Opening in the middle, at least 0."""
        return max(0.0, float(self.lower_in[5, 1] - self.upper_in[5, 1]))


@dataclass(frozen=True, slots=True)
class View:
    """The map between mouth coordinates and pixels: `pixel = linear @ mouth + origin`."""

    linear: Array
    origin: Array

    @property
    def scale(self) -> float:
        """Pixels per distance of the eyes."""
        return float(np.sqrt(abs(np.linalg.det(self.linear))))

    def to_pixels(self, mouth: Array) -> Array:
        """Mouth coordinates (n, 2) to pixels."""
        return mouth @ self.linear.T + self.origin

    def to_mouth(self, pixels: Array) -> Array:
        """Pixels (n, 2) to mouth coordinates."""
        return (pixels - self.origin) @ np.linalg.inv(self.linear).T

    def lips(self, points: Points | Array) -> Lips:
        """The lips of a mesh, in mouth coordinates."""
        points = np.asarray(points, np.float64)[:, :2]
        inner, outer = points[list(INNER_CORNERS)], points[list(OUTER_CORNERS)]
        corners_in, corners_out = self.to_mouth(inner), self.to_mouth(outer)
        return Lips(
            upper_in=_sampled(self.to_mouth(points[list(INNER_UPPER)]), corners_in),
            lower_in=_sampled(self.to_mouth(points[list(INNER_LOWER)]), corners_in),
            upper_out=_sampled(self.to_mouth(points[list(OUTER_UPPER)]), corners_out),
            lower_out=_sampled(self.to_mouth(points[list(OUTER_LOWER)]), corners_out),
            corners_in=corners_in,
            corners_out=corners_out,
        )


def view_of(points: Points | Array) -> View:
    """The view of a single picture, from its own mesh."""
    flat = np.asarray(points, np.float64)[:, :2]
    right, left = flat[list(RIGHT_EYE_CORNERS)].mean(0), flat[list(LEFT_EYE_CORNERS)].mean(0)
    along = flat[INNER_CORNERS[1]] - flat[INNER_CORNERS[0]]
    along = along / np.linalg.norm(along)
    unit = float(np.linalg.norm(left - right))
    linear = unit * np.array([[along[0], -along[1]], [along[1], along[0]]])
    return View(linear, flat[list(INNER_CORNERS)].mean(0))


def similarity(source: Array, target: Array) -> tuple[Array, Array]:
    """Linear part and shift that bring `source` onto `target` best: turn, scale and shift (Umeyama, 1991)."""
    source_mean, target_mean = source.mean(0), target.mean(0)
    a, b = source - source_mean, target - target_mean
    u, singular, vt = np.linalg.svd(b.T @ a)
    signs = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    turn = u @ np.diag(signs) @ vt
    linear = float((singular * signs).sum() / (a**2).sum()) * turn
    return linear, target_mean - linear @ source_mean


def mean_face(track: Array, rounds: int = 3) -> tuple[Array, list[tuple[Array, Array]]]:
    """The mean of a track (frames, 468, 2) free of head motion, and the similarity mean → frame of each."""
    rigid = list(RIGID)
    mean = track[0]
    for _ in range(rounds):
        aligned: list[Array] = []
        for points in track:
            linear, shift = similarity(points[rigid], mean[rigid])
            aligned.append(points @ linear.T + shift)
        mean = np.mean(aligned, axis=0)
    return mean, [similarity(mean[rigid], points[rigid]) for points in track]


def _sampled(line: Array, corners: Array) -> Array:
    """A lip line resampled at `ALONG` between its corners."""
    whole = np.concatenate([corners[:1], line, corners[1:]])
    order = np.argsort(whole[:, 0])
    middle, half = corners[:, 0].mean(), (corners[1, 0] - corners[0, 0]) / 2
    x = middle + ALONG * half
    return np.stack([x, np.interp(x, whole[order, 0], whole[order, 1])], 1)
