"""The contract of a recogniser, kept by every adapter and by the one used in other tests."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from hearing_fakes import ScriptedRecogniser, silence
from tiny_whisper import make_whisper

from tutor_engine.hearing.chooser import BestRecogniser
from tutor_engine.hearing.port import VOICE_FRAME_BYTES, LanguageNotHeard, Recogniser, Utterance
from tutor_engine.hearing.sphinx import SphinxRecogniser
from tutor_engine.hearing.whisper import WhisperRecogniser

pytestmark = pytest.mark.asyncio(loop_scope="module")

Speak = Callable[..., bytes]
QUESTION = "What is photosynthesis?"


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["scripted", "sphinx", "whisper", "best"])
async def recogniser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Recogniser]:
    made: Recogniser
    if request.param == "whisper":
        folder: Path = tmp_path_factory.mktemp("whisper")
        make_whisper(folder, ["what", "is", "photosynthesis"])
        made = WhisperRecogniser(folder, device="cpu", threads=1)
    elif request.param == "sphinx":
        made = SphinxRecogniser()
    elif request.param == "best":
        made = BestRecogniser([ScriptedRecogniser()])
    else:
        made = ScriptedRecogniser()
    await made.warm()
    yield made
    await made.aclose()
    await made.aclose()


async def feed(utterance: Utterance, pcm: bytes) -> None:
    for start in range(0, len(pcm), VOICE_FRAME_BYTES):
        await utterance.feed(pcm[start : start + VOICE_FRAME_BYTES])


async def test_capabilities_are_told(recogniser: Recogniser) -> None:
    capabilities = recogniser.capabilities
    assert capabilities.name
    assert "en" in capabilities.languages
    assert capabilities.languages <= {"en", "zh"}


async def test_speech_becomes_words(recogniser: Recogniser, speak: Speak) -> None:
    utterance = await recogniser.open("en", ["photosynthesis"], speaker="ann")
    await feed(utterance, silence(300) + speak(QUESTION) + silence(200))
    transcript = await utterance.finish()
    await utterance.aclose()
    assert transcript.language == "en"
    assert "is" in transcript.text.split()
    assert transcript.text == transcript.text.strip()
    assert 0.0 <= transcript.confidence <= 1.0


async def test_a_draft_foresees_the_end(recogniser: Recogniser, speak: Speak) -> None:
    utterance = await recogniser.open("en")
    await feed(utterance, silence(300) + speak("How are you today my friend?") + silence(160))
    draft = await utterance.draft()
    await feed(utterance, silence(240))
    final = await utterance.finish()
    assert draft is None or draft.transcript.text == final.text
    await utterance.aclose()


async def test_partial_words_are_clean_text(recogniser: Recogniser, speak: Speak) -> None:
    utterance = await recogniser.open("en")
    assert await utterance.partial() == ""
    await feed(utterance, speak(QUESTION))
    assert "<" not in await utterance.partial()
    await utterance.finish()
    await utterance.aclose()


async def test_no_sound_no_words(recogniser: Recogniser) -> None:
    utterance = await recogniser.open("en")
    assert (await utterance.finish()).text == ""
    await utterance.aclose()


async def test_an_utterance_may_be_left_at_any_time(recogniser: Recogniser, speak: Speak) -> None:
    utterance = await recogniser.open("en")
    await feed(utterance, speak(QUESTION)[:20_000])
    await utterance.aclose()
    await utterance.aclose()


async def test_utterances_of_many_lessons_at_once(recogniser: Recogniser, speak: Speak) -> None:
    utterances = [await recogniser.open("en", speaker=str(number)) for number in range(3)]
    for utterance in utterances:
        await feed(utterance, silence(300) + speak(QUESTION) + silence(200))
    texts = {(await utterance.finish()).text for utterance in utterances}
    assert len(texts) == 1
    for utterance in utterances:
        await utterance.aclose()


async def test_a_vocabulary_may_be_prepared_in_any_language(recogniser: Recogniser) -> None:
    await recogniser.prepare("en", ["photosynthesis"])
    await recogniser.prepare("tlh", ["qapla"])


async def test_an_unknown_language_is_refused(recogniser: Recogniser) -> None:
    with pytest.raises(LanguageNotHeard):
        await recogniser.open("tlh")
