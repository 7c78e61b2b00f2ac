import asyncio

import pytest
from hearing_fakes import ScriptedRecogniser, silence
from hypothesis import given
from hypothesis import strategies as st

from tutor_engine.hearing.listening import Listening, StablePrefix
from tutor_engine.hearing.port import (
    Draft,
    FinalWords,
    HearingEvent,
    NothingUnderstood,
    PartialWords,
    RecogniserFailed,
    Transcript,
)


@pytest.mark.parametrize(
    ("language", "results", "stable"),
    [
        ("en", ["what", "what is", "what is the"], ["", "what", "what is"]),
        ("en", ["what is", "what his name", "what his name is"], ["", "what", "what his name"]),
        ("en", ["why", "how"], ["", ""]),
        ("zh", ["什么", "什么是", "什么事"], ["", "什么", "什么"]),
    ],
)
def test_stable_is_what_two_results_agree_on(language: str, results: list[str], stable: list[str]) -> None:
    prefix = StablePrefix(language)
    assert [text[: prefix.chars(text)] for text in results] == stable


@given(st.lists(st.text("ab ", max_size=12), max_size=8), st.sampled_from(["en", "zh"]))
def test_the_stable_part_is_a_part(results: list[str], language: str) -> None:
    prefix = StablePrefix(language)
    for text in results:
        assert 0 <= prefix.chars(text) <= len(text)


@given(st.lists(st.sampled_from(["what", "is", "a", "star"]), max_size=6), st.sampled_from(["en", "zh"]))
def test_while_words_are_only_added_the_stable_part_grows(words: list[str], language: str) -> None:
    prefix = StablePrefix(language)
    stable = [prefix.chars(" ".join(words[:count])) for count in (*range(len(words) + 1), len(words))]
    assert stable == sorted(stable)
    assert stable[-1] == len(" ".join(words))


class Slow:
    """An utterance whose draft and end are told by the test."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.drafts: list[asyncio.Future[Draft | None]] = []
        self.end: asyncio.Future[Transcript] = loop.create_future()
        self.finishes = 0
        self.closed = False

    async def feed(self, pcm: bytes) -> None:
        return

    async def partial(self) -> str:
        return "what is"

    async def draft(self) -> Draft | None:
        self.drafts.append(asyncio.get_running_loop().create_future())
        return await self.drafts[-1]

    async def finish(self) -> Transcript:
        self.finishes += 1
        return await self.end

    async def aclose(self) -> None:
        self.closed = True


class Spoken:
    """One utterance being listened to."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self.utterance = Slow()
        self.events: list[HearingEvent] = []
        recogniser = ScriptedRecogniser()

        async def opened(*_: object, **__: object) -> Slow:
            return self.utterance

        recogniser.open = opened  # pyright: ignore[reportAttributeAccessIssue]
        self.listening = Listening(recogniser, lambda: 7.0, self.events.append)
        self.task = group.create_task(self.listening.run("en", (), "ann"))

    async def settle(self) -> None:
        for _ in range(12):
            await asyncio.sleep(0)

    async def silent(self) -> None:
        self.listening.hear(silence(32))
        self.listening.fall_silent()
        await self.settle()

    async def end(self) -> None:
        self.listening.end(1.0, 2.0, NothingUnderstood())
        await self.settle()

    def final(self) -> str:
        (found,) = [event for event in self.events if isinstance(event, FinalWords)]
        return found.transcript.text


def whole(text: str, words: str = "") -> Draft:
    return Draft(words or text, Transcript(text, "en"))


async def test_the_words_of_a_draft_are_there_when_the_turn_is_over() -> None:
    async with asyncio.TaskGroup() as group:
        spoken = Spoken(group)
        await spoken.silent()
        spoken.utterance.drafts[0].set_result(whole("what is light", "um what is light"))
        await spoken.settle()
        assert spoken.listening.words == "um what is light", "hesitations tell that more may come"
        assert spoken.events == [PartialWords("um what is light", len("um what is light"))]
        for _ in range(10):
            spoken.listening.hear(silence(32))
        await spoken.settle()
        assert len(spoken.events) == 1, "nothing new is shown while the draft stands"
        await spoken.end()
    assert spoken.final() == "what is light"
    assert spoken.utterance.finishes == 0
    assert spoken.utterance.closed


async def test_what_may_have_been_a_noise_is_shown_as_a_guess() -> None:
    async with asyncio.TaskGroup() as group:
        spoken = Spoken(group)
        await spoken.silent()
        spoken.utterance.drafts[0].set_result(Draft("the flood", Transcript("the flood", "en", sure=False)))
        await spoken.settle()
        assert spoken.events == [PartialWords("the flood", 0)]
        await spoken.end()


async def test_whoever_speaks_on_makes_the_draft_void() -> None:
    async with asyncio.TaskGroup() as group:
        spoken = Spoken(group)
        await spoken.silent()
        spoken.utterance.drafts[0].set_result(whole("what is"))
        await spoken.settle()
        spoken.listening.speak_on()
        spoken.utterance.end.set_result(Transcript("what is light", "en"))
        await spoken.end()
    assert spoken.final() == "what is light"


async def test_only_the_draft_of_the_last_pause_counts() -> None:
    async with asyncio.TaskGroup() as group:
        spoken = Spoken(group)
        await spoken.silent()
        spoken.listening.speak_on()
        await spoken.silent()
        first, second = spoken.utterance.drafts
        assert first.cancelled()
        second.set_result(whole("what is light"))
        await spoken.settle()
        await spoken.end()
    assert spoken.final() == "what is light"


@pytest.mark.parametrize("case", ["the draft", "the end", "a draft without words", "a draft that broke"])
async def test_whatever_is_there_first_ends_the_wait(case: str) -> None:
    async with asyncio.TaskGroup() as group:
        spoken = Spoken(group)
        await spoken.silent()
        await spoken.end()
        (draft,) = spoken.utterance.drafts
        assert not spoken.task.done()
        match case:
            case "the draft":
                draft.set_result(whole("what is light"))
            case "a draft without words":
                draft.set_result(None)
            case "a draft that broke":
                draft.set_exception(RecogniserFailed("as told"))
            case _:
                pass
        await spoken.settle()
        if case != "the draft":
            spoken.utterance.end.set_result(Transcript("what is light", "en"))
            await spoken.settle()
    assert spoken.final() == "what is light"
    assert spoken.utterance.closed
