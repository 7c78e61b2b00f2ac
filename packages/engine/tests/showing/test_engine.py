"""The puppet engine beyond the port's contract: sharing, easing, closed lips, packages of every kind."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from tutor_engine.showing.port import AvatarUnusable, FrameRequest, Speech, TimedPhoneme
from tutor_engine.showing.puppet.body import Picture
from tutor_engine.showing.puppet.engine import PuppetEngine, i420
from tutor_engine.showing.puppet.packages import open_package
from tutor_engine.showing.puppet.pose import REST, Life, Mouth, Pose


class Witness:
    """A body that remembers the poses it was asked for."""

    def __init__(self, loop_frames: int | None = None) -> None:
        self.width, self.height = 32, 48
        self.loop_frames = loop_frames
        self.poses: list[Pose] = []

    def render(self, pose: Pose, loop_index: int) -> Picture:
        self.poses.append(pose)
        return np.full((48, 32, 3), loop_index % 256, np.uint8)

    @property
    def mouths(self) -> list[Mouth]:
        return [pose.mouth for pose in self.poses]


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
def watched(witness: Witness) -> PuppetEngine:
    return PuppetEngine(lambda package: witness)


def say(engine: PuppetEngine, *phonemes: tuple[str, float, float], performance: int = 1) -> None:
    end_ms = int(phonemes[-1][2])
    pcm = (9000 * np.sin(np.arange(16 * end_ms) / 8)).astype("<i2").tobytes()
    engine.feed(performance, Speech(pcm, 16000, 0, [TimedPhoneme(*p) for p in phonemes]))


def speak(engine: PuppetEngine, frames: int, first: int = 0) -> None:
    engine.render([FrameRequest(1, k, k * 40.0) for k in range(first, first + frames)])


def test_performances_of_a_package_share_one_body(grey_package: Path) -> None:
    built: list[Path] = []

    def build(package: Path) -> Witness:
        built.append(package)
        return Witness()

    engine = PuppetEngine(build)
    for performance in (1, 2, 3):
        engine.open(performance, grey_package)
    assert built == [grey_package]
    manifest = grey_package / "avatar.json"
    manifest.write_bytes(manifest.read_bytes() + b" ")
    engine.open(4, grey_package)
    assert len(built) == 2


def test_bodies_nobody_uses_are_let_go(tmp_path: Path, grey_package: Path) -> None:
    built: list[Path] = []

    def build(package: Path) -> Witness:
        built.append(package)
        return Witness()

    engine = PuppetEngine(build)
    packages = [tmp_path / f"p{k}" for k in range(8)]
    for k, package in enumerate(packages):
        package.mkdir()
        (package / "avatar.json").write_bytes((grey_package / "avatar.json").read_bytes() + b" " * k)
        engine.open(k, package)
        engine.close(k)
    engine.open(20, packages[-1])
    assert len(built) == 8
    engine.open(21, packages[0])
    assert len(built) == 9


def test_the_same_package_lives_the_same_life_in_every_process(grey_package: Path) -> None:
    lives: list[list[Life]] = []
    for _ in range(2):
        body = Witness()
        engine = PuppetEngine(lambda package, body=body: body)
        engine.open(1, grey_package)
        engine.render([FrameRequest(1, k, None) for k in range(225)])
        lives.append([pose.life for pose in body.poses])
    assert lives[0] == lives[1]


def test_footage_brings_its_own_loop_and_life(grey_package: Path) -> None:
    body = Witness(loop_frames=150)
    engine = PuppetEngine(lambda package: body)
    assert engine.open(1, grey_package).frames == 150
    engine.render([FrameRequest(1, k, None) for k in range(0, 150, 10)])
    assert {pose.life for pose in body.poses} == {Life()}


def test_the_mouth_opens_and_closes_without_a_jump(
    watched: PuppetEngine, witness: Witness, grey_package: Path
) -> None:
    watched.open(1, grey_package)
    say(watched, ("a", 0, 800))
    watched.render([FrameRequest(1, 0, None)])
    speak(watched, 10)
    watched.render([FrameRequest(1, k, None) for k in range(10, 14)])
    opening = [m.open for m in witness.mouths]
    assert opening[0] == 0
    assert 0.2 < opening[1] < 0.75 * opening[5]
    assert opening[10] > opening[11] > opening[12] > opening[13] == 0
    assert witness.mouths[-1] == REST


def test_a_flush_closes_from_where_the_mouth_is(
    watched: PuppetEngine, witness: Witness, grey_package: Path
) -> None:
    watched.open(1, grey_package)
    say(watched, ("a", 0, 800))
    speak(watched, 8)
    watched.flush(1)
    watched.render([FrameRequest(1, 9, None)] * 3)
    opening = [m.open for m in witness.mouths[-4:]]
    assert opening == sorted(opening, reverse=True)
    assert opening[1] > 0
    assert opening[-1] == 0


def test_stress_lifts_the_brows_and_fades(
    watched: PuppetEngine, witness: Witness, grey_package: Path
) -> None:
    watched.open(1, grey_package)
    watched.render([FrameRequest(1, 0, None)])
    say(watched, ("ˈa", 0, 600), ("ə", 600, 1200))
    watched.render([FrameRequest(1, 0, k * 40.0) for k in range(14)])
    brows = [pose.life.brow for pose in witness.poses]
    assert max(brows) > brows[0] + 0.15
    watched.render([FrameRequest(1, 0, None)] * 3)
    assert witness.poses[-1].life == witness.poses[0].life


def test_the_head_nods_at_the_end_of_a_phrase_and_comes_back(
    watched: PuppetEngine, witness: Witness, grey_package: Path
) -> None:
    watched.open(1, grey_package)
    watched.render([FrameRequest(1, 0, None)])
    say(watched, ("a", 0, 800), ("", 800, 1200), ("a", 1200, 2400))
    watched.render([FrameRequest(1, 0, k * 40.0) for k in range(50)])
    down = [pose.life.sway_y - witness.poses[0].life.sway_y for pose in witness.poses[1:]]
    assert max(down) == max(down[18:26]) > 0.003
    assert max(abs(b - a) for a, b in itertools.pairwise(down)) < 0.0015, "no jump"
    assert abs(down[40]) < 0.0005


def test_lips_are_closed_in_the_picture_for_p_b_m_and_in_silence(
    puppet: PuppetEngine, drawn_packages: dict[str, Path]
) -> None:
    for package in drawn_packages.values():
        puppet.open(1, package)
        say(puppet, ("a", 0, 300), ("m", 300, 380), ("a", 380, 700), ("", 700, 1000))
        # The same loop index throughout: only the mouth differs.
        frames = puppet.render([FrameRequest(1, 40, k * 40.0) for k in range(25)])
        dark = [_dark_inside(f[:512]) for f in frames]
        assert max(dark[3:7]) > 60
        assert min(dark[7:10]) < 0.15 * max(dark)
        assert max(dark[20:]) < 0.15 * max(dark)
        assert max(dark[11:17]) > 60


def _dark_inside(luma: np.ndarray) -> int:
    """Dark pixels between the lips: there are some only in an open mouth."""
    return int(np.sum(luma[284:340, 232:282] < 62))


def test_i420_is_right_for_pure_colours() -> None:
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    frame = i420(red)
    assert frame.shape == (6, 4)
    assert abs(int(frame[0, 0]) - 81) <= 2
    assert abs(int(frame[4, 0]) - 90) <= 2
    assert abs(int(frame[5, 0]) - 240) <= 2


def test_packages_are_opened_by_their_kind(
    tmp_path: Path, drawn_packages: dict[str, Path], grey_package: Path
) -> None:
    assert open_package(drawn_packages["lin"]).loop_frames is None
    with pytest.raises(AvatarUnusable):
        open_package(grey_package)
    unknown = tmp_path / "unknown"
    unknown.mkdir()
    text = (drawn_packages["ada"] / "avatar.json").read_text().replace('"drawing": "ada"', '"drawing": "eve"')
    (unknown / "avatar.json").write_text(text)
    with pytest.raises(AvatarUnusable, match="no drawing named 'eve'; there are ada, lin"):
        open_package(unknown)
