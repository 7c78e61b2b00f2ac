"""What only OpenAI's protocol has."""

import pytest
from packages.engine.tests.answering.model_server import ModelServer

from tutor_engine.answering.openai import OpenAICompatible

from .conftest import MakeQuestion, collect, until_failure


async def test_the_key_travels_in_the_header_and_nowhere_else(
    openai_server: ModelServer, make_question: MakeQuestion
) -> None:
    openai = OpenAICompatible(openai_server.url, api_key="sk-secret")
    await collect(openai.answer(make_question("a star?")))
    assert openai_server.script.headers[0]["Authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in repr(openai.capabilities)
    openai_server.script.status = 401
    refused = OpenAICompatible(openai_server.url, api_key="sk-secret")
    assert not await refused.available()
    assert "status 401" in refused.capabilities.detail
    assert "sk-secret" not in refused.capabilities.detail
    await openai.aclose()
    await refused.aclose()


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
async def test_the_address_is_taken_with_or_without_its_version(
    openai_server: ModelServer, path: str
) -> None:
    openai = OpenAICompatible(openai_server.url + path)
    assert await openai.available()
    await openai.warm(None)
    assert not openai_server.script.requests
    await openai.aclose()


@pytest.mark.parametrize("name", ["chat_template_kwargs", "max_tokens"])
async def test_names_that_a_server_refuses_are_left_out(
    openai_server: ModelServer, make_question: MakeQuestion, name: str
) -> None:
    openai_server.script.refuses_once = name
    if name == "max_tokens":
        openai_server.script.refusal = "use max_completion_tokens"
    openai = OpenAICompatible(openai_server.url)
    for _ in range(2):
        assert (await collect(openai.answer(make_question("a star?")))).text
    assert [name in request for request in openai_server.script.requests] == [True, False, False]
    await openai.aclose()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'data: {"error": {"message": "out of memory", "code": 500}}\n', "out of memory"),
        (b'{"error": "gone"}\n', "gone"),
        (b'data: {"error": ""}\n', "an error without words"),
        (b'data: {"error": {"code": 500}}\n', "{'code': 500}"),
    ],
)
async def test_an_error_in_the_middle_is_one_sentence(
    openai_server: ModelServer, make_question: MakeQuestion, line: bytes, told: str
) -> None:
    openai_server.script.pieces = ["Stars "]
    openai_server.script.raw = line
    openai = OpenAICompatible(openai_server.url)
    _, failed = await until_failure(openai.answer(make_question("a star?")))
    assert failed == f"openai: {told}"
    await openai.aclose()


@pytest.mark.parametrize(
    "line", [b"event: ping\n", b": keep-alive\n", b'{"object": "note"}\n', b'data: {"choices": []}\n']
)
async def test_lines_that_say_nothing_are_passed_over(
    openai_server: ModelServer, make_question: MakeQuestion, line: bytes
) -> None:
    openai_server.script.pieces = ["Stars ", "shine."]
    openai_server.script.raw = line
    openai = OpenAICompatible(openai_server.url)
    assert (await collect(openai.answer(make_question("a star?")))).text == "Stars shine."
    await openai.aclose()
