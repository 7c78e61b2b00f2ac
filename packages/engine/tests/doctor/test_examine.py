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
from tutor_engine.doctor.console import language_of, print_report
from tutor_engine.doctor.examine import FRESH_S, Doctor, DoctorOptions, examine
from tutor_engine.doctor.findings import Finding, error, note, ok, report, warning
from tutor_engine.doctor.words import Words

FINE = Words(("fine {number}", "很好 {number}"))
HELD = Words(
    ("port {number} [is] held", "端口 {number} [已] 占用"),
    ("nothing starts", "无法启动"),
    ("stop it", "停止它"),
)


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
    checks = {finding.check for finding in found}
    assert checks >= {
        "http_port", "websocket_port", "udp_ports", "public_address", "turn", "clock",
        "ollama", "models", "voices", "ffmpeg", "programs", "disk",
    }  # fmt: skip
    assert report(found).status == "warning"  # the folder has no models


async def test_the_port_of_our_coturn_is_looked_at_when_it_is_to_run(options: DoctorOptions) -> None:
    found = await examine(replace(options, turn_run=True, media_ports=[options.port_range[1]]))
    assert [f.status for f in found if f.check == "turn_port"] == ["ok"]


async def test_a_check_that_fails_is_a_finding(
    options: DoctorOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[Finding]:
        raise RuntimeError("a bug")

    monkeypatch.setattr(examination, "check_models", broken)
    found = await examine(options)
    (finding,) = (finding for finding in found if finding.check == "models")
    assert (finding.status, finding.told().why) == ("error", "RuntimeError: a bug")
    assert "disk" in {finding.check for finding in found}


async def test_reports_are_shared_while_they_are_fresh() -> None:
    now_s, made = 0.0, 0

    async def make() -> list[Finding]:
        nonlocal made
        made += 1
        await asyncio.sleep(0)
        return [ok("x", FINE, number=made)]

    doctor = Doctor(make, lambda: now_s)
    english, chinese = await asyncio.gather(doctor.report("en"), doctor.report("zh"))
    assert made == 1
    assert (english.findings[0].seen, chinese.findings[0].seen) == ("fine 1", "很好 1")
    now_s = FRESH_S
    assert (await doctor.report()).findings[0].seen == "fine 2"


def test_a_report_is_as_bad_as_its_worst_finding() -> None:
    findings = [make("a", FINE, number=1) for make in (ok, note, warning, error)]
    for count, status in enumerate(("ok", "ok", "note", "warning", "error")):
        assert report(findings[:count]).status == status


def test_a_person_reads_what_why_and_how() -> None:
    out = StringIO()
    shown = [ok("a", FINE, number=1), error("b", HELD, number=2)]
    print_report(report(shown), Console(file=out, width=40, color_system=None))
    text = out.getvalue()
    assert "✓ fine 1\n✗ port 2 [is] held\n    nothing starts\n    → stop it\n" in text
    assert text.endswith("1 error\n")
    out.truncate(0)
    print_report(report(shown[:1]), Console(file=out))
    assert "All is well." in out.getvalue()


def test_a_person_reads_it_in_chinese() -> None:
    out = StringIO()
    shown = [error("b", HELD, number=2), error("b", HELD, number=3), note("a", FINE, number=1)]
    print_report(report(shown, "zh"), Console(file=out, width=40, color_system=None), "zh")
    assert "✗ 端口 2 [已] 占用\n    无法启动\n    → 停止它\n" in out.getvalue()
    assert out.getvalue().endswith("2 个错误，1 条说明\n")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "en_GB.UTF-8", "LC_ALL": "zh_TW"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_the_terminal_says_which_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
