import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from hearing_fakes import silence
from tiny_whisper import make_whisper

from tutor_engine.hearing.port import RecogniserFailed, Transcript
from tutor_engine.hearing.whisper import (
    HallucinationRules,
    Segment,
    WhisperMissing,
    WhisperRecogniser,
    agreed_words,
    believable,
    transcript_of,
)

RULES = HallucinationRules()


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


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_real_loading_and_decoding_path(whisper: WhisperRecogniser, language: str) -> None:
    utterance = await whisper.open(language, ["chlorophyll", "x" * 400])
    await utterance.feed(silence(1000))
    transcript = await utterance.finish()
    assert transcript.text == "why are leaves green"
    assert transcript.language == language
    assert transcript.confidence > 0.9
    await utterance.aclose()


@pytest.mark.asyncio(loop_scope="module")
async def test_partial_words_are_those_that_two_decodings_agree_on(whisper: WhisperRecogniser) -> None:
    utterance = await whisper.open("en")
    seen: list[str] = []
    for _ in range(400):
        await utterance.feed(silence(64))
        await asyncio.sleep(0.005)
        seen.append(await utterance.partial())
        if seen[-1]:
            break
    assert seen[0] == ""
    assert seen[-1] == "why are leaves green"
    await utterance.aclose()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_broken_decoder_is_told(whisper: WhisperRecogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    utterance = await whisper.open("en")

    def broken(*_: object) -> Transcript:
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr(whisper, "_decode", broken)
    await utterance.feed(silence(1000))
    with pytest.raises(RecogniserFailed, match="out of memory"):
        await utterance.finish()
    assert await utterance.partial() == ""
    await utterance.aclose()


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
    ("segment", "expected"),
    [
        (Segment(" Why are leaves green?", -0.3, 0.05, 1.1), True),
        (Segment(" Thank you for watching!", -0.9, 0.2, 1.0), False),
        (Segment(" Thank you for watching!", -0.2, 0.1, 1.0), True),
        (Segment("请不吝点赞 订阅", -0.9, 0.1, 1.0), False),
        (Segment(" Yes.", -0.9, 0.8, 1.0), False),
        (Segment(" Yes.", -0.4, 0.8, 1.0), True),
        (Segment(" mumble", -1.6, 0.1, 1.0), False),
        (Segment(" no no no no no no no", -0.1, 0.1, 3.0), False),
        (Segment(" I think I think I think I think so", -0.1, 0.1, 1.9), False),
        (Segment(" the tides, the tides, the tides, the tides, rise", -0.1, 0.1, 2.0), False),
        (Segment("我们我们我们我们走吧", -0.1, 0.1, 1.8), False),
        (Segment(" no no no it is not", -0.1, 0.1, 1.2), True),
        (Segment("看看星星", -0.1, 0.1, 1.0), True),
        (Segment(" See you in the next video!", -0.8, 0.1, 1.0), False),
        (Segment("下期再见", -0.8, 0.1, 1.0), False),
    ],
)
def test_what_is_believed(segment: Segment, expected: bool) -> None:
    assert believable(segment, RULES) is expected


def test_a_transcript_holds_what_is_believed() -> None:
    good, bad = Segment(" Why?", -0.1, 0.0, 1.0), Segment(" you", -1.0, 0.9, 1.0)
    assert transcript_of([bad, good], "en", RULES).text == "Why?"
    assert transcript_of([bad], "en", RULES) == Transcript("", "en", 0.0)


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
