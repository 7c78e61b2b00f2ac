"""One drawn character: which painter paints which layer, and where its moving parts lie."""

from collections.abc import Callable
from dataclasses import dataclass

from tutor_engine.showing.puppet.drawings import ada, lin
from tutor_engine.showing.puppet.drawings.looks import Looks
from tutor_engine.showing.puppet.drawings.paint import Canvas

Box = tuple[int, int, int, int]
Painter = Callable[[Canvas], None]


@dataclass(frozen=True, slots=True)
class Character:
    """Painters from the back to the front, and boxes in units of a 512-unit picture."""

    backdrop: Painter
    back: Painter
    torso: Painter
    face: Painter
    over: Painter
    looks: Looks
    head: Box
    """Holds everything that moves with the head."""
    chin: float
    neck: float
    """Height of the pivot the head turns about."""
    tilt: float
    """Radians the head leans at rest; a dead straight head looks like a passport photo."""


CHARACTERS = {
    "ada": Character(
        ada.paint_backdrop, ada.paint_back, ada.paint_torso, ada.paint_face, ada.paint_over, ada.LOOKS,
        head=(124, 30, 388, 430), chin=338.5, neck=372.0, tilt=0.030,
    ),
    "lin": Character(
        lin.paint_backdrop, lin.paint_back, lin.paint_torso, lin.paint_face, lin.paint_over, lin.LOOKS,
        head=(138, 24, 376, 366), chin=343.5, neck=376.0, tilt=-0.022,
    ),
}  # fmt: skip
