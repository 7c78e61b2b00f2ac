"""Lin, the Chinese tutor: short black hair, round glasses, a navy jacket, a warm room with a plant."""

import numpy as np

from tutor_engine.showing.puppet.drawings.figure import (
    Skin,
    light_pool,
    paint_ear,
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
    Mask,
    Points,
    ellipse,
    moved,
    placed,
    plot,
    ribbon,
    spline,
)

_AXIS = 256.0
_SKIN = Skin((252, 222, 188), (238, 196, 158), (206, 150, 114), (158, 100, 76), (226, 130, 106))
_HAIR = HairColours((14, 13, 18), (30, 28, 35), (66, 64, 78), (128, 126, 146))
_COAT: Colour = (50, 64, 96)
_COAT_DARK: Colour = (26, 34, 58)
_COAT_LIGHT: Colour = (92, 110, 148)
_SHIRT: Colour = (240, 238, 234)
_SHIRT_SHADE: Colour = (188, 186, 190)

LOOKS = Looks(
    axis=_AXIS,
    eyes=EyeLook(
        apart=40,
        y=221,
        half=20.5,
        up=9.4,
        down=6.0,
        tilt=2.6,
        iris=9.4,
        colours=((34, 20, 14), (74, 44, 28), (132, 84, 52)),
        lash=(26, 20, 20),
        lash_width=2.4,
        lashes=False,
        crease=2.9,
        lid=(224, 176, 138),
    ),
    brows=BrowLook(y=194, inner=18, outer=68, arch=5.0, thick=6.6, slope=0.5, colour=(38, 32, 32), alpha=0.7),
    mouth=MouthLook(
        y=299,
        half=29.0,
        upper=5.2,
        lower=7.6,
        smile=5.6,
        lip_upper=(178, 98, 86),
        lip_lower=(204, 124, 106),
        lip_line=(112, 52, 46),
        shine=(232, 178, 156),
        shadow=(176, 118, 88),
    ),
)

_FACE = (
    (0, 96),
    (44, 102),
    (72, 130),
    (82, 172),
    (84, 210),
    (83, 244),
    (78, 280),
    (67, 309),
    (45, 331),
    (19, 342),
    (0, 343.5),
)
_SWEEP = Lock(
    (
        "206,132 222,128 252,134 284,136 312,142 330,162 338,188",
        "202,120 226,106 262,108 300,116 330,138 343,164 345,200",
        "200,106 230,84 272,82 314,98 342,130 350,166 350,208",
        "198,92 232,64 278,60 322,78 350,118 357,164 352,214",
        "194,80 222,56 280,45 332,64 358,110 363,162 354,220",
    )
)
_SIDE = Lock(
    (
        "208,132 196,138 185,152 177,170 174,192",
        "204,116 186,124 172,146 167,170 168,204",
        "202,98 176,108 160,138 158,172 163,214",
        "197,78 171,92 151,130 150,174 158,222",
    )
)


def paint_backdrop(canvas: Canvas) -> None:
    """A warm wall with a window at dusk on the right and a plant on the left."""
    wall(canvas, Glow((330, 170), (480, 470), ((214, 178, 134), (176, 132, 96), (98, 70, 58))))
    _window(canvas)
    _plant(canvas)
    light_pool(canvas, (150, 60), (170, 140), (255, 226, 170), 0.5)
    for x, y, r in ((140, 60, 10), (96, 110, 6), (186, 34, 7)):
        canvas.fill(ellipse((x, y), (r, r)), (255, 240, 206), alpha=0.3, blur=2)


def _window(canvas: Canvas) -> None:
    pane = plot("392,30 540,22 540,300 392,296")
    canvas.fill(pane, (92, 66, 52), blur=5)
    for box in ((402, 40, 462, 160), (472, 38, 540, 160), (402, 170, 462, 286), (472, 170, 540, 288)):
        x0, y0, x1, y1 = box
        glass = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)
        canvas.fill(
            glass, Gradient((0, 40), (0, 290), ((64, 84, 124), (122, 124, 150), (226, 162, 122))), blur=3
        )
    rng = np.random.default_rng(8)
    for _ in range(14):
        x, y, r = rng.uniform(404, 512), rng.uniform(196, 284), rng.uniform(2.5, 5.5)
        canvas.fill(ellipse((x, y), (r, r)), (255, 220, 150), alpha=0.5, blur=1.4)
    canvas.fill(plot("384,298 540,300 540,316 384,312"), (120, 86, 64), blur=3)


def _plant(canvas: Canvas) -> None:
    pot = spline(plot("26,404 96,404 88,490 34,490"), per=6)
    leaves: tuple[tuple[tuple[float, float], float, float, Colour], ...] = (
        ((60, 300), -0.15, 108, (54, 96, 70)),
        ((34, 316), -0.65, 96, (44, 84, 64)),
        ((88, 312), 0.55, 100, (70, 116, 78)),
        ((16, 350), -1.1, 78, (38, 74, 58)),
        ((104, 352), 1.05, 76, (88, 130, 84)),
        ((48, 290), -0.4, 120, (62, 108, 76)),
        ((76, 286), 0.25, 118, (80, 126, 84)),
    )
    for (x, y), turn, length, colour in leaves:
        canvas.fill(ellipse((x, y), (length * 0.15, length * 0.56), turn=turn), colour, alpha=0.9, blur=3.6)
        stem = np.array([(60, 404), (x, y)], np.float64)
        canvas.fill(ribbon(stem, 2.4), (150, 176, 120), alpha=0.35, blur=2.6)
    canvas.fill(pot, Gradient((26, 0), (96, 0), ((206, 130, 92), (170, 96, 66), (116, 62, 46))), blur=3.6)


def paint_back(canvas: Canvas) -> None:
    """The hair behind the ears."""
    mass = spline(
        plot("160,190 164,120 206,80 256,70 308,80 348,120 352,190 344,226 330,238 182,238 168,226")
    )
    canvas.fill(mass, _HAIR.deep)


def paint_torso(canvas: Canvas) -> None:
    """Neck, shirt and jacket."""
    neck = spline(
        plot(
            "204,300 206,356 202,384 180,400 176,404 200,480 256,500 312,480 336,404 332,400 "
            "310,384 306,356 308,300"
        )
    )
    paint_neck(canvas, neck, _SKIN, _AXIS, 342)
    shirt = spline(
        plot("184,402 206,398 236,428 256,446 276,428 306,398 328,402 352,530 160,530"),
        per=6,
    )
    canvas.fill(shirt, Gradient((170, 400), (350, 520), (_SHIRT, _SHIRT, _SHIRT_SHADE)))
    cloth = canvas.mask([shirt])
    canvas.fill(
        ribbon(spline(plot("256,446 256,490 256,530"), closed=False), 8.0),
        (226, 224, 224),
        alpha=0.9,
        blur=0.5,
        within=cloth,
    )
    for x in (251.5, 260.5):
        canvas.fill(
            ribbon(np.array([(x, 450), (x, 530)], np.float64), 0.9),
            _SHIRT_SHADE,
            alpha=0.8,
            blur=0.3,
            within=cloth,
        )
    for y in (474, 504):
        canvas.fill(ellipse((256, y), (2.5, 2.5)), (176, 176, 184))
        canvas.fill(ellipse((255.6, y - 0.5), (1.9, 1.9)), (232, 232, 236))
    for fold in ([(222, 446), (230, 490), (226, 530)], [(292, 440), (284, 490), (288, 530)]):
        canvas.fill(
            ribbon(spline(fold, closed=False), (1, 7, 3)), _SHIRT_SHADE, alpha=0.5, blur=3, within=cloth
        )
    _collar(canvas)
    _jacket(canvas)


def _collar(canvas: Canvas) -> None:
    left = spline(
        plot("199,380 194,396 204,430 228,466 244,452 254,445 230,418 206,384"),
        per=8,
    )
    right = spline(
        plot("313,380 318,396 308,430 286,464 274,452 258,446 282,420 306,384"),
        per=8,
    )
    for leaf, light in ((left, (252, 250, 246)), (right, (232, 230, 228))):
        canvas.fill(moved(leaf, 1, 4), (70, 60, 66), alpha=0.35, blur=4)
        canvas.fill(leaf, Gradient((200, 390), (256, 466), (light, _SHIRT, _SHIRT_SHADE)))


def _jacket(canvas: Canvas) -> None:
    left = spline(
        plot("200,390 166,404 100,424 50,452 28,490 20,536 236,536 226,490 202,440"),
        per=8,
    )
    right = spline(
        plot("312,390 346,404 412,424 462,452 484,490 492,536 276,536 286,490 310,440"),
        per=8,
    )
    for side, shape, paint in (
        (-1, left, Gradient((40, 400), (230, 540), (_COAT_LIGHT, _COAT, _COAT_DARK))),
        (1, right, Gradient((280, 400), (490, 530), (_COAT, _COAT, _COAT_DARK))),
    ):
        canvas.fill(moved(shape, 3 if side < 0 else -3, 4), (60, 52, 60), alpha=0.4, blur=4)
        canvas.fill(shape, paint)
        cloth = canvas.mask([shape])
        _folds(canvas, cloth, side)
        outline = "58,388 50,410 26,470 18,536 58,536 84,470 92,448 78,444 86,430 70,402"
        lapel = spline(placed(outline, (_AXIS, 0), side=side), per=5)
        canvas.fill(moved(lapel, side * 2, 3), _COAT_DARK, alpha=0.8, blur=3, within=cloth)
        tone = _COAT_LIGHT if side < 0 else _COAT
        canvas.fill(
            lapel,
            Gradient((256 + side * 80, 400), (256 + side * 20, 530), (tone, _COAT, _COAT_DARK)),
            within=cloth,
        )


def _folds(canvas: Canvas, cloth: Mask, side: int) -> None:
    for fold, width in (
        ("140,432 122,480 118,536", 12),
        ("196,440 190,490 196,536", 12),
        ("164,460 158,500 160,536", 8),
    ):
        path = spline(placed(fold, (_AXIS, 0), side=side), closed=False)
        canvas.fill(ribbon(path, (1, width, width)), _COAT_DARK, alpha=0.5, blur=6, within=cloth)
        light = ribbon(moved(path, side * 10, 0), (1, width * 0.5, 4))
        canvas.fill(light, _COAT_LIGHT, alpha=0.22, blur=5, within=cloth)


def paint_face(canvas: Canvas) -> None:
    """Skin and everything on it that never moves by itself."""
    for side in (-1, 1):
        paint_ear(canvas, _SKIN, (_AXIS + side * 86, 232), side)
    face = paint_skin(canvas, symmetric(_FACE, _AXIS), _SKIN, _AXIS)
    canvas.fill(ribbon(_SWEEP.strand(0.0), (8, 14, 14, 12)), _SKIN.deep, alpha=0.45, blur=5, within=face)
    canvas.fill(ribbon(_SIDE.strand(0.0), (6, 12, 10)), _SKIN.deep, alpha=0.4, blur=5, within=face)
    for side in (-1, 1):
        canvas.fill(ellipse((_AXIS + side * 84, 196), (9, 26)), _HAIR.base, alpha=0.34, blur=4, within=face)
    paint_sockets(canvas, _SKIN, face, _AXIS, LOOKS.eyes.apart, LOOKS.eyes.y)
    paint_nose(canvas, _SKIN, face, _AXIS, 264, 15.5)
    canvas.fill(ellipse((_AXIS, 336), (40, 12)), (150, 118, 100), alpha=0.12, blur=8, within=face)


def paint_over(canvas: Canvas) -> None:
    """The hair in front and the glasses."""
    for lock, seed in ((_SIDE, 21), (_SWEEP, 22)):
        mass = np.concatenate([lock.strand(0.0), lock.strand(1.0)[::-1]])
        canvas.fill(mass, Gradient((0, 50), (0, 220), (_HAIR.base, _HAIR.base, _HAIR.deep)))
        inside = canvas.mask([mass])
        comb(canvas, lock, _HAIR, count=80, seed=seed, shine=0.4, within=inside, spread=0.2, gleam=0.3)
        wisps(canvas, lock, _HAIR.base, count=8, seed=seed + 9, stray=0.9)
    _glasses(canvas)


def _glasses(canvas: Canvas) -> None:
    frame: Colour = (58, 46, 42)
    rims: list[Points] = []
    for side in (-1, 1):
        lens = ellipse((_AXIS + side * 41, 224), (32, 28), count=64)
        canvas.fill(lens, (255, 250, 236), alpha=0.05)
        canvas.fill(
            ribbon(moved(np.concatenate([lens, lens[:2]]), 0.5, 2.5), 3), _SKIN.deep, alpha=0.3, blur=1.6
        )
        rims.append(ribbon(np.concatenate([lens, lens[:2]]), 2.6))
        rims.append(
            ribbon(np.array([(_AXIS + side * 72.5, 217), (_AXIS + side * 88, 214)], np.float64), (3.4, 2.4))
        )
        glint = spline(
            [(_AXIS + side * 41 - 21, 212), (_AXIS + side * 41 - 14, 204), (_AXIS + side * 41 - 5, 200)],
            closed=False,
        )
        canvas.fill(ribbon(glint, (0.4, 2.6, 0.4)), (255, 255, 250), alpha=0.35, blur=0.8)
    bridge = spline([(_AXIS - 9.5, 219), (_AXIS, 214), (_AXIS + 9.5, 219)], closed=False)
    canvas.fill(ribbon(moved(bridge, 0, 2), 3), _SKIN.deep, alpha=0.35, blur=1.4)
    rims.append(ribbon(bridge, (2.4, 2.8, 2.4)))
    canvas.fill(rims, frame)
    for side in (-1, 1):
        lens = ellipse((_AXIS + side * 41, 224), (32, 28), count=64)
        canvas.fill(ribbon(moved(lens[32:48], 0, -0.5), (0.1, 0.9, 0.1)), (206, 176, 140), alpha=0.9)
