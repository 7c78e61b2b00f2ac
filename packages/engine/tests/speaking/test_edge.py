import socket
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tutor_engine.speaking import edge
from tutor_engine.speaking.edge import EdgeVoice
from tutor_engine.speaking.espeak import EspeakVoice
from tutor_engine.speaking.port import AudioChunk, PhonemeMark, SpeechEvent, VoiceFailed, WordMark

if TYPE_CHECKING:
    from conftest import EdgeScript

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT = "Plants turn light & water into food, <slowly>."


async def said(voice: EdgeVoice, text: str = TEXT, language: str = "en", **more: float) -> list[SpeechEvent]:
    return [e async for e in voice.speak(text, voice="ada", language=language, **more)]


def sound(events: list[SpeechEvent]) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    return np.frombuffer(b"".join(e.pcm for e in events if isinstance(e, AudioChunk)), np.int16)


def delay_ms(heard: "np.ndarray[tuple[int], np.dtype[np.int16]]", sent: bytes) -> float:
    """By how much the heard sound is late, by cross-correlation."""
    a, b = heard.astype(float), np.frombuffer(sent, np.int16).astype(float)
    size = 1 << int(np.ceil(np.log2(len(a) + len(b))))
    product = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    lag = int(product.argmax())
    return (lag - size if lag > size // 2 else lag) / 24


async def test_sound_words_and_phonemes(espeak: EspeakVoice, edge_script: "EdgeScript") -> None:
    events = await said(EdgeVoice(espeak))
    assert [e.text for e in events if isinstance(e, WordMark)] == [
        "Plants", "turn", "light", "water", "into", "food", "slowly",
    ]  # fmt: skip
    assert all(TEXT[e.char_start : e.char_end] == e.text for e in events if isinstance(e, WordMark))
    assert abs(delay_ms(sound(events), edge_script.pcm)) < 3
    phonemes = [e for e in events if isinstance(e, PhonemeMark)]
    assert "".join(p.ipa for p in phonemes if p.ipa).startswith("plˈænts")
    assert all(a.end_ms <= b.start_ms + 0.001 for a, b in pairwise(phonemes))
    pronounced = await espeak.pronounce(TEXT, language="en")
    starts = {w.text: w.start_ms for w in pronounced.words}
    heard = {e.text: e.start_ms for e in events if isinstance(e, WordMark)}
    assert heard == pytest.approx(starts, abs=15)
    assert "(en-US, EmmaMultilingualNeural)" in edge_script.requests[0]
    assert "wordBoundary" not in edge_script.requests[0]


async def test_marks_come_before_their_sound(espeak: EspeakVoice, edge_script: "EdgeScript") -> None:
    at_ms = 0.0
    for event in await said(EdgeVoice(espeak)):
        if isinstance(event, AudioChunk):
            at_ms = event.start_ms + event.duration_ms
        else:
            assert event.start_ms >= at_ms - 41


async def test_late_words_do_not_hold_the_sound_for_ever(
    espeak: EspeakVoice, edge_script: "EdgeScript"
) -> None:
    edge_script.words_late = True
    events = await said(EdgeVoice(espeak))
    first_mark = next(i for i, e in enumerate(events) if isinstance(e, WordMark))
    assert any(isinstance(e, AudioChunk) for e in events[:first_mark])
    assert abs(len(sound(events)) - len(edge_script.pcm) // 2) < 24 * 80


async def test_mandarin(espeak: EspeakVoice, edge_script: "EdgeScript") -> None:
    events = await said(EdgeVoice(espeak), "光的作用。", "zh")
    assert [e.text for e in events if isinstance(e, WordMark)] == list("光的作用")
    assert "ŋ" in "".join(e.ipa for e in events if isinstance(e, PhonemeMark))
    assert "(zh-CN, XiaoxiaoNeural)" in edge_script.requests[0]


async def test_without_an_aligner_there_are_words_only(edge_script: "EdgeScript") -> None:
    voice = EdgeVoice()
    assert voice.capabilities.timing == "word"
    events = await said(voice, rate=1.5)
    assert not any(isinstance(e, PhonemeMark) for e in events)
    assert "rate='+50%'" in edge_script.requests[0]


async def test_an_aligner_that_failed_costs_only_the_phonemes(
    espeak: EspeakVoice, edge_script: "EdgeScript"
) -> None:
    gone = EspeakVoice()
    await gone.aclose()
    events = await said(EdgeVoice(gone))
    assert any(isinstance(e, WordMark) for e in events)
    assert not any(isinstance(e, PhonemeMark) for e in events)


@pytest.mark.parametrize(
    ("change", "value", "reason"),
    [
        ("status", 403, "SkewAdjustmentError|403"),
        ("status", 503, "503"),
        ("silent", True, "NoAudioReceived"),
        ("bad_sound", True, "unreadable sound"),
        ("stall_s", 2.5, "Timeout"),
    ],
)
async def test_each_failure_is_typed(
    edge_script: "EdgeScript", change: str, value: object, reason: str
) -> None:
    setattr(edge_script, change, value)
    voice = EdgeVoice(connect_timeout_s=1, receive_timeout_s=1) if change == "stall_s" else EdgeVoice()
    with pytest.raises(VoiceFailed, match=reason):
        await said(voice)


async def test_a_service_that_goes_away_after_some_sound(edge_script: "EdgeScript") -> None:
    edge_script.breaks_after = 4
    events: list[SpeechEvent] = []

    async def listen() -> None:
        async for event in EdgeVoice().speak(TEXT, voice=None, language="en"):
            events.append(event)

    with pytest.raises(VoiceFailed, match="went away"):
        await listen()
    assert 0 < len(sound(events)) < len(edge_script.pcm) // 2


async def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", f"ws://127.0.0.1:{port}/x?y=1")
    with pytest.raises(VoiceFailed, match="edge-tts: ClientConnector"):
        await said(EdgeVoice())


async def test_punctuation_alone_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", "ws://127.0.0.1:1/x?y=1")
    assert await said(EdgeVoice(), "…!") == []


async def test_availability_is_asked_at_most_every_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    asked: list[int] = []

    async def reachable(host: str, port: int) -> bool:
        asked.append(port)
        return len(asked) > 1

    monkeypatch.setattr(edge, "_reachable", reachable)
    voice = EdgeVoice(clock=lambda: now[0])
    assert not await voice.available()
    now[0] += 29
    assert not await voice.available()
    now[0] += 2
    await voice.warm(None, "en")
    assert await voice.available()
    assert asked == [443, 443]


async def test_reachability_is_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(edge, "_HOST", "127.0.0.1")
        monkeypatch.setattr(edge, "_PORT", server.getsockname()[1])
        assert await EdgeVoice().available()
    assert not await EdgeVoice().available()
