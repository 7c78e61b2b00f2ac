"""A server that speaks Ollama's `/api/embed`, OpenAI's `/embeddings` and `/rerank`; it misbehaves when told.

Its model hashes words, so that texts with the same words are near.
"""

import json
import threading
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from tutor_engine.knowledge.index.tokens import english_words, hanzi_pairs, stem

DIMENSION = 64


def hashed(text: str) -> list[float]:
    """Not of length 1, as the vectors of many servers."""
    row = np.zeros(DIMENSION)
    for word in [stem(word) for word in english_words(text)] + list(hanzi_pairs(text)):
        row[zlib.crc32(word.encode()) % DIMENSION] += 2.0
    return [float(value) for value in row]


@dataclass
class Script:
    """What the server does, and what it saw."""

    status: int = 200
    raw: bytes = b""
    refuses: str = ""
    """A word that it will not embed (status 413)."""
    drops: int = 0
    """Connections to close without an answer."""
    rows_short: int = 0
    nan: bool = False
    seen: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    """Path, body and `Authorization`."""


def _reply(script: Script, path: str, body: dict[str, Any]) -> bytes:
    if path.endswith("/rerank"):
        texts = body["documents"]
        wanted = set(english_words(body["query"]))
        scores = [
            (len(wanted & set(english_words(text))) / (len(text) + 1), at) for at, text in enumerate(texts)
        ]
        results = [{"index": at, "relevance_score": score} for score, at in sorted(scores, reverse=True)]
        return json.dumps({"results": results[: len(results) - script.rows_short]}).encode()
    rows = [hashed(text) for text in body["input"]]
    if script.nan:
        rows[0][0] = float("nan")
    rows = rows[: len(rows) - script.rows_short]
    if path == "/api/embed":
        return json.dumps({"model": body["model"], "embeddings": rows}).encode()
    data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
    return json.dumps({"object": "list", "data": data[::-1]}).encode()


@contextmanager
def embed_server(script: Script) -> Generator[str]:
    """The address of a running server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.seen.append((self.path, body, self.headers.get("Authorization", "")))
            if script.drops:
                script.drops -= 1
                self.close_connection = True
                return
            status = script.status
            if script.refuses and any(script.refuses in text for text in body.get("input", [])):
                status = 413
            reply = script.raw or (_reply(script, self.path, body) if status == 200 else b"no")
            self.send_response(status)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
