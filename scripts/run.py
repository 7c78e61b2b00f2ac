"""`make run`: start engine and platform, wait until both answer, say where and who, stay until Ctrl-C.

Both write to log files below the data folder; their keys are made at the first run and kept there.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.table import Table

DATA = Path(os.environ.get("TUTOR_DATA_DIR") or "var")
PID_FILE = DATA / "run.pid"
START_TIMEOUT_S = 90.0

console = Console(highlight=False)


def main() -> int:
    """Run until stopped; the exit code is 0 after Ctrl-C or `make stop`."""
    DATA.mkdir(parents=True, exist_ok=True)
    if (pid := running_pid()) is not None:
        console.print(f"Already running (process {pid}). Open {platform_url()} or type: make stop")
        return 1
    busy = [port for port in ports() if not is_free(port)]
    if busy:
        names = ", ".join(str(port) for port in busy)
        console.print(f"[red]Port {names} is in use by another program.[/red]")
        console.print(
            "Stop that program, or choose others: PLATFORM_PORT, MANAGEMENT_API_PORT, WEBSOCKET_PORT."
        )
        return 2
    started = time.monotonic()
    environment = {**os.environ, "TUTOR_DATA_DIR": str(DATA), **keys(), **address()}
    children = [
        start("tutor-engine", environment, "engine.log"),
        start("tutor-platform", environment, "platform.log"),
    ]
    PID_FILE.write_text(str(os.getpid()))
    try:
        return supervise(children, started)
    finally:
        stop(children)
        PID_FILE.unlink(missing_ok=True)


def supervise(children: list[subprocess.Popen[bytes]], started: float) -> int:
    """Wait for both to answer, tell the person, wait for the end."""
    stopping: list[int] = []

    def on_signal(number: int, _: FrameType | None) -> None:
        stopping.append(number)

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    with console.status("Starting the tutors") as status:
        while not stopping and (waiting := not_ready()) and time.monotonic() - started < START_TIMEOUT_S:
            status.update(f"Starting: {', '.join(waiting)} ({time.monotonic() - started:.0f} s)")
            if any(child.poll() is not None for child in children):
                return report_death(children)
            time.sleep(0.1)
    if not stopping:
        announce(time.monotonic() - started)
    while not stopping:
        if any(child.poll() is not None for child in children):
            return report_death(children)
        time.sleep(0.3)
    console.print("Stopping.")
    return 0


def announce(seconds: float) -> None:
    """The address, the demo accounts, and which engine serves each stage and why."""
    health = json.loads(fetch(engine_url("/health")) or b"{}")
    table = Table(box=None, pad_edge=False)
    for column in ("stage", "engine", "why"):
        table.add_column(column)
    for stage, engine in health.get("engines", {}).items():
        mark = {"ok": "", "degraded": "[yellow]", "off": "[dim]"}.get(engine["status"], "")
        table.add_row(stage, f"{mark}{engine['name']}", f"{mark}{engine['detail']}")
    console.print(table)
    console.print()
    accounts = DATA / "demo-accounts.json"
    if accounts.is_file():
        people = Table(box=None, pad_edge=False)
        for column in ("demo account", "password", "role"):
            people.add_column(column)
        for account in json.loads(accounts.read_text())["accounts"]:
            people.add_row(account["username"], account["password"], account["role"])
        console.print(people)
        console.print()
    console.print(f"Ready after {seconds:.1f} s. Open [bold]{platform_url()}[/bold]")
    console.print(f"Logs: {DATA / 'log'}   Stop: Ctrl-C or make stop", style="dim")


def report_death(children: list[subprocess.Popen[bytes]]) -> int:
    """Say which program ended and show its last words."""
    for child, log in zip(children, ("engine.log", "platform.log"), strict=True):
        if child.poll() is not None:
            console.print(
                f"[red]{log.removesuffix('.log')} ended with code {child.returncode}.[/red] Last lines:"
            )
            lines = (DATA / "log" / log).read_text(errors="replace").splitlines()[-15:]
            console.print("\n".join(lines), markup=False)
    return 1


def start(program: str, environment: Mapping[str, str], log: str) -> subprocess.Popen[bytes]:
    """Start one program with its output in a log file."""
    folder = DATA / "log"
    folder.mkdir(exist_ok=True)
    executable = Path(sys.executable).with_name(program)
    with (folder / log).open("ab") as file:
        return subprocess.Popen(
            [str(executable), "serve"],
            env=dict(environment),
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask both to end; kill what stays."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + 10
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()


def keys() -> dict[str, str]:
    """The key between platform and engine; made once, readable by its owner only."""
    if os.environ.get("ENGINE_API_KEY"):
        return {}
    file = DATA / "engine-api-key"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(32))
    return {"ENGINE_API_KEY": file.read_text().strip()}


def address() -> dict[str, str]:
    """Where the platform finds an engine whose port was chosen for this run."""
    if os.environ.get("ENGINE_URL") or not os.environ.get("MANAGEMENT_API_PORT"):
        return {}
    return {"ENGINE_URL": engine_url("")}


def ports() -> list[int]:
    """TCP ports both programs will open."""
    names = (("PLATFORM_PORT", 8000), ("MANAGEMENT_API_PORT", 9000), ("WEBSOCKET_PORT", 9001))
    return [int(os.environ.get(name) or default) for name, default in names]


def platform_url(path: str = "/") -> str:
    """Address of the web app."""
    return f"http://localhost:{ports()[0]}{path}"


def engine_url(path: str) -> str:
    """Address of the engine."""
    return f"http://127.0.0.1:{ports()[1]}{path}"


def not_ready() -> list[str]:
    """Programs that do not answer yet."""
    asked = {"lesson engine": engine_url("/health"), "web app": platform_url("/api/status")}
    return [name for name, url in asked.items() if fetch(url) is None]


def fetch(url: str) -> bytes | None:
    """Body of a local page, or None while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return answer.read()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def is_free(port: int) -> bool:
    """Whether a TCP port can be opened."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def running_pid() -> int | None:
    """Process id of a `make run` that is still there."""
    try:
        pid = int(PID_FILE.read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


if __name__ == "__main__":
    sys.exit(main())
