import cv2
import numpy as np
import pytest

from tutor_engine.showing.puppet.body import Body, Picture
from tutor_engine.showing.puppet.footage import Footage, VideoBody
from tutor_engine.showing.puppet.landmarks import RIGHT_CHEEK
from tutor_engine.showing.puppet.mesh import FaceMesh, Points, mouth_opening
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Life, Mouth, Pose

_FRAMES = 12


def _planar(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)


@pytest.fixture(scope="module")
def body(sitter_picture: Picture, face_mesh: FaceMesh) -> VideoBody:
    """The portrait on a head that moves and tilts."""
    pictures: list[Picture] = []
    points: list[Points] = []
    for step in range(_FRAMES):
        phase = 2 * np.pi * step / _FRAMES
        turn = cv2.getRotationMatrix2D((256, 380), 4 * np.sin(phase), 1 + 0.02 * np.cos(phase))
        turn[:, 2] += [10 * np.cos(phase), 5 * np.sin(phase)]
        picture = cv2.warpAffine(sitter_picture, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
        mesh = face_mesh.find(np.asarray(picture, np.uint8))
        assert mesh is not None
        pictures.append(_planar(np.asarray(picture, np.uint8)))
        points.append(mesh)
    order = np.array([*range(_FRAMES), *range(_FRAMES - 1), 0, 1], np.int32)
    return VideoBody(Footage(np.stack(pictures), np.stack(points), order))


def test_the_body_keeps_the_promises_of_a_body(body: VideoBody) -> None:
    promised: Body = body
    assert (promised.width, promised.height, promised.loop_frames) == (512, 512, 25)
    frame = promised.render(Pose(), 3)
    assert frame.shape == (512, 512, 3)
    assert frame.dtype == np.uint8
    assert (promised.render(Pose(), 3 + 25) == frame).all(), "the loop goes round"


def test_the_mouth_rests_closed_and_opens_on_every_frame(body: VideoBody, face_mesh: FaceMesh) -> None:
    for index in range(0, _FRAMES, 2):
        closed = face_mesh.find(body.render(Pose(), index))
        opened = face_mesh.find(body.render(Pose(mouth=Mouth(open=0.8)), index))
        assert closed is not None
        assert opened is not None
        assert mouth_opening(closed) < 0.05
        assert mouth_opening(opened) > 0.15


def test_the_head_goes_on_moving_as_in_the_footage(body: VideoBody, face_mesh: FaceMesh) -> None:
    eyes = []
    for index in range(_FRAMES):
        points = face_mesh.find(body.render(Pose(mouth=Mouth(open=0.4)), index))
        assert points is not None
        eyes.append(points[[33, 263], 0].mean())
    assert np.ptp(eyes) > 15


def test_speech_raises_the_brows_and_nods_wherever_the_head_is(body: VideoBody, face_mesh: FaceMesh) -> None:
    for index in (0, _FRAMES // 2):
        still, accented = (
            body.render(Pose(life=life), index) for life in (Life(), Life(brow=1, sway_y=0.01))
        )
        before, after = face_mesh.find(still), face_mesh.find(accented)
        assert before is not None
        assert after is not None
        assert after[1, 1] - before[1, 1] > 2, "the nose goes down"
        brow, nose = 105, 1
        assert (after - before)[brow, 1] < (after - before)[nose, 1] - 1, "the brows stay up"
        assert (still[:30, :30] == accented[:30, :30]).all()


def test_footage_keeps_its_own_life(body: VideoBody) -> None:
    still = body.render(Pose(), 2)
    assert (body.render(Pose(life=Life(roll=0.1, blink=1, sway_x=0.02)), 2) == still).all()


def test_cheeks_that_darken_while_the_person_talks_darken_in_speech(
    sitter_body: PhotoBody, face_mesh: FaceMesh
) -> None:
    frames = [sitter_body.render(Pose(Mouth(open=each)), 0) for each in (0, 0, 0, 0.4, 0.5, 0.6, 0.7, 0.8)]
    meshes = [face_mesh.find(frame) for frame in frames]
    points = np.stack([mesh for mesh in meshes if mesh is not None])
    x, y = points[0, RIGHT_CHEEK, :2].astype(int)
    across, down = np.meshgrid(np.arange(512) - x, np.arange(512) - y - 20)
    dark = 1 - 0.25 * np.exp(-0.5 * (across**2 + down**2) / 25**2)[..., None]
    shaded = frames[:3] + [(frame * dark).astype(np.uint8) for frame in frames[3:]]
    order = np.arange(25, dtype=np.int32) % 3
    plain, lit = (
        VideoBody(Footage(np.stack([_planar(frame) for frame in each]), points, order))
        for each in (frames, shaded)
    )
    assert (lit.render(Pose(), 0) == plain.render(Pose(), 0)).all(), "a face at rest is as it was"
    speaking = Pose(Mouth(open=0.7))
    without, with_shading = (
        body.render(speaking, 0)[y + 10 : y + 30, x - 10 : x + 10].mean() for body in (plain, lit)
    )
    assert 0.7 < with_shading / without < 0.9
