import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from hearing_fakes import silence

from tutor_engine.hearing.port import RecogniserFailed
from tutor_engine.hearing.sphinx import SphinxRecogniser
from tutor_engine.hearing.sphinx_messages import Learn, Open, Sound, Unlearn
from tutor_engine.hearing.sphinx_reader import English, Reading, clean, confidence

Speak = Callable[..., bytes]


@pytest_asyncio.fixture
async def sphinx() -> AsyncGenerator[SphinxRecogniser]:
    recogniser = SphinxRecogniser(finish_timeout_s=60)
    yield recogniser
    await recogniser.aclose()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("<s> what is <sil> it </s>", "what is it"),
        ("[NOISE] to(3) be ++COUGH++", "to be"),
        ("don't stop", "don't stop"),
        ("", ""),
    ],
)
def test_only_words_are_left(raw: str, words: str) -> None:
    assert clean(raw) == words


@pytest.mark.parametrize(
    ("probability", "text", "expected"),
    [(0.25, "a b", 0.5), (1.5, "a", 1.0), (-1.0, "a", 0.0), (0.5, "", 0.0)],
)
def test_confidence_is_per_word(probability: float, text: str, expected: float) -> None:
    assert confidence(probability, text) == pytest.approx(expected)


def test_a_reading_shows_words_while_they_come(speak: Speak) -> None:
    """In this process, what a forked reader does."""
    reading = Reading(English(), Open(7, ""))
    pcm = silence(300) + speak("How are you today my friend?") + silence(200)
    partials = [reading.hear(pcm[start : start + 1024]) for start in range(0, len(pcm), 1024)]
    texts = [partial.text for partial in partials if partial is not None]
    assert len(texts) >= 2
    assert texts != sorted(set(texts), key=len)[:1]
    final = reading.finish()
    assert final.utterance == 7
    assert "you" in final.text
    assert final.confidence > 0.05
    assert len(final.cepstral_mean.split(",")) == 13


def test_a_short_sound_teaches_nothing_about_the_microphone() -> None:
    reading = Reading(English(), Open(1, ""))
    assert reading.hear(silence(100)) is None
    assert reading.finish().cepstral_mean == ""


async def test_a_draft_is_the_end_and_the_utterance_goes_on(sphinx: SphinxRecogniser, speak: Speak) -> None:
    first, more = silence(300) + speak("How are you today my friend?"), speak("Tell me about the moon.")
    whole = await sphinx.open("en")
    await whole.feed(first + silence(200))
    expected = await whole.finish()
    await whole.aclose()
    utterance = await sphinx.open("en")
    await utterance.feed(first + silence(200))
    draft = await utterance.draft()
    assert draft is not None
    assert draft.transcript == expected
    assert draft.words == expected.text
    await utterance.feed(silence(400) + more + silence(200))
    assert len((await utterance.finish()).text) > len(expected.text)
    await utterance.aclose()


async def test_a_draft_of_a_short_sound_does_not_wait_for_more(
    sphinx: SphinxRecogniser, speak: Speak
) -> None:
    utterance = await sphinx.open("en")
    await utterance.feed(silence(100) + speak("Hello.") + silence(130))
    draft = await utterance.draft()
    assert draft is not None
    assert draft.words
    await utterance.aclose()


@pytest.mark.parametrize(("said", "sure"), [("Tell me about the moon.", True), ("Mmh. Hng.", False)])
async def test_what_hardly_fits_any_words_is_not_sure(
    sphinx: SphinxRecogniser, speak: Speak, said: str, sure: bool
) -> None:
    utterance = await sphinx.open("en")
    await utterance.feed(silence(300) + speak(said) + silence(200))
    transcript = await utterance.finish()
    await utterance.aclose()
    assert transcript.sure is sure, transcript


async def test_a_draft_that_was_left_or_lost_holds_nobody(sphinx: SphinxRecogniser, speak: Speak) -> None:
    utterance = await sphinx.open("en")
    await utterance.feed(silence(300) + speak("How are you today my friend?") + silence(200))
    left = asyncio.ensure_future(utterance.draft())
    await asyncio.sleep(0)
    left.cancel()
    lost = asyncio.ensure_future(utterance.draft())
    assert sphinx.pid is not None
    os.kill(sphinx.pid, signal.SIGKILL)
    assert "you" in (await utterance.finish()).text
    lost.cancel()
    await utterance.aclose()


async def test_words_survive_the_death_of_the_process(sphinx: SphinxRecogniser, speak: Speak) -> None:
    pcm = silence(300) + speak("How are you today my friend?") + silence(200)
    undisturbed = await sphinx.open("en")
    await undisturbed.feed(pcm)
    expected = (await undisturbed.finish()).text
    await undisturbed.aclose()
    utterance = await sphinx.open("en")
    await utterance.feed(pcm[:40_000])
    assert sphinx.pid is not None
    os.kill(sphinx.pid, signal.SIGKILL)
    await utterance.feed(pcm[40_000:])
    assert (await utterance.finish()).text == expected
    await utterance.aclose()


async def test_readers_end_with_their_utterance(sphinx: SphinxRecogniser) -> None:
    await sphinx.warm()
    utterances = [await sphinx.open("en") for _ in range(3)]

    async def readers_become(wanted: int) -> None:
        children = Path(f"/proc/{sphinx.pid}/task/{sphinx.pid}/children")
        async with asyncio.timeout(60):
            while len(children.read_text().split()) != wanted:  # noqa: ASYNC110, ASYNC240 - procfs, no disk
                await asyncio.sleep(0.01)

    await readers_become(3)
    for utterance in utterances:
        await utterance.aclose()
    await readers_become(0)


async def test_what_one_utterance_teaches_helps_the_next_of_the_speaker(
    sphinx: SphinxRecogniser, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Open] = []
    post = sphinx.post

    def listen(message: object) -> None:
        if isinstance(message, Open):
            told.append(message)
        post(message)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(sphinx, "post", listen)
    for speaker in ("ann", "ann", "ben", ""):
        utterance = await sphinx.open("en", speaker=speaker)
        await utterance.feed(speak("How are you today my friend?"))
        await utterance.finish()
        await utterance.aclose()
    first, second, other, nobody = (opening.cepstral_mean for opening in told)
    assert (first, other, nobody) == ("", "", "")
    assert second


async def test_a_worker_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser = SphinxRecogniser(finish_timeout_s=0.05)
    utterance = await recogniser.open("en")
    monkeypatch.setattr(recogniser, "post", lambda _: None)
    with pytest.raises(RecogniserFailed):
        await utterance.finish()
    monkeypatch.undo()
    await utterance.aclose()
    await recogniser.aclose()


async def test_a_process_that_hangs_is_replaced(sphinx: SphinxRecogniser, speak: Speak) -> None:
    await sphinx.warm()
    hung = sphinx.pid
    assert hung is not None
    os.kill(hung, signal.SIGSTOP)
    sphinx._finish_timeout_s = 0.2  # pyright: ignore[reportPrivateUsage]
    utterance = await sphinx.open("en")
    await utterance.feed(silence(100) + speak("How are you today my friend?"))
    await asyncio.sleep(0.2)
    with pytest.raises(RecogniserFailed):
        await utterance.finish()
    await utterance.aclose()
    sphinx._finish_timeout_s = 60  # pyright: ignore[reportPrivateUsage]
    async with asyncio.timeout(60):
        while sphinx.pid in (hung, None):  # noqa: ASYNC110 - the process is another's to start
            await asyncio.sleep(0.01)
    again = await sphinx.open("en")
    await again.feed(silence(300) + speak("How are you today my friend?") + silence(200))
    assert "you" in (await again.finish()).text
    await again.aclose()


async def test_a_worker_that_does_not_start_is_given_up() -> None:
    recogniser = SphinxRecogniser(ready_timeout_s=0.0)
    with pytest.raises(RecogniserFailed):
        await recogniser.open("en")
    await recogniser.aclose()


async def test_a_recording_beyond_the_limit_is_not_kept(sphinx: SphinxRecogniser) -> None:
    utterance = await sphinx.open("en")
    for _ in range(3):
        await utterance.feed(bytes(2_000_000))
    (_, sound) = utterance.story()
    assert isinstance(sound, Sound)
    assert len(sound.pcm) <= 6_000_000
    await utterance.aclose()


LIBRARY = [
    "Photosynthesis turns light into sugar.",
    "Chlorophyll is the green pigment of leaves.",
    "Plants make sugar by photosynthesis in the chloroplasts of their leaves.",
]


async def test_a_library_is_made_ready_and_used(sphinx: SphinxRecogniser, speak: Speak) -> None:
    await sphinx.prepare("en", LIBRARY)
    await sphinx.prepare("en", LIBRARY)
    await sphinx.prepare("zh", LIBRARY)
    await sphinx.prepare("en", [])
    children = Path(f"/proc/{sphinx.pid}/task/{sphinx.pid}/children")

    async def readers() -> int:
        """How many processes read an utterance opened now; they are forked before they hear anything."""
        trial = await sphinx.open("en", LIBRARY)
        await trial.feed(silence(40))
        finishing = asyncio.ensure_future(trial.finish())
        most = 0
        while not finishing.done():
            most = max(most, len(children.read_text().split()))  # noqa: ASYNC240 - procfs, no disk
            await asyncio.sleep(0)
        await trial.aclose()
        return most

    async with asyncio.timeout(60):
        while await readers() < 2:
            pass
    utterance = await sphinx.open("en", LIBRARY)
    await utterance.feed(silence(300) + speak("What is photosynthesis?") + silence(200))
    assert "photosynthesis" in (await utterance.finish()).text
    await utterance.aclose()


async def test_libraries_beyond_the_limit_are_forgotten(
    sphinx: SphinxRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(sphinx, "warm", _nothing)
    monkeypatch.setattr(sphinx, "post", told.append)
    for number in range(18):
        await sphinx.prepare("en", [f"sentence {number}"])
    assert [message for message in told if isinstance(message, Unlearn)] == [Unlearn(1), Unlearn(2)]
    assert sum(isinstance(message, Learn) for message in told) == 18


async def _nothing() -> None:
    return


def test_words_that_the_dictionary_lacks_are_guessed() -> None:
    english = English()
    assert english.phones("zorbluxian") is None
    assert english.add_words(["what", "zorbluxian", "水"]) == {"what", "zorbluxian"}
    assert english.phones("zorbluxian") is not None


def test_the_start_of_a_stranger_is_neutral_and_learnt_within_a_second(speak: Speak) -> None:
    """A voice four times as loud is heard as well: its level is in the first cepstral coefficient."""
    said = np.frombuffer(silence(300) + speak("How are you today my friend?") + silence(200), "<i2")
    english = English()
    texts: list[str] = []
    for loudness in (0.25, 1.0):
        reading = Reading(english, Open(1, ""))
        pcm = (said * loudness).astype("<i2").tobytes()
        for start in range(0, len(pcm), 1024):
            reading.hear(pcm[start : start + 1024])
        texts.append(reading.finish().text)
    assert all("you" in text for text in texts)


def first_words_ms(mean: str, pcm: bytes) -> float:
    reading = Reading(English(), Open(1, mean))
    partials = (reading.hear(pcm[start : start + 1024]) for start in range(0, len(pcm), 1024))
    return next(partial.heard_ms for partial in partials if partial is not None and partial.text)


def test_somebody_who_was_heard_before_is_understood_sooner(speak: Speak) -> None:
    pcm = silence(100) + speak("Tell me about the moon and the sun.")
    reading = Reading(English(), Open(1, ""))
    reading.hear(pcm)
    mean = reading.finish().cepstral_mean
    assert first_words_ms("", pcm) >= 1_000
    assert first_words_ms(mean, pcm) <= 700
