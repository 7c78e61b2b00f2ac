"""The sockets of the HTTP and WebSocket interfaces, and how uvicorn serves them."""

import socket

import uvicorn
from fastapi import FastAPI

_GRACE_S = 5
_MAX_MESSAGE_BYTES = 4 * 1024 * 1024
_MAX_CONNECTIONS = 2000


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, or the end of the program with a sentence that says why."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        why = f"Port {port} on {host} cannot be opened: {error.strerror}. Who has it: tutor-engine doctor"
        raise SystemExit(why) from error
    listener.listen(512)
    listener.setblocking(False)
    return listener


def server_config(app: FastAPI) -> uvicorn.Config:
    """One server for both sockets."""
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,  # would write `?token=` of sockets
        ws_max_size=_MAX_MESSAGE_BYTES,
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE_S,
        server_header=False,
    )
