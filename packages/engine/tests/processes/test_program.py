"""A foreign program is started again when it ends, is heard, and leaves with its owner."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
import structlog.testing

from tutor_engine.processes.program import Level, Program

PYTHON = sys.executable
SAY_AND_STAY = "import sys, time; print('ready', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True);"
    "time.sleep(600)"
)


class Watcher:
    """Notes restarts and lines."""

    def __init__(self, code: str, *, command: list[str] | None = None) -> None:
        self.restarted = asyncio.Event()
        self.ready = asyncio.Event()
        self.program = Program(
            "test",
            command or [PYTHON, "-c", code],
            level_of=self.hear,
            on_restart=self.restarted.set,
            backoff_s=(0.01,),
        )

    def hear(self, line: str) -> Level:
        if line == "ready":
            self.ready.set()
        return "info"


async def soon(event: asyncio.Event) -> None:
    async with asyncio.timeout(20):
        await event.wait()


async def test_a_program_that_is_killed_is_started_again() -> None:
    watcher = Watcher(SAY_AND_STAY)
    async with watcher.program as program:
        await soon(watcher.ready)
        first = program.pid
        assert first is not None
        watcher.ready.clear()
        os.kill(first, signal.SIGKILL)
        await soon(watcher.restarted)
        await soon(watcher.ready)
        assert program.pid not in (None, first)
        assert program.restarts == 1
    assert program.pid is None


async def test_closing_ends_it_and_is_idempotent() -> None:
    watcher = Watcher(SAY_AND_STAY)
    async with watcher.program as program:
        await soon(watcher.ready)
        pid = program.pid
        assert pid is not None
        await program.aclose()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_one_that_will_not_leave_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor_engine.processes.program._ASKED_S", 0.05)
    watcher = Watcher(STUBBORN)
    async with watcher.program:
        await soon(watcher.ready)
    assert watcher.program.pid is None


async def test_what_it_said_last_tells_why_it_ended() -> None:
    with structlog.testing.capture_logs() as logs:
        watcher = Watcher("print('one'); print('x' * 40_000); print('port is taken'); raise SystemExit(3)")
        async with watcher.program:
            await soon(watcher.restarted)
    ended = next(entry for entry in logs if entry["event"] == "program_ended")
    assert ended["exit_code"] == 3
    assert ended["said"][-1] == "port is taken"


async def test_a_program_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    watcher = Watcher("", command=[str(tmp_path / "missing")])
    async with watcher.program as program:
        await soon(watcher.restarted)
        assert program.last_lines or program.restarts


async def test_one_that_is_only_just_starting_leaves_too(tmp_path: Path) -> None:
    for command in ([PYTHON, "-c", SAY_AND_STAY], [str(tmp_path / "missing")]):
        for turns in range(4):
            async with Watcher("", command=command).program:
                for _ in range(turns):
                    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
