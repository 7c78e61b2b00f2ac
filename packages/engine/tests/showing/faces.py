"""A small face engine and the media worker's side of the frames socket, for the tests of this room."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tutor_engine.avatars.package import PackageBroken, read_manifest
from tutor_engine.processes import Channel, ChannelClosed
from tutor_engine.processes.frames import (
    Arena,
    FrameMessage,
    FrameReady,
    FrameReply,
    FrameTaken,
    SharedArena,
)
from tutor_engine.showing.port import (
    AvatarUnusable,
    FaceCapabilities,
    Frame,
    FrameRequest,
    LoopInfo,
    Speech,
)


class GreyFace:
    """A face engine whose frames are grey: 40 at rest, darker by blinking loop index, 200 when it speaks."""

    def __init__(self, name: str = "grey", batch: int = 1) -> None:
        self.name = name
        self.batch = batch
        self.rendered: list[FrameRequest] = []
        self.fail_on: int | None = None
        """Performance whose frames fail."""
        self._speech: dict[int, list[Speech]] = {}
        self._left: dict[int, int] = {}

    @property
    def capabilities(self) -> FaceCapabilities:
        return FaceCapabilities(self.name, self.batch, "for tests")

    def open(self, performance: int, package: Path) -> LoopInfo:
        try:
            manifest = read_manifest(package)
        except PackageBroken as error:
            raise AvatarUnusable(str(error)) from error
        self._speech[performance], self._left[performance] = [], 0
        return LoopInfo(manifest.width, manifest.height, 100)

    def feed(self, performance: int, speech: Speech) -> None:
        self._speech[performance].append(speech)

    def flush(self, performance: int) -> None:
        self._speech[performance] = []

    def render(self, requests: Sequence[FrameRequest]) -> list[Frame]:
        return [self._frame(r) for r in requests]

    def close(self, performance: int) -> None:
        self._speech.pop(performance, None)

    def _frame(self, request: FrameRequest) -> Frame:
        if request.performance == self.fail_on:
            raise RuntimeError("the brush broke")
        self.rendered.append(request)
        spoken = request.at_ms is not None and any(
            p.ipa and p.start_ms <= request.at_ms < p.end_ms
            for s in self._speech[request.performance]
            for p in s.phonemes
        )
        self._left[request.performance] = 2 if spoken else max(self._left[request.performance] - 1, 0)
        grey = 200 if spoken else 40 + request.loop_index % 100 // 10 + 20 * self._left[request.performance]
        return np.full((24 * 3 // 2, 16), grey, np.uint8)


@dataclass(frozen=True)
class Received:
    """A frame as the media worker got it."""

    frame: FrameReady
    picture: Frame


@dataclass
class MediaSide:
    """The media worker's end of the frames socket: keeps every frame, gives every slot back."""

    path: Path
    frames: list[Received] = field(default_factory=list)
    links: int = 0
    hold: bool = False
    """Keep the slots."""
    first: list[str] = field(default_factory=list)
    """Type of the first message of each connection."""
    _channels: list[Channel[FrameReply, FrameMessage]] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, reply: FrameReply) -> None:
        for channel in self._channels:
            channel.post(reply)

    async def until(self, enough: Callable[[list[FrameReady]], bool]) -> list[FrameReady]:
        """Wait until the frames received so far are enough."""
        async with asyncio.timeout(30):
            while not enough(self.got):
                self._changed.clear()
                await self._changed.wait()
        return self.got

    @property
    def got(self) -> list[FrameReady]:
        return [r.frame for r in self.frames]

    async def hang_up(self) -> None:
        for channel in self._channels:
            await channel.aclose()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        channel: Channel[FrameReply, FrameMessage] = Channel(reader, writer, FrameMessage)
        self._channels.append(channel)
        self.links += 1
        arena: SharedArena | None = None
        try:
            while True:
                message = await channel.receive()
                if isinstance(message, Arena):
                    self.first.append(type(message).__name__)
                    arena = SharedArena.attach(message)
                    continue
                assert arena is not None, "a frame before the arena"
                with arena.view(message.slot, message.width * message.height * 3 // 2) as view:
                    picture = np.frombuffer(view, np.uint8).reshape(-1, message.width).copy()
                self.frames.append(Received(message, picture))
                if not self.hold:
                    channel.post(FrameTaken(message.slot))
                self._changed.set()
        except ChannelClosed:
            return
        finally:
            if arena is not None:
                arena.close()
            with suppress(ChannelClosed):
                await channel.aclose()
