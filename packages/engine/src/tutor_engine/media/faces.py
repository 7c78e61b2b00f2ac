"""Where face workers bring their frames: a Unix socket for words, shared memory for pixels.

A face worker may die and come back at any time; then its memory is let go and nothing else happens.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from tutor_engine.processes import Channel, ChannelClosed
from tutor_engine.processes.frames import (
    Arena,
    FrameMessage,
    FrameReady,
    FrameReply,
    FrameTaken,
    SharedArena,
    SlotUnknown,
)

log = structlog.get_logger()

MAX_UNSENT_BYTES = 256 * 1024
"""A face worker that does not read has stopped working: it is cut off."""


class FaceLink:
    """One connected face worker."""

    def __init__(self, channel: Channel[FrameReply, FrameMessage], writer: asyncio.StreamWriter) -> None:
        self._channel = channel
        self._writer = writer
        self._arena: SharedArena | None = None

    def attach(self, arena: Arena) -> None:
        """Look into the worker's memory.

        Raises:
            SlotUnknown: it is not what was announced.
        """
        former, self._arena = self._arena, SharedArena.attach(arena)
        if former is not None:
            former.close()

    def pixels(self, frame: FrameReady) -> memoryview:
        """The I420 bytes of a frame.

        Raises:
            SlotUnknown: the frame does not fit its slot, or the worker is gone.
        """
        if self._arena is None or frame.width < 2 or frame.height < 2 or frame.width % 2 or frame.height % 2:
            raise SlotUnknown(f"{frame.width} x {frame.height} in slot {frame.slot}")
        return self._arena.view(frame.slot, frame.width * frame.height * 3 // 2)

    def post(self, reply: FrameReply) -> None:
        """Tell the worker something; one that does not listen any more is closed."""
        if self._writer.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self._writer.transport.abort()
        self._channel.post(reply)

    def taken(self, slot: int) -> None:
        """A slot can be filled again."""
        self.post(FrameTaken(slot))

    async def receive(self) -> FrameMessage:
        """The next message of the worker."""
        return await self._channel.receive()

    async def aclose(self) -> None:
        """Let go of the memory and the socket. Idempotent."""
        if self._arena is not None:
            self._arena.close()
            self._arena = None
        with suppress(OSError):
            await self._channel.aclose()


class FaceDoor:
    """Listens for face workers."""

    def __init__(
        self,
        path: Path,
        *,
        on_frame: Callable[[FrameReady, FaceLink], None],
        on_change: Callable[[], None],
    ) -> None:
        self._path = path
        self._on_frame = on_frame
        self._on_change = on_change
        self._links: set[FaceLink] = set()
        self._server: asyncio.Server | None = None

    @property
    def present(self) -> bool:
        """Whether a face worker that has shown its memory is connected."""
        return bool(self._links)

    async def open(self) -> None:
        """Listen; the socket file belongs to this user only."""
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path)
        self._path.chmod(0o600)

    def post(self, reply: FrameReply) -> None:
        """Tell every face worker."""
        for link in self._links:
            link.post(reply)

    async def aclose(self) -> None:
        """Stop listening and cut all links. Idempotent."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for link in list(self._links):
            await link.aclose()
        await server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = FaceLink(Channel(reader, writer, FrameMessage), writer)
        try:
            while True:
                message = await link.receive()
                if isinstance(message, FrameReady):
                    self._on_frame(message, link)
                else:
                    link.attach(message)
                    self._links.add(link)
                    self._on_change()
        except ChannelClosed:
            log.info("face_worker_left")
        except SlotUnknown as error:
            log.warning("face_worker_refused", reason=str(error))
        finally:
            self._links.discard(link)
            self._on_change()
            await link.aclose()
