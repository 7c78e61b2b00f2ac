"""The drawn tutors as bodies: layers painted once, then per frame only eyes, brows and mouth.

Layers at twice the picture's resolution are moved by small maps (head, hair behind it, breathing torso) and
laid over a still room. There are no files to read; an avatar package of a drawn tutor holds only its name.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tutor_engine.avatars.package import SCHEMA_VERSION, AvatarManifest
from tutor_engine.showing.port import FPS
from tutor_engine.showing.puppet.body import Body, Picture
from tutor_engine.showing.puppet.drawings.character import CHARACTERS, Box, Character, Painter
from tutor_engine.showing.puppet.drawings.eyes import paint_eyes
from tutor_engine.showing.puppet.drawings.mouth import paint_mouth
from tutor_engine.showing.puppet.drawings.paint import Canvas, Floats
from tutor_engine.showing.puppet.pose import Life, Mouth, Pose

SIZE = 512
_SCALE = 2
_TORSO: Box = (0, 290, 512, 512)
_BREATH_UNITS = 1.9
"""How far the shoulders rise."""
_JAW_UNITS = 6.0
"""How far the chin drops for the widest vowel."""
_DEPTH = 0.75
"""How much farther than the head's outline the nose moves sideways, per unit of sway: the third dimension."""

_EYE_STEPS = 16
"""Eyes and brows are painted in steps of a quarter of a pixel, so that they are seldom painted anew."""
_KEPT_EYES, _KEPT_MOUTHS = 64, 24
"""Painted features that are kept: 13 MB of eyes (a loop has 42 looks) and 4 MB of mouths."""
_TORSO_STEPS, _KEPT_TORSOS = 4, 40
"""Shoulders breathe in steps of a quarter of a unit, so that most frames find theirs drawn: 16 MB."""
_NODE_UNITS = 4
_SWAY_UNITS = 16
"""More than any part of a layer moves."""

_Floats = npt.NDArray[np.float32]


class DrawnBody:
    """One of our drawn tutors as a `Body`. Rendering reuses buffers: call it from one thread."""

    def __init__(self, drawing: str) -> None:
        """Paint the layers of `drawing`, a key of `CHARACTERS`; takes about two seconds.

        Raises:
            KeyError: no such drawing.
        """
        character = CHARACTERS[drawing]
        self._looks = character.looks
        self._tilt = character.tilt
        self._room = _flatten(_painted(character.backdrop, (0, 0, SIZE, SIZE)))
        head = character.head
        self._back = _Layer(
            _bytes(_painted(character.back, head).planes), head, _head_planes(character, head)
        )
        torso = _painted(character.torso, _TORSO)
        self._torso = _Layer(_bytes(torso.planes), _TORSO, _torso_planes(character), kept=_KEPT_TORSOS)
        face, over = _painted(character.face, head), _painted(character.over, head)
        axis, eyes, mouth = round(character.looks.axis), character.looks.eyes, character.looks.mouth
        eye_box = (axis - 76, round(eyes.y) - 54, axis + 76, round(eyes.y) + 30)
        mouth_box = (axis - 58, round(mouth.y) - 36, axis + 58, round(mouth.y) + 48)
        self._eyes = _Patch(eye_box, head, face, over, _KEPT_EYES)
        self._mouth = _Patch(mouth_box, head, face, over, _KEPT_MOUTHS)
        face.lay(over.planes)
        self._head = _Layer(_bytes(face.planes), head, _head_planes(character, head))

    @property
    def width(self) -> int:
        """Pixels."""
        return SIZE

    @property
    def height(self) -> int:
        """Pixels."""
        return SIZE

    @property
    def loop_frames(self) -> int | None:
        """None: a drawing has no footage."""
        return None

    def render(self, pose: Pose, loop_index: int) -> Picture:
        """Draw the pose; `loop_index` does not matter."""
        import cv2

        life, mouth = pose.life, pose.mouth
        self._paint_features(life, mouth)
        roll = life.roll + self._tilt
        x, y = life.sway_x * SIZE, life.sway_y * SIZE
        jaw = _JAW_UNITS * max(mouth.open, 0.0) * (1 - min(max(mouth.press, 0.0), 1.0))
        turn_x, turn_y = _DEPTH * x + 0.9 * life.look_x, _DEPTH * y + 0.5 * life.look_y
        head = np.array(
            [
                [np.cos(roll) - 1, -np.sin(roll)],
                [np.sin(roll), np.cos(roll) - 1],
                [-x, -y],
                [-turn_x, -turn_y],
                [0, -jaw],
            ],
            np.float32,
        )
        behind = head.copy()
        behind[3] *= -0.5
        behind[4] = 0
        picture = self._room.copy()
        self._back.lay_over(picture, behind)
        torso = np.array([[-0.3 * x, 0], [0, _BREATH_UNITS * life.breath]], np.float32)
        self._torso.lay_over(picture, np.round(torso * _TORSO_STEPS) / np.float32(_TORSO_STEPS))
        self._head.lay_over(picture, head)
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB), np.uint8)

    def _paint_features(self, life: Life, mouth: Mouth) -> None:
        values = (life.blink, life.brow, life.look_x, life.look_y)
        eyes = Life(*(round(value * _EYE_STEPS) / _EYE_STEPS for value in values))
        texture = self._head.texture
        self._eyes.show(eyes, lambda canvas: paint_eyes(canvas, self._looks, eyes), texture)
        self._mouth.show(mouth, lambda canvas: paint_mouth(canvas, self._looks, mouth), texture)


class _Layer:
    """A texture and how its pixels move: source = place + planes · amounts.

    The planes are smooth, so they are kept coarse and their sum is made fine again.
    """

    def __init__(self, texture: npt.NDArray[np.uint8], box: Box, planes: _Floats, *, kept: int = 0) -> None:
        """`kept`: how many moved textures are kept, for a texture that is never painted anew."""
        self.texture = texture
        self._moved: OrderedDict[bytes, npt.NDArray[np.uint8]] = OrderedDict()
        self._kept = kept
        rows, columns = _painted_part(texture)
        x0, y0, _, _ = box
        self._area = (
            slice(rows.start + y0, rows.stop + y0),
            slice(columns.start + x0, columns.stop + x0),
        )
        gx, gy = np.meshgrid(
            np.arange(columns.start, columns.stop, dtype=np.float32),
            np.arange(rows.start, rows.stop, dtype=np.float32),
        )
        # Pixel centres: unit u + 0.5 of the picture lies at 2u + 0.5 of the texture.
        self._still = np.stack([gx, gy], -1) * np.float32(_SCALE) + np.float32((_SCALE - 1) / 2)
        coarse = [_coarse(planes[rows, columns, plane]) for plane in range(planes.shape[-1])]
        self._shape = coarse[0].shape
        self._planes = np.stack([plane.ravel() for plane in coarse]) * np.float32(_SCALE)

    def lay_over(self, picture: npt.NDArray[np.uint8], amounts: _Floats) -> None:
        """Move the texture by `amounts` (one row of x and y per plane) and lay it over the RGBA picture."""
        import cv2

        above = self._at(amounts)
        area = picture[self._area]
        rest = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(above, 3)), cv2.COLOR_GRAY2RGBA)
        area[:] = cv2.add(cv2.multiply(area, rest, scale=1 / 255), above)

    def _at(self, amounts: _Floats) -> npt.NDArray[np.uint8]:
        """The part of the texture that is seen, moved."""
        key = amounts.tobytes() if self._kept else b""
        above = self._moved.get(key)
        if above is None:
            above = self._sampled(amounts)
            if self._kept:
                self._moved[key] = above
                if len(self._moved) > self._kept:
                    self._moved.popitem(last=False)
        else:
            self._moved.move_to_end(key)
        return above

    def _sampled(self, amounts: _Floats) -> npt.NDArray[np.uint8]:
        import cv2

        x, y = (amounts.T @ self._planes).reshape(2, *self._shape)
        height, width = self._still.shape[:2]
        moves = cv2.resize(cv2.merge([x, y]), (width, height), interpolation=cv2.INTER_LINEAR)
        at = cv2.add(moves, self._still)
        moved = cv2.remap(self.texture, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
        return np.asarray(moved, np.uint8)


def _coarse(plane: _Floats) -> _Floats:
    """A smooth plane with one node for some units."""
    import cv2

    rows, columns = plane.shape
    size = (-(-columns // _NODE_UNITS), -(-rows // _NODE_UNITS))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def _painted_part(texture: npt.NDArray[np.uint8]) -> tuple[slice, slice]:
    """Rows and columns, in units, outside of which a layer shows nothing wherever it moves."""
    cover = texture[..., 3] > 0

    def part(along: int) -> slice:
        painted = np.nonzero(cover.any(1 - along))[0]
        first, last = int(painted[0]) // _SCALE, int(painted[-1]) // _SCALE
        return slice(max(first - _SWAY_UNITS, 0), min(last + 1 + _SWAY_UNITS, cover.shape[along] // _SCALE))

    return part(0), part(1)


class _Patch:
    """The part of the head's texture that is painted anew per frame, below hair and glasses.

    What was painted is kept for the next time: lessons share it, and a face rests more than it moves.
    """

    def __init__(self, box: Box, head: Box, face: Canvas, over: Canvas, kept: int) -> None:
        self._known: OrderedDict[Hashable, npt.NDArray[np.uint8]] = OrderedDict()
        self._kept = kept
        self._shown: Hashable = None
        x0, y0, x1, y1 = box
        self._rows = slice((y0 - head[1]) * _SCALE, (y1 - head[1]) * _SCALE)
        self._columns = slice((x0 - head[0]) * _SCALE, (x1 - head[0]) * _SCALE)
        self._box = box
        self._bare = face.planes[:, self._rows, self._columns].copy()
        above = over.planes[:, self._rows, self._columns]
        self._over = above.copy() if float(above[3].max()) > 1 else None

    def show(self, key: Hashable, paint: Callable[[Canvas], None], texture: npt.NDArray[np.uint8]) -> None:
        """Put what `paint` makes of bare skin into the head's texture; the same key is painted once."""
        if key == self._shown:
            return
        painted = self._known.get(key)
        if painted is None:
            canvas = Canvas(self._box, _SCALE, self._bare.copy())
            paint(canvas)
            if self._over is not None:
                canvas.lay(self._over)
            painted = self._known[key] = _bytes(canvas.planes)
            if len(self._known) > self._kept:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        texture[self._rows, self._columns] = painted
        self._shown = key


def _painted(painter: Painter, box: Box) -> Canvas:
    canvas = Canvas(box, _SCALE)
    painter(canvas)
    return canvas


def _bytes(planes: _Floats) -> npt.NDArray[np.uint8]:
    """Planes as pixels of four bytes."""
    import cv2

    rounded = np.clip(planes + np.float32(0.5), 0, 255).astype(np.uint8)
    return np.asarray(cv2.merge(list(rounded)), np.uint8)


def _flatten(canvas: Canvas) -> npt.NDArray[np.uint8]:
    import cv2

    size = (SIZE, SIZE)
    small = np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in canvas.planes])
    # A dark, smooth wall shows steps in 8 bits; half a step of noise hides them.
    small[:3] += np.random.default_rng(1).uniform(-0.8, 0.8, size).astype(np.float32)
    return _bytes(np.asarray(small, np.float32))


def _smooth(t: Floats) -> Floats:
    """0 to 1 without a kink at either end."""
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def _grid(box: Box) -> tuple[Floats, Floats]:
    x0, y0, x1, y1 = box
    gx, gy = np.meshgrid(np.arange(x0, x1, dtype=np.float32), np.arange(y0, y1, dtype=np.float32))
    return gx + np.float32(0.5), gy + np.float32(0.5)


def _head_planes(character: Character, box: Box) -> _Floats:
    """Turning (two), shifting, depth and jaw, per pixel; hair on the shoulders follows less."""
    x, y = _grid(box)
    dx, dy = x - np.float32(character.looks.axis), y - np.float32(character.neck)
    follow = 1 - np.float32(0.8) * _smooth((y - np.float32(character.chin)) / 80)
    depth = np.clip(1 - (dx / 92) ** 2 - ((y - 226) / 128) ** 2, 0, 1)
    top = np.float32(character.looks.mouth.y)
    chin = np.float32(character.chin)
    jaw = (
        _smooth((y - top) / (chin - top))
        * (1 - _smooth((y - chin - 8) / 32))
        * np.clip(1 - (dx / 80) ** 2, 0, 1)
    )
    return np.stack([dx * follow, dy * follow, follow, depth, jaw], -1).astype(np.float32)


def _torso_planes(character: Character) -> _Floats:
    """Following the head, and breathing: most at the shoulders, nothing at the chin and below the picture."""
    _, y = _grid(_TORSO)
    follow = 1 - _smooth((y - np.float32(character.chin)) / 90)
    breath = _smooth((y - np.float32(character.chin)) / 60) * (1 - np.float32(0.5) * _smooth((y - 440) / 72))
    return np.stack([follow, breath], -1).astype(np.float32)


def write_drawn_packages(folder: Path) -> list[Path]:
    """Write the avatar packages of all drawn tutors below `folder`; existing ones are replaced."""
    import msgspec

    written: list[Path] = []
    for name in CHARACTERS:
        package = folder / name
        package.mkdir(parents=True, exist_ok=True)
        manifest = AvatarManifest(
            SCHEMA_VERSION,
            "drawn",
            SIZE,
            SIZE,
            FPS,
            drawing=name,
            source="Drawn by us; no person's likeness.",
        )
        temporary = package / "avatar.json.new"
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
        temporary.replace(package / "avatar.json")
        written.append(package)
    return written


def poster(body: Body) -> Picture:
    """The face at rest with a slight smile, for lists and while a lesson connects."""
    return body.render(Pose(Mouth(), Life(blink=0.0, brow=0.15)), 0)
