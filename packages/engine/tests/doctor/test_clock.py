"""Clocks are compared with other machines, or at least with files."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tutor_engine.doctor.clock import check_clock, judge_clock
from tutor_engine.doctor.http import HttpSeen, look
from tutor_engine.doctor.words import Said
from tutor_engine.doctor.words import supplies as say

NOW_S = 1_800_000_000.0


def told(ahead_s: float | None) -> HttpSeen:
    return HttpSeen("http://there", 200, ahead_s=ahead_s)


@pytest.mark.parametrize(
    ("seen", "newest_s", "status", "words"),
    [
        ([told(0.2)], 0, "ok", "agrees with that of http://there"),
        ([told(-12)], 0, "ok", "within 12 s"),
        ([told(45)], 0, "warning", "45 s ahead of"),
        ([told(-700)], 0, "error", "700 s behind"),
        ([told(-700), told(1)], 0, "ok", "agrees"),
        ([told(None)], NOW_S - 5, "note", "no other machine was there"),
        ([], NOW_S + 3600, "error", "at least 3600 s slow"),
        ([told(0)], NOW_S + 3600, "ok", "agrees"),
    ],
)
def test_judgement(seen: list[HttpSeen], newest_s: float, status: str, words: str) -> None:
    finding = judge_clock(seen, newest_s, NOW_S)
    assert finding.status == status
    assert words in finding.told().seen


@pytest.mark.parametrize(("ahead_s", "status"), [(0, "ok"), (120, "warning"), (-600, "error")])
async def test_the_date_of_a_server_counts_whatever_it_answers(ahead_s: float, status: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        date = datetime.now(UTC) - timedelta(seconds=ahead_s)
        return web.Response(status=403, headers={"Date": format_datetime(date, usegmt=True)})

    app = web.Application()
    app.router.add_route("*", "/", answer)
    async with TestServer(app) as server:
        finding = await check_clock([str(server.make_url("/"))], [])
    assert finding.status == status


async def test_files_of_the_future_tell_of_a_slow_clock(tmp_path: Path) -> None:
    file = tmp_path / "installed"
    file.touch()
    assert (await check_clock([], [file, tmp_path / "missing"])).status == "note"
    future_s = datetime.now(UTC).timestamp() + 7200
    os.utime(file, (future_s, future_s))
    assert (await check_clock([], [file])).status == "error"


async def test_who_does_not_answer_tells_why() -> None:
    assert (await look("http://127.0.0.1:9/")).failure == Said(say.HTTP_NOBODY)
    assert "InvalidU" in str((await look("http://")).failure)


async def test_servers_that_stall_or_tell_no_date() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/stall":
            await asyncio.Event().wait()
        return web.Response(headers={"Date": "yesterday"})

    app = web.Application()
    app.router.add_get("/{any:.*}", answer)
    async with TestServer(app) as server:
        seen = await look(str(server.make_url("/")))
        assert (seen.status, seen.ahead_s) == (200, None)
        stalled = await look(str(server.make_url("/stall")), timeout_s=0.05)
        assert stalled.failure == Said(say.HTTP_SLOW, {"timeout_s": 0.05})
