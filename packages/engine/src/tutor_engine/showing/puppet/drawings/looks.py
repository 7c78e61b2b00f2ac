"""How a character's moving features look: eyes, brows and mouth, in units of a 512-unit picture."""

from dataclasses import dataclass

from tutor_engine.showing.puppet.drawings.paint import Colour


@dataclass(frozen=True, slots=True)
class EyeLook:
    """Both eyes; the picture's right eye mirrors the left one about the face's axis."""

    apart: float
    """From the face's axis to the pupil."""
    y: float
    half: float
    """Half the width of the opening."""
    up: float
    down: float
    """Height of the opening above and below `y`."""
    tilt: float
    """How much higher the outer corner lies than the inner one."""
    iris: float
    colours: tuple[Colour, Colour, Colour]
    """Iris from its dark rim to the light part below the pupil."""
    lash: Colour
    lash_width: float
    lashes: bool
    """Single lashes at the outer corner."""
    crease: float
    """Height of the lid fold above the open lid; 0 for none."""
    lid: Colour


@dataclass(frozen=True, slots=True)
class BrowLook:
    """Both brows."""

    y: float
    inner: float
    outer: float
    """From the face's axis to the ends."""
    arch: float
    thick: float
    slope: float
    """How much higher the outer end lies than the inner one."""
    colour: Colour
    alpha: float


@dataclass(frozen=True, slots=True)
class MouthLook:
    """The mouth at rest and its colours."""

    y: float
    half: float
    upper: float
    lower: float
    """Height of the lips."""
    smile: float
    """How far the corners rise at rest."""
    lip_upper: Colour
    lip_lower: Colour
    lip_line: Colour
    shine: Colour
    shadow: Colour
    """Skin in shadow below the lip and at the corners."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Everything the moving features need."""

    axis: float
    eyes: EyeLook
    brows: BrowLook
    mouth: MouthLook
