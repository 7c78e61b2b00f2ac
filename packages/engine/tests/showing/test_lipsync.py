"""The measure on made series, and on the photo puppet with the controls that must fail."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tutor_engine.showing.lipsync import (
    MouthSeries,
    Span,
    articulated,
    correlation,
    found_shifts,
    loudness,
    measure,
    mismatched,
    moving_in_silence,
    offset,
    opening_range,
)
from tutor_engine.showing.puppet.mesh import FaceMesh
from tutor_engine.showing.puppet.photo import PhotoBody
from tutor_engine.showing.puppet.pose import Mouth, Pose

Series = npt.NDArray[np.float64]


def _babble(seed: int, syllables: int = 14) -> tuple[Series, list[Span], list[Span]]:
    """An opening track of closures and vowels of uneven length, and where they are."""
    rng = np.random.default_rng(seed)
    track: list[float] = []
    closures: list[Span] = []
    opens: list[Span] = []
    for _ in range(syllables):
        closures.append(Span(len(track), len(track) + 1))
        track += [0.0, 0.0]
        length = int(rng.integers(2, 6))
        height = float(rng.uniform(0.5, 0.9))
        opens.append(Span(len(track), len(track) + length - 1))
        track += [height * np.sin(np.pi * (i + 1) / (length + 1)) for i in range(length)]
    return np.array(track), closures, opens


def test_a_shifted_series_is_found_where_it_is() -> None:
    track, _, _ = _babble(1)
    assert found_shifts(track, track, range(-6, 7)) == list(range(-6, 7))


def test_the_sign_says_that_the_mouth_is_late() -> None:
    sound, _, _ = _babble(2)
    late = np.concatenate([np.zeros(3), sound[:-3]])
    found = offset(late, sound)
    assert found.frames == 3
    assert found.r > 0.95 > found.r_at_zero


def test_a_mouth_that_never_moves_has_no_offset_and_no_correlation() -> None:
    sound, _, _ = _babble(3)
    found = offset(np.full(len(sound), 0.03), sound)
    assert (found.frames, found.r) == (0, 0.0)


def test_frames_without_a_face_are_left_out() -> None:
    sound, _, _ = _babble(4)
    mouth = sound.copy()
    mouth[5:9] = np.nan
    assert correlation(mouth, sound) == pytest.approx(1)
    assert MouthSeries(mouth, mouth).faces == pytest.approx(1 - 4 / len(mouth))
    assert correlation(np.full(len(sound), np.nan), sound) == 0


def test_a_closure_that_stays_open_is_counted() -> None:
    track, closures, opens = _babble(5)
    gap = 0.03 + 0.2 * track
    assert articulated(gap, closures, opens).closed_rate == 1
    missed = closures[3]
    gap[missed.first : missed.last + 1] = 0.15
    judged = articulated(gap, closures, opens)
    assert judged.closed_rate == pytest.approx(13 / 14)
    assert judged.open_over_closed > 3
    assert (judged.closures, judged.opens) == (14, 14)


def test_nothing_to_judge_is_nothing() -> None:
    judged = articulated(np.zeros(10), [], [Span(20, 30)])
    assert (judged.closed_rate, judged.open_over_closed, judged.closures, judged.opens) == (0, 0, 0, 0)


def test_movement_in_silence_is_seen() -> None:
    silent = np.ones(100, bool)
    still = np.full(100, 0.03)
    assert moving_in_silence(still, silent, speaking_range=0.2) == 0
    chatter = still + 0.1 * (np.arange(100) % 10 == 5)
    assert moving_in_silence(chatter, silent, speaking_range=0.2) == pytest.approx(0.2)
    track, _, _ = _babble(6)
    assert moving_in_silence(track, np.zeros(len(track), bool)) == 0


def test_loudness_follows_the_sound() -> None:
    rate = 16_000
    t = np.arange(rate) / rate
    tone = np.sin(2 * np.pi * 220 * t) * (t > 0.5)
    loud = loudness((tone * 16_000).astype(np.int16), rate, 25)
    assert loud[:12].max() == 0
    assert loud[14:].min() == pytest.approx(np.sqrt(16_000 / 32_768 / np.sqrt(2)), rel=0.02)


def test_a_span_begins_before_its_sound() -> None:
    assert Span.of_ms(200, 280) == Span(4, 7)
    assert Span.of_ms(20, 80) == Span(0, 2)


@pytest.fixture(scope="module")
def body(portrait: npt.NDArray[np.uint8], face_mesh: FaceMesh) -> PhotoBody:
    picture = np.asarray(cv2.resize(portrait[0:290, 70:360], (512, 512)), np.uint8)
    points = face_mesh.find(picture)
    assert points is not None
    return PhotoBody(picture, points)


def _rendered(body: PhotoBody, mesh: FaceMesh, track: Series) -> MouthSeries:
    poses = [Pose(mouth=Mouth(open=float(amount), press=float(amount == 0))) for amount in track]
    return measure((body.render(pose, 0) for pose in poses), mesh)


def test_the_photo_puppet_passes_and_its_controls_fail(body: PhotoBody, face_mesh: FaceMesh) -> None:
    spoken = [_babble(seed, syllables=10) for seed in (11, 12)]
    mouths = [_rendered(body, face_mesh, track) for track, _, _ in spoken]
    for mouth, (track, closures, opens) in zip(mouths, spoken, strict=True):
        assert mouth.faces == 1
        found = offset(mouth.gap, track)
        assert found.frames == 0
        assert found.r > 0.9
        assert found_shifts(mouth.gap, track, (-5, -2, 2, 5)) == [-5, -2, 2, 5]
        judged = articulated(mouth.gap, closures, opens)
        assert judged.closed_rate == 1
        assert judged.open_over_closed > 3
    assert max(mismatched([m.gap for m in mouths], [track for track, _, _ in spoken])) < 0.5
    lazy = _rendered(body, face_mesh, 0.35 + 0.1 * spoken[0][0])
    assert articulated(lazy.gap, spoken[0][1], spoken[0][2]).open_over_closed < 3


def test_the_photo_puppet_is_still_in_silence(body: PhotoBody, face_mesh: FaceMesh) -> None:
    speech = _rendered(body, face_mesh, _babble(13, syllables=4)[0])
    rest = measure((body.render(Pose(), 0) for _ in range(10)), face_mesh)
    assert moving_in_silence(rest.gap, np.ones(10, bool), opening_range(speech.gap)) == 0


def test_a_picture_without_a_face_gives_nan(face_mesh: FaceMesh) -> None:
    series = measure([np.zeros((64, 64, 3), np.uint8)], face_mesh)
    assert np.isnan(series.gap).all()
    assert series.faces == 0
