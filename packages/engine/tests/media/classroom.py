"""A media worker in the test's own event loop, an engine that talks to it, and students with aiortc."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import av
import numpy as np
import numpy.typing as npt
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from tutor_engine.media import messages as m
from tutor_engine.media.peer import PeerLimits
from tutor_engine.media.worker import WorkerOptions, run_worker
from tutor_engine.processes import Channel
from tutor_engine.processes.frames import FrameMessage, FrameReady, FrameReply, FrameTaken, SharedArena

WIDTH = HEIGHT = 64
LOOP = "grey-loop"
Report = TypeVar("Report")
Samples = npt.NDArray[np.int16]


def picture(luma: int) -> npt.NDArray[np.uint8]:
    """An I420 frame of one grey."""
    frame = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    frame[:HEIGHT] = luma
    return frame


def tone(seconds: float, rate_hz: int, frequency_hz: float = 440.0) -> bytes:
    """A sine at a third of full scale."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return (10_000 * np.sin(2 * np.pi * frequency_hz * t)).astype(np.int16).tobytes()


def strength(samples: Samples, rate_hz: int, frequency_hz: float) -> float:
    """The amplitude of one frequency."""
    t = np.arange(len(samples)) / rate_hz
    return float(2 * abs(np.mean(samples * np.exp(-2j * np.pi * frequency_hz * t))))


async def until(true: Callable[[], Any], timeout_s: float = 30.0) -> None:
    """Wait for something another task does."""
    async with asyncio.timeout(timeout_s):
        while not true():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


@dataclass
class Engine:
    """The engine's end of a worker's channel."""

    channel: Channel[m.MediaCommand, m.MediaReport]
    reports: list[m.MediaReport] = field(default_factory=list[m.MediaReport])

    def post(self, command: m.MediaCommand) -> None:
        self.channel.post(command)

    def all(self, kind: type[Report]) -> list[Report]:
        return [report for report in self.reports if isinstance(report, kind)]

    async def expect(
        self, kind: type[Report], true: Callable[[Report], bool] = lambda report: True
    ) -> Report:
        await until(lambda: any(true(report) for report in self.all(kind)))
        return next(report for report in self.all(kind) if true(report))

    async def listen(self) -> None:
        while True:
            self.reports.append(await self.channel.receive())


@dataclass
class House:
    """A running worker with its engine."""

    engine: Engine
    ready: m.MediaReady
    raw: Path
    cache: Path


class Voice(MediaStreamTrack):
    """A student's microphone: a tone in real time, through aiortc's own Opus encoder."""

    kind = "audio"

    def __init__(self, frequency_hz: float) -> None:
        super().__init__()
        self._pcm = np.frombuffer(tone(1.0, 48_000, frequency_hz), np.int16)
        self._count = 0
        self._start_s: float | None = None

    async def recv(self) -> Any:
        loop = asyncio.get_running_loop()
        self._start_s = self._start_s if self._start_s is not None else loop.time()
        await asyncio.sleep(max(0.0, self._start_s + self._count * 0.02 - loop.time()))
        block = self._pcm[(self._count * 960) % 48_000 :][:960].reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
        frame.sample_rate = 48_000
        frame.pts = self._count * 960
        frame.time_base = Fraction(1, 48_000)
        self._count += 1
        return frame


@dataclass
class Student:
    """A browser's place: sends an offer, remembers what it hears and sees."""

    connection: RTCPeerConnection
    sound: list[Samples] = field(default_factory=list[Samples])
    lumas: list[int] = field(default_factory=list[int])
    video_pts: list[int] = field(default_factory=list[int])
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    def quiet_for(self, seconds: float) -> bool:
        """Whether nothing but a decoder's rounding was heard lately, after something was."""
        heard = np.abs(self.heard().astype(np.int32))
        return bool(len(heard) and heard.max() > 1_000 and heard[-round(seconds * 48_000) :].max() < 20)

    def heard(self) -> Samples:
        return np.concatenate(self.sound) if self.sound else np.zeros(0, np.int16)

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def watch(self, track: MediaStreamTrack) -> None:
        self.tasks.append(asyncio.create_task(self._pump(track)))

    async def _pump(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame: Any = await track.recv()
                if track.kind == "audio":
                    self.sound.append(frame.to_ndarray().reshape(-1)[::2].copy())
                else:
                    self.lumas.append(int(frame.to_ndarray(format="gray").mean()))
                    self.video_pts.append(frame.pts)
        except MediaStreamError:
            return

    async def aclose(self) -> None:
        await self.connection.close()
        for task in self.tasks:
            task.cancel()  # tracks of a connection that never came about wait for ever
        await asyncio.gather(*self.tasks, return_exceptions=True)


@asynccontextmanager
async def student(voice_hz: float | None = None, *, data: bool = False) -> AsyncGenerator[Student]:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    person = Student(connection)
    connection.on("track", person.watch)
    connection.addTransceiver(Voice(voice_hz) if voice_hz else "audio", "sendrecv")
    connection.addTransceiver("video", "recvonly")
    if data:
        connection.createDataChannel("stats")
    try:
        yield person
    finally:
        await person.aclose()


async def join(engine: Engine, person: Student, peer: int, loop: str = LOOP) -> None:
    """Negotiate and wait until media can flow."""
    known = len(engine.all(m.PeerAnswer))
    engine.post(m.OpenPeer(peer, await person.offer(), loop))
    await until(lambda: len(engine.all(m.PeerAnswer)) > known)
    await person.accept(engine.all(m.PeerAnswer)[-1].sdp)
    await until(lambda: person.connection.connectionState == "connected")


@dataclass
class Face:
    """A face worker that renders greys."""

    channel: Channel[FrameMessage, FrameReply]
    arena: SharedArena
    replies: list[FrameReply] = field(default_factory=list[FrameReply])

    def show(
        self, performance: int, turn: int, index: int, luma: int, *, loop_index: int = 0, exit: bool = False
    ) -> int:
        slot = self.arena.acquire()
        assert slot is not None
        frame = picture(luma)
        with self.arena.view(slot, frame.nbytes) as view:
            view[:] = frame.reshape(-1).data
        self.channel.post(FrameReady(performance, turn, index, loop_index, slot, WIDTH, HEIGHT, exit))
        return slot

    def all(self, kind: type[Report]) -> list[Report]:
        return [reply for reply in self.replies if isinstance(reply, kind)]

    async def listen(self) -> None:
        while True:
            reply = await self.channel.receive()
            self.replies.append(reply)
            if isinstance(reply, FrameTaken):
                self.arena.release(reply.slot)


@asynccontextmanager
async def face(path: str, slots: int = 16) -> AsyncGenerator[Face]:
    reader, writer = await asyncio.open_unix_connection(path)
    channel: Channel[FrameMessage, FrameReply] = Channel(reader, writer, FrameReply)
    arena = SharedArena.create(slots, WIDTH * HEIGHT * 3 // 2)
    worker = Face(channel, arena)
    channel.post(arena.describe())
    listening = asyncio.create_task(worker.listen())
    try:
        yield worker
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await channel.aclose()
        arena.close()


@asynccontextmanager
async def open_house(
    folder: Path, limits: PeerLimits | None = None, hosts: tuple[str, ...] = ("127.0.0.1",)
) -> AsyncGenerator[House]:
    raw = folder / "loop.i420"
    raw.write_bytes(b"".join(picture(60).tobytes() for _ in range(50)))
    ours, theirs = socket.socketpair()
    for sock in (ours, theirs):
        sock.setblocking(False)
    options = WorkerOptions(hosts, 0, (), folder / "f.sock", limits or PeerLimits())
    working = asyncio.create_task(run_worker(options, theirs))
    engine = Engine(await Channel.over(ours, m.MediaReport))
    listening = asyncio.create_task(engine.listen())
    try:
        ready = await engine.expect(m.MediaReady)
        engine.post(m.LoadLoop(LOOP, str(raw), str(folder / "cache"), WIDTH, HEIGHT, 50))
        await engine.expect(m.LoopLoaded)
        yield House(engine, ready, raw, folder / "cache")
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await engine.channel.aclose()
        async with asyncio.timeout(30):
            await working
