"""A web server of your own in a hundred lines: makes a session, asks a question, reads the answer, ends it.

    ENGINE_URL=http://127.0.0.1:9000 ENGINE_API_KEY=… python ask_the_engine.py user "What is a star made of?"

Needs Python 3.11 and `pip install websockets`; nothing of Virtual Tutor.
"""

import asyncio
import json
import os
import sys
import urllib.request
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

ENGINE_URL = os.environ.get("ENGINE_URL", "http://127.0.0.1:9000")
API_KEY = os.environ.get("ENGINE_API_KEY", "")
KNOWLEDGE_BASE = os.environ.get("KNOWLEDGE_BASE")
"""The knowledge base to answer from, if you have given the engine documents."""
USER_ID = "student-123"
"""Your own number of the person; the engine keeps it as it is."""


def call(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the engine's HTTP interface, as your server would."""
    request = urllib.request.Request(  # noqa: S310 - the address is your own
        ENGINE_URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
        raw = answer.read()
        return json.loads(raw) if raw else None


def begin(question_of: str) -> dict[str, Any]:
    """Take a seat. What the engine must know of the tutor comes with the request; it keeps nothing of it."""
    return call(
        "POST",
        "/v1/sessions",
        {
            "tutor_id": "nova",
            "student_id": question_of,
            "user_id": question_of,
            "kb_id": KNOWLEDGE_BASE,
            "tutor": {"name": "Nova", "persona": "Patient and precise.", "language": "en"},
            "history": [],
        },
    )


def socket_address(connection_id: str) -> str:
    """The sockets are at the same address as the HTTP interface."""
    scheme, *rest = urlsplit(ENGINE_URL)
    return urlunsplit(("wss" if scheme == "https" else "ws", *rest)) + f"/ws/{connection_id}"


async def ask(session: dict[str, Any], question: str, *, user_mode: bool) -> dict[str, Any]:
    """Ask in writing; returns the whole answer with its citations.

    In user mode one socket serves all sessions of a person, so every message names its session, and closing
    the socket ends nothing. In session mode the socket is the session: closing it gives the seat back.
    """
    connection_id = f"user_{USER_ID}" if user_mode else session["session_id"]
    # The token goes into a subprotocol and not into the address, which servers write into their logs.
    token = Subprotocol(f"token.{session['engine_token']}")
    message: dict[str, Any] = {"type": "text", "content": question}
    if user_mode:
        message |= {"engine_session_id": session["session_id"], "user_id": USER_ID}
    protocols = [Subprotocol("tutor.v1"), token]
    async with connect(socket_address(connection_id), subprotocols=protocols, max_size=16 << 20) as socket:
        await socket.send(json.dumps(message))
        async for raw in socket:
            event = json.loads(raw)
            if event["type"] == "text_delta":
                sys.stdout.write(event["content"])
                sys.stdout.flush()
            elif event["type"] == "text":
                return event
            elif event["type"] == "error":
                raise RuntimeError(f"{event['code']}: {event['content']}")
    raise RuntimeError("the engine closed the socket before it had answered")


async def main(mode: str, question: str) -> None:
    """One question in the mode of your choice."""
    session = await asyncio.to_thread(begin, USER_ID)
    try:
        answer = await ask(session, question, user_mode=mode == "user")
    finally:
        if mode == "user":
            await asyncio.to_thread(call, "DELETE", f"/v1/sessions/{session['session_id']}")
    sys.stdout.write("\n")
    for citation in answer.get("citations", []):
        sys.stdout.write(
            f"[{citation['n']}] {citation['title']}, page {citation['page']}: {citation['quote']}\n"
        )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
