"""The state of TURN in `/health`."""

import asyncio
from pathlib import Path

import pytest

from tutor_engine.health import hearing_health, turn_health
from tutor_engine.hearing.port import RecogniserCapabilities
from tutor_engine.processes.program import Program
from tutor_protocol.http import EngineStatus

SEEN = EngineStatus(name="turn", status="ok", detail="relays")


def test_nothing_configured_is_off() -> None:
    told = turn_health(None, wanted=False, coturn=None, installed=True)
    assert (told.name, told.status) == ("none", "off")
    assert told.detail.startswith("installed, not configured")
    assert turn_health(None, wanted=False, coturn=None, installed=False).detail.startswith("not configured")


def test_what_the_probe_saw_is_told() -> None:
    assert turn_health(SEEN, wanted=False, coturn=None, installed=True) is SEEN


def test_a_coturn_that_cannot_run_is_told() -> None:
    told = turn_health(None, wanted=True, coturn=None, installed=False)
    assert (told.name, told.status) == ("coturn", "degraded")


async def test_a_coturn_that_ends_is_told_with_its_last_words() -> None:
    ended = asyncio.Event()
    command = ["sh", "-c", "echo port is taken; exit 3"]
    program = Program("coturn", command, on_restart=ended.set, backoff_s=(0.01,))
    async with program:
        async with asyncio.timeout(10):
            await ended.wait()
    told = turn_health(SEEN, wanted=True, coturn=program, installed=True)
    assert (told.name, told.status) == ("coturn", "degraded")


async def test_a_running_coturn_is_as_well_as_its_probe(tmp_path: Path) -> None:
    ready = asyncio.Event()

    def hear(_: str) -> "str":
        ready.set()
        return "info"

    command = ["sh", "-c", "echo ready; exec sleep 600"]
    async with Program("coturn", command, level_of=hear) as program:  # pyright: ignore[reportArgumentType]
        async with asyncio.timeout(10):
            await ready.wait()
        assert turn_health(SEEN, wanted=True, coturn=program, installed=True) is SEEN


@pytest.mark.parametrize(("languages", "hint"), [({"en"}, True), ({"en", "zh"}, False)])
def test_what_chinese_needs_is_told(languages: set[str], hint: bool) -> None:
    speech = RecogniserCapabilities(name="x", languages=frozenset(languages), partials=False, detail="x")
    assert ("whisper-base" in hearing_health(speech, "base").detail) is hint
