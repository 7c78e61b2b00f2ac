"""A server with students in it: joined one after the other, measured over some windows of time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

from bench.media.client import Client, Talker, opus_packets
from bench.media.machine import Usage
from bench.media.material import Material
from bench.media.server import Server
from tutor_engine.media import messages as m
from tutor_engine.media.encode import VideoCodec

SETTLE_S = 3.0


@dataclass(frozen=True, slots=True)
class Window:
    """What was measured in one stretch of time."""

    percent: float
    """Of one core, by the server."""
    others_percent: float
    packets_per_s: float
    kbps: float
    reduced: int
    """Lessons that were given less than full quality; 0 in a run that counts."""


class Room:
    """A server and the clients that are in it, by peer number."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.clients: dict[int, Client] = {}

    async def join(self, client: Client) -> int:
        """Connect a client; its peer number."""
        number = self.server.next_number()
        self.clients[number] = client
        await client.connect(partial(self.server.answer, number))
        return number

    async def leave(self, number: int) -> None:
        """The student goes, and the engine closes the peer."""
        client = self.clients.pop(number)
        self.server.post(m.ClosePeer(number))
        await client.aclose()

    async def windows(self, count: int, seconds: float) -> list[Window]:
        """Measure what the server uses."""
        await asyncio.sleep(SETTLE_S)
        windows: list[Window] = []
        for _ in range(count):
            for client in self.clients.values():
                client.forget()
            self.server.reduced.clear()
            usage = Usage(self.server.pid)
            await asyncio.sleep(seconds)
            arrivals = [a for client in self.clients.values() for a in (client.sound, client.picture)]
            windows.append(
                Window(
                    usage.percent(),
                    usage.others_percent(),
                    sum(a.packets for a in arrivals) / seconds / len(self.clients),
                    sum(a.octets for a in arrivals) * 8 / seconds / len(self.clients) / 1000,
                    len(self.server.reduced),
                )
            )
        return windows


@asynccontextmanager
async def room(
    server: Server, lessons: int, codec: VideoCodec, *, microphone: Material | None = None
) -> AsyncGenerator[Room]:
    """Fill a server with lessons; with a microphone, each student speaks that material's sound."""
    packets = opus_packets(_at_48_khz(microphone)) if microphone else []
    filled = Room(server)
    try:
        for _ in range(lessons):
            await filled.join(Client(codec, microphone=Talker(packets) if packets else None))
        yield filled
    finally:
        for number in list(filled.clients):
            await filled.leave(number)


def _at_48_khz(material: Material) -> bytes:
    import soxr

    pcm = np.frombuffer(material.pcm, np.int16)
    return soxr.resample(pcm, material.rate_hz, 48_000).astype(np.int16).tobytes()
