"""How far apart sound and picture of the same moment are at the receiver, while the tutor speaks.

A clapperboard speaks: once a second a white frame and a beep. An aiortc peer lays both on the sender's clock
by RTP times and sender reports, as a browser does; Chromium is asked which moments of that clock it plays.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.media import material as materials
from bench.media.bridge import bridge
from bench.media.chromium import Visit, visit
from bench.media.claps import Recording, beeps, offsets_ms, white_frames
from bench.media.client import Client
from bench.media.face import face
from bench.media.figures import Goal, percentile
from bench.media.material import Material
from bench.media.room import Room
from bench.media.server import Kind, Server
from bench.tables import show, versions
from tutor_engine.media import internals
from tutor_engine.media.encode import VideoCodec

GOAL = Goal(40, unit=" ms")
START_S = 8.0
"""Until the first sender reports are there and Chromium's synchronisation has settled."""
COLUMNS = ("server", "codec", "receiver", "count", "p5", "p50", "p95", "p95 of ±",
           "goal", "reached")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offsets:
    """Sound later than picture, in ms; negative when it is earlier."""

    kind: Kind
    codec: VideoCodec
    receiver: str
    values_ms: Sequence[float]

    def row(self) -> list[str]:
        """For the table."""
        size = percentile([abs(value) for value in self.values_ms], 95)
        goal = GOAL if self.kind is Kind.WORKER else None
        figures = [f"{percentile(self.values_ms, share):+.1f}" for share in (5, 50, 95)]
        verdict = (goal.verdict(size) if self.values_ms else "no claps") if goal else ""
        count = str(len(self.values_ms))
        return [
            self.kind,
            self.codec,
            self.receiver,
            count,
            *figures,
            f"{size:.1f}",
            str(goal or ""),
            verdict,
        ]


async def at_aiortc(server: Server, codec: VideoCodec, seconds: float, stack: AsyncExitStack) -> Offsets:
    """Record a lesson with claps; judged afterwards."""
    filled = Room(server)
    client = Client(codec, listens=True)
    recordings: dict[str, Recording] = {}

    @client.connection.on("track")
    def on_track(track: Any) -> None:
        transceiver = next(t for t in client.connection.getTransceivers() if t.receiver.track is track)
        recordings[track.kind] = _record(transceiver)

    number = await filled.join(client)
    if server.kind is Kind.WORKER:
        speaker = await stack.enter_async_context(face(server))
        speaker.speak(number)
    await asyncio.sleep(START_S + seconds)
    await filled.leave(number)
    pictures = await asyncio.to_thread(white_frames, recordings["video"])
    sounds = await asyncio.to_thread(beeps, recordings["audio"])
    return Offsets(server.kind, codec, "aiortc", offsets_ms(pictures, sounds))


def _record(transceiver: Any) -> Recording:
    """Take the packets of a receiver, and hear its reports."""
    codec = internals.negotiated_codecs(transceiver)[0]
    recording = Recording(codec)
    receiver = transceiver.receiver
    internals.on_rtp(receiver, codec.clockRate, lambda packet, _at_ms: recording.take(packet))
    original = receiver._handle_rtcp_packet

    async def listen(packet: Any) -> None:
        recording.report(packet)
        await original(packet)

    receiver._handle_rtcp_packet = listen
    return recording


async def in_chromium(server: Server, codec: VideoCodec, seconds: float, stack: AsyncExitStack) -> Offsets:
    """Watch a speaking lesson in a browser."""
    worker = server.kind is Kind.WORKER
    speaker = await stack.enter_async_context(face(server)) if worker else None
    page = await stack.enter_async_context(bridge(server, speaker))
    url = f"{page.replace('http', 'ws', 1)}/ws"
    _, (seen,) = await visit(f"{page}/health", [Visit(url, codec, stay_s=START_S + seconds)])
    settled = seen.offsets_ms[int(START_S / 0.5) :]
    return Offsets(server.kind, codec, "Chromium", settled)


def main() -> None:
    """Measure both servers, both codecs, at both receivers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--codecs", nargs="+", type=VideoCodec, default=list(VideoCodec))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-material-") as folder:
        claps = materials.claps(materials.make(Path(folder)), Path(folder))
        rows = asyncio.run(_run(arguments, claps))
    show(
        "Sound against picture at the receiver, ms (+: sound is later)",
        COLUMNS,
        rows,
        versions("aiortc", "av"),
    )


async def _run(arguments: argparse.Namespace, claps: Material) -> list[list[str]]:
    rows: list[list[str]] = []
    for kind in Kind:
        for codec in arguments.codecs:
            for receiver in (at_aiortc, in_chromium):
                async with Server(kind, claps, speaking=True) as server, AsyncExitStack() as stack:
                    rows.append((await receiver(server, codec, arguments.seconds, stack)).row())
    return rows
