"""What a puppet's face can do at one instant; every body (drawn, photo, video) renders the same pose."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mouth:
    """Articulation. Each value is 0 at rest and 1 at full effect."""

    open: float = 0.0
    """Jaw and lips apart."""
    wide: float = 0.0
    """Lips spread (i, e, s)."""
    round: float = 0.0
    """Lips rounded and protruded (u, o, w)."""
    press: float = 0.0
    """Lips pressed together (p, b, m)."""
    tuck: float = 0.0
    """Lower lip under the upper teeth (f, v)."""
    tongue: float = 0.0
    """Tongue raised to the teeth (t, d, n, l, th)."""


REST = Mouth()


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that moves without speech; a pure function of the idle loop's frame number."""

    blink: float = 0.0
    """0 open, 1 closed."""
    brow: float = 0.0
    """-1 to 1, raised is positive."""
    look_x: float = 0.0
    look_y: float = 0.0
    """Gaze, -1 to 1 of the largest comfortable turn; right and down in the picture are positive."""
    roll: float = 0.0
    """Head tilt in radians, clockwise in the picture."""
    sway_x: float = 0.0
    sway_y: float = 0.0
    """Head shift as a fraction of the picture's width."""
    breath: float = 0.0
    """0 out, 1 in."""


@dataclass(frozen=True, slots=True)
class Pose:
    """One instant of a face."""

    mouth: Mouth = REST
    life: Life = Life()
