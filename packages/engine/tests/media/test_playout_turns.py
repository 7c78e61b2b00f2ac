"""How turns are played: quieter, cut off, ended, given up."""

import numpy as np
from packages.engine.tests.media.stage import Stage, blocks, events_of, loudest, silent

from tutor_engine.media.encode import BLOCK_BYTES, EncodedFrame
from tutor_engine.media.playout import (
    MAX_FRAMES_AHEAD,
    UNCLAIMED_TICKS,
)
from tutor_engine.media.released import Ended, LiveFrame, Position, Started


def test_a_turn_is_ducked_and_the_next_one_is_not() -> None:
    stage = Stage(face=False)
    stage.speak(1, 10)
    stage.playout.set_gain(2, 0.1)  # not there yet
    stage.run(2)
    stage.playout.set_gain(1, 0.5)
    out = stage.run(4)
    assert loudest(out)[1:] == [500] * 3
    assert [event.position_ms for event in events_of(out) if isinstance(event, Position)] == [
        60,
        80,
        100,
        120,
    ]
    stage.playout.flush(1)
    stage.run(2)
    stage.speak(2, 4)
    assert loudest(stage.run(4)) == [1000] * 4


def test_flush_fades_in_5_ms_and_the_turn_never_speaks_again() -> None:
    stage = Stage()
    stage.speak(1, 20)
    for index in range(10):
        stage.show(1, index)
    stage.run(4)
    events = stage.playout.flush(1)
    assert events == [Ended(1, 85.0, flushed=True)]
    fade = np.frombuffer(stage.run()[0].sound.pcm or b"", np.int16)
    assert fade[0] == 1000
    assert np.all(np.diff(fade[:240]) <= 0)
    assert not fade[240:].any()
    assert len(fade) * 2 == BLOCK_BYTES
    stage.playout.play(1, blocks(5), 48_000, 400.0, True)
    assert not stage.show(1, 5)
    assert all(silent(released) for released in stage.run(10))
    assert stage.playout.flush(1) == []
    assert b"1/5" not in stage.seen()


def test_after_a_flush_closing_frames_of_the_turn_are_shown_from_a_key_frame() -> None:
    stage = Stage()
    stage.speak(1, 20)
    for index in range(5):
        stage.show(1, index)
    stage.run(2)
    epoch = stage.playout.epoch
    stage.playout.flush(1)
    # a frame that was being encoded meanwhile belongs to nothing any more
    stage.playout.add_frame(LiveFrame(1, 5, 0, False, EncodedFrame(b"stale", False)), epoch)
    stage.show(1, -1)
    stage.show(1, -1, loop_index=24, exit=True)
    stage.run(5)
    assert stage.seen() == [b"1/0", b"1/-1", b"1/-1", b"l25"]
    keys = [picture.frame.key for released in stage.released for picture in released.pictures]
    assert keys == [True, True, False, True]


def test_a_flush_that_throws_the_way_back_away_goes_back_at_once() -> None:
    stage = Stage()
    stage.speak(1, 4)
    stage.show(1, 0)
    stage.show(1, 1)
    stage.show(1, -1, loop_index=24, exit=True)
    stage.run(1)
    stage.playout.flush(1)
    stage.run(3)
    assert stage.seen() == [b"1/0", b"l25"]


def test_a_later_turn_ends_an_earlier_one_and_an_earlier_one_is_ignored() -> None:
    stage = Stage(face=False)
    stage.speak(2, 10)
    stage.run(3)
    assert stage.speak(1, 3) == []
    events = stage.speak(3, 2)
    assert events == [Ended(2, 65.0, flushed=True)]
    out = stage.run(3)
    assert Started(3) in events_of(out)
    assert Ended(3, 40.0, flushed=False) in events_of(out)


def test_a_turn_without_sound_ends_when_it_is_told_to() -> None:
    stage = Stage()
    assert stage.playout.end(4) == [Ended(4, 0.0, flushed=False)]
    assert stage.playout.flush(5) == [Ended(5, 0.0, flushed=True)]
    assert stage.playout.end(5) == []
    assert stage.speak(5, 3) == []


def test_end_after_the_last_block_has_left_ends_the_turn() -> None:
    stage = Stage(face=False)
    stage.speak(1, 2, end=False)
    assert not any(isinstance(event, Ended) for event in events_of(stage.run(5)))
    assert stage.playout.end(1) == [Ended(1, 40.0, flushed=False)]


def test_the_last_part_of_a_block_is_played_and_counted() -> None:
    stage = Stage(face=False)
    stage.playout.play(1, blocks(1)[: 480 * 2], 48_000, 0.0, False)
    stage.playout.end(1)
    out = stage.run(1)
    assert Ended(1, 10.0, flushed=False) in events_of(out)
    assert not np.frombuffer(out[0].sound.pcm or b"", np.int16)[480:].any()


def test_frames_are_bounded_but_an_exit_is_always_taken() -> None:
    stage = Stage()
    taken = [stage.show(1, index) for index in range(MAX_FRAMES_AHEAD + 5)]
    assert taken.count(True) == MAX_FRAMES_AHEAD
    assert stage.show(1, -1, exit=True)


def test_frames_whose_sound_never_comes_are_given_up() -> None:
    stage = Stage()
    for index in range(MAX_FRAMES_AHEAD):
        stage.show(1, index)
    stage.run(UNCLAIMED_TICKS + 4)
    assert stage.playout.dropped_frames == MAX_FRAMES_AHEAD
    assert stage.playout.wants(2, 0)


def test_abandon_ends_what_plays_once() -> None:
    stage = Stage(face=False)
    stage.speak(1, 9)
    stage.run(2)
    assert stage.playout.abandon() == [Ended(1, 45.0, flushed=True)]
    assert stage.playout.abandon() == []
