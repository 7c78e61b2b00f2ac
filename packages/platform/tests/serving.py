"""Real servers on loopback for tests: started on a free port, stopped without signals."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

TURNS_TO_ACCEPT = 3
"""So many turns of the loop after it came, a client is a connection."""


class QuietServer(uvicorn.Server):
    """Leaves the test run's signal handlers alone; ends at once, where uvicorn looks ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stop = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._stop_accepting()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - as uvicorn
                    await asyncio.sleep(0.002)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    async def _stop_accepting(self) -> None:
        """A client accepted in the turn that closes the server would be lost half-made, and never closed."""
        listening = [listener for server in self.servers for listener in server.sockets]
        for listener in listening:
            asyncio.get_running_loop().remove_reader(listener.fileno())
        for _ in range(TURNS_TO_ACCEPT):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def served(app: Any, port: int, **options: Any) -> AsyncGenerator[uvicorn.Server]:
    """The application on 127.0.0.1:`port` while the block lasts."""
    config = uvicorn.Config(
        app,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=1,
        **options,
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
            raise RuntimeError("the server did not start")
        await asyncio.sleep(0.005)
    try:
        yield server
    finally:
        server.stop.set()
        await task
