"""The stage with a clock of its own; sound is real, time is not."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hearing_fakes import ScriptedRecogniser, silence

from tutor_engine.hearing.endpointing import EndpointRules
from tutor_engine.hearing.port import (
    BYTES_PER_MS,
    VOICE_FRAME_MS,
    CannotHear,
    EndOfTurn,
    FinalWords,
    HearingEvent,
    LanguageNotHeard,
    NothingUnderstood,
    PartialWords,
    Patience,
    SpeechHinted,
    SpeechLasts,
    SpeechStarted,
)
from tutor_engine.hearing.smart_turn import SmartTurn
from tutor_engine.hearing.sphinx import SphinxRecogniser
from tutor_engine.hearing.stage import BUFFER_MS, PRE_ROLL_MS, Hearing, LessonHearing
from tutor_engine.hearing.vad import SileroModel, silero_path

Speak = Callable[..., bytes]
RULES = EndpointRules()
STEP_MS = 20
FRAME_AND_STEP_MS = VOICE_FRAME_MS + STEP_MS
"""How coarse a decision is: made at the end of a frame, dated by the step that brought it."""


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class FixedJudge:
    """Always of the same opinion."""

    def __init__(self, opinion: float) -> None:
        self.opinion = opinion
        self.heard_ms: list[float] = []
        self.broken = False

    async def probability(self, pcm: bytes) -> float:
        self.heard_ms.append(len(pcm) / BYTES_PER_MS)
        if self.broken:
            raise RuntimeError("as told")
        return self.opinion

    def close(self) -> None:
        return


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the sound of these tests comes late; no ear takes that for a dead microphone."""
    monkeypatch.setattr("tutor_engine.hearing.stage.STARVED_S", 60.0)


@pytest.fixture(scope="module")
def silero() -> SileroModel:
    return SileroModel(silero_path())


class Ear:
    """A lesson being heard, sound fed at the pace of the fake clock."""

    def __init__(self, lesson: LessonHearing, clock: Clock) -> None:
        self.lesson = lesson
        self.clock = clock
        self.events: list[HearingEvent] = []

    async def collect(self) -> None:
        async for event in self.lesson.events():
            self.events.append(event)

    async def hear(self, pcm: bytes) -> None:
        for start in range(0, len(pcm), STEP_MS * BYTES_PER_MS):
            self.clock.now_s += STEP_MS / 1000
            self.lesson.feed(pcm[start : start + STEP_MS * BYTES_PER_MS])
            for _ in range(12):
                await asyncio.sleep(0)

    def kinds(self) -> list[str]:
        """Kinds of events, repeated partial words once."""
        names = [type(event).__name__ for event in self.events]
        return [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]

    def final(self) -> FinalWords:
        (found,) = [event for event in self.events if isinstance(event, FinalWords)]
        return found


def ended_after_ms(final: FinalWords) -> float:
    """Silence after which a turn ended."""
    return (final.turn_end_s - final.speech_end_s) * 1000


@asynccontextmanager
async def listening(
    silero: SileroModel, recogniser: ScriptedRecogniser, judge: EndOfTurn | None = None, language: str = "en"
) -> AsyncGenerator[Ear]:
    clock = Clock()
    hearing = Hearing(recogniser, silero.detector, judge, clock=clock)
    ear = Ear(hearing.open(language, ["leaf"]), clock)
    task = asyncio.create_task(ear.collect())
    await asyncio.sleep(0)
    try:
        yield ear
    finally:
        await ear.lesson.aclose()
        await task


async def test_a_question_from_first_sound_to_final_words(silero: SileroModel, speak: Speak) -> None:
    recogniser, judge = ScriptedRecogniser(), FixedJudge(0.9)
    question = speak("What is photosynthesis?")
    async with listening(silero, recogniser, judge) as ear:
        await ear.hear(silence(600))
        assert ear.events == []
        await ear.hear(question + silence(600))
        assert ear.kinds() == ["SpeechHinted", "SpeechStarted", "PartialWords", "SpeechLasts", "FinalWords"]
        partials = [event.text for event in ear.events if isinstance(event, PartialWords)]
        assert partials == sorted(partials, key=len)
        final = ear.final()
        assert final.transcript.text == "what is photosynthesis"
        voice_end_s = 100.6 + len(question) / BYTES_PER_MS / 1000
        assert final.speech_end_s == pytest.approx(voice_end_s, abs=0.25)
        assert RULES.ask_after_ms - STEP_MS <= ended_after_ms(final) <= RULES.ask_after_ms + FRAME_AND_STEP_MS
        assert final.decoded_s >= final.turn_end_s
    assert recogniser.utterances[0].closed


async def test_the_recogniser_hears_what_was_before_the_voice(silero: SileroModel, speak: Speak) -> None:
    recogniser = ScriptedRecogniser()
    question = speak("What is photosynthesis?")
    async with listening(silero, recogniser, FixedJudge(0.9)) as ear:
        await ear.hear(silence(1000) + question + silence(500))
    heard_ms = len(recogniser.utterances[0].heard) / BYTES_PER_MS
    assert heard_ms >= PRE_ROLL_MS + 0.8 * len(question) / BYTES_PER_MS
    assert question[10_000:12_000] in recogniser.utterances[0].heard


@pytest.mark.parametrize("opinion", [0.0, 0.9])
async def test_the_final_words_are_prepared_while_the_student_is_silent(
    silero: SileroModel, speak: Speak, opinion: float
) -> None:
    """Whether the judge ends the turn or the silence does."""
    recogniser = ScriptedRecogniser()
    question = speak("What is photosynthesis?")
    async with listening(silero, recogniser, FixedJudge(opinion)) as ear:
        await ear.hear(silence(300) + question + silence(1_200))
        final = ear.final()
    (utterance,) = recogniser.utterances
    assert final.transcript.text == "what is photosynthesis"
    assert utterance.drafts >= 1
    assert utterance.finishes == 0
    assert final.decoded_s == pytest.approx(final.turn_end_s, abs=STEP_MS / 1000)


async def test_nobody_prepares_an_end_while_the_student_speaks(silero: SileroModel, speak: Speak) -> None:
    recogniser = ScriptedRecogniser()
    async with listening(silero, recogniser, FixedJudge(0.0)) as ear:
        await ear.hear(silence(300) + speak("The moon pulls the water of the oceans"))
        assert sum(each.drafts for each in recogniser.utterances) == 0


async def test_clicks_and_noise_are_nothing(silero: SileroModel) -> None:
    recogniser = ScriptedRecogniser()
    async with listening(silero, recogniser) as ear:
        await ear.hear(silence(300) + b"\x00\x60" * 80 + silence(1500))
        assert ear.events == []
    assert recogniser.utterances == []


async def test_two_questions_are_two_utterances_of_one_speaker(silero: SileroModel, speak: Speak) -> None:
    recogniser, judge = ScriptedRecogniser(), FixedJudge(0.9)
    question = speak("What is photosynthesis?")
    async with listening(silero, recogniser, judge) as ear:
        await ear.hear(silence(300) + question + silence(2_000) + question + silence(700))
        one = ["SpeechHinted", "SpeechStarted", "PartialWords", "SpeechLasts", "FinalWords"]
        assert ear.kinds() == one * 2, ear.kinds()
    # The judge hears the turn it judges, not the one before.
    assert max(judge.heard_ms) < len(question) / BYTES_PER_MS + 700
    assert recogniser.speakers[0] == recogniser.speakers[1] != ""


async def test_a_student_who_pauses_is_waited_for_in_the_next_lesson_too(
    silero: SileroModel, speak: Speak
) -> None:
    """The second lesson begins with a student whose question was cut off at a pause in the first."""
    clock, recogniser = Clock(), ScriptedRecogniser()
    hearing = Hearing(recogniser, silero.detector, FixedJudge(1.0), clock=clock)
    question, waits_ms = speak("What is photosynthesis?"), list[float]()
    for student, sound in (("ann", question + silence(600) + question), ("ann", question), ("ben", question)):
        ear = Ear(hearing.open("en", student=student), clock)
        task = asyncio.create_task(ear.collect())
        await ear.hear(silence(300) + sound + silence(2_400))
        waits_ms.append(ended_after_ms([event for event in ear.events if isinstance(event, FinalWords)][-1]))
        await ear.lesson.aclose()
        await task
    assert waits_ms[1] > 1_000
    assert waits_ms[2] < 500
    assert recogniser.speakers == ["lesson-1", "lesson-1", "lesson-2", "lesson-3"]


async def test_a_language_nobody_hears_is_said_once_at_the_end(silero: SileroModel, speak: Speak) -> None:
    async with listening(silero, ScriptedRecogniser(), FixedJudge(0.9), "zh") as ear:
        await ear.hear(silence(300) + speak("什么是光合作用", "cmn"))
        assert ear.events == [SpeechHinted(), SpeechStarted(), SpeechLasts()]
        await ear.hear(silence(2500))
        assert ear.events == [SpeechHinted(), SpeechStarted(), SpeechLasts(), CannotHear("zh")]


async def test_a_listening_noise_does_not_last(silero: SileroModel, speak: Speak) -> None:
    async with listening(silero, ScriptedRecogniser(), FixedJudge(0.9)) as ear:
        await ear.hear(silence(300) + speak("Okay.") + silence(2600))
        assert SpeechLasts() not in ear.events
        await ear.hear(speak("I would like to know how plants make their food from light.") + silence(600))
        assert ear.events.count(SpeechLasts()) == 1


@pytest.mark.parametrize("case", ["broken", "no words"])
async def test_nothing_understood(silero: SileroModel, speak: Speak, case: str) -> None:
    recogniser = ScriptedRecogniser("" if case == "no words" else "what")
    recogniser.broken = case == "broken"
    async with listening(silero, recogniser, FixedJudge(0.9)) as ear:
        await ear.hear(silence(300) + speak("What is photosynthesis?") + silence(2600))
        assert ear.events[-1] == NothingUnderstood(lasted=True)
    assert recogniser.utterances[0].closed


async def test_without_judge_or_with_a_broken_one_silence_ends_the_turn(
    silero: SileroModel, speak: Speak
) -> None:
    broken = FixedJudge(0.9)
    broken.broken = True
    for judge in (None, broken):
        async with listening(silero, ScriptedRecogniser(), judge) as ear:
            await ear.hear(silence(300) + speak("What is photosynthesis?") + silence(1600))
            assert ended_after_ms(ear.final()) <= RULES.complete.gone_ms + FRAME_AND_STEP_MS
    assert broken.heard_ms
    assert max(broken.heard_ms) <= 8000


async def test_patience_after_a_question_of_the_tutor(silero: SileroModel, speak: Speak) -> None:
    delays: list[float] = []
    for patient in (False, True):
        async with listening(silero, ScriptedRecogniser("carbon"), None) as ear:
            ear.lesson.expect_answer(patient)
            await ear.hear(silence(300) + speak("carbon dioxide") + silence(1600))
            delays.append(ended_after_ms(ear.final()))
    assert delays[0] == pytest.approx(RULES.blind_ms[1], abs=2 * FRAME_AND_STEP_MS)
    assert delays[1] == pytest.approx(Patience().thinking_ms, abs=2 * FRAME_AND_STEP_MS)


async def test_an_offered_choice_ends_the_thinking(silero: SileroModel, speak: Speak) -> None:
    async with listening(silero, ScriptedRecogniser("carbon"), None) as ear:
        ear.lesson.expect_answer(True, ["Carbon", "Oxygen"])
        await ear.hear(silence(300) + speak("carbon dioxide") + silence(1000))
        assert ended_after_ms(ear.final()) == pytest.approx(RULES.blind_ms[1], abs=2 * FRAME_AND_STEP_MS)


async def test_the_library_is_prepared_before_anybody_speaks(silero: SileroModel) -> None:
    recogniser = ScriptedRecogniser()
    async with listening(silero, recogniser) as ear:
        await ear.hear(silence(40))
        assert recogniser.prepared == [("leaf",)]


async def test_a_key_makes_an_utterance_out_of_words_with_long_pauses(
    silero: SileroModel, speak: Speak
) -> None:
    async with listening(silero, ScriptedRecogniser(), FixedJudge(1.0)) as ear:
        ear.lesson.press()
        await ear.hear(speak("what is") + silence(3000) + speak("photosynthesis") + silence(200))
        assert "FinalWords" not in ear.kinds()
        ear.lesson.release()
        await ear.hear(silence(100))
        assert ear.kinds()[-1] == "FinalWords"
        assert ended_after_ms(ear.final()) < 400


async def test_a_key_pressed_for_nothing_is_nothing(silero: SileroModel) -> None:
    async with listening(silero, ScriptedRecogniser(), FixedJudge(1.0)) as ear:
        ear.lesson.press()
        await ear.hear(silence(800))
        ear.lesson.release()
        await ear.hear(silence(100))
        assert ear.kinds() == ["SpeechStarted", "PartialWords", "NothingUnderstood"]
        assert ear.events[-1] == NothingUnderstood(keyed=True)


async def test_final_words_tell_whether_the_student_speaks_again(silero: SileroModel, speak: Speak) -> None:
    async with listening(silero, ScriptedRecogniser(), FixedJudge(0.9)) as ear:
        await ear.hear(silence(300) + speak("What is photosynthesis?") + silence(800))
        assert not ear.final().goes_on
        ear.events.clear()
        ear.lesson.press()
        await ear.hear(speak("What is photosynthesis?"))
        ear.lesson.release()
        ear.lesson.press()
        await ear.hear(silence(100))
        assert ear.final().goes_on


async def test_while_the_key_to_think_is_held_the_turn_goes_on(silero: SileroModel, speak: Speak) -> None:
    async with listening(silero, ScriptedRecogniser(), FixedJudge(1.0)) as ear:
        ear.lesson.think(True)
        await ear.hear(speak("what is photosynthesis") + silence(3000))
        assert "FinalWords" not in ear.kinds()
        ear.lesson.think(False)
        await ear.hear(silence(600))
        assert ear.kinds()[-1] == "FinalWords"


async def test_the_tutor_does_not_hear_itself(silero: SileroModel, speak: Speak) -> None:
    said = speak("The moon pulls the water of the oceans, and so there are tides, twice a day.")
    async with listening(silero, ScriptedRecogniser(), FixedJudge(0.9)) as ear:
        echo = bytes(100 * BYTES_PER_MS) + said
        step = STEP_MS * BYTES_PER_MS
        for start in range(0, len(echo), step):
            ear.lesson.played(said[start : start + step], ear.clock.now_s)
            await ear.hear(echo[start : start + step])
        assert ear.events == []
        await ear.hear(silence(1500) + speak("What is photosynthesis?") + silence(700))
        assert ear.kinds()[-1] == "FinalWords"


async def test_too_much_sound_drops_the_oldest(silero: SileroModel) -> None:
    lesson = Hearing(ScriptedRecogniser(), silero.detector, None, clock=Clock()).open("en")
    for _ in range(150):
        lesson.feed(bytes(STEP_MS * BYTES_PER_MS))
    assert lesson.dropped_ms == 150 * STEP_MS - BUFFER_MS


async def test_sound_of_odd_lengths(silero: SileroModel, speak: Speak) -> None:
    pcm = silence(300) + speak("What is photosynthesis?") + silence(800)
    async with listening(silero, ScriptedRecogniser(), FixedJudge(0.9)) as ear:
        for start in range(0, len(pcm), 998):
            ear.lesson.feed(pcm[start : start + 998])
            for _ in range(12):
                await asyncio.sleep(0)
        assert ear.kinds()[-1] == "FinalWords"


async def test_a_microphone_that_falls_silent_does_not_hold_the_turn(
    silero: SileroModel, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor_engine.hearing.stage.STARVED_S", 0.01)
    async with listening(silero, ScriptedRecogniser(), FixedJudge(0.9)) as ear:
        await ear.hear(silence(300) + speak("What is photosynthesis?"))
        async with asyncio.timeout(30):
            while ear.kinds()[-1] != "FinalWords":  # noqa: ASYNC110 - the event ends a list, nothing else
                await asyncio.sleep(0.01)


async def test_closing_in_the_middle_of_an_utterance(silero: SileroModel, speak: Speak) -> None:
    recogniser = ScriptedRecogniser()
    async with listening(silero, recogniser) as ear:
        await ear.hear(silence(300) + speak("What is photosynthesis?"))
        assert ear.kinds()[0] == "SpeechHinted"
        await ear.lesson.aclose()
        await ear.lesson.aclose()
    assert recogniser.utterances[0].closed


async def test_a_recording_is_transcribed_without_its_silence(silero: SileroModel, speak: Speak) -> None:
    recogniser = ScriptedRecogniser()
    hearing = Hearing(recogniser, silero.detector, None, clock=Clock())
    question = speak("What is photosynthesis?")
    transcript = await hearing.transcribe(silence(3000) + question + silence(3000), "en")
    assert transcript.text == "what is photosynthesis"
    assert len(recogniser.utterances[0].heard) / BYTES_PER_MS < len(question) / BYTES_PER_MS + 1000
    assert (await hearing.transcribe(silence(2000), "en")).text == ""
    assert (await hearing.transcribe(b"", "en")).text == ""
    assert all(utterance.closed for utterance in recogniser.utterances)
    with pytest.raises(LanguageNotHeard):
        await hearing.transcribe(question, "zh")


async def test_the_real_engines_together(
    silero: SileroModel, speak: Speak, model_file: Callable[[str, str], Path]
) -> None:
    recogniser = SphinxRecogniser()
    judge = SmartTurn(model_file("smart-turn", "smart-turn-v3.2-cpu.onnx"))
    clock = Clock()
    lesson = Hearing(recogniser, silero.detector, judge, clock=clock).open("en")
    events: list[HearingEvent] = []

    async def feed() -> None:
        pcm = silence(300) + speak("How are you today my friend?") + silence(3000)
        for start in range(0, len(pcm), 640):
            clock.now_s += 0.02
            lesson.feed(pcm[start : start + 640])
            await asyncio.sleep(0.002)

    feeding = asyncio.create_task(feed())
    async for event in lesson.events():
        events.append(event)
        if isinstance(event, FinalWords):
            break
    await feeding
    await lesson.aclose()
    await recogniser.aclose()
    judge.close()
    assert events[:2] == [SpeechHinted(), SpeechStarted()]
    assert isinstance(events[-1], FinalWords)
    assert "you" in events[-1].transcript.text.split()
