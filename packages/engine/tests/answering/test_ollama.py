"""What only Ollama's protocol has."""

from packages.engine.tests.answering.model_server import ModelServer

from tutor_engine.answering.ollama import Ollama, OllamaOptions

from .conftest import MakeQuestion, collect


async def test_the_request_keeps_the_model_and_its_context_and_does_not_think(
    ollama_server: ModelServer, make_question: MakeQuestion
) -> None:
    ollama = Ollama(ollama_server.url, options=OllamaOptions(num_ctx=6000, temperature=0.1, max_tokens=99))
    await collect(ollama.answer(make_question("a star?")))
    (request,) = ollama_server.script.requests
    assert request["think"] is False
    assert request["keep_alive"] == "30m"
    assert request["options"] == {"num_ctx": 6000, "temperature": 0.1, "num_predict": 99}
    await ollama.aclose()


async def test_warming_loads_the_model(ollama_server: ModelServer) -> None:
    ollama_server.script.models.append("gemma:2b")
    ollama = Ollama(ollama_server.url)
    await ollama.warm("gemma:2b")
    (request,) = ollama_server.script.requests
    assert request["messages"] == []
    assert request["model"] == "gemma:2b"
    assert "num_ctx" in request["options"]
    await ollama.aclose()


async def test_a_model_that_is_not_pulled_is_told_how(ollama_server: ModelServer) -> None:
    ollama = Ollama(ollama_server.url, "llama9")
    assert not await ollama.available()
    assert "ollama pull llama9" in ollama.capabilities.detail
    ollama_server.script.models = ["llama9:latest"]
    latest = Ollama(ollama_server.url, "llama9")
    assert await latest.available()
    await ollama.aclose()
    await latest.aclose()


async def test_a_model_that_cannot_think_is_asked_without_the_word(
    ollama_server: ModelServer, make_question: MakeQuestion
) -> None:
    ollama_server.script.refuses_once = "think"
    ollama = Ollama(ollama_server.url)
    for _ in range(2):
        assert (await collect(ollama.answer(make_question("a star?")))).text
    assert ["think" in request for request in ollama_server.script.requests] == [True, False, False]
    await ollama.aclose()
