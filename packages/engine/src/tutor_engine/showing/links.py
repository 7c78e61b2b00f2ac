"""Connections to media workers: one per frames socket, the shared memory announced first.

A link knows which slots the other end holds, so that a media worker that dies gives them all back.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

import structlog

from tutor_engine.processes import Channel, ChannelClosed
from tutor_engine.processes.frames import (
    FrameMessage,
    FrameReady,
    FrameReply,
    FrameTaken,
    LoopAt,
    Playing,
    SharedArena,
)

log = structlog.get_logger()


class MediaLink:
    """One media worker. Call `run` once, then `show`."""

    def __init__(
        self,
        path: str,
        channel: Channel[FrameMessage, FrameReply],
        arena: SharedArena,
        on_reply: Callable[[LoopAt | Playing], None],
        on_slot: Callable[[], None],
    ) -> None:
        self.path = path
        self._channel = channel
        self._arena = arena
        self._on_reply = on_reply
        self._on_slot = on_slot
        self._held: set[int] = set()
        self.closed = False
        """The media worker is gone."""

    @classmethod
    async def connect(
        cls,
        path: str,
        arena: SharedArena,
        on_reply: Callable[[LoopAt | Playing], None],
        on_slot: Callable[[], None],
    ) -> "MediaLink":
        """Connect and announce the arena.

        Raises:
            OSError: nobody listens there.
        """
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, path)
        except OSError:
            sock.close()
            raise
        channel: Channel[FrameMessage, FrameReply] = await Channel.over(sock, FrameReply)
        channel.post(arena.describe())
        return cls(path, channel, arena, on_reply, on_slot)

    def show(self, frame: FrameReady) -> None:
        """Announce a frame; its slot is the other end's until `FrameTaken`."""
        if self.closed:
            self._arena.release(frame.slot)
            return
        self._held.add(frame.slot)
        self._channel.post(frame)

    async def run(self) -> None:
        """Receive until the media worker is gone; then its slots are free again."""
        try:
            while True:
                message = await self._channel.receive()
                if isinstance(message, FrameTaken):
                    if message.slot in self._held:
                        self._held.remove(message.slot)
                        self._arena.release(message.slot)
                        self._on_slot()
                else:
                    self._on_reply(message)
        except ChannelClosed:
            log.info("media_link_closed", path=self.path)
        finally:
            self.closed = True
            for slot in self._held:
                self._arena.release(slot)
            self._held.clear()
            self._on_slot()
            with suppress(ChannelClosed):
                await self._channel.aclose()
