"""The order of frames, without a clock: every test says what time it is."""

import pytest

from tutor_engine.showing.schedule import AHEAD_FRAMES, Fed, FramePlan, Schedule


def drain(schedule: Schedule, now_s: float, limit: int = 100) -> list[FramePlan]:
    """Everything wanted at this instant."""
    plans: list[FramePlan] = []
    while (plan := schedule.next(now_s)) is not None:
        plans.append(plan)
        assert len(plans) < limit, "never ends"
    return plans


def opened(loop_frames: int = 200, *, loop_index: int = 0) -> Schedule:
    schedule = Schedule()
    schedule.open(1, loop_frames, 0.0)
    schedule[1].loop_at(loop_index, 0.0)
    return schedule


def until_exit(schedule: Schedule, now_s: float, turn: int | None = None) -> list[FramePlan]:
    """All frames to the end of the live stretch; the sound plays in real time when `turn` is given."""
    plans: list[FramePlan] = []
    begun_s = now_s
    for _ in range(400):
        if turn is not None:
            schedule[1].playing(turn, (now_s - begun_s) * 1000, now_s)
        plans += drain(schedule, now_s)
        if plans and plans[-1].exit:
            return plans
        now_s += 0.04
    raise AssertionError("no exit")


def test_nothing_to_do_while_everybody_is_idle() -> None:
    schedule = opened()
    assert schedule.next(1.0) is None
    assert schedule.wake_s(1.0) is None
    assert not schedule[1].live


def test_speech_is_rendered_ahead_of_what_is_played() -> None:
    schedule = opened(loop_index=30)
    assert schedule[1].fed(5, 2000, 0.5) is Fed.NEW
    first = drain(schedule, 0.5)
    assert [p.index for p in first] == list(range(AHEAD_FRAMES))
    assert [p.at_ms for p in first] == [40.0 * k for k in range(AHEAD_FRAMES)]
    assert {p.turn for p in first} == {5}
    schedule[1].playing(5, 120.0, 0.7)
    assert [p.index for p in drain(schedule, 0.7)] == [10, 11, 12]


def test_the_loop_goes_on_from_where_it_was_seen() -> None:
    schedule = opened(loop_index=195)
    schedule[1].fed(1, 400, 0.2)
    loops = [p.loop_index for p in drain(schedule, 0.2)]
    assert loops == [(195 + 5 + 1 + k) % 200 for k in range(10)]


def test_frames_end_with_the_speech_that_is_there_and_go_on_with_the_next_piece() -> None:
    schedule = opened()
    schedule[1].fed(1, 100, 0.0)
    assert [p.index for p in drain(schedule, 0.0)] == [0, 1, 2]
    assert schedule[1].fed(1, 200, 0.05) is Fed.MORE
    assert [p.index for p in drain(schedule, 0.05)] == [3, 4]


def test_an_underrun_is_filled_and_the_next_index_follows() -> None:
    schedule = opened()
    schedule[1].fed(1, 120, 0.0)
    spoken = drain(schedule, 0.0)
    schedule[1].playing(1, 0.0, 0.1)
    assert drain(schedule, 0.1) == []
    schedule[1].playing(1, 120.0, 0.22)
    fillers = drain(schedule, 0.22)
    assert [(p.index, p.at_ms) for p in fillers] == [(-1, None)]
    assert fillers[0].loop_index == spoken[-1].loop_index + 1
    assert drain(schedule, 0.23) == []
    assert len(drain(schedule, 0.26)) == 1
    schedule[1].fed(1, 240, 0.28)
    assert [p.index for p in drain(schedule, 0.28)] == [3, 4, 5]


@pytest.mark.parametrize("ended", [False, True])
def test_fillers_come_by_the_clock_and_ahead_only_when_no_speech_can_follow(ended: bool) -> None:
    schedule = opened()
    schedule[1].fed(1, 40, 0.0)
    drain(schedule, 0.0)
    schedule[1].playing(1, 40.0, 0.04)
    ahead = 2 * ended
    if ended:
        schedule[1].end(1)
    total = len(drain(schedule, 0.041))
    for k in range(1, 6):
        total += len(drain(schedule, 0.041 + k * 0.04))
    assert total == 1 + ahead + 5
    wake_s = schedule.wake_s(0.242)
    assert wake_s == pytest.approx(0.28)


def test_a_stall_is_not_made_up_for() -> None:
    schedule = opened()
    schedule[1].fed(1, 40, 0.0)
    drain(schedule, 0.0)
    schedule[1].playing(1, 40.0, 0.04)
    drain(schedule, 0.04)
    assert len(drain(schedule, 5.0)) <= 4


@pytest.mark.parametrize("start", range(0, 50, 7))
def test_an_ended_turn_leaves_at_a_keyframe_with_a_closed_mouth(start: int) -> None:
    schedule = opened(loop_index=start)
    schedule[1].fed(1, 400, 0.0)
    schedule[1].end(1)
    plans = until_exit(schedule, 0.0, turn=1)
    assert [p.index for p in plans[:10]] == list(range(10))
    fillers = plans[10:]
    assert {p.index for p in fillers} == {-1}
    assert len(fillers) >= 3
    assert [p.exit for p in plans].count(True) == 1
    assert (plans[-1].loop_index + 1) % 25 == 0
    loops = [p.loop_index for p in plans]
    assert loops == [(loops[0] + k) % 200 for k in range(len(loops))]
    assert not schedule[1].live
    assert len(fillers) < 3 + 25


def test_a_turn_ends_even_if_nobody_reports_playing() -> None:
    schedule = opened()
    schedule[1].fed(1, 2000, 0.0)
    schedule[1].end(1)
    plans = until_exit(schedule, 0.0)
    assert [p.index for p in plans if p.index >= 0] == list(range(50))
    assert plans[-1].exit


def test_a_flushed_turn_stops_at_once_and_cannot_come_back() -> None:
    schedule = opened()
    schedule[1].fed(1, 5000, 0.0)
    ahead = drain(schedule, 0.0)
    schedule[1].playing(1, 80.0, 0.1)
    drain(schedule, 0.1)
    assert schedule[1].flush(1, 0.1)
    assert not any(schedule.wanted(p) for p in ahead)
    assert schedule[1].fed(1, 6000, 0.11) is Fed.IGNORED
    plans = until_exit(schedule, 0.12)
    assert {p.index for p in plans} == {-1}
    assert plans[0].due_s <= 0.121
    assert all(schedule.wanted(p) for p in plans)


def test_after_a_flush_the_loop_goes_on_from_the_frame_on_the_screen() -> None:
    schedule = opened()
    schedule[1].fed(1, 5000, 0.0)
    ahead = drain(schedule, 0.0)
    schedule[1].playing(1, 80.0, 0.1)
    ahead += drain(schedule, 0.1)
    schedule[1].flush(1, 0.1)
    plan = schedule.next(0.1)
    assert plan is not None
    assert plan.loop_index == ahead[3].loop_index  # frames 0 to 2 were shown


def test_flushing_what_is_not_spoken_does_nothing() -> None:
    schedule = opened()
    assert not schedule[1].flush(3, 0.0)
    assert schedule.next(0.0) is None
    assert schedule[1].fed(3, 400, 0.1) is Fed.IGNORED
    assert schedule[1].fed(4, 400, 0.1) is Fed.NEW
    assert not schedule[1].flush(3, 0.2)
    assert len(drain(schedule, 0.2)) == 10


def test_flushing_twice_or_while_closing_does_nothing_more() -> None:
    schedule = opened()
    schedule[1].fed(1, 400, 0.0)
    drain(schedule, 0.0)
    assert schedule[1].flush(1, 0.05)
    drain(schedule, 0.05)
    assert not schedule[1].flush(1, 0.06)


def test_a_new_turn_replaces_the_old_one() -> None:
    schedule = opened()
    schedule[1].fed(1, 4000, 0.0)
    old = drain(schedule, 0.0)
    assert schedule[1].fed(2, 400, 0.1) is Fed.NEW
    assert not any(schedule.wanted(p) for p in old)
    new = drain(schedule, 0.1)
    assert [(p.turn, p.index) for p in new] == [(2, k) for k in range(10)]
    assert schedule[1].fed(1, 8000, 0.2) is Fed.IGNORED
    schedule[1].end(1)
    schedule[1].end(2)
    assert until_exit(schedule, 0.2, turn=2)[-1].turn == 2


def test_a_turn_that_begins_while_the_last_one_leaves_stays_live() -> None:
    schedule = opened()
    schedule[1].fed(1, 40, 0.0)
    schedule[1].end(1)
    drain(schedule, 0.0)
    schedule[1].playing(1, 40.0, 0.04)
    leaving = drain(schedule, 0.04)
    assert leaving
    assert not leaving[-1].exit
    schedule[1].fed(2, 80, 0.06)
    assert [(p.turn, p.index) for p in drain(schedule, 0.06)] == [(2, 0), (2, 1)]


def test_a_turn_after_an_exit_continues_the_loop() -> None:
    schedule = opened()
    schedule[1].fed(1, 40, 0.0)
    schedule[1].end(1)
    last = until_exit(schedule, 0.0, turn=1)[-1]
    schedule[1].fed(2, 40, last.due_s + 0.2)
    plan = schedule.next(last.due_s + 0.2)
    assert plan is not None
    assert plan.loop_index == (last.loop_index + 5 + 1) % 200


def test_an_ended_turn_takes_no_more_speech() -> None:
    schedule = opened()
    schedule[1].fed(1, 40, 0.0)
    schedule[1].end(1)
    assert schedule[1].fed(1, 400, 0.1) is Fed.IGNORED


def test_the_first_frame_of_a_turn_goes_before_everybody_else() -> None:
    schedule = opened()
    schedule.open(2, 200, 0.0)
    schedule[1].fed(1, 4000, 0.0)
    for _ in range(3):
        schedule.next(0.0)
    schedule[2].fed(1, 4000, 5.0)
    plans = [schedule.next(5.0) for _ in range(3)]
    assert [p.performance for p in plans if p] == [2, 1, 1]


def test_otherwise_the_frame_due_soonest_is_next() -> None:
    schedule = opened()
    schedule.open(2, 200, 0.0)
    schedule[1].fed(1, 4000, 0.0)
    schedule[2].fed(1, 4000, 0.06)
    plans = drain(schedule, 0.06)
    assert [p.due_s for p in plans[2:]] == sorted(p.due_s for p in plans[2:])
    assert {p.performance for p in plans[2:8]} == {1, 2}


def test_a_batch_can_be_kept_to_some_performances() -> None:
    schedule = opened()
    schedule.open(2, 200, 0.0)
    schedule[1].fed(1, 4000, 0.0)
    schedule[2].fed(1, 4000, 0.0)
    plan = schedule.next(0.0, among=[2])
    assert plan is not None
    assert plan.performance == 2
    assert schedule.next(0.0, among=[]) is None


def test_closing_forgets_a_performance() -> None:
    schedule = opened()
    schedule[1].fed(1, 400, 0.0)
    plan = schedule.next(0.0)
    assert plan is not None
    schedule.close(1)
    schedule.close(1)
    assert 1 not in schedule
    assert not schedule.wanted(plan)
    assert schedule.next(0.0) is None


def test_reports_about_other_turns_change_nothing() -> None:
    schedule = opened()
    schedule[1].fed(2, 4000, 0.0)
    drain(schedule, 0.0)
    schedule[1].playing(1, 3000.0, 0.1)
    schedule[1].loop_at(99, 0.1)
    assert schedule.next(0.1) is None
    schedule[1].end(1)
    schedule[1].playing(2, 40.0, 0.1)
    plan = schedule.next(0.1)
    assert plan is not None
    assert plan.index == 10


def test_a_face_that_fell_behind_goes_on_where_the_sound_is() -> None:
    schedule = Schedule()
    performance = schedule.open(1, 200, 0.0)
    performance.fed(1, 4_000.0, 0.0)
    first = schedule.next(0.0)
    assert first is not None
    performance.playing(1, 1_000.0, 1.0)
    late = schedule.next(1.1)
    assert late is not None
    assert late.index == 29, "the frame after the one that sounds at 1.1 s"
    assert late.loop_index - first.loop_index == late.index - first.index
    following = schedule.next(1.1)
    assert following is not None
    assert following.index == late.index + 1
    assert performance.fed(1, 4_000.0, 1.1)


def test_the_last_frame_of_the_speech_is_never_skipped() -> None:
    schedule = Schedule()
    performance = schedule.open(1, 200, 0.0)
    performance.fed(1, 400.0, 0.0)
    performance.playing(1, 400.0, 1.0)
    plan = schedule.next(1.5)
    assert plan is not None
    assert plan.index == 9
