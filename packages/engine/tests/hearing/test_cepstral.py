import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing import cepstral

MEAN = (50.0, 1.0, *[0.5] * 11)


def test_nothing_known_is_neutral() -> None:
    assert cepstral.parse("") == cepstral.NEUTRAL
    assert len(cepstral.parse("40,3,-1")) == cepstral.COEFFICIENTS


def test_written_means_are_read_back() -> None:
    assert cepstral.parse(cepstral.write(MEAN)) == pytest.approx(MEAN, abs=0.001)


@given(st.integers(1, 299), st.floats(-60, 60))
def test_what_was_seen_is_freed_from_the_start(frames: int, value: float) -> None:
    """The decoder reports a mean in which its start counts as 500 frames."""
    start, seen = cepstral.NEUTRAL, (value,) * cepstral.COEFFICIENTS
    total = cepstral.SUPPOSED_FRAMES + frames
    reported = tuple(
        (a * cepstral.SUPPOSED_FRAMES + b * frames) / total for a, b in zip(start, seen, strict=True)
    )
    assert cepstral.observed(reported, start, frames) == pytest.approx(seen, abs=1e-6)


def test_a_second_of_a_stranger_counts_more_than_the_neutral_start() -> None:
    mean = cepstral.blended(cepstral.NEUTRAL, cepstral.NEUTRAL_FRAMES, MEAN, 98)
    assert abs(mean[0] - MEAN[0]) < abs(mean[0] - cepstral.NEUTRAL[0])


def test_a_known_speaker_counts_more_than_a_second() -> None:
    mean = cepstral.blended(MEAN, cepstral.KNOWN_FRAMES, cepstral.NEUTRAL, 98)
    assert abs(mean[0] - MEAN[0]) < abs(mean[0] - cepstral.NEUTRAL[0])
