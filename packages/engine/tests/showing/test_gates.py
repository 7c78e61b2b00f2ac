"""The gates on every kind of puppet, and on takes that are spoilt in one way each."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tutor_engine.avatars.package import PHOTO_FILE, POSTER_FILE, TRACK_FILE
from tutor_engine.avatars.writer import write_manifest, write_picture, write_track
from tutor_engine.showing.audition import Audition, Compared, Take, compare
from tutor_engine.showing.gates import (
    CLOSES,
    FACES,
    FOLLOWS,
    OFFSET,
    OPENS,
    ROUNDS,
    SAME,
    SEAM,
    STILL,
    Report,
    check,
    judge,
)
from tutor_engine.showing.lipsync import Span
from tutor_engine.showing.port import Speech, TimedPhoneme
from tutor_engine.showing.puppet.engine import PuppetEngine
from tutor_engine.showing.puppet.mesh import FaceMesh

_VOWELS = set("aeiouʌæɪɛɔə")
_LINES = ("m a p u b i m ʌ p", "p i b a t o m æ p")


def _line(phonemes: str) -> Speech:
    """Vowels of 160 ms, consonants of 90 ms, and no sound."""
    at = 0.0
    timed: list[TimedPhoneme] = []
    for ipa in phonemes.split():
        length = 160.0 if ipa in _VOWELS else 90.0
        timed.append(TimedPhoneme(ipa, at, at + length))
        at += length
    return Speech(b"", 16_000, 0.0, timed)


@pytest.fixture(scope="module")
def photo_package(
    portrait: npt.NDArray[np.uint8], face_mesh: FaceMesh, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("photo")
    picture = np.asarray(cv2.resize(portrait[0:290, 70:360], (512, 512)), np.uint8)
    points = face_mesh.find(picture)
    assert points is not None
    write_picture(folder / PHOTO_FILE, picture)
    write_picture(folder / POSTER_FILE, picture)
    write_track(folder / TRACK_FILE, points[None], np.zeros(1, np.int32))
    write_manifest(folder, "photo", 512, "a portrait")
    return folder


@pytest.fixture(scope="module")
def takes(puppet: PuppetEngine, photo_package: Path, face_mesh: FaceMesh) -> list[Take]:
    audition = Audition(puppet, photo_package, face_mesh, first_performance=71)
    seen = [audition.say(_line(line)) for line in _LINES]
    audition.close()
    return seen


def _missed(report: Report) -> set[str]:
    return {v.gate.name for v in report.verdicts if not v.passed}


def test_the_photo_puppet_passes_every_gate_and_every_control_is_refused(takes: list[Take]) -> None:
    report = judge(takes)
    assert _missed(report) == set()
    assert [c.name for c in report.controls if not c.refused] == []
    assert report.passed
    assert {c.gate for c in report.controls} == {OFFSET, FOLLOWS, CLOSES, OPENS, STILL, SEAM, SAME}


def test_a_drawn_tutor_passes(
    puppet: PuppetEngine, drawn_packages: dict[str, Path], face_mesh: FaceMesh
) -> None:
    report = check(puppet, drawn_packages["ada"], [_line(line) for line in _LINES], face_mesh)
    assert _missed(report) == set()
    assert report.passed


def test_a_mouth_that_comes_late_misses_the_offset(takes: list[Take]) -> None:
    late = [replace(take, gap=np.roll(take.gap, 3)) for take in takes]
    assert OFFSET.name in _missed(judge(late))


def test_a_mouth_that_says_another_sentence_does_not_follow(takes: list[Take]) -> None:
    swapped = [
        replace(take, wanted=np.resize(other.wanted, len(take.gap)))
        for take, other in zip(takes, reversed(takes), strict=True)
    ]
    assert FOLLOWS.name in _missed(judge(swapped))


def test_a_mouth_that_stands_still_misses_nearly_everything(takes: list[Take]) -> None:
    still = [replace(take, gap=np.full(len(take.gap), 0.03)) for take in takes]
    assert {FOLLOWS.name, CLOSES.name, OPENS.name} <= _missed(judge(still))


def test_lips_that_never_meet_miss_the_closures(takes: list[Take]) -> None:
    lazy = [replace(take, gap=np.maximum(take.gap, 0.1)) for take in takes]
    assert {CLOSES.name, OPENS.name} <= _missed(judge(lazy))


def test_a_mouth_that_moves_in_silence_is_caught(takes: list[Take]) -> None:
    restless = replace(takes[0], silent_gap=takes[0].silent_gap.copy())
    restless.silent_gap[5:15] = takes[0].gap.max()
    assert STILL.name in _missed(judge([restless, *takes[1:]]))


def test_lips_as_wide_for_u_as_for_i_are_caught(takes: list[Take]) -> None:
    flat = [replace(take, width=np.full(len(take.width), 0.7)) for take in takes]
    assert ROUNDS.name in _missed(judge(flat))


def test_frames_without_a_face_are_caught(takes: list[Take]) -> None:
    assert FACES.name in _missed(judge([replace(take, faces=0.9) for take in takes]))


def test_a_changed_person_and_a_seam_are_caught(takes: list[Take]) -> None:
    spoilt = [replace(take, compared=[Compared(0.9, 1.2)]) for take in takes]
    assert {SAME.name, SEAM.name} <= _missed(judge(spoilt))


def test_without_takes_nothing_passes() -> None:
    none = np.zeros(0)
    nothing = Take(none, none, none, none, [], [Span(0, 1)], [], [], faces=0.0)
    assert not judge([nothing]).passed


def test_a_picture_beside_itself_is_unchanged(portrait: npt.NDArray[np.uint8], face_mesh: FaceMesh) -> None:
    points = face_mesh.find(portrait)
    assert points is not None
    assert compare(portrait, portrait, points) == Compared(1.0, 1.0)
    moved = np.roll(portrait, 1, axis=1)
    assert compare(moved, portrait, points).same_outside > 0.99, "a nod is no change"
    bright = np.clip(portrait.astype(int) + 15, 0, 255).astype(np.uint8)
    assert compare(bright, portrait, points).same_outside < 0.9


def test_goals_are_told_in_short() -> None:
    assert [gate.goal for gate in (OFFSET, FOLLOWS, STILL)] == ["±1 frames", "≥ 0.85", "0–0.02"]
    assert not FOLLOWS.admits(float("nan"))
