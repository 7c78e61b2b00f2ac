"""The ports of this node: free, ours, or somebody else's. Binding is tried and undone at once."""

import asyncio
import errno
import json
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tutor_engine.doctor.findings import error, ok, warning
from tutor_engine.doctor.http import HttpSeen, look
from tutor_engine.doctor.reach import probe_stun
from tutor_protocol.http import Finding

Kind = Literal["tcp", "udp"]
MEDIA_HOST = "0.0.0.0"  # noqa: S104 - where media workers and coturn listen


@dataclass(frozen=True, slots=True)
class Owner:
    """A running program."""

    name: str
    pid: int

    def __str__(self) -> str:
        return f"{self.name} (process {self.pid})"


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
        return _not_served(port)
    return judge_port("udp_ports", seen, "WEBRTC_PORT_MIN")


async def check_turn_port(port: int, pid_file: Path, media_ports: Sequence[int]) -> list[Finding]:
    """Is the port of the coturn that runs here free, or held by it?

    Two coturn would share the port without a word, and each student would meet one of them by chance.
    """
    setting = "WEBRTC_TURN_PORT"
    if port in media_ports:
        why = "A media worker and coturn cannot both have it."
        mend = f"Choose a {setting} outside WEBRTC_PORT_MIN to WEBRTC_PORT_MAX."
        return [error("turn_port", f"UDP {port} is a media port and {setting}", why, mend)]
    seen = await asyncio.to_thread(look_at_port, "udp", MEDIA_HOST, port)
    if seen.state == "in_use" and seen.owner is not None and seen.owner.pid == _read_pid(pid_file):
        return [ok("turn_port", f"UDP {port} is held by our {seen.owner}")]
    finding = judge_port("turn_port", seen, setting)
    if seen.owner is not None and seen.owner.name == "turnserver":
        mend = f"systemctl disable --now coturn; or choose another {setting}."
        finding = finding.model_copy(update={"mend": mend})
    return [finding]


def judge_worker_ports(seats: int, per_worker: int, first: int, last: int) -> list[Finding]:
    """Are there enough UDP ports for the media workers that the seats need?"""
    if last < first:
        why = "No media worker can be started."
        mend = "Set WEBRTC_PORT_MAX to WEBRTC_PORT_MIN or above."
        return [error("udp_range", f"the UDP ports {first} to {last} are none", why, mend)]
    wanted, there = 1 + (seats - 1) // per_worker, last - first + 1
    if wanted <= there:
        return []
    return [
        warning(
            "udp_range",
            f"{seats} seats want {wanted} media workers, and there are {there} UDP ports",
            f"Above {there * per_worker} lessons frames leave late.",
            "Raise WEBRTC_PORT_MAX (and map the ports), or lower MAX_SESSIONS.",
        )
    ]


def judge_port(check: str, seen: PortSeen, setting: str) -> Finding:
    """What the state of a port means."""
    name = f"{seen.kind.upper()} {seen.port}"
    if seen.port == 0:
        return ok(check, f"{seen.kind.upper()}: any free port ({setting} is 0)")
    if seen.state == "free":
        return ok(check, f"{name} is free")
    if seen.ours:
        return ok(check, f"{name} is served by the running engine")
    if seen.state == "refused":
        why = "The engine cannot open it."
        mend = f"Choose another {setting}, or give the engine the right to open it."
        return error(check, f"{name} cannot be opened: {seen.detail}", why, mend)
    owner = seen.owner or "a program of another user"
    return error(
        check,
        f"{name} is held by {owner}, which is not this engine",
        "The engine, or its media worker, cannot start.",
        f"Stop that program, or choose another {setting}.",
    )


def _not_served(port: int) -> Finding:
    return error(
        "udp_ports",
        f"the engine runs, and nobody serves UDP {port}",
        "Its media worker is down; lessons there have neither sound nor picture.",
        "Look for `child_ended` in the engine's log.",
    )


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
