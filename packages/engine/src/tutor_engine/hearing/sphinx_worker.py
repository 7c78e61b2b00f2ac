"""The pocketsphinx process: `python -m tutor_engine.hearing.sphinx_worker --fd N`.

It loads the English models once (about 95 MB) and forks a reader for each utterance. A reader shares the
models' memory with its parent, owns about 20 MB while a student speaks, and is gone afterwards: quiet lessons
cost nothing, readers use every core, and one that crashes takes only its own utterance with it.
"""

import argparse
import asyncio
import gc
import os
import signal
import socket
from dataclasses import dataclass
from typing import Any

from tutor_engine.hearing.sphinx_messages import Close, Final, FromSphinx, Open, Partial, Ready, ToSphinx
from tutor_engine.hearing.sphinx_reader import English, read_utterance
from tutor_engine.processes import Channel, ChannelClosed, serve_child

_FIRST_FD = 3


@dataclass(frozen=True, slots=True)
class _Reader:
    pid: int
    channel: Channel[ToSphinx, FromSphinx]
    relay: asyncio.Task[None]


class Readers:
    """The forked readers, one per open utterance."""

    def __init__(self, models: English, up: Channel[FromSphinx, ToSphinx]) -> None:
        self._models = models
        self._up = up
        self._readers: dict[int, _Reader] = {}

    async def take(self, message: ToSphinx) -> None:
        """Do what the engine asks."""
        if isinstance(message, Open):
            await self._open(message)
        elif isinstance(message, Close):
            await self._close(message.utterance)
        elif reader := self._readers.get(message.utterance):
            reader.channel.post(message)

    async def aclose(self) -> None:
        """Let every reader go."""
        for utterance in list(self._readers):
            await self._close(utterance)

    async def _open(self, opening: Open) -> None:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            read_utterance(self._models, opening, _keep_only(theirs))
        theirs.close()
        ours.setblocking(False)
        channel: Channel[ToSphinx, FromSphinx] = await Channel.over(ours, Partial | Final)
        relay = asyncio.create_task(self._relay(channel))
        self._readers[opening.utterance] = _Reader(pid, channel, relay)

    async def _relay(self, channel: Channel[ToSphinx, FromSphinx]) -> None:
        """Pass a reader's words on until it is gone."""
        while True:
            try:
                self._up.post(await channel.receive())
            except ChannelClosed:
                return

    async def _close(self, utterance: int) -> None:
        """End a reader at once; one that had much to decode would keep its channel open."""
        reader = self._readers.pop(utterance, None)
        if reader is None:
            return
        # Nobody else waits for it, so until here its process id cannot belong to another process.
        os.kill(reader.pid, signal.SIGKILL)
        os.waitpid(reader.pid, 0)  # noqa: ASYNC222 - it was killed, so this takes no time
        reader.relay.cancel()
        await reader.channel.aclose()


def _keep_only(sock: socket.socket) -> socket.socket:
    """In a fresh child, close every other file: a copy of the engine's socket would hide our end from it."""
    own = sock.detach()
    os.closerange(_FIRST_FD, own)
    os.closerange(own + 1, os.sysconf("SC_OPEN_MAX"))
    child = socket.socket(fileno=own)
    child.setblocking(True)
    return child


async def main(sock: socket.socket) -> None:
    """Serve until the engine is gone."""
    incoming: Any = ToSphinx
    up: Channel[FromSphinx, ToSphinx] = await Channel.over(sock, incoming)
    models = English()
    # What is alive now is never collected, so that readers do not copy pages by counting references.
    gc.collect()
    gc.freeze()
    readers = Readers(models, up)
    up.post(Ready())
    try:
        while True:
            await readers.take(await up.receive())
    except ChannelClosed:
        await readers.aclose()
    finally:
        await up.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    serve_child(main, parser.parse_args().fd)
