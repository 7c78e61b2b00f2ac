"""The whole examination: all checks at once, told in a fixed order.

A check that fails itself becomes a finding and hides nothing else.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

import tutor_engine
from tutor_engine.doctor.address import judge_announced, judge_public_address, look_at_home
from tutor_engine.doctor.clock import check_clock
from tutor_engine.doctor.findings import Finding, error, report
from tutor_engine.doctor.ports import (
    MEDIA_HOST,
    check_media_ports,
    check_tcp_port,
    check_turn_port,
    judge_worker_ports,
)
from tutor_engine.doctor.reach import check_port_map, judge_stun_server
from tutor_engine.doctor.supplies import (
    check_disk,
    check_models,
    check_ollama,
    check_programs,
    check_voices,
)
from tutor_engine.doctor.turn import TurnOptions, check_turn
from tutor_engine.doctor.words import Language
from tutor_engine.doctor.words import whole as say
from tutor_protocol.http import DoctorReport

log = structlog.get_logger()

FRESH_S = 10.0
"""Findings are shared this long: an examination allocates relay ports, and many may ask at once."""


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """What this node is said to be."""

    http: tuple[str, int]
    websocket: tuple[str, int]
    media_ports: Sequence[int]
    """Of the workers that the seats need."""
    port_range: tuple[int, int]
    seats: int
    lessons_per_worker: int
    public_ip: str | None
    announce: str
    stun: str | None
    turn: TurnOptions
    turn_run: bool
    turn_port: int
    turn_pid_file: Path
    clock_servers: Sequence[str]
    """Servers on other machines whose `Date` is compared."""
    ollama_url: str
    ollama_model: str | None
    llm: bool | None
    edge_voices: bool
    models_dir: Path
    whisper: str
    data_dir: Path


async def examine(options: DoctorOptions) -> Sequence[Finding]:
    """Look at everything; takes as long as the slowest check, at most about eight seconds."""
    checks: tuple[tuple[str, Awaitable[Sequence[Finding]]], ...] = (
        ("http_port", _one(check_tcp_port("http_port", *options.http, "MANAGEMENT_API_PORT"))),
        ("websocket_port", _one(check_tcp_port("websocket_port", *options.websocket, "WEBSOCKET_PORT"))),
        ("udp_ports", _udp(options)),
        ("public_address", _addresses(options)),
        ("port_map", check_port_map(options.public_ip, options.media_ports)),
        ("turn", check_turn(options.turn)),
        ("clock", _one(check_clock(options.clock_servers, _older(options.data_dir)))),
        ("ollama", _one(check_ollama(options.ollama_url, options.ollama_model, enabled=options.llm))),
        ("models", asyncio.to_thread(check_models, options.models_dir, options.whisper)),
        ("voices", check_voices(edge=options.edge_voices)),
        ("programs", asyncio.to_thread(lambda: check_programs(turn_wanted=options.turn_run))),
        ("disk", check_disk([options.data_dir])),
    )
    results = await asyncio.gather(*(_survived(name, check) for name, check in checks))
    return [finding for findings in results for finding in findings]


class Doctor:
    """Examines a running node when asked, and shares what it found while that is fresh."""

    def __init__(
        self,
        examination: Callable[[], Awaitable[Sequence[Finding]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._examination = examination
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: tuple[float, Sequence[Finding]] | None = None

    async def report(self, language: Language = "en") -> DoctorReport:
        """A report on findings that are at most ten seconds old."""
        async with self._lock:
            if self._last is None or self._clock() - self._last[0] >= FRESH_S:
                self._last = (self._clock(), await self._examination())
            return report(self._last[1], language)


async def _one(check: Awaitable[Finding]) -> Sequence[Finding]:
    return (await check,)


async def _udp(options: DoctorOptions) -> Sequence[Finding]:
    first, last = options.port_range
    counted = judge_worker_ports(options.seats, options.lessons_per_worker, first, last)
    ports = await check_media_ports(MEDIA_HOST, options.media_ports, engine_port=options.http)
    if options.turn_run:
        ports += await check_turn_port(options.turn_port, options.turn_pid_file, options.media_ports)
    return [*counted, *ports]


async def _addresses(options: DoctorOptions) -> Sequence[Finding]:
    home = await asyncio.to_thread(look_at_home)
    public = [(options.public_ip, port) for port in options.media_ports] if options.public_ip else []
    return [
        judge_public_address(options.public_ip, home),
        *judge_announced(options.announce, options.media_ports),
        *judge_stun_server(options.stun, public),
    ]


def _older(data_dir: Path) -> Sequence[Path]:
    """Files that were written before now: ours as installed, and what the engine keeps."""
    return [Path(tutor_engine.__file__), data_dir]


async def _survived(name: str, check: Awaitable[Sequence[Finding]]) -> Sequence[Finding]:
    """A check that fails must not hide what the others found."""
    try:
        return await check
    except Exception as failure:
        log.exception("check_failed", check=name)
        return [error(name, say.NOT_LOOKED_AT, failure=f"{type(failure).__name__}: {failure}"[:300])]
