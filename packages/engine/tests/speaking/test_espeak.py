import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from tutor_engine.speaking.espeak import EspeakVoice, pieces_of
from tutor_engine.speaking.port import AudioChunk, PhonemeMark, SpeechEvent, VoiceFailed, WordMark

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def said(voice: EspeakVoice, text: str, language: str = "en", **more: float) -> list[SpeechEvent]:
    return [e async for e in voice.speak(text, voice=None, language=language, **more)]


def words(events: list[SpeechEvent]) -> list[str]:
    return [e.text for e in events if isinstance(e, WordMark)]


def length_ms(events: list[SpeechEvent]) -> float:
    return sum(e.duration_ms for e in events if isinstance(e, AudioChunk))


async def test_english_has_words_phonemes_and_sound(espeak: EspeakVoice) -> None:
    events = await said(espeak, "Plants turn light into food.")
    assert words(events) == ["Plants", "turn", "light", "into", "food"]
    phonemes = [e.ipa for e in events if isinstance(e, PhonemeMark) and e.ipa]
    assert phonemes[:6] == ["p", "l", "ˈæ", "n", "t", "s"]
    assert 1500 < length_ms(events) < 2800
    assert espeak.capabilities.detail == "version 1.52.0"


async def test_mandarin_is_read_as_mandarin(espeak: EspeakVoice) -> None:
    events = await said(espeak, "光合作用，是吃饭。", "zh")
    assert words(events) == list("光合作用是吃饭")
    ipa = "".join(e.ipa for e in events if isinstance(e, PhonemeMark))
    assert ipa.replace("ˈ", "").startswith("kwɑŋχɤtsuojʊŋ")
    assert "ʈʂʰ" in ipa


async def test_han_in_english_and_english_in_mandarin(espeak: EspeakVoice) -> None:
    mixed = await said(espeak, "The word 光合作用 means light.")
    assert words(mixed) == ["The", "word", "光", "合", "作", "用", "means", "light"]
    assert "ɡ" not in "".join(e.ipa for e in mixed if isinstance(e, PhonemeMark))  # no "Chinese letter"
    inside = await said(espeak, "我们学习 photosynthesis 和 DNA。", "zh")
    assert words(inside) == ["我", "们", "学", "习", "photosynthesis", "和", "DNA"]
    assert "θ" in [e.ipa for e in inside if isinstance(e, PhonemeMark)]


async def test_sound_is_there_where_the_words_are(espeak: EspeakVoice) -> None:
    events = await said(espeak, "One, two.")
    pcm = np.frombuffer(b"".join(e.pcm for e in events if isinstance(e, AudioChunk)), np.int16).astype(float)
    for mark in events:
        if isinstance(mark, WordMark):
            sound = pcm[int(mark.start_ms * 22.05) : int(mark.end_ms * 22.05)]
            assert np.sqrt((sound**2).mean()) > 1000


async def test_rate_and_gender_change_the_voice(espeak: EspeakVoice) -> None:
    text = "Plants turn light into food."
    normal, slow = await said(espeak, text), await said(espeak, text, rate=0.7)
    assert length_ms(slow) > 1.2 * length_ms(normal)
    man = [e async for e in espeak.speak(text, voice="male", language="en")]
    assert [e for e in man if isinstance(e, AudioChunk)] != [e for e in normal if isinstance(e, AudioChunk)]


async def test_what_was_said_before_changes_nothing(espeak: EspeakVoice) -> None:
    first = await said(espeak, "Hello there.")
    await said(espeak, "别的话。", "zh", rate=2.0)
    again = await said(espeak, "Hello there.")
    assert words(again) == words(first)
    # The library's voice flutters by a few samples.
    assert length_ms(again) == pytest.approx(length_ms(first), abs=10)


async def test_a_long_text_lets_others_in_between(espeak: EspeakVoice) -> None:
    await espeak.warm(None, "en")
    order: list[str] = []

    async def speak(name: str, text: str) -> None:
        async for event in espeak.speak(text, voice=None, language="en"):
            if isinstance(event, AudioChunk) and (not order or order[-1] != name):
                order.append(name)
        order.append(f"{name} done")

    long_text = "Plants turn light into food and water. " * 90
    assert len(pieces_of(long_text, None, "en", 1.0)) > 8
    await asyncio.gather(speak("long", long_text), speak("short", "Hello."))
    assert order.index("short done") < order.index("long done")


async def test_a_killed_worker_fails_the_segment_and_comes_back(
    own_espeak: EspeakVoice, until: Callable[[Callable[[], bool]], Awaitable[None]]
) -> None:
    await own_espeak.warm(None, "en")
    pid = own_espeak.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # so that the segment is certainly unfinished
    speaking = asyncio.create_task(said(own_espeak, "Hello."))
    await until(lambda: own_espeak.listeners == 1)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(VoiceFailed, match="worker ended"):
        await speaking
    assert words(await said(own_espeak, "Hello again.")) == ["Hello", "again"]
    assert own_espeak.worker_pid != pid


async def test_leaving_early_forgets_the_utterance(espeak: EspeakVoice) -> None:
    speech = espeak.speak("Plants turn light into food. " * 100, voice=None, language="en")
    async for event in speech:
        if isinstance(event, AudioChunk):
            break
    await speech.aclose()  # type: ignore[attr-defined]
    assert espeak.listeners == 0
    assert words(await said(espeak, "Hello.")) == ["Hello"]


async def test_a_pronunciation_has_no_sound_but_the_same_times(espeak: EspeakVoice) -> None:
    events = await said(espeak, "Plants turn light. 光。")
    pronunciation = await espeak.pronounce("Plants turn light. 光。", language="en")
    spoken = [e for e in events if isinstance(e, WordMark)]
    assert [(w.text, w.char_start, w.char_end) for w in pronunciation.words] == [
        (w.text, w.char_start, w.char_end) for w in spoken
    ]
    assert [w.start_ms for w in pronunciation.words] == pytest.approx([w.start_ms for w in spoken], abs=10)
    assert [p.ipa for p in pronunciation.phonemes] == [e.ipa for e in events if isinstance(e, PhonemeMark)]


async def test_too_long_a_segment_is_refused(espeak: EspeakVoice) -> None:
    with pytest.raises(VoiceFailed, match="too long"):
        await said(espeak, "a " * 3000)


async def test_a_closed_voice_says_so(own_espeak: EspeakVoice) -> None:
    await own_espeak.aclose()
    await own_espeak.aclose()
    assert not await own_espeak.available()
    with pytest.raises(VoiceFailed, match="closed"):
        await said(own_espeak, "Hello.")


async def test_the_first_sound_of_a_clause_is_fast(espeak: EspeakVoice) -> None:
    await espeak.warm(None, "en")
    took: list[float] = []
    for _ in range(5):
        begin = time.perf_counter()
        async for event in espeak.speak("Plants turn light into food,", voice=None, language="en"):
            if isinstance(event, AudioChunk):
                took.append(time.perf_counter() - begin)
                break
    # A few milliseconds; the bound is wide because the machine may be busy.
    assert min(took) < 0.1


async def test_pieces_are_of_one_language_and_bounded() -> None:
    text = "Hello 光合作用，你好 world. " * 40
    pieces = pieces_of(text, "ada", "en", 1.0)
    assert {p.voice for p in pieces} == {"en-us+f2", "cmn+f2"}
    assert all(text[p.char_start : p.char_start + len(p.text)] == p.text for p in pieces)
    assert max(len(p.text) for p in pieces_of("word " * 500, None, "en", 1.0)) <= 320
    assert max(len(p.text) for p in pieces_of("字" * 1500, None, "zh", 1.0)) <= 320
    assert [p.text for p in pieces_of("我说 Hello to you all 吧", None, "zh", 1.0)] == [
        "我说 ",
        "Hello to you all",
        " 吧",
    ]
    assert pieces_of("... —", None, "en", 1.0) == []
    assert pieces_of("a", None, "en", 99.0)[0].words_per_minute == 450
    assert pieces_of("a", None, "en", 0.0)[0].words_per_minute == 80


async def test_a_worker_that_hangs_is_replaced() -> None:
    voice = EspeakVoice(rendered_s=30.0)
    await said(voice, "One.")
    hung = voice.worker_pid
    assert hung is not None
    os.kill(hung, signal.SIGSTOP)
    voice._rendered_s = 0.2  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(VoiceFailed, match="hangs"):
        await said(voice, "Two.")
    voice._rendered_s = 30.0  # pyright: ignore[reportPrivateUsage]
    async with asyncio.timeout(60):
        while voice.worker_pid in (hung, None):  # noqa: ASYNC110 - the process is another's to start
            await asyncio.sleep(0.01)
    assert words(await said(voice, "Three.")) == ["Three"]
    await voice.aclose()
