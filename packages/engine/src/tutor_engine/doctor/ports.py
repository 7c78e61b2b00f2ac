"""The ports of this node: free, ours, or somebody else's. Binding is tried and undone at once."""

import asyncio
import errno
import json
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tutor_engine.doctor.findings import Finding, error, ok, warning
from tutor_engine.doctor.http import HttpSeen, look
from tutor_engine.doctor.reach import probe_stun
from tutor_engine.doctor.words import Said
from tutor_engine.doctor.words import network as say

Kind = Literal["tcp", "udp"]
MEDIA_HOST = "0.0.0.0"  # noqa: S104 - where media workers and coturn listen


@dataclass(frozen=True, slots=True)
class Owner:
    """A running program."""

    name: str
    pid: int

    def said(self) -> Said:
        """What people call it."""
        return Said(say.OWNER, {"name": self.name, "pid": self.pid})


@dataclass(frozen=True, slots=True)
class PortSeen:
    """What came of trying to open a port."""

    kind: Kind
    port: int
    state: Literal["free", "in_use", "refused"]
    detail: str = ""
    """Why it was refused."""
    owner: Owner | None = None
    """Program that holds it, when we may know."""
    ours: bool = False
    """An engine answers there."""


async def check_tcp_port(check: str, host: str, port: int, setting: str) -> Finding:
    """Is the port of the HTTP or WebSocket interface free, or served by an engine?"""
    if is_engine(await _ask_health(host, port)):
        return judge_port(check, PortSeen("tcp", port, "in_use", ours=True), setting)
    return judge_port(check, await asyncio.to_thread(look_at_port, "tcp", host, port), setting)


async def check_media_ports(
    host: str, ports: Sequence[int], *, engine_port: tuple[str, int] | None = None
) -> list[Finding]:
    """Are the UDP ports of the media workers free, or served by them?

    `engine_port` is the HTTP interface; when an engine answers there, its media ports must be served.
    """
    running = engine_port is not None and is_engine(await _ask_health(*engine_port))
    return list(await asyncio.gather(*(_check_media_port(host, port, running=running) for port in ports)))


async def _check_media_port(host: str, port: int, *, running: bool) -> Finding:
    # asked first, because trying to open a port could take it from a worker that is just coming back
    answer = await probe_stun((_from_here(host), port)) if port != 0 else None
    if answer is not None and answer.worker:
        return judge_port("udp_ports", PortSeen("udp", port, "in_use", ours=True), "WEBRTC_PORT_MIN")
    seen = await asyncio.to_thread(look_at_port, "udp", host, port)
    if seen.state == "free" and running and port != 0:
        return error("udp_ports", say.PORT_NOT_SERVED, port=port)
    return judge_port("udp_ports", seen, "WEBRTC_PORT_MIN")


async def check_turn_port(port: int, pid_file: Path, media_ports: Sequence[int]) -> list[Finding]:
    """Is the port of the coturn that runs here free, or held by it?

    Two coturn would share the port without a word, and each student would meet one of them by chance.
    """
    setting = "WEBRTC_TURN_PORT"
    if port in media_ports:
        return [error("turn_port", say.PORT_WANTED_TWICE, port=port, setting=setting)]
    seen = await asyncio.to_thread(look_at_port, "udp", MEDIA_HOST, port)
    if seen.state == "in_use" and seen.owner is not None and seen.owner.pid == _read_pid(pid_file):
        return [ok("turn_port", say.PORT_OUR_COTURN, port=port, owner=seen.owner.said())]
    finding = judge_port("turn_port", seen, setting)
    if seen.owner is not None and seen.owner.name == "turnserver":
        finding = replace(finding, words=say.PORT_HELD_BY_COTURN)
    return [finding]


def judge_worker_ports(seats: int, per_worker: int, first: int, last: int) -> list[Finding]:
    """Are there enough UDP ports for the media workers that the seats need?"""
    if last < first:
        return [error("udp_range", say.PORTS_NONE, first=first, last=last)]
    wanted, there = 1 + (seats - 1) // per_worker, last - first + 1
    if wanted <= there:
        return []
    lessons = there * per_worker
    return [warning("udp_range", say.PORTS_TOO_FEW, seats=seats, wanted=wanted, there=there, lessons=lessons)]


def judge_port(check: str, seen: PortSeen, setting: str) -> Finding:
    """What the state of a port means."""
    kind, port = seen.kind.upper(), seen.port
    if port == 0:
        return ok(check, say.PORT_ANY, kind=kind, setting=setting)
    if seen.state == "free":
        return ok(check, say.PORT_FREE, kind=kind, port=port)
    if seen.ours:
        return ok(check, say.PORT_OURS, kind=kind, port=port)
    if seen.state == "refused":
        return error(check, say.PORT_REFUSED, kind=kind, port=port, detail=seen.detail, setting=setting)
    owner = seen.owner.said() if seen.owner else Said(say.OWNER_UNKNOWN)
    return error(check, say.PORT_HELD, kind=kind, port=port, owner=owner, setting=setting)


def look_at_port(kind: Kind, host: str, port: int) -> PortSeen:
    """Try to open a port and let go of it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    stream = kind == "tcp"
    with socket.socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM) as probe:
        if stream:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            if stream:
                probe.listen(1)
        except OSError as failure:
            if failure.errno == errno.EADDRINUSE:
                return PortSeen(kind, port, "in_use", owner=owner_of(kind, port))
            return PortSeen(kind, port, "refused", detail=failure.strerror or str(failure))
    return PortSeen(kind, port, "free")


def is_engine(answer: HttpSeen) -> bool:
    """Whether this is what an engine answers to `/health`."""
    try:
        body = json.loads(answer.body) if answer.status == 200 else None
    except ValueError:
        return False
    return isinstance(body, dict) and {"engines", "sessions", "version"} <= body.keys()


def owner_of(kind: Kind, port: int) -> Owner | None:
    """Who holds a port; None when we may not look (Linux only)."""
    inodes = {f"socket:[{inode}]" for inode in _inodes(kind, port)}
    for process in Path("/proc").glob("[0-9]*") if inodes else ():
        with suppress(OSError):
            if any(str(link.readlink()) in inodes for link in (process / "fd").iterdir()):
                name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                return Owner(name, int(process.name))
    return None


def _inodes(kind: Kind, port: int) -> list[str]:
    """Sockets bound to a local port, from /proc/net."""
    wanted = f":{port:04X}"
    found: list[str] = []
    for table in (kind, f"{kind}6"):
        with suppress(OSError):
            for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[1].endswith(wanted) and (kind == "udp" or fields[3] == "0A"):  # 0A: listening
                    found.append(fields[9])
    return found


async def _ask_health(host: str, port: int) -> HttpSeen:
    return await look(f"http://{_from_here(host)}:{port}/health")


def _read_pid(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _from_here(host: str) -> str:
    """Where to ask for what is bound to `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
