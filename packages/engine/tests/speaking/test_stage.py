import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tutor_engine.speaking.espeak import EspeakVoice
from tutor_engine.speaking.fallback import FallbackVoice
from tutor_engine.speaking.port import AudioChunk, SpeechEvent, Voice, VoiceFailed
from tutor_engine.speaking.stage import (
    SegmentDone,
    SegmentFailed,
    Speaking,
    SpokenPiece,
    SpokenSound,
    SpokenWords,
)
from tutor_engine.speaking.streams import closing

if TYPE_CHECKING:
    from conftest import TonedVoice

    Toned = Callable[..., TonedVoice]
    Until = Callable[[Callable[[], bool]], Awaitable[None]]

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANSWER = "Plants turn light into food, in **2024** too. They need CO2! Right?\n\n```\ncode\n```\nDone here."


async def deltas(text: str, size: int = 4) -> AsyncIterator[str]:
    for start in range(0, len(text), size):
        await asyncio.sleep(0)
        yield text[start : start + size]


async def speak(voice: Voice, text: str = ANSWER, language: str = "en") -> list[SpokenPiece]:
    return [p async for p in Speaking(voice).speak(deltas(text), voice="ada", language=language)]


def sounds(pieces: Iterable[SpokenPiece]) -> list[SpokenSound]:
    return [p for p in pieces if isinstance(p, SpokenSound)]


def check_clock(pieces: list[SpokenPiece]) -> None:
    """One clock from 0 without a gap, in chunks of one frame, marks not later than their sound."""
    at_ms = 0.0
    for piece in pieces:
        match piece:
            case SpokenSound(pcm, rate_hz, start_ms, phonemes):
                assert start_ms == pytest.approx(at_ms, abs=0.01)
                assert len(pcm) == rate_hz * 40 // 1000 * 2
                assert all(p.end_ms >= start_ms for p in phonemes)
                at_ms += 40
            case SpokenWords(words):
                assert all(word.end_ms >= at_ms for word in words)
            case SegmentDone():
                assert piece.end_ms == pytest.approx(at_ms, abs=0.01)
            case SegmentFailed():
                pass


@pytest.mark.parametrize("engine", ["toned", "espeak"])
async def test_an_answer_becomes_speech_on_one_clock(
    engine: str, toned: "Toned", espeak: EspeakVoice
) -> None:
    pieces = await speak(espeak if engine == "espeak" else toned(tail_ms=800))
    check_clock(pieces)
    done = [p for p in pieces if isinstance(p, SegmentDone)]
    assert "".join(p.text for p in done) == ANSWER
    assert [ANSWER[p.char_start : p.char_start + len(p.text)] for p in done] == [p.text for p in done]
    assert [p.last for p in done] == [False] * (len(done) - 1) + [True]
    code = next(p for p in done if "code" in p.text)
    assert code.start_ms == code.end_ms


async def test_words_are_those_of_the_written_answer(espeak: EspeakVoice) -> None:
    pieces = await speak(espeak)
    words = [w for p in pieces if isinstance(p, SpokenWords) for w in p.words]
    assert [w.text for w in words] == [
        "Plants", "turn", "light", "into", "food", "in", "2024", "too", "They", "need", "CO2", "Right",
        "Done", "here",
    ]  # fmt: skip
    assert all(ANSWER[w.char_start : w.char_end] == w.text for w in words)
    assert all(a.end_ms <= b.start_ms + 0.01 for a, b in pairwise(words))


async def test_phonemes_reach_from_the_first_sound_to_the_last(espeak: EspeakVoice) -> None:
    pieces = await speak(espeak)
    phonemes = [p for s in sounds(pieces) for p in s.phonemes]
    assert phonemes[0].start_ms == 0
    for one, following in pairwise(phonemes):
        assert one.start_ms < one.end_ms == pytest.approx(following.start_ms, abs=0.01)
    assert phonemes[-1].ipa == ""
    assert phonemes[-1].end_ms == pytest.approx(40 * len(sounds(pieces)))
    first = sounds(pieces)[0]
    assert len(first.phonemes) > 10, "a segment's phonemes come with its first sound"


async def test_silence_at_the_end_of_a_segment_has_the_length_we_want(toned: "Toned") -> None:
    pieces = await speak(toned(tail_ms=900), "One two three. Four five six.\nSeven.")
    done = [p for p in pieces if isinstance(p, SegmentDone)]
    assert [p.end_ms - p.start_ms for p in done] == [360 + 160, 360 + 240, 120 + 160]
    quiet = [s for s in sounds(pieces) if not np.frombuffer(s.pcm, np.int16).any()]
    assert len(quiet) == (160 + 240 + 160) / 40
    assert all(p.ipa == "a" for s in sounds(pieces) for p in s.phonemes if p.end_ms - p.start_ms == 120)


async def test_the_first_clause_sounds_before_the_answer_is_complete(toned: "Toned") -> None:
    more = asyncio.Event()

    async def slowly() -> AsyncIterator[str]:
        yield "Plants turn light into food, and"
        await more.wait()
        yield " that is all."

    async with closing(Speaking(toned()).speak(slowly(), voice=None, language="en")) as pieces:
        async for piece in pieces:
            if isinstance(piece, SegmentDone):
                assert piece.text == "Plants turn light into food, "
                break
        assert not more.is_set()
        more.set()
        rest = [p async for p in pieces]
    assert isinstance(rest[-1], SegmentDone)
    assert rest[-1].last


async def test_one_sentence_is_prepared_ahead_and_no_more(toned: "Toned") -> None:
    voice = toned()
    text = "One two three. Two two three. Three two three. Four two three. Five two three."
    async with closing(Speaking(voice).speak(deltas(text), voice=None, language="en")) as pieces:
        await anext(pieces)
        for _ in range(500):
            await asyncio.sleep(0)
        assert voice.spoken == ["One two three.", "Two two three."]
        async for piece in pieces:
            if isinstance(piece, SegmentDone):
                break
        await anext(pieces)
        for _ in range(500):
            await asyncio.sleep(0)
        assert len(voice.spoken) == 3


async def test_leaving_stops_voice_text_and_tasks(toned: "Toned", until: "Until") -> None:
    voice = toned(gate=asyncio.Event())
    closed: list[bool] = []

    async def endless() -> AsyncIterator[str]:
        try:
            while True:
                await asyncio.sleep(0)
                yield "One two three. "
        finally:
            closed.append(True)

    before = asyncio.all_tasks()
    speech = Speaking(voice).speak(endless(), voice=None, language="en")

    async def take() -> SpokenPiece:
        return await anext(speech)

    taking = asyncio.create_task(take())
    await until(lambda: bool(voice.spoken))
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert asyncio.all_tasks() == before
    assert (voice.cancelled, closed) == (1, [True])


async def test_a_segment_that_fails_is_text_and_the_next_is_spoken(toned: "Toned") -> None:
    voice = toned(fails_at=4)
    failing = Speaking(voice).speak(
        deltas("One two three. Four five six. Seven eight."), voice=None, language="en"
    )
    pieces: list[SpokenPiece] = []
    async for piece in failing:
        pieces.append(piece)
        if isinstance(piece, SegmentFailed) and piece.index == 1:
            voice.fails_at = None
    check_clock(pieces)
    ends = [p for p in pieces if isinstance(p, SegmentDone | SegmentFailed)]
    assert isinstance(ends[0], SegmentFailed)
    assert (ends[0].text, ends[0].at_ms, ends[0].reason) == ("One two three. ", 160.0, "broken on purpose")
    assert "".join(p.text for p in ends) == "One two three. Four five six. Seven eight."
    assert not np.frombuffer(sounds(pieces)[4].pcm, np.int16).any(), "the mouth closes after the break"


async def test_without_any_voice_the_answer_is_text(toned: "Toned") -> None:
    pieces = await speak(FallbackVoice([toned(fails_at=0)], lambda: 0.0))
    assert not sounds(pieces)
    failed = [p for p in pieces if isinstance(p, SegmentFailed)]
    assert len(failed) == 5
    assert "".join(p.text for p in pieces if isinstance(p, SegmentFailed | SegmentDone)) == ANSWER


async def test_engines_of_different_rates_sound_at_one_rate(toned: "Toned") -> None:
    first, second = toned(rate_hz=24_000), toned(rate_hz=22_050, tail_ms=500)
    voice = FallbackVoice([first, second], lambda: 0.0)
    pieces: list[SpokenPiece] = []
    async for piece in Speaking(voice).speak(
        deltas("One two three. Four five six. Seven eight."), voice=None, language="en"
    ):
        pieces.append(piece)
        first.fails_at = 0
    check_clock(pieces)
    assert {s.rate_hz for s in sounds(pieces)} == {24_000}
    assert second.spoken
    done = [p for p in pieces if isinstance(p, SegmentDone)]
    assert done[-1].end_ms - done[-1].start_ms == pytest.approx(240 + 160, abs=41)


async def test_a_failure_of_the_text_is_raised_after_what_was_written_is_spoken(toned: "Toned") -> None:
    async def broken() -> AsyncIterator[str]:
        yield "One two three. Four"
        raise RuntimeError("the model went away")

    pieces: list[SpokenPiece] = []

    async def listen() -> None:
        async for piece in Speaking(toned()).speak(broken(), voice=None, language="en"):
            pieces.append(piece)

    with pytest.raises(RuntimeError, match="went away"):
        await listen()
    assert [p.text for p in pieces if isinstance(p, SegmentDone)] == ["One two three. ", "Four"]


async def test_a_defect_of_the_voice_is_not_hidden(toned: "Toned") -> None:
    class Defective:
        def __init__(self) -> None:
            self.inner = toned()

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

        async def speak(self, text: str, **_: object) -> AsyncIterator[SpeechEvent]:
            yield AudioChunk(b"\1\1" * 640, 16_000, 0)
            raise KeyError("defect")

    with pytest.raises(KeyError):
        await speak(Defective())  # type: ignore[arg-type]


async def test_an_empty_answer(toned: "Toned") -> None:
    assert await speak(toned(), "") == []
    (done,) = await speak(toned(), " \n")
    assert isinstance(done, SegmentDone)


async def test_warming_reaches_the_voice(toned: "Toned") -> None:
    voice = toned()
    stage = Speaking(voice)
    await stage.warm("ada", "zh-CN")
    assert stage.capabilities.name == "toned"
    await voice.aclose()
    with pytest.raises(VoiceFailed):
        await stage.warm("ada", "en")


async def test_chinese_with_formulas(espeak: EspeakVoice) -> None:
    text = "我们知道，2+2=4，对吗？光速是3×10^8 m/s。"
    pieces = await speak(espeak, text, "zh")
    check_clock(pieces)
    words = [w.text for p in pieces if isinstance(p, SpokenWords) for w in p.words]
    assert "".join(words) == "我们知道2+2=4对吗光速是3×10^8 m/s".replace(" ", "")


async def test_the_first_sound_follows_the_first_clause_quickly(espeak: EspeakVoice) -> None:
    await espeak.warm(None, "en")
    took: list[float] = []
    for _ in range(5):
        begin = time.perf_counter()
        speech = Speaking(espeak).speak(deltas(ANSWER, 200), voice=None, language="en")
        async with closing(speech) as pieces:
            async for piece in pieces:
                if isinstance(piece, SpokenSound):
                    took.append(time.perf_counter() - begin)
                    break
    # A few milliseconds; the bound is wide because the machine may be busy.
    assert min(took) < 0.1
