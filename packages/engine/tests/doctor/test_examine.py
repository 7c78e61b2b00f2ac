"""The whole examination, its report and how it is shared and shown."""

import asyncio
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from packages.engine.tests.doctor.conftest import free_ports
from packages.engine.tests.doctor.test_ports import free_tcp_port
from packages.engine.tests.doctor.test_turn import OPTIONS
from rich.console import Console

from tutor_engine.doctor import examine as examination
from tutor_engine.doctor.console import print_report
from tutor_engine.doctor.examine import FRESH_S, Doctor, DoctorOptions, examine
from tutor_engine.doctor.findings import error, note, ok, report, warning
from tutor_protocol.http import DoctorReport, Finding


@pytest.fixture
def options(tmp_path: Path) -> DoctorOptions:
    first, last = free_ports(2)
    return DoctorOptions(
        http=("127.0.0.1", free_tcp_port()),
        websocket=("127.0.0.1", free_tcp_port()),
        media_ports=[first],
        port_range=(first, last),
        seats=10,
        lessons_per_worker=40,
        public_ip=None,
        announce="",
        stun=None,
        turn=replace(OPTIONS, servers=[]),
        turn_run=False,
        turn_port=first,
        turn_pid_file=tmp_path / "pid",
        clock_servers=[],
        ollama_url="http://127.0.0.1:9",
        ollama_model=None,
        llm=None,
        edge_voices=False,
        models_dir=tmp_path / "models",
        whisper="base",
        data_dir=tmp_path,
    )


async def test_every_subject_is_looked_at(options: DoctorOptions) -> None:
    found = await examine(options)
    checks = {finding.check for finding in found.findings}
    assert checks >= {
        "http_port", "websocket_port", "udp_ports", "public_address", "turn", "clock",
        "ollama", "models", "voices", "ffmpeg", "programs", "disk",
    }  # fmt: skip
    assert found.status == "warning"  # the folder has no models


async def test_the_port_of_our_coturn_is_looked_at_when_it_is_to_run(options: DoctorOptions) -> None:
    found = await examine(replace(options, turn_run=True, media_ports=[options.port_range[1]]))
    assert [f.status for f in found.findings if f.check == "turn_port"] == ["ok"]


async def test_a_check_that_fails_is_a_finding(
    options: DoctorOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[Finding]:
        raise RuntimeError("a bug")

    monkeypatch.setattr(examination, "check_models", broken)
    found = await examine(options)
    (finding,) = (finding for finding in found.findings if finding.check == "models")
    assert (finding.status, finding.why) == ("error", "RuntimeError: a bug")
    assert "disk" in {finding.check for finding in found.findings}


async def test_reports_are_shared_while_they_are_fresh() -> None:
    now_s, made = 0.0, 0

    async def make() -> DoctorReport:
        nonlocal made
        made += 1
        await asyncio.sleep(0)
        return report([ok("x", str(made))])

    doctor = Doctor(make, lambda: now_s)
    first, second = await asyncio.gather(doctor.report(), doctor.report())
    assert first is second
    now_s = FRESH_S
    assert (await doctor.report()).findings[0].seen == "2"


def test_a_report_is_as_bad_as_its_worst_finding() -> None:
    findings = [ok("a", "a"), note("b", "b"), warning("c", "c", "", ""), error("d", "d", "", "")]
    for count, status in enumerate(("ok", "ok", "note", "warning", "error")):
        assert report(findings[:count]).status == status


def test_a_person_reads_what_why_and_how() -> None:
    out = StringIO()
    shown = report([ok("a", "fine"), error("b", "a port [is] held", "nothing starts", "stop it")])
    print_report(shown, Console(file=out, width=40, color_system=None))
    text = out.getvalue()
    assert "✓ fine\n✗ a port [is] held\n    nothing starts\n    → stop it\n" in text
    assert text.endswith("1 error\n")
    out.truncate(0)
    print_report(report([ok("a", "fine")]), Console(file=out))
    assert "All is well." in out.getvalue()
