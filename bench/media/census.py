"""What only a process itself can count: its asyncio tasks and live connections. Asked over a Unix socket."""

import asyncio
import gc
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def census_at(path: Path) -> AsyncGenerator[None]:
    """Answer whoever connects to `path` with the counts of this process, as JSON."""

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(json.dumps(count()).encode())
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_unix_server(answer, path)
    try:
        yield
    finally:
        server.close()


def count() -> dict[str, int]:
    """Tasks and connections after a collection of garbage; the task that counts is not counted."""
    from aiortc import RTCPeerConnection

    gc.collect()
    return {
        "tasks": len(asyncio.all_tasks()) - 1,
        "connections": sum(isinstance(thing, RTCPeerConnection) for thing in gc.get_objects()),
    }


async def ask(path: Path) -> dict[str, int]:
    """The counts of the process that answers at `path`."""
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        return json.loads(await reader.read())
    finally:
        writer.close()
        await writer.wait_closed()
