"""Ada, the English tutor: chestnut waves, a green cardigan, an evening bookshelf behind her."""

import numpy as np

from tutor_engine.showing.puppet.drawings.figure import (
    Skin,
    light_pool,
    paint_neck,
    paint_nose,
    paint_skin,
    paint_sockets,
    symmetric,
    wall,
)
from tutor_engine.showing.puppet.drawings.hair import HairColours, Lock, comb, wisps
from tutor_engine.showing.puppet.drawings.looks import BrowLook, EyeLook, Looks, MouthLook
from tutor_engine.showing.puppet.drawings.paint import (
    Canvas,
    Colour,
    Glow,
    Gradient,
    Points,
    ellipse,
    moved,
    placed,
    plot,
    ribbon,
    spline,
)

_AXIS = 256.0
_SKIN = Skin((255, 226, 202), (242, 200, 172), (214, 152, 124), (168, 100, 84), (236, 128, 112))
_HAIR = HairColours((52, 27, 22), (98, 54, 36), (150, 90, 54), (214, 148, 92))
_KNIT: Colour = (54, 104, 98)
_KNIT_DARK: Colour = (30, 66, 66)
_KNIT_LIGHT: Colour = (96, 146, 132)
_BLOUSE: Colour = (248, 238, 222)
_BLOUSE_SHADE: Colour = (208, 190, 170)

LOOKS = Looks(
    axis=_AXIS,
    eyes=EyeLook(
        apart=39,
        y=219,
        half=22.0,
        up=12.6,
        down=6.8,
        tilt=1.8,
        iris=10.7,
        colours=((44, 58, 44), (92, 116, 78), (164, 172, 112)),
        lash=(50, 28, 24),
        lash_width=2.9,
        lashes=True,
        crease=4.6,
        lid=(226, 170, 142),
    ),
    brows=BrowLook(
        y=191, inner=19, outer=66, arch=7.0, thick=4.8, slope=-2.0, colour=(112, 68, 48), alpha=0.66
    ),
    mouth=MouthLook(
        y=296,
        half=29.0,
        upper=6.8,
        lower=9.2,
        smile=6.6,
        lip_upper=(186, 84, 82),
        lip_lower=(212, 108, 102),
        lip_line=(112, 40, 44),
        shine=(246, 184, 172),
        shadow=(186, 116, 94),
    ),
)

_FACE = (
    (0, 96),
    (40, 102),
    (66, 130),
    (78, 170),
    (81, 208),
    (79.5, 240),
    (73, 272),
    (60, 301),
    (39, 325),
    (15, 337),
    (0, 338.5),
)
_RIGHT = Lock(
    (
        "222,106 252,120 288,140 314,168 327,202 331,246 321,292 333,336 327,364 306,386",
        "223,94 262,98 304,118 332,154 343,200 343,250 331,298 348,340 345,376 319,407",
        "225,78 268,74 318,92 347,140 355,198 354,254 342,304 362,348 362,384 336,417",
        "228,60 262,53 308,62 342,94 360,142 366,200 363,256 352,308 376,352 378,386 356,411",
    )
)
_LEFT = Lock(
    (
        "222,106 206,120 193,144 184,172 180,206 181,250 191,294 178,338 185,366 207,386",
        "222,94 196,106 179,130 169,166 166,206 168,254 180,300 163,344 167,378 193,407",
        "222,78 190,84 164,114 155,160 153,206 156,258 168,308 149,352 150,386 176,417",
        "228,60 198,62 166,88 148,126 142,166 142,208 147,260 158,310 136,356 135,388 157,411",
    )
)


def paint_backdrop(canvas: Canvas) -> None:
    """A dim blue-green study with a blurred shelf and lamplight from the left."""
    wall(canvas, Glow((120, 150), (470, 470), ((124, 128, 112), (74, 92, 92), (36, 50, 58))))
    rng = np.random.default_rng(4)
    spines: tuple[Colour, ...] = (
        (150, 70, 52),
        (196, 142, 84),
        (70, 104, 110),
        (214, 190, 150),
        (110, 52, 60),
        (52, 74, 92),
        (168, 112, 62),
    )
    for shelf, (top, bottom) in enumerate(((26, 122), (148, 246), (272, 372))):
        canvas.fill(_box(336, bottom, 530, bottom + 13), (74, 50, 38), blur=3)
        x = 342.0 + 9 * shelf
        while x < 520:
            width = rng.uniform(11, 24)
            height = (bottom - top) * rng.uniform(0.66, 0.98)
            colour = spines[int(rng.integers(len(spines)))]
            canvas.fill(_box(x, bottom - height, x + width, bottom), colour, alpha=0.62, blur=3.4)
            canvas.fill(
                _box(x, bottom - height + 12, x + width, bottom - height + 17),
                (232, 214, 176),
                alpha=0.28,
                blur=2.4,
            )
            x += width + rng.uniform(0.5, 3)
    canvas.fill(_box(328, -10, 338, 530), (58, 42, 36), alpha=0.9, blur=4)
    light_pool(canvas, (62, 132), (190, 190), (255, 206, 132), 0.62)
    canvas.fill(spline(plot("22,118 40,62 92,62 110,118"), per=4), (255, 232, 184), alpha=0.9, blur=6)
    canvas.fill(_box(62, 122, 70, 300), (60, 46, 40), alpha=0.6, blur=4)
    for x, y, r in ((448, 62, 9), (402, 200, 6), (486, 306, 8), (28, 330, 10), (96, 392, 7)):
        canvas.fill(ellipse((x, y), (r, r)), (255, 220, 160), alpha=0.22, blur=2)


def _box(x0: float, y0: float, x1: float, y1: float) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)


def paint_back(canvas: Canvas) -> None:
    """The hair behind the neck."""
    mass = spline(
        plot(
            "150,200 156,120 196,78 256,66 318,78 356,120 360,200 362,290 368,350 352,392 316,398 "
            "256,392 196,398 160,392 144,350 152,290"
        )
    )
    canvas.fill(mass, Gradient((0, 100), (0, 400), (_HAIR.deep, (40, 20, 18))))
    inside = canvas.mask([mass])
    for lock, seed in ((Lock(_LEFT.guides[1:]), 1), (Lock(_RIGHT.guides[1:]), 2)):
        comb(
            canvas,
            lock,
            HairColours((34, 17, 15), (60, 32, 25), (86, 48, 34), (98, 56, 38)),
            count=30,
            seed=seed,
            shine=0.6,
            within=inside,
        )


def paint_torso(canvas: Canvas) -> None:
    """Neck, blouse and cardigan."""
    neck = spline(
        plot(
            "217,300 219,350 217,376 200,394 190,403 200,470 256,500 312,470 322,403 312,394 "
            "295,376 293,350 295,300"
        )
    )
    paint_neck(canvas, neck, _SKIN, _AXIS, 338)
    blouse = spline(
        plot("192,404 202,400 232,446 256,470 280,446 310,400 320,404 366,530 146,530"),
        per=6,
    )
    canvas.fill(blouse, Gradient((170, 400), (350, 520), (_BLOUSE, _BLOUSE, _BLOUSE_SHADE)))
    cloth = canvas.mask([blouse])
    canvas.fill(
        ribbon(spline(plot("256,470 257,500 256,530"), closed=False), 1.6),
        _BLOUSE_SHADE,
        alpha=0.9,
        blur=0.6,
    )
    for y in (486, 508):
        canvas.fill(ellipse((262, y), (2.6, 2.6)), (226, 212, 190))
        canvas.fill(ellipse((262.5, y + 0.8), (2.6, 2.6)), (150, 128, 110), alpha=0.35, blur=0.8)
    for fold in (
        [(214, 440), (224, 490), (222, 530)],
        [(296, 436), (288, 490), (292, 530)],
        [(236, 470), (240, 500), (238, 530)],
    ):
        canvas.fill(
            ribbon(spline(fold, closed=False), (1, 7, 3)), _BLOUSE_SHADE, alpha=0.55, blur=3, within=cloth
        )
    _collar(canvas)
    _cardigan(canvas)


def _collar(canvas: Canvas) -> None:
    left = spline(
        plot("204,386 196,398 206,428 232,458 252,474 246,446 226,414 214,392"),
        per=8,
    )
    right = spline(
        plot("308,386 316,398 306,428 280,458 260,474 266,446 286,414 298,392"),
        per=8,
    )
    for leaf, light in ((left, (255, 248, 236)), (right, (240, 226, 208))):
        canvas.fill(moved(leaf, 1, 4), (120, 84, 66), alpha=0.35, blur=4)
        canvas.fill(leaf, Gradient((200, 390), (256, 474), (light, _BLOUSE, _BLOUSE_SHADE)))


def _cardigan(canvas: Canvas) -> None:
    left = spline(
        plot("206,396 178,404 120,424 72,452 48,490 40,534 214,534 222,490 206,440"),
        per=8,
    )
    right = spline(
        plot("306,396 334,404 392,424 440,452 464,490 472,534 298,534 290,490 306,440"),
        per=8,
    )
    lit = Gradient((60, 400), (240, 540), (_KNIT_LIGHT, _KNIT, _KNIT_DARK))
    far = Gradient((290, 400), (470, 530), (_KNIT, _KNIT, _KNIT_DARK))
    for side, shape, paint in ((-1, left, lit), (1, right, far)):
        canvas.fill(moved(shape, 3 if side < 0 else -3, 4), (90, 70, 60), alpha=0.4, blur=4)
        canvas.fill(shape, paint)
        cloth = canvas.mask([shape])

        for fold, width in (
            ("150,436 128,480 124,530", 12),
            ("96,420 84,470 80,530", 9),
            ("190,462 176,500 178,530", 10),
        ):
            stroke = ribbon(_sided(fold, side), (1, width, width))
            canvas.fill(stroke, _KNIT_DARK, alpha=0.5, blur=6, within=cloth)
        sheen = ribbon(_sided("112,426 104,470 102,530", side), (1, 8, 6))
        canvas.fill(sheen, _KNIT_LIGHT, alpha=0.3, blur=5, within=cloth)
        band = _sided("50,396 50,440 36,490 42,534", side)
        canvas.fill(ribbon(moved(band, -5 * side, 0), 15), _KNIT_DARK, alpha=0.55, blur=1.2, within=cloth)
        canvas.fill(ribbon(moved(band, -2 * side, 0), 13), _KNIT, alpha=0.9, blur=0.5, within=cloth)


def _sided(text: str, side: int) -> Points:
    """An open line given by its distance from the axis."""
    return spline(placed(text, (_AXIS, 0), side=side), closed=False)


def paint_face(canvas: Canvas) -> None:
    """Skin and everything on it that never moves by itself."""
    outline = symmetric(_FACE, _AXIS)
    face = paint_skin(canvas, outline, _SKIN, _AXIS)
    for lock in (_RIGHT, _LEFT):
        edge = lock.strand(0.0, 0.0, 0.75)
        canvas.fill(ribbon(edge, (10, 16, 16, 14)), _SKIN.deep, alpha=0.5, blur=5, within=face)
    paint_sockets(canvas, _SKIN, face, _AXIS, LOOKS.eyes.apart, LOOKS.eyes.y)
    paint_nose(canvas, _SKIN, face, _AXIS, 262, 13.5)


def paint_over(canvas: Canvas) -> None:
    """The hair in front."""
    for lock, seed, base_light in ((_LEFT, 11, 1.12), (_RIGHT, 12, 1.0)):
        first, last = lock.strand(0.0), lock.strand(1.0)
        tips = np.stack([lock.strand(across)[-1] for across in np.linspace(0, 1, 12)])
        mass = np.concatenate([first, tips, last[::-1]])
        base: Colour = (_HAIR.base[0] * base_light, _HAIR.base[1] * base_light, _HAIR.base[2] * base_light)
        canvas.fill(mass, Gradient((0, 60), (0, 410), (base, base, _HAIR.deep)))
        inside = canvas.mask([mass])
        comb(canvas, lock, _HAIR, count=90, seed=seed, shine=0.25, within=inside, spread=0.13, gleam=0.5)
        comb(canvas, lock, _HAIR, count=30, seed=seed + 5, shine=0.72, within=inside, gleam=0.16)
        canvas.fill(ribbon(first, (1, 7, 9, 8, 2)), _HAIR.deep, alpha=0.45, blur=3, within=inside)
        wisps(canvas, lock, _HAIR.base, count=16, seed=seed + 9)
    part = spline(plot("225,66 222,88 222,106"), closed=False)
    canvas.fill(ribbon(part, (0.5, 2.2, 3.0)), _HAIR.deep, alpha=0.6, blur=1.0)
