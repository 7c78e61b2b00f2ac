"""What every face engine keeps; runs against each engine that conftest lists."""

from pathlib import Path

import numpy as np
import pytest

from tutor_engine.showing.port import (
    FPS,
    AvatarUnusable,
    FaceEngine,
    Frame,
    FrameRequest,
    Speech,
    TimedPhoneme,
)


def speech(*phonemes: tuple[str, float, float]) -> Speech:
    """A loud tone as long as the phonemes."""
    tone = 9000 * np.sin(np.arange(int(16 * phonemes[-1][2])) / 16)
    return Speech(tone.astype("<i2").tobytes(), 16000, 0.0, [TimedPhoneme(*p) for p in phonemes])


def difference(a: Frame, b: Frame) -> float:
    """Largest change of a pixel."""
    return float(np.abs(a.astype(np.int16) - b.astype(np.int16)).max())


AA = speech(("ˈɑː", 0, 800))


def test_opens_with_a_loop_of_whole_seconds_and_even_sides(engine: FaceEngine, package: Path) -> None:
    info = engine.open(1, package)
    assert info.frames > 0
    assert info.frames % FPS == 0
    assert info.width % 2 == 0
    assert info.height % 2 == 0


def test_renders_i420_one_frame_per_request_in_order(engine: FaceEngine, package: Path) -> None:
    info = engine.open(1, package)
    engine.open(2, package)
    frames = engine.render([FrameRequest(1, 5, None), FrameRequest(2, 60, None), FrameRequest(1, 6, None)])
    assert [f.shape for f in frames] == [(info.height * 3 // 2, info.width)] * 3
    assert all(f.dtype == np.uint8 for f in frames)
    (again,) = engine.render([FrameRequest(1, 60, None)])
    assert difference(frames[1], again) == 0


def test_the_idle_face_depends_on_the_loop_index_only(engine: FaceEngine, package: Path) -> None:
    info = engine.open(1, package)
    (first,) = engine.render([FrameRequest(1, 17, None)])
    engine.render([FrameRequest(1, k, None) for k in (40, 3)])
    second, wrapped = engine.render([FrameRequest(1, 17, None), FrameRequest(1, 17 + info.frames, None)])
    assert difference(first, second) == 0
    assert difference(first, wrapped) == 0


def test_speech_moves_the_face(engine: FaceEngine, package: Path) -> None:
    engine.open(1, package)
    (silent,) = engine.render([FrameRequest(1, 30, None)])
    engine.feed(1, AA)
    frames = engine.render([FrameRequest(1, 30, at) for at in (0.0, 40.0, 80.0, 400.0)])
    assert difference(silent, frames[-1]) > 25


def test_after_speech_the_mouth_is_closed_within_three_frames(engine: FaceEngine, package: Path) -> None:
    engine.open(1, package)
    (silent,) = engine.render([FrameRequest(1, 30, None)])
    engine.feed(1, AA)
    engine.render([FrameRequest(1, 30, at) for at in (0.0, 40.0, 80.0, 400.0)])
    frames = engine.render([FrameRequest(1, 30, None)] * 3)
    assert difference(silent, frames[0]) > 0
    assert difference(silent, frames[-1]) == 0


def test_flush_forgets_the_speech(engine: FaceEngine, package: Path) -> None:
    engine.open(1, package)
    engine.feed(1, AA)
    engine.render([FrameRequest(1, 30, at) for at in (0.0, 40.0, 80.0)])
    engine.flush(1)
    frames = engine.render([FrameRequest(1, 30, None)] * 3)
    engine.feed(1, speech(("", 0, 800)))
    (after,) = engine.render([FrameRequest(1, 30, 400.0)])
    assert difference(frames[-1], after) == 0


def test_performances_do_not_hear_each_other(engine: FaceEngine, package: Path) -> None:
    engine.open(1, package)
    engine.open(2, package)
    engine.feed(1, AA)
    (quiet,) = engine.render([FrameRequest(2, 30, None)])
    frames = engine.render([FrameRequest(2, 30, 400.0), FrameRequest(1, 30, 400.0)])
    assert difference(quiet, frames[0]) == 0


def test_close_is_idempotent_and_leaves_the_others(engine: FaceEngine, package: Path) -> None:
    engine.open(1, package)
    engine.open(2, package)
    engine.close(1)
    engine.close(1)
    engine.close(99)
    assert len(engine.render([FrameRequest(2, 0, None)])) == 1


def test_a_folder_that_is_no_package_is_unusable(engine: FaceEngine, tmp_path: Path) -> None:
    with pytest.raises(AvatarUnusable):
        engine.open(1, tmp_path / "nothing")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "avatar.json").write_text('{"schema_version": 1}')
    with pytest.raises(AvatarUnusable):
        engine.open(1, broken)


def test_the_capabilities_have_a_name_and_a_batch(engine: FaceEngine) -> None:
    assert engine.capabilities.name
    assert engine.capabilities.max_batch >= 1
