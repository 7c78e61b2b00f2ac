"""Model server, weights, voices, programs, disk."""

import json
from pathlib import Path
from typing import Literal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tutor_engine.doctor.http import HttpSeen
from tutor_engine.doctor.supplies import (
    PROGRAMS,
    check_disk,
    check_models,
    check_ollama,
    check_programs,
    check_voices,
    judge_disk,
    judge_edge,
    judge_embedded_voice,
    judge_model,
    judge_ollama,
    judge_program,
)
from tutor_engine.models import AssetState, catalogue


def tags(*names: str) -> bytes:
    return json.dumps({"models": [{"name": name} for name in names]}).encode()


@pytest.mark.parametrize(
    ("seen", "model", "status", "mend"),
    [
        (HttpSeen("u", 200, tags("qwen3:8b")), None, "ok", ""),
        (HttpSeen("u", 200, tags("qwen3:latest")), "qwen3", "ok", ""),
        (HttpSeen("u", 200, tags("qwen3:8b")), "llama3", "warning", "ollama pull llama3"),
        (HttpSeen("u", 200, tags()), None, "warning", "ollama pull MODEL"),
        (HttpSeen("u", 200, b"<html>"), None, "warning", "Set OLLAMA_BASE_URL"),
        (HttpSeen("u", 200, b"[]"), None, "warning", "Set OLLAMA_BASE_URL"),
        (HttpSeen("u", 404), None, "note", "ollama serve"),
        (HttpSeen("u", failure="nothing answers there"), "m", "note", "ollama pull m"),
    ],
)
def test_ollama(seen: HttpSeen, model: str | None, status: str, mend: str) -> None:
    finding = judge_ollama(seen, "http://127.0.0.1:11434", model)
    assert finding.status == status
    assert mend in finding.told().mend


async def test_ollama_is_asked_for_its_models() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=tags("small"))

    app = web.Application()
    app.router.add_get("/api/tags", answer)
    async with TestServer(app) as server:
        finding = await check_ollama(str(server.make_url("/")), None, enabled=None)
        assert finding.told().seen.endswith("has small")
    assert (await check_ollama("http://127.0.0.1:9", None, enabled=False)).status == "note"
    assert (await check_ollama("http://127.0.0.1:9", None, enabled=True)).status == "note"


@pytest.mark.parametrize(
    ("name", "state", "chosen", "status"),
    [
        ("minilm", "installed", False, "ok"),
        ("minilm", "missing", False, "warning"),
        ("whisper-base", "missing", True, "note"),
        ("whisper-tiny", "missing", False, None),
        ("whisper-tiny", "damaged", False, "error"),
        ("minilm", "incomplete", False, "error"),
    ],
)
def test_weights(
    name: str,
    state: Literal["installed", "missing", "incomplete", "damaged"],
    chosen: bool,
    status: str | None,
) -> None:
    asset = next(asset for asset in catalogue() if asset.name == name)
    finding = judge_model(AssetState(asset, state, "why"), chosen=chosen)
    assert (finding.status if finding else None) == status
    if finding is not None and status != "ok":
        assert finding.told().mend == f"tutor-engine models install {name}"


def test_an_empty_folder_lacks_the_embedded_set_and_the_chosen_whisper(tmp_path: Path) -> None:
    findings = check_models(tmp_path, "base")
    assert [finding.status for finding in findings] == ["warning"] * 4 + ["note"]
    unknown = check_models(tmp_path, "enormous")[-1]
    assert "ASR_MODEL=enormous" in unknown.told().seen


async def test_voices() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=403)

    app = web.Application()
    app.router.add_head("/", answer)
    async with TestServer(app) as server:
        findings = await check_voices(edge=True, url=str(server.make_url("/")))
    assert [finding.status for finding in findings] == ["ok", "ok"]
    assert [finding.status for finding in await check_voices(edge=False)] == ["ok", "note"]
    assert judge_edge(HttpSeen("u", failure="gone")).status == "note"
    assert judge_embedded_voice(there=False).status == "error"


def test_programs() -> None:
    coturn, ffmpeg = PROGRAMS[0], PROGRAMS[1]
    assert judge_program(coturn, there=True, needed=True).status == "ok"
    assert judge_program(coturn, there=False, needed=True).status == "error"
    assert judge_program(coturn, there=False, needed=False).status == "note"
    assert judge_program(ffmpeg, there=False, needed=False).check == "ffmpeg"
    assert len(check_programs(turn_wanted=False)) == len(PROGRAMS)


async def test_disk(tmp_path: Path) -> None:
    for free_bytes, status in ((1, "error"), (10**9, "warning"), (10**10, "ok")):
        assert judge_disk(tmp_path, free_bytes).status == status
    (finding,) = await check_disk([tmp_path / "not" / "yet"])
    assert "GB free" in finding.told().seen
