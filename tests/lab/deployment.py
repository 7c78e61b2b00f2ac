"""The real engine in the lab's container, announced under the Docker host's address.

It is the house of the benchmarks, started inside a namespace; nobody outside the lab can reach it, so what it
says is read from its log.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.house import ROOT, START_TIMEOUT_S, House
from tests.lab.net import PUBLIC, Network

SETTINGS = {
    "MANAGEMENT_API_HOST": "0.0.0.0",  # noqa: S104 - of a namespace that nobody else is in
    "MANAGEMENT_API_PORT": "9000",
    "WEBSOCKET_HOST": "0.0.0.0",  # noqa: S104
    "WEBSOCKET_PORT": "9001",
    "WEBRTC_PUBLIC_IP": PUBLIC,
    "WEBRTC_PORT_MIN": "10110",
    "WEBRTC_PORT_MAX": "10115",
    "MAX_SESSIONS": "40",
}
PROGRAM = "tutor-engine"


@dataclass(slots=True, kw_only=True)
class Deployment(House):
    """`with Deployment(network=network, data=folder) as deployment`."""

    network: Network
    serving: int = 0
    """How often the engine was started."""
    changed: dict[str, str] = field(default_factory=dict[str, str])

    def environment(self) -> dict[str, str]:
        """What the engine sees."""
        return {**House.environment(self), **SETTINGS, **self.changed}

    def start(self, program: str) -> int:
        """Start the engine in the container."""
        executable = Path(sys.executable).with_name(program)
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                self.network.inside("container", (str(executable), "serve")),
                env=self.environment(), stdout=log, stderr=log, cwd=ROOT,
            )  # fmt: skip
        self._children[program] = child
        self.serving += 1
        return child.pid

    def wait(self, url: str) -> bytes:
        """Wait until it serves, which only its log can tell here."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if sum(1 for _ in self.events("serving")) >= self.serving:
                return b""
            if self._children[PROGRAM].poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"the engine does not serve {url}: {self.log.read_text()[-2000:]}")

    def restart(self, **settings: str) -> None:
        """Start the engine anew with these settings beside the usual ones."""
        if settings == self.changed:
            return
        self.stop(PROGRAM)
        self.changed = settings
        self.start(PROGRAM)
        self.wait(self.engine_url)

    @property
    def log(self) -> Path:
        """Where the engine writes."""
        return self.data / f"{PROGRAM}.log"

    def events(self, name: str, since: int = 0) -> Iterator[dict[str, Any]]:
        """Log events of this name, from this character of the log on."""
        for line in self.log.read_text(errors="replace")[since:].splitlines():
            if line.startswith("{"):
                event = json.loads(line)
                if event.get("event") == name:
                    yield event

    def troubles(self, since: int = 0) -> list[str]:
        """Lines of the log that tell of a mistake of the engine itself."""
        lines = self.log.read_text(errors="replace")[since:].splitlines()
        return [line for line in lines if '"level": "error"' in line or "Traceback" in line]

    def mark(self) -> int:
        """The present end of the log."""
        return len(self.log.read_text(errors="replace"))
