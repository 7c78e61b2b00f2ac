"""What is learnt of one student's pauses, and forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing.pace import Pace, PaceRules, Paces

RULES = PaceRules()


def test_somebody_without_pauses_is_not_waited_for() -> None:
    pace = Pace()
    for _ in range(5):
        pace.paused(RULES.pause_ms - 1)
        pace.ended()
    assert pace.thinking_ms == 0


def test_a_pause_is_expected_again_from_the_next_question_on() -> None:
    pace = Pace()
    pace.paused(600)
    assert pace.thinking_ms == 0
    pace.ended()
    assert 600 * 2 < pace.thinking_ms < RULES.after_cut_ms, "the next thought may be twice as long"


def test_how_often_a_student_pauses_says_whether_to_wait() -> None:
    seldom, often = Pace(), Pace()
    for number in range(30):
        for pace, every in ((seldom, 10), (often, 3)):
            if number % every == 0:
                pace.paused(900)
            pace.ended()
    assert seldom.thinking_ms == 0
    assert often.thinking_ms > 900


def test_a_question_in_two_parts_counts_once() -> None:
    once, twice = Pace(), Pace()
    once.paused(900)
    once.ended()
    twice.ended()
    assert twice.went_on(900)
    twice.ended()
    for _ in range(3):
        once.ended()
        twice.ended()
        assert bool(once.thinking_ms) == bool(twice.thinking_ms)


def test_one_cut_off_is_enough_to_be_patient_at_once() -> None:
    pace = Pace()
    pace.ended()
    assert pace.went_on(500)
    assert pace.thinking_ms == RULES.after_cut_ms
    pace.ended()
    assert pace.thinking_ms >= 500, "one question later still"


def test_a_new_question_after_a_while_is_no_rest_of_the_last() -> None:
    pace = Pace()
    pace.ended()
    assert not pace.went_on(RULES.goes_on_ms + 1)
    assert pace.thinking_ms == 0


@given(st.lists(st.tuples(st.sampled_from(["pause", "end", "on"]), st.floats(0, 10_000)), max_size=60))
def test_patience_has_an_end_and_is_forgotten(story: list[tuple[str, float]]) -> None:
    pace = Pace()
    for kind, silence_ms in story:
        if kind == "pause":
            pace.paused(silence_ms)
        elif kind == "end":
            pace.ended()
        else:
            pace.went_on(silence_ms)
        assert 0 <= pace.thinking_ms <= RULES.longest_ms
    for _ in range(8):
        pace.ended()
    assert pace.thinking_ms == 0


def test_a_student_is_known_in_the_next_lesson_and_a_stranger_is_not() -> None:
    paces = Paces()
    paces.of("ann").went_on(500)
    assert paces.of("ann").thinking_ms >= RULES.after_cut_ms
    assert paces.of("ben").thinking_ms == 0
    paces.of("").went_on(500)
    assert paces.of("").thinking_ms == 0


def test_students_beyond_the_limit_are_forgotten_the_longest_unheard_first() -> None:
    paces = Paces(most=2)
    for student in ("ann", "ben"):
        paces.of(student).went_on(500)
    paces.of("ann")
    paces.of("eve")
    assert paces.of("ann").thinking_ms > 0
    assert paces.of("ben").thinking_ms == 0
