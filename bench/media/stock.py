"""Stock aiortc as its own examples use it, in the place of a media worker: the baseline of every figure.

One `RTCPeerConnection` per lesson with a frame track and a PCM track, each paced by itself; aiortc encodes
for every peer with its own settings, and takes a port for each. It obeys the same commands where they apply.
"""

import argparse
import asyncio
import time
from fractions import Fraction
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from bench.media.census import census_at
from tutor_engine.media import messages as m
from tutor_engine.processes import Channel, ChannelClosed, serve_child

FPS = 25
BLOCK_S = 0.02


class FrameTrack(MediaStreamTrack):
    """Raw pictures, 25 a second, again and again."""

    kind = "video"

    def __init__(self, frames: npt.NDArray[np.uint8]) -> None:
        super().__init__()
        self._frames = frames
        self._count = 0
        self._start_s: float | None = None

    async def recv(self) -> Any:
        """The next frame when it is due."""
        self._start_s = self._start_s or time.monotonic()
        await asyncio.sleep(max(0.0, self._start_s + self._count / FPS - time.monotonic()))
        raw = np.ascontiguousarray(self._frames[self._count % len(self._frames)])
        frame = av.VideoFrame.from_ndarray(raw, format="yuv420p")
        frame.pts = self._count * 90_000 // FPS
        frame.time_base = Fraction(1, 90_000)
        self._count += 1
        return frame


class PcmTrack(MediaStreamTrack):
    """Sound, 20 ms at a time, again and again."""

    kind = "audio"

    def __init__(self, pcm: npt.NDArray[np.int16], rate_hz: int) -> None:
        super().__init__()
        self._pcm = pcm
        self._rate_hz = rate_hz
        self._size = int(rate_hz * BLOCK_S)
        self._count = 0
        self._start_s: float | None = None

    async def recv(self) -> Any:
        """The next block when it is due."""
        self._start_s = self._start_s or time.monotonic()
        await asyncio.sleep(max(0.0, self._start_s + self._count * BLOCK_S - time.monotonic()))
        start = (self._count * self._size) % (len(self._pcm) // self._size * self._size)
        block = np.ascontiguousarray(self._pcm[start : start + self._size]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
        frame.sample_rate = self._rate_hz
        frame.pts = self._count * self._size
        frame.time_base = Fraction(1, self._rate_hz)
        self._count += 1
        return frame


class StockServer:
    """Obeys the commands of an engine."""

    def __init__(
        self, channel: Channel[m.MediaReport, m.MediaCommand], speech: tuple[Path, Path, int]
    ) -> None:
        self._channel = channel
        self._speech = speech
        self._frames = np.zeros((1, 3, 2), np.uint8)
        self._pcm = np.zeros(48_000, np.int16)
        self._peers: dict[int, RTCPeerConnection] = {}
        self._drains: set[asyncio.Task[None]] = set()

    async def obey(self, command: m.MediaCommand) -> None:
        """Carry out a command; those about speech do not apply: it speaks all the time or never."""
        match command:
            case m.LoadLoop(loop, raw, _, width, height):
                self._load(Path(raw), width, height)
                self._channel.post(m.LoopLoaded(loop))
            case m.OpenPeer(peer, sdp):
                self._channel.post(m.PeerAnswer(peer, await self._open(peer, sdp)))
            case m.ClosePeer(peer):
                await self._peers.pop(peer).close()
            case _:
                pass

    async def aclose(self) -> None:
        """End all connections."""
        for connection in self._peers.values():
            await connection.close()

    def _load(self, raw: Path, width: int, height: int) -> None:
        pictures, pcm, _ = self._speech
        path = pictures if pictures.is_file() else raw
        self._frames = np.memmap(path, np.uint8, "r").reshape(-1, height * 3 // 2, width)
        if pcm.is_file():
            self._pcm = np.fromfile(pcm, np.int16)

    async def _open(self, number: int, offer: str) -> str:
        connection = self._peers[number] = RTCPeerConnection(RTCConfiguration(iceServers=[]))

        @connection.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            task = asyncio.create_task(_drain(track))
            self._drains.add(task)
            task.add_done_callback(self._drains.discard)

        await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        connection.addTrack(PcmTrack(self._pcm, self._speech[2]))
        connection.addTrack(FrameTrack(self._frames))
        await connection.setLocalDescription(await connection.createAnswer())
        return connection.localDescription.sdp


async def _drain(track: MediaStreamTrack) -> None:
    try:
        while True:
            await track.recv()
    except MediaStreamError:
        return


async def run_stock(options: argparse.Namespace, sock: socket) -> None:
    """Serve until the other end closes the channel."""
    channel: Channel[m.MediaReport, m.MediaCommand] = await Channel.over(sock, m.MediaCommand)
    server = StockServer(channel, (options.pictures, options.pcm, options.rate))
    async with census_at(options.frames_socket.with_name("census.sock")):
        try:
            while True:
                await server.obey(await channel.receive())
        except ChannelClosed:
            await server.aclose()
        finally:
            await channel.aclose()


def main() -> None:
    """Body of the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--frames-socket", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, default=Path(), help="raw I420 frames of speech")
    parser.add_argument("--pcm", type=Path, default=Path(), help="raw 16-bit mono sound of speech")
    parser.add_argument("--rate", type=int, default=48_000)
    options, _ = parser.parse_known_args()
    serve_child(partial(run_stock, options), options.fd)


if __name__ == "__main__":
    main()
