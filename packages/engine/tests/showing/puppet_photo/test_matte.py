"""The person told from the room: where colour can tell, always the same, and not at all where it cannot."""

import cv2

from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.matte import person
from tutor_engine.showing.puppet.mesh import Points
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Life, Pose


def test_hair_and_shoulders_are_person_and_the_wall_is_not(
    sitter_picture: Picture, sitter_points: Points
) -> None:
    matte = person(sitter_picture, sitter_points)
    assert matte is not None
    whole = cv2.resize(matte, (512, 512))
    x, y = (int(value) for value in sitter_points[:, :2].mean(0))
    assert whole[y, x] == 1
    assert whole[y - 150, x] == 1, "hair"
    assert whole[480, x] == 1, "chest"
    assert whole[y, 20] == whole[y, 490] == whole[10, 20] == 0


def test_the_same_photo_has_the_same_outline(sitter_picture: Picture, sitter_points: Points) -> None:
    cv2.setRNGSeed(99)
    first = person(sitter_picture, sitter_points)
    second = person(sitter_picture, sitter_points)
    assert first is not None
    assert second is not None
    assert (first == second).all()


def test_hair_in_the_colour_of_the_wall_gives_no_matte(
    sitter_picture: Picture, sitter_points: Points
) -> None:
    alike = sitter_picture.copy()
    alike[: int(sitter_points[105, 1])] = alike[5, 5]
    assert person(alike, sitter_points) is None


def test_the_wall_right_beside_the_head_stands_still(sitter_picture: Picture, sitter_body: PhotoBody) -> None:
    still = sitter_body.render(Pose(), 0)
    moved = sitter_body.render(Pose(life=Life(sway_x=0.01, roll=0.02)), 0)
    wall = (slice(60, 200), slice(70, 110))
    assert (still[wall] == moved[wall]).mean() > 0.99
    head = (slice(60, 300), slice(150, 380))
    assert (still[head] != moved[head]).mean() > 0.3
