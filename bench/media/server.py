"""The engine's end of a process that serves media: the real media worker, or stock aiortc in its place."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType

from bench.media.machine import Usage
from bench.media.material import LOOP, Material
from tutor_engine.media import messages as m
from tutor_engine.processes import Child

ANSWER_TIMEOUT_S = 10.0
READY_TIMEOUT_S = 120.0
QUIET_S, QUIET_PERCENT = 0.5, 8.0
"""An empty worker's clock ticks: 2 % of a core."""


class Kind(StrEnum):
    """Which program serves."""

    WORKER = "worker"
    STOCK = "stock"


MODULES = {Kind.WORKER: "tutor_engine.media.worker", Kind.STOCK: "bench.media.stock"}


@dataclass(slots=True)
class Turn:
    """What the worker said about a turn."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Server:
    """`async with Server(kind, material) as server`: a fresh process, gone with the block.

    `speaking` is for stock aiortc, which speaks all the time or never. `observed` adds a census.
    """

    def __init__(
        self, kind: Kind, material: Material, *, speaking: bool = False, observed: bool = False
    ) -> None:
        self.kind = kind
        self.material = material
        self._folder = tempfile.TemporaryDirectory(prefix="bench-media-")
        self.folder = Path(self._folder.name)
        self.census = self.folder / "census.sock"
        self.frames_socket = self.folder / "frames.sock"
        self.stats: dict[int, dict[str, float]] = {}
        self.reduced: set[int] = set()
        """Peers that got less than full quality: what they cost says nothing."""
        self._answers: dict[int, asyncio.Future[str]] = {}
        self._turns: dict[tuple[int, int], Turn] = {}
        self._numbers = 0
        self._loaded = asyncio.Event()
        self._lost = False
        self.on_playback_ended: Callable[[int, int], None] = lambda _peer, _turn: None
        self._child: Child[m.MediaCommand, m.MediaReport] = Child(
            kind,
            "bench.media.observed" if observed and kind is Kind.WORKER else MODULES[kind],
            m.MediaReport,
            args=[
                "--host", "127.0.0.1", "--port", "0", "--frames-socket", str(self.frames_socket),
                *(self._speech() if speaking and kind is Kind.STOCK else ()),
            ],
            on_message=self._take,
            on_end=self._note_end,
        )  # fmt: skip

    async def __aenter__(self) -> "Server":
        await self._child.start()
        material = self.material
        self.post(
            m.LoadLoop(
                LOOP, str(material.loop), str(material.loop.parent / "encoded"),
                material.width, material.height, material.loop_frames,
            )
        )  # fmt: skip
        async with asyncio.timeout(READY_TIMEOUT_S):
            await self._loaded.wait()
            await self._quiet()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._child.aclose()
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        """The process that is measured."""
        if self._lost or self._child.pid is None:
            raise RuntimeError(f"{self.kind} has ended")
        return self._child.pid

    def post(self, command: m.MediaCommand) -> None:
        """Give a command."""
        self._child.post(command)

    def next_number(self) -> int:
        """A peer number nobody had."""
        self._numbers += 1
        return self._numbers

    async def answer(self, number: int, offer: str) -> str:
        """Open a peer."""
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        self.post(m.OpenPeer(number, offer, LOOP))
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            return await future

    def turn(self, number: int, turn: int) -> Turn:
        """What is known of a turn."""
        return self._turns.setdefault((number, turn), Turn())

    async def _quiet(self) -> None:
        """Wait until nothing is prepared any more: lower qualities of the loop follow after the first."""
        while True:
            usage = Usage(self.pid)
            await asyncio.sleep(QUIET_S)
            if usage.percent() < QUIET_PERCENT:
                return

    def _speech(self) -> list[str]:
        """Arguments that make stock aiortc speak."""
        pcm = self.folder / "speech.pcm"
        pcm.write_bytes(self.material.pcm)
        rate = str(self.material.rate_hz)
        return ["--pictures", str(self.material.speech), "--pcm", str(pcm), "--rate", rate]

    async def _take(self, report: m.MediaReport) -> None:
        match report:
            case m.LoopLoaded():
                self._loaded.set()
            case m.PeerAnswer(peer, sdp):
                self._answers.pop(peer).set_result(sdp)
            case m.PeerRefused(peer, reason):
                self._answers.pop(peer).set_exception(RuntimeError(reason))
            case m.PeerStats(peer, values):
                self.stats[peer] = values
            case m.PeerQuality(peer, level, reason) if level != "full" or reason:
                self.reduced.add(peer)
            case m.PlaybackStarted(peer, turn):
                self.turn(peer, turn).started.set()
            case m.PlaybackEnded(peer, turn):
                self.turn(peer, turn).ended.set()
                self.on_playback_ended(peer, turn)
            case _:
                pass

    async def _note_end(self) -> None:
        self._lost = True
