"""A package index on the loopback interface, with wheels made on the spot."""

import http.server
import io
import json
import threading
import zipfile
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest


def wheel_bytes(members: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return body.getvalue()


@dataclass
class WebServer:
    """Serves `pages` by path; counts what it was asked."""

    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])
    ranges: bool = True
    failures: int = 0
    """How many requests to refuse with 503 before answering."""
    requests: list[tuple[str, str | None, str | None]] = field(
        default_factory=list[tuple[str, str | None, str | None]]
    )
    """Path, range, authorization."""
    sent_bytes: int = 0
    url: str = ""

    def add_wheel(
        self, package: str, filename: str, members: dict[str, bytes], *, form: str = "json"
    ) -> None:
        self.pages[f"/files/{filename}"] = ("application/octet-stream", wheel_bytes(members))
        link = f"../../files/{filename}"
        if form == "json":
            listing = json.dumps({"files": [{"filename": filename, "url": link, "hashes": {}}]})
            self.pages[f"/simple/{package}/"] = ("application/vnd.pypi.simple.v1+json", listing.encode())
        else:
            page = f'<html><a href="{link}#sha256=00">{filename}</a><a name="x">no file</a></html>'
            self.pages[f"/simple/{package}/"] = ("text/html", page.encode())


@pytest.fixture
def web() -> Generator[WebServer]:
    served = WebServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            served.requests.append((self.path, wanted, self.headers.get("Authorization")))
            page = served.pages.get(self.path)
            if served.failures:
                served.failures -= 1
                self.send_error(503)
                return
            if page is None:
                self.send_error(404)
                return
            kind, body = page
            status = 200
            extra: dict[str, str] = {}
            if wanted and served.ranges:
                first, last = (int(edge) for edge in wanted.removeprefix("bytes=").split("-"))
                extra["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
                body = body[first : last + 1]
                status = 206
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in extra.items():
                self.send_header(name, value)
            self.end_headers()
            # A client that learns enough from the head hangs up.
            with suppress(ConnectionError):
                self.wfile.write(body)
            served.sent_bytes += len(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr("tutor_engine.models.web._RETRY_S", 0.0)
