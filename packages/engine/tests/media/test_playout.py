"""The schedule of one peer, tick by tick, without a clock."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from packages.engine.tests.media.stage import Stage, blocks, events_of, silent

from tutor_engine.media.encode import EncodedFrame, VideoCodec
from tutor_engine.media.loopcursor import NEWS_SLOTS
from tutor_engine.media.loops import EncodedLoop
from tutor_engine.media.playout import (
    BARRIER_TICKS,
    STARVED_TICKS,
)
from tutor_engine.media.released import AtLoop, Ended, Event, LiveFrame, Position, Started


def test_idle_is_the_loop_at_25_fps_and_silence() -> None:
    stage = Stage()
    out = stage.run(110)
    assert all(silent(released) for released in out)
    assert stage.seen() == [b"l%d" % (i % 50) for i in range(55)]
    pts = [picture.pts for released in out for picture in released.pictures]
    assert np.diff(pts).tolist() == [3600] * 54
    assert [released.sound.pts for released in out] == [960 * i for i in range(110)]


def test_without_a_loop_nothing_is_shown() -> None:
    stage = Stage(loop=False)
    stage.run(10)
    assert stage.seen() == []


def test_the_loop_is_announced_on_entry_and_every_two_seconds() -> None:
    stage = Stage()
    news = [event for event in events_of(stage.run(NEWS_SLOTS * 4)) if isinstance(event, AtLoop)]
    assert news == [AtLoop(0), AtLoop(0)]  # 2 s are the whole loop
    stage.playout.announce_loop()
    assert AtLoop(0) in events_of(stage.run(2))


def test_sound_without_a_face_starts_in_the_next_tick_over_the_loop() -> None:
    stage = Stage()
    stage.run(7)
    stage.speak(1, 10, with_face=False)
    out = stage.run(10)
    assert out[0].events[0] == Started(1)
    assert not any(silent(released) for released in out)
    assert events_of(out)[-1] == Ended(1, 200.0, flushed=False)
    assert stage.seen() == [b"l%d" % i for i in range(9)]
    assert silent(stage.run()[0])


def test_sound_waits_for_the_first_frame() -> None:
    stage = Stage()
    stage.run(3)
    stage.speak(1, 10)
    assert all(silent(released) for released in stage.run(4))
    assert stage.show(1, 0)
    out = stage.run()
    assert out[0].events[0] == Started(1)
    assert [picture.frame.data for picture in out[0].pictures] == [b"1/0"]
    assert out[0].pictures[0].frame.key


def test_sound_waits_300_ms_at_most() -> None:
    stage = Stage()
    stage.speak(1, 10)
    assert all(silent(released) for released in stage.run(BARRIER_TICKS))
    assert not silent(stage.run()[0])


def test_nobody_waits_for_a_face_worker_that_is_not_there() -> None:
    stage = Stage(face=False)
    stage.speak(1, 10)
    assert not silent(stage.run()[0])


def test_frames_wait_for_their_sound() -> None:
    stage = Stage()
    stage.run(1)
    for index in range(3):
        assert stage.show(1, index)
    stage.run(6)
    assert stage.seen() == [b"l0", b"l1", b"l2", b"l3"]
    stage.speak(1, 6)
    stage.run(6)
    assert stage.seen()[4:] == [b"1/0", b"1/1", b"1/2"]


def test_frame_n_leaves_with_the_sound_at_n_times_40_ms_whatever_the_tick() -> None:
    for offset in range(4):
        stage = Stage()
        stage.run(10 + offset)
        stage.speak(1, 20)
        for index in range(10):
            stage.show(1, index)
        out = stage.run(20)
        for block, released in enumerate(out):
            expected = [b"1/%d" % (block // 2)] if block % 2 == 0 else []
            assert [picture.frame.data for picture in released.pictures] == expected
            assert all(picture.pts * 960 == released.sound.pts * 1800 for picture in released.pictures)


def test_a_late_frame_is_refused_before_it_is_encoded_and_sound_goes_on() -> None:
    stage = Stage()
    stage.speak(1, 20)
    stage.show(1, 0)
    assert not any(silent(released) for released in stage.run(9))
    assert not stage.show(1, 3)  # 120 to 160 ms, and 180 ms have left
    assert stage.show(1, 4)
    assert [picture.frame.data for picture in stage.run()[0].pictures] == [b"1/4"]


def test_an_encoded_frame_that_comes_late_is_sent_before_the_next_so_that_the_chain_holds() -> None:
    stage = Stage()
    stage.speak(1, 20)
    stage.show(1, 0)
    stage.run(2)
    picture = EncodedFrame(b"1/1", key=False)
    stage.run(2)
    stage.playout.add_frame(LiveFrame(1, 1, 0, False, picture), stage.playout.epoch)
    stage.show(1, 2)
    out = stage.run()[0]
    assert [one.frame.data for one in out.pictures] == [b"1/1", b"1/2"]
    assert out.pictures[0].pts < out.pictures[1].pts
    assert out.pictures[1].pts * 960 == out.sound.pts * 1800


def test_underrun_is_silence_at_a_standing_position_with_fillers() -> None:
    stage = Stage()
    stage.speak(1, 4, end=False)
    stage.show(1, 0)
    stage.show(1, 1)
    stage.run(4)
    stage.show(1, -1)
    out = stage.run(3)
    assert all(silent(released) for released in out)
    assert stage.seen()[-1] == b"1/-1"
    stage.playout.play(1, blocks(4), 48_000, 80.0, True)
    stage.show(1, 2)
    out = stage.run(4)
    assert [picture.frame.data for picture in out[0].pictures] == [b"1/2"]
    assert [event.position_ms for event in events_of(out) if isinstance(event, Position)] == [
        100,
        120,
        140,
        160,
    ]
    assert stage.playout.underrun_ticks == 3


def test_positions_are_reported_every_100_ms() -> None:
    stage = Stage(face=False)
    stage.speak(1, 20)
    reported = [e.position_ms for e in events_of(stage.run(20)) if isinstance(e, Position) and e.report]
    assert reported == [100, 200, 300]


def test_exit_returns_to_the_loop_at_the_next_frame_as_a_key_frame() -> None:
    stage = Stage()
    stage.run(11)
    stage.speak(1, 2)
    stage.show(1, 0, loop_index=22)
    stage.show(1, -1, loop_index=23)
    stage.show(1, -1, loop_index=24, exit=True)
    out = stage.run(8)
    assert stage.seen()[-4:] == [b"1/0", b"1/-1", b"1/-1", b"l25"]
    assert AtLoop(25) in events_of(out)
    assert stage.playout.key_wanted


def test_exit_in_the_middle_of_a_group_goes_on_at_the_next_key_frame() -> None:
    stage = Stage()
    stage.show(1, -1, loop_index=30, exit=True)
    stage.run(4)
    assert stage.seen() == [b"1/-1", b"l0"]


def test_what_follows_an_exit_is_a_key_frame_even_when_it_waits_already() -> None:
    stage = Stage()
    stage.show(1, -1, exit=True)
    stage.show(1, -1)
    out = stage.run(4)
    assert [picture.frame.key for released in out for picture in released.pictures] == [True, True]


def test_a_starved_live_picture_gives_way_to_the_loop_while_the_sound_goes_on() -> None:
    stage = Stage()
    stage.speak(1, 40)
    stage.show(1, 0, loop_index=3)
    out = stage.run(STARVED_TICKS + 2)
    assert not any(silent(released) for released in out)
    assert stage.seen() == [b"1/0", b"l25"]
    assert stage.show(1, 20)
    assert stage.playout.key_wanted is False
    stage.run(25)
    frame = next(p.frame for r in stage.released for p in r.pictures if p.frame.data == b"1/20")
    assert frame.key


def test_a_key_request_in_the_first_seconds_jumps_in_the_loop_and_later_waits() -> None:
    stage = Stage()
    stage.run(6)
    stage.playout.request_key()
    stage.run(2)
    assert stage.seen() == [b"l0", b"l1", b"l2", b"l25"]
    stage.run(200)
    before = len(stage.seen())
    stage.playout.request_key()
    stage.run(2)
    assert int(stage.seen()[before][1:]) == (int(stage.seen()[before - 1][1:]) + 1) % 50


def test_key_requests_while_live_are_answered_once_in_half_a_second() -> None:
    stage = Stage()
    stage.show(1, -1)
    stage.run(2)
    answers: list[bool] = []
    for _ in range(12):
        stage.playout.request_key()
        answers.append(stage.playout.take_key_request())
        stage.run(1)
    assert answers == [True] + [False] * 11


def test_a_new_receiver_starts_at_a_key_frame_and_the_sound_goes_on() -> None:
    stage = Stage()
    stage.speak(1, 30)
    for index in range(4):
        stage.show(1, index, loop_index=index)
    stage.run(5)
    stage.playout.restart_picture()
    out = stage.run(1)
    assert out[0].pictures[0].frame.data == b"l25"
    assert not silent(out[0])
    pts = [picture.pts for released in stage.released for picture in released.pictures]
    assert pts == sorted(set(pts))


def test_a_skipped_tick_moves_the_times_and_no_sound_is_lost() -> None:
    stage = Stage(face=False)
    stage.speak(1, 4)
    first = stage.run(2)
    stage.number += 50
    second = stage.run(2)
    assert second[0].sound.pts - first[1].sound.pts == 51 * 960
    assert events_of(second)[-1] == Ended(1, 80.0, flushed=False)


def test_another_loop_starts_at_its_beginning() -> None:
    stage = Stage()
    stage.run(20)
    other = EncodedLoop("other", VideoCodec.H264, tuple(EncodedFrame(b"o%d" % i, i == 0) for i in range(25)))
    stage.playout.set_loop(other)
    stage.run(4)
    assert stage.seen()[-2:] == [b"o0", b"o1"]


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.integers(1, 12)),
        st.tuples(st.just("speak"), st.integers(1, 9)),
        st.tuples(st.just("show"), st.integers(-1, 8)),
        st.tuples(st.just("exit"), st.integers(0, 49)),
        st.tuples(st.just("end"), st.just(0)),
        st.tuples(st.just("flush"), st.just(0)),
        st.tuples(st.just("key"), st.just(0)),
        st.tuples(st.just("receiver"), st.just(0)),
        st.tuples(st.just("next"), st.just(0)),
    ),
    max_size=60,
)


@settings(max_examples=150)
@given(_STEPS)
def test_whatever_happens_the_receiver_can_decode_and_each_turn_ends_once(
    steps: list[tuple[str, int]],
) -> None:
    stage, turn = Stage(), 1
    ended: list[int] = []

    def note(events: list[Event]) -> None:
        ended.extend(event.turn for event in events if isinstance(event, Ended))

    for what, value in steps:
        match what:
            case "run":
                note(events_of(stage.run(value)))
            case "speak":
                note(stage.speak(turn, value, end=False))
            case "show":
                stage.show(turn, value)
            case "exit":
                stage.show(turn, -1, loop_index=value, exit=True)
            case "end":
                note(stage.playout.end(turn))
            case "flush":
                note(stage.playout.flush(turn))
            case "key":
                stage.playout.request_key()
            case "receiver":
                stage.playout.restart_picture()
            case _:
                turn += 1
    note(events_of(stage.run(100)))
    assert len(ended) == len(set(ended))
    pictures = [picture for released in stage.released for picture in released.pictures]
    assert all(later.pts > earlier.pts for earlier, later in itertools.pairwise(pictures))
    for former, picture in zip([None, *pictures], pictures, strict=False):
        if former is None or former.live != picture.live:
            assert picture.frame.key, "a picture of another encoder has to be a key frame"
