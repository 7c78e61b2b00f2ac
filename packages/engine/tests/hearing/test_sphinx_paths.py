import math

import pytest

from tutor_engine.hearing.sphinx_messages import Drafted, Final, Partial
from tutor_engine.hearing.sphinx_paths import LIBRARY_MARGIN, BetterPath, Model


def partial(text: str, score: float = 0.0, heard_ms: float = 160.0) -> Partial:
    return Partial(1, text, score, heard_ms)


def final(text: str, score: float = 0.0) -> Final:
    return Final(1, text, 0.5, "", score)


def drafted(number: int, text: str, score: float = 0.0) -> Drafted:
    return Drafted(1, number, f"um {text}", final(text, score))


def both() -> BetterPath:
    return BetterPath(Model.GENERAL, Model.LIBRARY)


def test_one_reader_is_passed_on() -> None:
    path = BetterPath(Model.GENERAL)
    assert path.partial(Model.GENERAL, partial("why")) == partial("why")
    assert path.partial(Model.GENERAL, partial("why", heard_ms=320)) is None
    assert path.final(Model.GENERAL, final("why not")) == final("why not")


def test_partials_wait_for_the_slower_reader() -> None:
    path = both()
    assert path.partial(Model.LIBRARY, partial("the tides", -1.0)) is None
    assert path.partial(Model.GENERAL, partial("that hides", -1.5)) == partial("the tides", -1.0)


@pytest.mark.parametrize(
    ("library", "general", "chosen"),
    [
        (-1.0, -1.5, "library"),
        (-1.0, -1.0, "general"),
        (-1.0, -1.0 - LIBRARY_MARGIN / 2, "general"),
        (-2.0, -1.0, "general"),
        (-math.inf, -1.0, "general"),
    ],
)
def test_the_better_path_wins_when_it_is_clearly_better(library: float, general: float, chosen: str) -> None:
    path = both()
    assert path.final(Model.LIBRARY, final("library", library)) is None
    found = path.final(Model.GENERAL, final("general", general))
    assert found is not None
    assert found.text == chosen


def test_words_are_better_than_none() -> None:
    path = both()
    path.final(Model.GENERAL, final("", 0.0))
    found = path.final(Model.LIBRARY, final("tides", -5.0))
    assert found is not None
    assert found.text == "tides"


def test_a_lost_reader_leaves_the_decision_to_the_other() -> None:
    path = both()
    assert path.final(Model.GENERAL, final("why")) is None
    assert path.lost(Model.LIBRARY) == final("why")
    assert path.lost(Model.GENERAL) is None

    path = both()
    assert path.lost(Model.LIBRARY) is None
    assert path.partial(Model.GENERAL, partial("why")) == partial("why")
    assert path.final(Model.GENERAL, final("why")) == final("why")


def test_the_end_is_told_once_and_nothing_after_it() -> None:
    path = both()
    path.final(Model.GENERAL, final("why"))
    path.final(Model.LIBRARY, final("why"))
    assert path.lost(Model.LIBRARY) is None
    assert path.partial(Model.GENERAL, partial("late", heard_ms=999)) is None
    assert path.partial(Model.LIBRARY, partial("late", heard_ms=999)) is None


def test_the_better_draft_is_told_when_both_have_made_the_same_one() -> None:
    path = both()
    assert path.drafted(Model.GENERAL, drafted(1, "that hides", -1.5)) is None
    assert path.drafted(Model.GENERAL, drafted(2, "what hides", -1.5)) is None
    assert path.drafted(Model.LIBRARY, drafted(1, "the tides", -1.0)) is None, "of another pause"
    assert path.drafted(Model.LIBRARY, drafted(2, "what tides", -1.0)) == drafted(2, "what tides", -1.0)


def test_a_draft_of_one_reader_is_passed_on_and_none_after_the_end() -> None:
    path = BetterPath(Model.GENERAL)
    assert path.drafted(Model.GENERAL, drafted(1, "why")) == drafted(1, "why")
    path.final(Model.GENERAL, final("why"))
    assert path.drafted(Model.GENERAL, drafted(2, "why")) is None


def test_nobody_left() -> None:
    path = both()
    assert path.lost(Model.GENERAL) is None
    assert path.lost(Model.LIBRARY) is None
