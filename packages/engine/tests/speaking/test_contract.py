"""What every voice promises; run against each adapter and against the voice the other tests use."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tutor_engine.speaking.cache import CachedVoice
from tutor_engine.speaking.edge import EdgeVoice
from tutor_engine.speaking.espeak import EspeakVoice
from tutor_engine.speaking.fallback import FallbackVoice
from tutor_engine.speaking.port import AudioChunk, PhonemeMark, SpeechEvent, Voice, VoiceFailed, WordMark
from tutor_engine.speaking.streams import closing

if TYPE_CHECKING:
    from conftest import EdgeScript, TonedVoice

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXTS = [
    ("en", "Plants turn light into food, and that is good."),
    ("zh", "光合作用的过程，好吗？"),
    ("en", "Hello."),
]


NAMES = ["toned", "espeak", "edge", "fallback", "fallen back", "cached", "cached again"]


@pytest.fixture
def make(
    toned: "Callable[..., TonedVoice]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, EspeakVoice], Voice]:
    async def reachable(_host: str, _port: int) -> bool:
        return True

    monkeypatch.setattr("tutor_engine.speaking.edge._reachable", reachable)

    def made(name: str, espeak: EspeakVoice) -> Voice:
        match name:
            case "toned":
                return toned()
            case "espeak":
                return espeak
            case "edge":
                return EdgeVoice(espeak)
            case "fallback":
                return FallbackVoice([EdgeVoice(espeak), espeak], lambda: 0.0)
            case "fallen back":
                return FallbackVoice([toned(fails_at=0), espeak], lambda: 0.0)
            case _:
                return CachedVoice(espeak, tmp_path, version="1")

    return made


@pytest_asyncio.fixture(params=NAMES, loop_scope="session")
async def voice(
    request: pytest.FixtureRequest,
    espeak: EspeakVoice,
    edge_script: "EdgeScript",
    make: Callable[[str, EspeakVoice], Voice],
) -> Voice:
    one = make(request.param, espeak)
    if request.param == "cached again":
        for language, text in TEXTS:
            await collect(one, text, language)
    return one


async def collect(voice: Voice, text: str, language: str) -> list[SpeechEvent]:
    return [e async for e in voice.speak(text, voice="ada", language=language)]


@pytest.mark.parametrize(("language", "text"), TEXTS)
async def test_sound_is_continuous_16_bit_mono_in_small_chunks(
    voice: Voice, language: str, text: str
) -> None:
    chunks = [e for e in await collect(voice, text, language) if isinstance(e, AudioChunk)]
    assert chunks
    assert len({c.rate_hz for c in chunks}) == 1
    at_ms = 0.0
    for chunk in chunks:
        assert chunk.start_ms == pytest.approx(at_ms, abs=0.1)
        assert len(chunk.pcm) % 2 == 0
        assert 20 <= chunk.duration_ms <= 100
        at_ms += chunk.duration_ms


@pytest.mark.parametrize(("language", "text"), TEXTS)
async def test_words_are_those_of_the_text_in_order(voice: Voice, language: str, text: str) -> None:
    events = await collect(voice, text, language)
    words = [e for e in events if isinstance(e, WordMark)]
    total_ms = sum(e.duration_ms for e in events if isinstance(e, AudioChunk))
    assert words
    at_char, at_ms = 0, 0.0
    for word in words:
        assert text[word.char_start : word.char_end] == word.text
        assert word.char_start >= at_char
        assert at_ms - 0.01 <= word.start_ms <= word.end_ms <= total_ms + 60
        at_char, at_ms = word.char_end, word.start_ms
    assert {c for w in words for c in w.text if c.isalnum()} == {c for c in text if c.isalnum()}


@pytest.mark.parametrize(("language", "text"), TEXTS)
async def test_phonemes_follow_each_other(voice: Voice, language: str, text: str) -> None:
    phonemes = [e for e in await collect(voice, text, language) if isinstance(e, PhonemeMark)]
    assert voice.capabilities.timing == "phoneme"
    assert any(p.ipa for p in phonemes)
    for one, following in pairwise(phonemes):
        assert one.start_ms <= one.end_ms <= following.start_ms + 0.01


@pytest.mark.parametrize(("language", "text"), TEXTS)
async def test_marks_come_before_or_with_their_sound(voice: Voice, language: str, text: str) -> None:
    known_ms = 0.0
    for event in await collect(voice, text, language):
        if isinstance(event, AudioChunk):
            known_ms = event.start_ms + event.duration_ms
        elif not isinstance(event, PhonemeMark) or event.ipa:
            assert event.start_ms >= known_ms - 41


async def test_nothing_to_say_is_no_sound(voice: Voice) -> None:
    assert not [e for e in await collect(voice, "…!", "en") if isinstance(e, AudioChunk)]


async def test_leaving_early_and_speaking_again(voice: Voice) -> None:
    async with closing(voice.speak(TEXTS[0][1], voice=None, language="en")) as events:
        async for event in events:
            if isinstance(event, AudioChunk):
                break
    assert await collect(voice, "Hello.", "en")


async def test_it_says_what_it_is(voice: Voice) -> None:
    await voice.warm("ada", "en")
    assert await voice.available()
    assert {"en", "zh"} <= voice.capabilities.languages
    assert voice.capabilities.name


@pytest.mark.parametrize("name", [name for name in NAMES if name != "edge"])
async def test_a_closed_voice_fails_with_its_own_error(
    name: str, own_espeak: EspeakVoice, make: Callable[[str, EspeakVoice], Voice]
) -> None:
    # Edge TTS keeps nothing open that could be closed.
    voice = make(name, own_espeak)
    await voice.aclose()
    await voice.aclose()
    with pytest.raises(VoiceFailed):
        await collect(voice, "Not kept anywhere.", "en")
