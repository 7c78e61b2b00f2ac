"""The MuseTalk engine on a device without networks: who draws what, and what happens when it cannot."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from packages.engine.tests.showing.faces import GreyFace
from packages.engine.tests.showing.musetalk.small import GreyDevice

from tutor_engine.avatars.package import TRACK_FILE
from tutor_engine.showing.musetalk.engine import MuseTalkEngine, Working
from tutor_engine.showing.musetalk.latents import LATENTS_FILE
from tutor_engine.showing.port import (
    AvatarUnusable,
    FaceCapabilities,
    Frame,
    FrameRequest,
    LoopInfo,
    Speech,
    TimedPhoneme,
)
from tutor_engine.showing.puppet.opening import open_footage


class StandIn(GreyFace):
    """The grey face in the size of the filmed avatar."""

    def __init__(self) -> None:
        super().__init__("puppet")

    def open(self, performance: int, package: Path) -> LoopInfo:
        super().open(performance, package)
        return LoopInfo(128, 128, 25)

    def _frame(self, request: FrameRequest) -> Frame:
        super()._frame(request)
        return np.full((192, 128), 200 if request.at_ms is not None else 40, np.uint8)


@dataclass
class Stage:
    """An engine whose background runs when told."""

    device: GreyDevice = field(default_factory=GreyDevice)
    stand_in: StandIn = field(default_factory=StandIn)
    waiting: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
    now_s: float = 100.0
    speed: float = 400.0
    broken: Exception | None = None

    def __post_init__(self) -> None:
        self.engine = MuseTalkEngine(
            self.stand_in, self._load, open_footage, start=self.waiting.append, clock=lambda: self.now_s
        )

    def settle(self) -> None:
        """Let the background finish."""
        while self.waiting:
            self.waiting.pop(0)()

    def say(self, performance: int = 1, start_ms: float = 0.0, length_ms: int = 800) -> None:
        phonemes = [TimedPhoneme("ɑ", start_ms, start_ms + length_ms)]
        self.engine.feed(performance, Speech(b"\1\1" * 16 * length_ms, 16_000, start_ms, phonemes))

    def frames(self, *at_ms: float | None, performance: int = 1, late_s: float = -0.2) -> list[Frame]:
        due_s = self.now_s - late_s
        return self.engine.render([FrameRequest(performance, k, at, due_s) for k, at in enumerate(at_ms)])

    @property
    def capabilities(self) -> FaceCapabilities:
        return self.engine.capabilities

    def _load(self) -> Working:
        if self.broken is not None:
            raise self.broken
        return Working(self.device, self.speed)


@pytest.fixture
def stage(filmed: Path) -> Stage:
    stage = Stage()
    stage.settle()
    stage.engine.open(1, filmed)
    stage.settle()
    return stage


def middle(frame: Frame) -> int:
    """Brightness of the mouth: 235 drawn by the device, 200 spoken by the stand-in, 40 at rest."""
    return int(frame[90, 64])


def test_the_device_draws_speech_and_the_stand_in_silence(stage: Stage) -> None:
    stage.say(length_ms=200)
    rest, *spoken = stage.frames(None, 0, 40, 80, 120)
    assert middle(rest) == 40
    assert [middle(frame) for frame in spoken] == [138, 206, 235, 235]
    assert len(stage.device.batches[-1]) == 4


def test_nothing_is_computed_in_silence(stage: Stage) -> None:
    stage.frames(None, None)
    stage.engine.feed(1, Speech(b"\1\1" * 16_000, 16_000, 0.0, [TimedPhoneme("", 0, 1000)]))
    assert [middle(frame) for frame in stage.frames(0, 400, 800)] == [40] * 3
    assert stage.device.batches == []
    assert stage.device.encoded == []


def test_the_last_face_dissolves_within_three_frames(stage: Stage) -> None:
    stage.say(length_ms=120)
    stage.frames(0, 40, 80)
    first, second, third, fourth = stage.frames(None, None, None, None)
    assert 235 > middle(first) > middle(second) > middle(third) == middle(fourth) == 40
    assert [order.face for order in stage.device.batches[-1]] == [80, None]
    assert stage.device.batches[-1][1].after == 0


def test_speech_and_its_end_may_share_a_batch(stage: Stage) -> None:
    stage.say(length_ms=120)
    frames = stage.frames(0, 40, 80, None, None, None)
    assert [middle(frame) > 40 for frame in frames] == [True] * 5 + [False]
    assert [order.after for order in stage.device.batches[-1]] == [None, None, None, 2, 3]


def test_sound_is_encoded_once_for_all_lessons_together(stage: Stage, filmed: Path) -> None:
    stage.engine.open(2, filmed)
    for performance in (1, 2):
        stage.say(performance)
    stage.engine.render([FrameRequest(p, 0, at) for at in (0.0, 40.0) for p in (1, 2)])
    stage.engine.render([FrameRequest(p, 0, 80.0) for p in (1, 2)])
    assert stage.device.encoded == [2]
    stage.say(1, start_ms=800)
    stage.frames(120)
    assert stage.device.encoded == [2, 1]


def test_what_lies_outside_the_patch_is_the_footage(stage: Stage, filmed: Path) -> None:
    stage.say()
    frame = stage.frames(0, 40, 80)[-1]
    footage = open_footage(filmed).pictures[2]
    assert np.array_equal(frame[:50], footage[:50])
    assert np.array_equal(frame[:128, :25], footage[:128, :25])


def test_lessons_with_one_face_share_it(stage: Stage, filmed: Path) -> None:
    for performance in range(2, 6):
        stage.engine.open(performance, filmed)
    stage.settle()
    assert (stage.device.seated, stage.device.made) == (1, 25)


def test_latents_are_kept_with_the_package(stage: Stage, filmed: Path) -> None:
    assert (filmed / LATENTS_FILE).is_file()
    other = Stage()
    other.settle()
    other.engine.open(1, filmed)
    other.settle()
    assert (other.device.seated, other.device.made) == (1, 0)


def test_until_the_networks_are_there_the_stand_in_speaks(filmed: Path) -> None:
    stage = Stage()
    stage.engine.open(1, filmed)
    stage.say()
    assert middle(stage.frames(400)[0]) == 200
    assert not stage.capabilities.ready
    assert "loading" in stage.capabilities.detail
    stage.settle()
    assert middle(stage.frames(440)[0]) == 200, "a turn is not handed over"
    stage.engine.flush(1)
    stage.say()
    assert middle(stage.frames(0, 40, 80)[-1]) == 235
    assert stage.capabilities == FaceCapabilities(
        "musetalk", 16, "paper, 400 frames/s: 16 speaking lessons", ready=True
    )


def test_until_an_avatar_is_prepared_the_stand_in_speaks(stage: Stage, filmed: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    filmed.rename(other)
    stage.engine.open(2, other)
    stage.say(2)
    assert middle(stage.frames(400, performance=2)[0]) == 200


def test_networks_that_do_not_load_leave_it_to_the_stand_in(filmed: Path) -> None:
    stage = Stage(broken=RuntimeError("no such kernel"))
    stage.settle()
    stage.engine.open(1, filmed)
    stage.settle()
    stage.say()
    assert middle(stage.frames(400)[0]) == 200
    assert stage.capabilities.detail == "not loaded: no such kernel; the puppet speaks"


@pytest.mark.parametrize("in_the_middle", [False, True])
def test_when_memory_runs_out_the_stand_in_goes_on_and_later_the_device_again(
    stage: Stage, in_the_middle: bool
) -> None:
    stage.say()
    if in_the_middle:
        stage.frames(0, 40, 80)
    stage.device.run_out()
    assert middle(stage.frames(120)[0]) == 200
    assert stage.device.released == 1
    assert "out of memory" in stage.capabilities.detail
    assert middle(stage.frames(160)[0]) == 200
    stage.now_s += 61
    assert stage.capabilities.ready
    stage.engine.flush(1)
    stage.say()
    assert middle(stage.frames(0, 40, 80)[-1]) == 235


def test_memory_may_also_run_out_in_between(stage: Stage) -> None:
    stage.say()
    stage.frames(0, 40, 80)
    stage.device.ears[-1].full = True
    assert middle(stage.frames(120, 160)[-1]) == 200
    assert "out of memory" in stage.capabilities.detail


def test_another_failure_is_for_good(stage: Stage) -> None:
    stage.say()
    stage.device.fail = RuntimeError("unspecified launch failure")
    assert middle(stage.frames(400)[0]) == 200
    stage.now_s += 1000
    stage.engine.flush(1)
    stage.say()
    assert middle(stage.frames(400)[0]) == 200
    assert "unspecified launch failure; the puppet speaks" in stage.capabilities.detail


def test_an_avatar_that_does_not_fit_the_device_is_told(stage: Stage, filmed: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    filmed.rename(other)
    (other / LATENTS_FILE).unlink()
    stage.device.run_out()
    stage.engine.open(2, other)
    stage.settle()
    stage.say(2)
    assert middle(stage.frames(400, performance=2)[0]) == 200
    assert "no memory left" in stage.capabilities.detail


def test_a_damaged_track_leaves_the_lesson_to_the_stand_in(filmed: Path) -> None:
    (filmed / TRACK_FILE).write_bytes(b"no track")
    stage = Stage()
    stage.engine.open(1, filmed)
    stage.settle()
    stage.say()
    assert middle(stage.frames(400)[0]) == 200
    assert not stage.capabilities.ready


def test_more_lessons_than_the_speed_carries_speak_by_the_stand_in(filmed: Path) -> None:
    stage = Stage(speed=80.0)
    for performance in (1, 2, 3):
        stage.engine.open(performance, filmed)
    stage.settle()
    for performance in (1, 2, 3):
        stage.say(performance)
    shown = [middle(stage.frames(0, 40, 80, performance=p)[-1]) for p in (1, 2, 3)]
    assert shown == [235, 235, 200]


def test_late_frames_move_the_newest_lesson_to_the_stand_in_without_a_jump(
    stage: Stage, filmed: Path
) -> None:
    stage.engine.open(2, filmed)
    for performance in (1, 2):
        stage.say(performance, length_ms=2000)
        stage.frames(0, 40, 80, performance=performance)
    stage.frames(*(400.0 + 40 * k for k in range(5)), late_s=0.05)
    assert "overloaded" in stage.capabilities.detail
    moved = [middle(frame) for frame in stage.frames(600, 640, 680, performance=2)]
    assert moved[0] > moved[1] > moved[2] == 200
    assert middle(stage.frames(600)[0]) == 235


def test_the_first_frames_of_a_turn_are_never_late(stage: Stage) -> None:
    stage.say()
    stage.frames(*(40.0 * k for k in range(10)), late_s=0.3)
    assert stage.capabilities.ready


def test_other_kinds_of_avatars_are_left_to_others(
    stage: Stage, drawn_packages: dict[str, Path], grey_package: Path
) -> None:
    for package in (drawn_packages["ada"], grey_package):
        with pytest.raises(AvatarUnusable, match="is shown by the puppet"):
            stage.engine.open(9, package)


def test_faces_that_nobody_uses_are_let_go(stage: Stage, filmed: Path, tmp_path: Path) -> None:
    stage.engine.close(1)
    manifest = (filmed / "avatar.json").read_bytes()
    for number in range(2, 8):
        (filmed / "avatar.json").write_bytes(manifest + b" " * number)
        stage.engine.open(number, filmed)
        stage.settle()
        stage.engine.close(number)
    (filmed / "avatar.json").write_bytes(manifest)
    before = stage.device.seated
    stage.engine.open(8, filmed)
    stage.settle()
    assert stage.device.seated == before + 1
