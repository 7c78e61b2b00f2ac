"""Voices outside of lessons: listed, heard, not too often."""

import asyncio
import io
import wave

import pytest
from packages.engine.tests.api.conftest import KEY, Edge

from tutor_engine.speaking.sample import EMBEDDED, OF_EDGE, voices_of

HELLO = {"voice": "ada", "language": "en", "text": "Hello there."}


async def heard(edge: Edge, **body: object) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {KEY}"}
    address = f"{edge.url}/v1/voices/preview"
    async with edge.client.post(address, json={**HELLO, **body}, headers=headers) as answer:
        return answer.status, await answer.read()


async def test_the_voices_are_listed_with_language_and_gender(edge: Edge) -> None:
    status, body = await edge.call("GET", "/v1/voices")
    assert status == 200
    found = {(voice["id"], voice["language"], voice["gender"]) for voice in body["voices"]}
    assert found == {
        ("ada", "en", "female"),
        ("adam", "en", "male"),
        ("lin", "zh", "female"),
        ("ming", "zh", "male"),
    }


def test_voices_that_sound_different_are_listed_where_they_are_spoken() -> None:
    assert voices_of("espeak-ng") == EMBEDDED
    assert set(OF_EDGE) < set(voices_of("edge-tts"))
    assert {(v.language, v.gender) for v in OF_EDGE} == {(v.language, v.gender) for v in EMBEDDED}


async def test_a_sample_is_a_sound_file(edge: Edge) -> None:
    status, wav = await heard(edge)
    assert status == 200
    with wave.open(io.BytesIO(wav)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert sound.getnframes() > 0


@pytest.mark.parametrize(
    "body", [{"text": ""}, {"text": "a" * 201}, {"language": "fr"}, {"voice": "v" * 101}]
)
async def test_what_is_no_sample_is_refused(edge: Edge, body: dict[str, str]) -> None:
    assert (await heard(edge, **body))[0] == 422


async def test_samples_have_a_pace(edge: Edge) -> None:
    answers = [status for status, _ in await asyncio.gather(*(heard(edge, text="Hi.") for _ in range(40)))]
    assert set(answers) == {200, 429}
    assert answers.count(200) >= 10


async def test_strangers_hear_nothing(edge: Edge) -> None:
    async with edge.client.post(f"{edge.url}/v1/voices/preview", json=HELLO) as answer:
        assert answer.status == 401


async def test_a_film_needs_a_face_and_a_text(edge: Edge) -> None:
    status, _ = await edge.call("POST", "/v1/avatars/nobody/clip", json=HELLO)
    assert status == 404
    status, _ = await edge.call("POST", "/v1/avatars/..%2Fx/clip", json=HELLO)
    assert status == 404
    status, _ = await edge.call("POST", "/v1/avatars/nobody/clip", json={**HELLO, "text": ""})
    assert status == 422
