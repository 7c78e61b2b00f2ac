"""The drawn tutors: they differ, move only where they should, and show the sounds apart."""

from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tutor_engine.avatars.package import read_manifest
from tutor_engine.showing.idle import IdleLife
from tutor_engine.showing.puppet import drawn
from tutor_engine.showing.puppet.body import Body, Picture
from tutor_engine.showing.puppet.drawings.character import CHARACTERS
from tutor_engine.showing.puppet.drawings.mouth import lip_shape
from tutor_engine.showing.puppet.drawings.paint import (
    Canvas,
    Glow,
    Gradient,
    ellipse,
    placed,
    plot,
    ribbon,
    spline,
)
from tutor_engine.showing.puppet.drawn import DrawnBody, poster, write_drawn_packages
from tutor_engine.showing.puppet.pose import Life, Mouth, Pose

NAMES = sorted(CHARACTERS)
MOUTH = (slice(262, 352), slice(196, 318))


@pytest.fixture(scope="session")
def bodies() -> dict[str, DrawnBody]:
    return {name: DrawnBody(name) for name in NAMES}


@pytest.fixture(params=NAMES)
def body(request: pytest.FixtureRequest, bodies: dict[str, DrawnBody]) -> DrawnBody:
    return bodies[request.param]


def change(a: Picture, b: Picture) -> float:
    return float(np.abs(a.astype(np.float32) - b.astype(np.float32)).mean())


def test_the_tutors_are_two_different_people(bodies: dict[str, DrawnBody]) -> None:
    assert NAMES == ["ada", "lin"]
    assert change(poster(bodies["ada"]), poster(bodies["lin"])) > 30


def test_a_drawing_is_a_body_without_footage(body: DrawnBody) -> None:
    as_body: Body = body
    assert (as_body.width, as_body.height, as_body.loop_frames) == (512, 512, None)
    picture = as_body.render(Pose(), 0)
    assert picture.shape == (512, 512, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 30


def test_rendering_depends_on_the_pose_alone(body: DrawnBody) -> None:
    pose = Pose(Mouth(open=0.4, wide=0.3), Life(blink=0.3, look_x=0.4, roll=0.01))
    first = body.render(pose, 3)
    body.render(Pose(Mouth(round=1.0), Life(blink=1.0, brow=1.0)), 9)
    assert np.array_equal(first, body.render(pose, 200))


def test_what_was_painted_is_not_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    body = DrawnBody("lin")
    painted: list[str] = []
    monkeypatch.setattr(drawn, "paint_eyes", lambda *_: painted.append("eyes"))
    monkeypatch.setattr(drawn, "paint_mouth", lambda *_: painted.append("mouth"))
    looks = [Life(blink=0.93, look_x=at) for at in (0.91, 0.92, -0.91)]
    for life in looks * 2:
        body.render(Pose(Mouth(open=0.77), life), 0)
    assert painted == ["eyes", "mouth", "eyes"], "a glance a hundredth farther looks the same"


def test_the_mouth_moves_only_the_lower_face(body: DrawnBody) -> None:
    rest, open_ = body.render(Pose(), 0), body.render(Pose(Mouth(open=0.85)), 0)
    assert change(rest[MOUTH], open_[MOUTH]) > 5
    assert np.array_equal(rest[:250], open_[:250])
    assert np.array_equal(rest[384:], open_[384:])
    assert np.array_equal(rest[:, :150], open_[:, :150])


def test_a_blink_moves_only_the_eyes(body: DrawnBody) -> None:
    rest, shut = body.render(Pose(), 0), body.render(Pose(life=Life(blink=1.0)), 0)
    assert change(rest[190:245, 190:322], shut[190:245, 190:322]) > 3
    assert np.array_equal(rest[260:], shut[260:])
    assert np.array_equal(rest[:150], shut[:150])


@pytest.mark.parametrize(
    "life",
    [
        Life(brow=1.0),
        Life(look_x=1.0),
        Life(look_y=-1.0),
        Life(roll=0.03),
        Life(sway_x=0.01),
        Life(sway_y=0.01),
        Life(breath=1.0),
    ],
)
def test_every_movement_of_life_is_seen(body: DrawnBody, life: Life) -> None:
    assert change(body.render(Pose(), 0), body.render(Pose(life=life), 0)) > 0.02


def test_breathing_and_nodding_leave_the_room_alone(body: DrawnBody) -> None:
    still, moved = body.render(Pose(), 0), body.render(Pose(life=Life(breath=1.0, sway_x=0.01, roll=0.03)), 0)
    assert np.array_equal(still[:260, :110], moved[:260, :110])
    assert np.array_equal(still[:260, 400:], moved[:260, 400:])


def test_each_sound_looks_different(body: DrawnBody) -> None:
    shapes = {
        "rest": Mouth(),
        "m": Mouth(press=1),
        "a": Mouth(open=0.85),
        "i": Mouth(open=0.26, wide=0.85),
        "u": Mouth(open=0.26, round=1),
        "o": Mouth(open=0.58, round=0.65),
        "f": Mouth(open=0.1, tuck=1),
        "th": Mouth(open=0.24, tongue=1),
    }
    seen = {name: body.render(Pose(mouth), 0)[MOUTH] for name, mouth in shapes.items()}
    names = list(seen)
    for k, a in enumerate(names):
        for b in names[k + 1 :]:
            assert change(seen[a], seen[b]) > 0.6, (a, b)


@pytest.mark.parametrize("name", NAMES)
def test_the_lips_do_what_the_values_say(name: str) -> None:
    looks = CHARACTERS[name].looks
    rest, wide, rounded = (
        lip_shape(looks.mouth, looks.axis, m)
        for m in (Mouth(), Mouth(open=0.26, wide=1), Mouth(open=0.26, round=1))
    )
    assert rest.gap == 0
    assert (
        lip_shape(looks.mouth, looks.axis, Mouth(open=0.8, press=1)).gap
        < 0.1 * lip_shape(looks.mouth, looks.axis, Mouth(open=0.8)).gap
    )
    assert rounded.half < 0.7 * rest.half < rest.half < wide.half
    gaps = [lip_shape(looks.mouth, looks.axis, Mouth(open=k / 10)).gap for k in range(10)]
    assert gaps == sorted(gaps)
    for shape in (rest, wide, rounded):
        assert (shape.inner_upper[:, 1] <= shape.inner_lower[:, 1] + 1e-9).all()
        assert (shape.outer_upper[1:-1, 1] < shape.outer_lower[1:-1, 1]).all()


@pytest.mark.parametrize("extreme", [-0.5, 1.0, 1.5])
def test_values_beyond_their_range_still_draw(body: DrawnBody, extreme: float) -> None:
    for field in ("open", "wide", "round", "press", "tuck", "tongue"):
        assert body.render(Pose(Mouth(**{field: extreme})), 0).shape == (512, 512, 3)
    assert body.render(Pose(life=Life(blink=extreme, brow=extreme, look_x=extreme, look_y=extreme)), 0).any()


def test_the_seam_of_the_loop_cannot_be_seen(body: DrawnBody) -> None:
    life = IdleLife(11)
    pictures = [body.render(Pose(life=life.at(k)), k) for k in (*range(215, 225), *range(10))]
    steps = [change(a, b) for a, b in pairwise(pictures)]
    assert steps[9] <= max(steps[:9] + steps[10:])


def test_packages_hold_only_the_name(tmp_path: Path) -> None:
    first = write_drawn_packages(tmp_path)
    assert [p.name for p in first] == ["ada", "lin"]
    for package in first:
        manifest = read_manifest(package)
        assert (manifest.kind, manifest.drawing) == ("drawn", package.name)
        assert (manifest.width, manifest.height, manifest.fps) == (512, 512, 25)
        assert [f.name for f in package.iterdir()] == ["avatar.json"]
        assert msgspec.json.decode((package / "avatar.json").read_bytes())["source"]
    before = (first[0] / "avatar.json").read_bytes()
    write_drawn_packages(tmp_path)
    assert (first[0] / "avatar.json").read_bytes() == before


def test_an_unknown_drawing_is_refused() -> None:
    with pytest.raises(KeyError):
        DrawnBody("mona lisa")


class TestBrushes:
    def test_a_spline_passes_through_its_points(self) -> None:
        points = plot("0,0 10,0 10,10 0,10")
        for closed in (True, False):
            curve = spline(points, closed=closed)
            for point in points:
                assert np.linalg.norm(curve - point, axis=1).min() < 1e-6

    def test_placed_points_are_stretched_and_mirrored(self) -> None:
        assert placed("1,2", (10, 20), side=-1, stretch=3).tolist() == [[7, 22]]

    def test_a_ribbon_has_the_width_it_was_given(self) -> None:
        outline = ribbon(np.array([(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)]), (2, 4, 2))
        assert outline[:, 1].max() == 2
        assert outline[:, 1].min() == -2

    def test_filled_shapes_cover_their_area_in_premultiplied_colour(self) -> None:
        canvas = Canvas((0, 0, 40, 40), 2)
        canvas.fill(plot("10,10 30,10 30,30 10,30"), (200, 100, 50), alpha=0.5)
        alpha = canvas.pixels[..., 3]
        assert alpha.sum() / 127.5 == pytest.approx(40 * 40, rel=0.08)  # the outline's own pixels count too
        assert canvas.pixels[40, 40].tolist() == pytest.approx([100, 50, 25, 127.5], abs=0.5)

    def test_blur_keeps_the_area_and_softens_the_edge(self) -> None:
        for blur in (1.0, 12.0):
            canvas = Canvas((0, 0, 160, 160), 2)
            canvas.fill(ellipse((80, 80), (30, 30)), (255, 255, 255), blur=blur)
            assert canvas.pixels[..., 3].sum() / 255 == pytest.approx(np.pi * 60**2, rel=0.05)
            assert 20 < canvas.pixels[160, 220, 3] < 235

    def test_a_shape_outside_the_canvas_or_without_alpha_changes_nothing(self) -> None:
        canvas = Canvas((0, 0, 10, 10), 2)
        canvas.fill(ellipse((200, 200), (5, 5)), (255, 0, 0))
        canvas.fill(ellipse((5, 5), (5, 5)), (255, 0, 0), alpha=0)
        assert not canvas.pixels.any()

    def test_gradients_run_between_their_colours(self) -> None:
        x, y = np.arange(11, dtype=np.float32), np.zeros(1, np.float32)
        line = Gradient((0, 0), (10, 0), ((0, 0, 0), (100, 100, 100))).at(x, y)[0, 0]
        assert line[0] == 0
        assert line[-1] == pytest.approx(100)
        assert (np.diff(line) > 0).all()
        glow = Glow((5, 0), (5, 5), ((100, 0, 0), (0, 0, 0))).at(x, y)[0, 0]
        assert glow.argmax() == 5

    def test_a_clip_keeps_paint_inside(self) -> None:
        canvas = Canvas((0, 0, 20, 20), 2)
        clip = canvas.mask([plot("0,0 10,0 10,20 0,20")])
        canvas.fill(plot("0,0 20,0 20,20 0,20"), (255, 255, 255), within=clip)
        assert canvas.pixels[20, 10, 3] == pytest.approx(255)
        assert canvas.pixels[20, 30, 3] == 0
