import pytest
from hearing_fakes import ScriptedRecogniser

from tutor_engine.hearing.chooser import BestRecogniser
from tutor_engine.hearing.port import LanguageNotHeard


async def test_the_first_that_knows_the_language_is_taken() -> None:
    first, second = ScriptedRecogniser("one", ["zh"]), ScriptedRecogniser("two", ["en", "zh"])
    best = BestRecogniser([first, second])
    await best.open("zh", speaker="ann")
    await best.open("en", speaker="ben")
    assert (first.speakers, second.speakers) == (["ann"], ["ben"])
    assert best.capabilities.languages == {"en", "zh"}
    assert best.capabilities.detail == "en: scripted; zh: scripted"


async def test_nobody_knows_the_language() -> None:
    with pytest.raises(LanguageNotHeard):
        await BestRecogniser([ScriptedRecogniser()]).open("zh")
    none = BestRecogniser([])
    assert none.capabilities.name == "none"
    with pytest.raises(LanguageNotHeard):
        await none.open("en")


async def test_only_those_that_are_used_are_warmed_and_all_are_closed() -> None:
    used, unused = ScriptedRecogniser(languages=["en", "zh"]), ScriptedRecogniser()
    best = BestRecogniser([used, unused])
    await best.warm()
    assert (used.warmed, unused.warmed) == (1, 0)
    await best.aclose()
    assert used.closed
    assert unused.closed
