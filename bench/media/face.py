"""A face worker that costs nothing: frames rendered beforehand, announced over the real frames socket.

Its shared memory is filled once and never changes, so a slot may be announced to many lessons at a time. It
is paced by the media worker like a real one: never more than 240 ms ahead of the sound.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bench.media.material import Material
from bench.media.server import Server
from tutor_engine.media import messages as m
from tutor_engine.processes import Channel
from tutor_engine.processes.frames import FrameMessage, FrameReady, FrameReply, Playing, SharedArena
from tutor_engine.showing.port import FPS

MAX_SLOTS = 100
"""4 s of pictures: 40 MB."""
AHEAD = 240 * FPS // 1000
TURN_S = 20.0


class Face:
    """Speaks in as many lessons as it is told to, turn after turn."""

    def __init__(self, server: Server, channel: Channel[FrameMessage, FrameReply], slots: int) -> None:
        self._server = server
        self._material = server.material
        self._channel = channel
        self._slots = slots
        self._shown: dict[int, tuple[int, int]] = {}
        """By lesson: its turn, and how many frames of it were announced."""
        self._sound = self._material.sound(TURN_S)
        server.on_playback_ended = self._ended

    def speak(self, peer: int) -> None:
        """Speak in a lesson from now on, without a pause."""
        self._begin(peer, 1)

    def be_silent(self, peer: int | None = None) -> None:
        """Stop speaking there, or everywhere."""
        for number in [peer] if peer is not None else list(self._shown):
            turn, _ = self._shown.pop(number)
            self._server.post(m.FlushAudio(number, turn))

    async def run(self) -> None:
        """Follow the worker's clock until cancelled."""
        while True:
            reply = await self._channel.receive()
            if isinstance(reply, Playing):
                self._announce(reply.performance, reply.turn, int(reply.position_ms) * FPS // 1000)

    def _begin(self, peer: int, turn: int) -> None:
        self._shown[peer] = turn, 0
        self._announce(peer, turn, 0)
        self._server.post(m.PlayAudio(peer, turn, self._sound, self._material.rate_hz, 0.0))
        self._server.post(m.EndAudio(peer, turn))

    def _ended(self, peer: int, turn: int) -> None:
        if self._shown.get(peer, (0, 0))[0] == turn:
            self._begin(peer, turn + 1)

    def _announce(self, peer: int, turn: int, playing: int) -> None:
        current, shown = self._shown.get(peer, (0, 0))
        if current != turn:
            return
        until = min(playing + AHEAD, round(TURN_S * FPS))
        width, height = self._material.width, self._material.height
        for index in range(shown, until):
            slot = index % self._slots
            self._channel.post(FrameReady(peer, turn, index, index, slot, width, height))
        self._shown[peer] = turn, max(shown, until)


@asynccontextmanager
async def face(server: Server) -> AsyncGenerator[Face]:
    """Connect to the worker's door."""
    material: Material = server.material
    pictures = material.pictures(speaking=True)[:MAX_SLOTS]
    arena = SharedArena.create(len(pictures), pictures[0].nbytes)
    for slot, picture in enumerate(pictures):
        with arena.view(slot, picture.nbytes) as view:
            view[:] = picture.reshape(-1).data
    reader, writer = await asyncio.open_unix_connection(server.frames_socket)
    channel: Channel[FrameMessage, FrameReply] = Channel(reader, writer, FrameReply)
    channel.post(arena.describe())
    speaker = Face(server, channel, len(pictures))
    task = asyncio.create_task(speaker.run())
    try:
        yield speaker
    finally:
        speaker.be_silent()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await channel.aclose()
        arena.close()
