import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from hearing_fakes import silence
from tiny_whisper import make_whisper

from tutor_engine.hearing.port import RecogniserFailed, Transcript
from tutor_engine.hearing.whisper import (
    WhisperEffort,
    WhisperMissing,
    WhisperRecogniser,
    agreed_words,
)
from tutor_engine.hearing.whisper_beliefs import Segment
from tutor_engine.hearing.whisper_model import Request

Speak = Callable[..., bytes]
QUESTION = "Why are leaves green?"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whisper")
    make_whisper(folder, ["why", "are", "leaves", "green"])
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whisper(weights: Path) -> AsyncGenerator[WhisperRecogniser]:
    recogniser = WhisperRecogniser(weights, device="cpu", threads=1)
    yield recogniser
    await recogniser.aclose()


async def heard(whisper: WhisperRecogniser, pcm: bytes, language: str = "en") -> Transcript:
    utterance = await whisper.open(language, ["chlorophyll", "x" * 400])
    await utterance.feed(pcm)
    transcript = await utterance.finish()
    await utterance.aclose()
    return transcript


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_real_loading_and_decoding_path(
    whisper: WhisperRecogniser, speak: Speak, language: str
) -> None:
    transcript = await heard(whisper, silence(300) + speak(QUESTION) + silence(500), language)
    assert transcript.text == "why are leaves green"
    assert transcript.language == language
    assert transcript.confidence > 0.9


@pytest.mark.asyncio(loop_scope="module")
async def test_silence_and_noise_have_no_words_whatever_the_decoder_would_write(
    whisper: WhisperRecogniser,
) -> None:
    noise = np.random.default_rng(1).normal(0, 2_000, 48_000).astype("<i2").tobytes()
    hum = (8_000 * np.sin(np.arange(48_000) * 2 * np.pi * 100 / 16_000)).astype("<i2").tobytes()
    for pcm in (silence(3_000), noise, hum, b""):
        assert await heard(whisper, pcm) == Transcript("", "en", 0.0)


@pytest.mark.asyncio(loop_scope="module")
async def test_more_than_thirty_seconds_are_heard_in_pieces(whisper: WhisperRecogniser, speak: Speak) -> None:
    transcript = await heard(whisper, speak(QUESTION) * 25)
    assert transcript.text.count("why are leaves green") >= 2


@pytest.mark.asyncio(loop_scope="module")
async def test_partial_words_are_those_that_two_decodings_agree_on(
    whisper: WhisperRecogniser, speak: Speak
) -> None:
    utterance = await whisper.open("en")
    seen: list[str] = []
    sound = speak(QUESTION)
    for _ in range(400):
        await utterance.feed(sound[: 64 * 32])
        sound = sound[64 * 32 :] + sound[: 64 * 32]
        await asyncio.sleep(0.005)
        seen.append(await utterance.partial())
        if seen[-1]:
            break
    assert seen[0] == ""
    assert seen[-1] == "why are leaves green"
    await utterance.aclose()
    await utterance.aclose()


@pytest.mark.asyncio(loop_scope="module")
async def test_what_a_draft_has_heard_is_not_decoded_again(
    whisper: WhisperRecogniser, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear, heard_ms = whisper.hear, list[float]()

    async def counted(pcm: bytes, *rest: Any) -> Transcript:
        heard_ms.append(len(pcm))
        return await hear(pcm, *rest)

    monkeypatch.setattr(whisper, "hear", counted)
    utterance = await whisper.open("en")
    await utterance.feed(speak(QUESTION) + silence(200))
    draft = await utterance.draft()
    assert draft is not None
    await utterance.feed(silence(400))
    assert (await utterance.finish()).text == draft.words == "why are leaves green"
    assert len(heard_ms) == 1
    await utterance.feed(speak(QUESTION))
    await utterance.finish()
    assert len(heard_ms) == 2, "there is more voice by now"
    await utterance.aclose()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_draft_that_is_left_leaves_the_end_as_it_was(
    whisper: WhisperRecogniser, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    utterance = await whisper.open("en")
    await utterance.feed(speak(QUESTION) + silence(200))
    left = asyncio.ensure_future(utterance.draft())
    await asyncio.sleep(0.001)
    left.cancel()
    await asyncio.wait({left})
    assert (await utterance.finish()).text == "why are leaves green"
    monkeypatch.setattr(WhisperRecogniser, "has_room", False)
    assert await utterance.draft() is None, "others wait for their words"
    await utterance.aclose()


class ScriptedWeights:
    """Says what a test wants for each window, and keeps what it was asked."""

    def __init__(self, whisper: WhisperRecogniser, answers: dict[int, Segment], again: Segment) -> None:
        self.asked: list[Request] = []
        self._answers = answers
        self._again = again
        batches: Any = whisper._batches  # pyright: ignore[reportPrivateUsage]
        batches._run = self.decode
        self._batches = batches

    def decode(self, requests: Sequence[Request]) -> list[Segment]:
        self.asked += requests
        return [
            self._again if request.temperature else self._answers[request.window_ms] for request in requests
        ]


GOOD = Segment(" Why are leaves green?", -0.2, 0.01, 1.0)
POOR = replace(GOOD, text=" Why are sleeves green?", avg_logprob=-0.9)
CIRCLES = replace(GOOD, text=" why are, why are, why are, why are", avg_logprob=-0.1)
NOTHING = Segment("", -0.1, 0.9, 0.0)


@pytest.mark.parametrize(
    ("answers", "again", "text", "windows"),
    [
        ({5_000: GOOD}, GOOD, "Why are leaves green?", [5_000]),
        ({5_000: POOR, 30_000: GOOD}, GOOD, "Why are leaves green?", [5_000, 30_000]),
        ({5_000: CIRCLES, 30_000: POOR}, GOOD, "Why are sleeves green?", [5_000, 30_000]),
        ({5_000: CIRCLES, 30_000: CIRCLES}, GOOD, "Why are leaves green?", [5_000, 30_000, 30_000]),
        ({5_000: CIRCLES, 30_000: CIRCLES}, CIRCLES, "", [5_000, 30_000, 30_000]),
        ({5_000: NOTHING, 30_000: GOOD}, GOOD, "Why are leaves green?", [5_000, 30_000]),
        ({5_000: NOTHING, 30_000: NOTHING}, GOOD, "", [5_000, 30_000]),
        ({5_000: replace(GOOD, ended=False), 30_000: GOOD}, GOOD, "Why are leaves green?", [5_000, 30_000]),
    ],
)
async def test_what_is_doubtful_is_heard_again_with_thirty_seconds(
    weights: Path, speak: Speak, answers: dict[int, Segment], again: Segment, text: str, windows: list[int]
) -> None:
    whisper = WhisperRecogniser(weights, device="cpu", threads=1)
    await whisper.warm()
    scripted = ScriptedWeights(whisper, answers, again)
    assert (await heard(whisper, speak(QUESTION))).text == text
    assert [request.window_ms for request in scripted.asked if request.beam == 5] == windows
    await whisper.aclose()


async def test_words_that_nobody_could_say_so_fast_are_not_believed(weights: Path, speak: Speak) -> None:
    whisper = WhisperRecogniser(weights, device="cpu", threads=1)
    await whisper.warm()
    invented = replace(GOOD, text=" The mitochondria are the powerhouse of every living animal cell." * 2)
    ScriptedWeights(whisper, {5_000: invented, 30_000: invented}, invented)
    assert (await heard(whisper, speak("Yes."))).text == ""
    await whisper.aclose()


async def test_effort_is_what_was_asked_for(weights: Path, speak: Speak) -> None:
    effort = WhisperEffort(beam=2, short_windows=False, detect_language=True)
    whisper = WhisperRecogniser(weights, device="cpu", threads=1, effort=effort)
    await whisper.warm()
    scripted = ScriptedWeights(whisper, {30_000: replace(GOOD, language="zh")}, GOOD)
    transcript = await heard(whisper, speak(QUESTION))
    assert transcript.language == "zh"
    final = scripted.asked[-1]
    assert (final.window_ms, final.beam, final.detects) == (30_000, 2, True)
    assert final.hints == ("chlorophyll",)
    await whisper.aclose()


@pytest.mark.parametrize("at_once", [1, 4])
async def test_lessons_that_speak_at_once_share_batches(weights: Path, speak: Speak, at_once: int) -> None:
    effort = WhisperEffort(at_once=at_once)
    whisper = WhisperRecogniser(weights, device="cpu", threads=1, effort=effort)
    await whisper.warm()
    batches: Any = whisper._batches  # pyright: ignore[reportPrivateUsage]
    real, sizes = batches._run, list[int]()

    def counted(requests: Sequence[Request]) -> list[Segment]:
        sizes.append(len(requests))
        return real(requests)

    batches._run = counted
    sound = speak(QUESTION)
    transcripts = await asyncio.gather(*(heard(whisper, sound) for _ in range(6)))
    assert {transcript.text for transcript in transcripts} == {"why are leaves green"}
    assert max(sizes) == at_once
    await whisper.aclose()


async def test_a_broken_decoder_is_told(weights: Path, speak: Speak) -> None:
    whisper = WhisperRecogniser(weights, device="cpu", threads=1)
    await whisper.warm()
    batches: Any = whisper._batches  # pyright: ignore[reportPrivateUsage]

    def broken(_: object) -> list[Segment]:
        raise RuntimeError("CUDA out of memory")

    batches._run = broken
    utterance = await whisper.open("en")
    await utterance.feed(speak(QUESTION))
    with pytest.raises(RecogniserFailed, match="out of memory"):
        await utterance.finish()
    assert await utterance.partial() == ""
    await utterance.aclose()
    await whisper.aclose()
    with pytest.raises(RecogniserFailed, match="closed"):
        await whisper.hear(speak(QUESTION), 500.0, "en", ())


def test_missing_weights_are_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(WhisperMissing, match=r"lacks model\.bin, tokenizer\.json"):
        WhisperRecogniser(tmp_path)


async def test_files_that_are_no_model(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    recogniser = WhisperRecogniser(tmp_path, device="cpu")
    with pytest.raises(WhisperMissing, match="cannot be loaded"):
        await recogniser.warm()
    await recogniser.aclose()


@pytest.mark.parametrize(
    ("before", "now", "language", "expected"),
    [
        ("", "why", "en", ""),
        ("why our", "why are leaves", "en", "why"),
        ("Why are,", "why are leaves", "en", "why are"),
        ("什么是光", "什么是光合", "zh", "什么是光"),
        ("什么事", "什么是", "zh", "什么"),
    ],
)
def test_agreement(before: str, now: str, language: str, expected: str) -> None:
    assert agreed_words(before, now, language) == expected
