"""The pocketsphinx process: `python -m tutor_engine.hearing.sphinx_worker --fd N`.

It loads the English models once (about 95 MB) and forks a reader for each utterance, and a second one when
the library of the lesson has a language model. A reader shares the models' memory with its parent, owns about
20 MB while a student speaks, and is gone afterwards: quiet lessons cost nothing, readers use every core, and
one that crashes takes only its own reading with it.
"""

import argparse
import asyncio
import gc
import os
import signal
import socket
from dataclasses import dataclass
from typing import Any

from tutor_engine.hearing.sphinx_library import Libraries
from tutor_engine.hearing.sphinx_messages import (
    Close,
    Drafted,
    Final,
    FromSphinx,
    Learn,
    Open,
    Partial,
    Ready,
    ToSphinx,
    Unlearn,
)
from tutor_engine.hearing.sphinx_paths import BetterPath, Model
from tutor_engine.hearing.sphinx_reader import GENERAL, English, read_utterance
from tutor_engine.processes import Channel, ChannelClosed, serve_child

_FIRST_FD = 3


@dataclass(frozen=True, slots=True)
class _Reader:
    pid: int
    channel: Channel[ToSphinx, FromSphinx]
    relay: asyncio.Task[None]


class Readers:
    """The forked readers, one or two per open utterance."""

    def __init__(self, models: English, up: Channel[FromSphinx, ToSphinx]) -> None:
        self._models = models
        self._up = up
        self._libraries = Libraries(models)
        self._learning: set[asyncio.Task[None]] = set()
        self._readers: dict[int, list[_Reader]] = {}

    async def take(self, message: ToSphinx) -> None:
        """Do what the engine asks."""
        if isinstance(message, Open):
            await self._open(message)
        elif isinstance(message, Close):
            await self._close(message.utterance)
        elif isinstance(message, Learn):
            learning = asyncio.create_task(self._libraries.learn(message))
            self._learning.add(learning)
            learning.add_done_callback(self._learning.discard)
        elif isinstance(message, Unlearn):
            self._libraries.unlearn(message.library)
        else:
            for reader in self._readers.get(message.utterance, ()):
                reader.channel.post(message)

    async def aclose(self) -> None:
        """Let every reader go."""
        for learning in self._learning:
            learning.cancel()
        for utterance in list(self._readers):
            await self._close(utterance)

    async def _open(self, opening: Open) -> None:
        searches = {Model.GENERAL: GENERAL}
        if (library := self._libraries.search(opening.library)) is not None:
            searches[Model.LIBRARY] = library
        path = BetterPath(*searches)
        self._readers[opening.utterance] = [
            await self._fork(opening, model, search, path) for model, search in searches.items()
        ]

    async def _fork(self, opening: Open, model: Model, search: str, path: BetterPath) -> _Reader:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            read_utterance(self._models, opening, search, _keep_only(theirs))
        theirs.close()
        ours.setblocking(False)
        said: Any = Partial | Drafted | Final
        channel: Channel[ToSphinx, FromSphinx] = await Channel.over(ours, said)
        return _Reader(pid, channel, asyncio.create_task(self._relay(channel, model, path)))

    async def _relay(self, channel: Channel[ToSphinx, FromSphinx], model: Model, path: BetterPath) -> None:
        """Pass a reader's words on, if they are the better ones, until it is gone."""
        while True:
            try:
                message = await channel.receive()
            except ChannelClosed:
                self._tell(path.lost(model))
                return
            if isinstance(message, Partial):
                self._tell(path.partial(model, message))
            elif isinstance(message, Drafted):
                self._tell(path.drafted(model, message))
            elif isinstance(message, Final):
                self._tell(path.final(model, message))

    def _tell(self, message: Partial | Drafted | Final | None) -> None:
        if message is not None:
            self._up.post(message)

    async def _close(self, utterance: int) -> None:
        """End readers at once; one that had much to decode would keep its channel open."""
        for reader in self._readers.pop(utterance, ()):
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
