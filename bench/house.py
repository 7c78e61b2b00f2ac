"""A real engine (and platform) started for a benchmark or a system test: own ports, own data folder."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parent.parent
MODELS = Path(os.environ.get("TUTOR_DATA_DIR") or ROOT / "var") / "models"
DEMO_LIBRARY = ROOT / "packages/platform/src/tutor_platform/demo/library"
START_TIMEOUT_S = 120.0
BUILT_IN_FACES = 2


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that nobody uses now."""
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class House:
    """`with House() as house`: engine, and the platform when asked for. Everything ends with the block."""

    platform: bool = False
    settings: dict[str, str] = field(default_factory=dict[str, str])
    """More environment variables."""
    without_model: str = ""
    """An asset of the models catalogue that this house does not have."""
    engine_module: str = ""
    """A module that serves another composition of the engine than `tutor-engine serve`."""
    data: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="tutor-house-")))
    api_key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    engine_port: int = field(default_factory=free_port)
    socket_port: int = field(default_factory=free_port)
    platform_port: int = field(default_factory=free_port)
    udp_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    _children: dict[str, subprocess.Popen[bytes]] = field(
        default_factory=dict[str, "subprocess.Popen[bytes]"]
    )

    @property
    def engine_url(self) -> str:
        """Http address of the engine."""
        return f"http://127.0.0.1:{self.engine_port}"

    @property
    def platform_url(self) -> str:
        """Http address of the platform; `localhost`, because browsers trust it with the microphone."""
        return f"http://localhost:{self.platform_port}"

    def __enter__(self) -> "House":
        models = self.data / "models"
        models.mkdir(parents=True, exist_ok=True)
        for asset in MODELS.resolve().glob("[!.]*"):
            link = models / asset.name
            if asset.name != self.without_model and not link.exists():
                link.symlink_to(asset)
        self.start("tutor-engine")
        self.wait(f"{self.engine_url}/health")
        if self.platform:
            self.start("tutor-platform")
            self.wait(f"{self.platform_url}/api/status")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in reversed(list(self._children)):
            self.stop(program)
        if kind is not None:
            for log in sorted(self.data.glob("*.log")):
                tail = log.read_text(errors="replace").splitlines()[-40:]
                sys.stderr.write(f"--- {log.name}\n" + "\n".join(tail) + "\n")
        shutil.rmtree(self.data, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """What both programs see."""
        return {
            **os.environ,
            "TUTOR_DATA_DIR": str(self.data),
            "ENGINE_API_KEY": self.api_key,
            "ENGINE_URL": self.engine_url,
            "MANAGEMENT_API_HOST": "127.0.0.1",
            "MANAGEMENT_API_PORT": str(self.engine_port),
            "WEBSOCKET_HOST": "127.0.0.1",
            "WEBSOCKET_PORT": str(self.socket_port),
            "WEBRTC_PORT_MIN": str(self.udp_port),
            "WEBRTC_PORT_MAX": str(self.udp_port),
            "PLATFORM_HOST": "127.0.0.1",
            "PLATFORM_PORT": str(self.platform_port),
            "PLATFORM_WEB_DIR": str(ROOT / "web" / "dist"),
            "OLLAMA_BASE_URL": "http://127.0.0.1:1",
            "ENABLE_TTS": "false",
            **self.settings,
        }

    def start(self, program: str) -> int:
        """Start one of the two programs; returns its process id."""
        command = [str(Path(sys.executable).with_name(program)), "serve"]
        if program == "tutor-engine" and self.engine_module:
            command = [sys.executable, "-m", self.engine_module]
        with (self.data / f"{program}.log").open("ab") as log:
            child = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log, cwd=ROOT)
        self._children[program] = child
        return child.pid

    def stop(self, program: str, *, kill: bool = False) -> None:
        """End a program, or kill it."""
        child = self._children.pop(program)
        if child.poll() is None:
            child.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def pid(self, program: str) -> int:
        """Process id of a running program."""
        return self._children[program].pid

    def wait(self, url: str) -> bytes:
        """Wait until an address answers."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own loopback address
                    return bytes(answer.read())
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if any(child.poll() is not None for child in self._children.values()):
                    raise RuntimeError(f"a program ended while waiting for {url}") from None
                time.sleep(0.05)
        raise RuntimeError(f"{url} did not answer within {START_TIMEOUT_S} s")

    def wait_for_faces(self) -> None:
        """Wait until the idle loops of the built-in faces are prepared, so that nothing else runs."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if len(list((self.data / "loops").glob("*.json"))) >= BUILT_IN_FACES:
                return
            time.sleep(0.1)
        raise RuntimeError("the built-in faces were not prepared in time")

    def wait_for_library(self) -> None:
        """Wait until the platform has pushed the demo documents to the engine."""
        deadline = time.monotonic() + START_TIMEOUT_S
        wanted = len(list(DEMO_LIBRARY.glob("*/*.[mp]d*")))
        while time.monotonic() < deadline:
            log = (self.data / "tutor-engine.log").read_text(errors="replace")
            if log.count('"document_added"') >= wanted:
                return
            time.sleep(0.2)
        raise RuntimeError("the demo libraries did not reach the engine in time")

    def furnish(self) -> None:
        """Give the engine the English demo library as knowledge base `bench`, and wait until it is quiet."""
        for document in sorted((DEMO_LIBRARY / "en").glob("*.[mp]d*")):
            self.add_document("bench", document)
        self.wait_for_faces()

    def engine(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Call the engine's HTTP interface."""
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self.engine_url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
                raw = answer.read()
                return answer.status, json.loads(raw) if raw else None
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def add_document(self, kb_id: str, path: Path) -> None:
        """Put a document into a knowledge base and wait until it can be searched."""
        boundary = secrets.token_hex(12)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self.engine_url}/v1/knowledge-bases/{kb_id}/documents",
            method="POST",
            data=body,
            headers={
                "Authorization": f"Bearer {self.api_key}",
                "Content-Type": f"multipart/form-data; boundary={boundary}",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
            job = json.loads(answer.read())
        deadline = time.monotonic() + 60
        while job["state"] in ("queued", "running") and time.monotonic() < deadline:
            time.sleep(0.05)
            _, job = self.engine("GET", f"/v1/jobs/{job['id']}")
        if job["state"] != "done":
            raise RuntimeError(f"{path.name}: {job}")
