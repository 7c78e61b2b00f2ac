"""The engines that need no time keep the contracts of those they stand for."""

from bench.conversation.instant import (
    ANSWER,
    HEARD,
    SOUND_MS,
    InstantAnswerer,
    InstantRecogniser,
    InstantVoice,
)

from tutor_engine.answering.port import Answerer, AnswerText, Question
from tutor_engine.hearing.port import BYTES_PER_MS, Recogniser
from tutor_engine.speaking.port import AudioChunk, PhonemeMark, Voice, WordMark


async def test_the_recogniser_understands_after_half_a_second() -> None:
    recogniser: Recogniser = InstantRecogniser()
    utterance = await recogniser.open("en")
    await utterance.feed(bytes(400 * BYTES_PER_MS))
    assert await utterance.partial() == ""
    await utterance.feed(bytes(200 * BYTES_PER_MS))
    assert await utterance.partial() == HEARD
    assert (await utterance.finish()).text == HEARD


async def test_the_answer_is_there_at_once() -> None:
    answerer: Answerer = InstantAnswerer()
    events = [event async for event in answerer.answer(Question("?", "en"))]
    assert events[0] == AnswerText(ANSWER)
    assert len(events) == 2


async def test_the_voice_is_audible_from_its_first_sample_and_marked_throughout() -> None:
    voice: Voice = InstantVoice()
    events = [event async for event in voice.speak(ANSWER, voice=None, language="en")]
    chunks = [event for event in events if isinstance(event, AudioChunk)]
    marks = [event for event in events if isinstance(event, WordMark | PhonemeMark)]
    assert sum(chunk.duration_ms for chunk in chunks) == SOUND_MS
    assert [chunk.start_ms for chunk in chunks] == [40.0 * at for at in range(len(chunks))]
    assert abs(int.from_bytes(chunks[0].pcm[:2], "little", signed=True)) > 5_000
    assert all(mark.start_ms == 0 and mark.end_ms == SOUND_MS for mark in marks)
