import pytest
from bench.media.figures import Goal, lateness_ms, percentile, slope, troughs, unwrapped


def test_a_straight_line_has_its_slope_and_no_error() -> None:
    fit = slope([0, 1800, 3600], [100.0, 101.0, 102.0])
    assert fit.per_hour == pytest.approx(2.0)
    assert fit.error == pytest.approx(0.0, abs=1e-9)


def test_noise_is_an_error_and_hardly_a_slope() -> None:
    times_s = [float(second) for second in range(0, 3600, 10)]
    fit = slope(times_s, [100.0 + (index % 2) for index in range(len(times_s))])
    assert abs(fit.per_hour) < 0.05
    # of a line through n points of variance v: sqrt(v / (n * variance of the times))
    assert fit.error == pytest.approx(0.5 / (len(times_s) ** 0.5 * 0.2887), rel=0.02)


@pytest.mark.parametrize("times_s", [[], [0.0, 10.0], [5.0, 5.0, 5.0]])
def test_too_little_makes_no_slope(times_s: list[float]) -> None:
    with pytest.raises(ValueError, match="do not make a slope"):
        slope(times_s, [1.0] * len(times_s))


def test_troughs_keep_the_least_of_each_stretch_with_its_time() -> None:
    times_s, values = troughs([0, 10, 20, 60, 70, 130], [5, 3, 9, 4, 8, 7], 60)
    assert times_s == [10, 60, 130]
    assert values == [3, 4, 7]


def test_percentiles_lie_between_neighbours_and_nothing_has_none() -> None:
    assert percentile([1, 2, 3, 4], 50) == 2.5
    assert percentile([1, 2, 3, 4], 100) == 4
    assert percentile([], 99) == 0.0


def test_lateness_is_against_the_most_punctual_frame() -> None:
    late = lateness_ms([0.0, 0.04, 0.08], [10.002, 10.040, 10.090])
    assert late == pytest.approx([2.0, 0.0, 10.0])
    assert lateness_ms([], []) == []


def test_rtp_time_goes_on_over_its_end_and_back_for_a_late_packet() -> None:
    last = (1 << 32) - 1
    assert unwrapped([last - 9, last, 90]) == [0, 9, 100]
    assert unwrapped([100, 300, 200]) == [0, 200, 100]
    assert unwrapped([]) == []


def test_a_goal_says_what_it_asks_for_and_whether_it_was_reached() -> None:
    most, least = Goal(5, unit=" %"), Goal(10, at_least=True, unit=" ×")
    assert (str(most), str(least)) == ("≤ 5 %", "≥ 10 ×")
    assert [most.verdict(value) for value in (4.9, 5.0, 5.1)] == ["yes", "yes", "NO"]
    assert [least.verdict(value) for value in (9.9, 10.0)] == ["NO", "yes"]


def test_a_goal_within_two_errors_cannot_be_judged() -> None:
    goal = Goal(1)
    assert goal.verdict(0.2, error=0.5) == "unclear"
    assert goal.verdict(1.8, error=0.5) == "unclear"
    assert goal.verdict(-3.0, error=0.5) == "yes"
    assert goal.verdict(3.0, error=0.5) == "NO"
