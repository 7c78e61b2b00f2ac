"""The idle loops of a worker, in every codec and tier, shared by all its peers.

The best tier of a loop comes first, so that the face is there quickly; the lower ones follow by themselves.
All the work is done by one thread that gives way to everything else in the process.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import structlog

from tutor_engine.media.encode import LOOPS, VideoCodec
from tutor_engine.media.loops import EncodedLoop, LoopUnusable, RawLoop, load_loop, load_tier
from tutor_engine.media.messages import LoadLoop, LoopFailed, LoopLoaded

log = structlog.get_logger()

_NICE = 10


class LoopShelf:
    """Loads loops and hands them out."""

    def __init__(
        self, report: Callable[[LoopLoaded | LoopFailed], None], on_new: Callable[[EncodedLoop], None]
    ) -> None:
        """`report` tells the engine; `on_new` hears of every loop that can be shown from now on."""
        self._report = report
        self._on_new = on_new
        self._loops: dict[tuple[str, VideoCodec, int], EncodedLoop] = {}
        self._loading: set[asyncio.Task[None]] = set()
        self._thread = ThreadPoolExecutor(1, "loops", initializer=_give_way)

    def find(self, name: str, codec: VideoCodec, tier: int) -> EncodedLoop | None:
        """The loop in this tier, or in the nearest better one that is there."""
        tiers = (self._loops.get((name, codec, number)) for number in range(tier, -1, -1))
        return next((loop for loop in tiers if loop is not None), None)

    def load(self, command: LoadLoop, tasks: asyncio.TaskGroup) -> None:
        """Begin to load all codecs and tiers; reports after the best tier of each codec."""
        task = tasks.create_task(self._load(command), name="loop")
        self._loading.add(task)
        task.add_done_callback(self._loading.discard)

    async def _load(self, command: LoadLoop) -> None:
        source = RawLoop(command.loop, Path(command.raw), command.width, command.height, command.frames)
        cache = Path(command.cache)
        best: list[EncodedLoop] = []
        try:
            for codec in VideoCodec:
                best.append(await self._run(load_loop, source, codec, cache))
                self._keep(best[-1])
        except LoopUnusable as error:
            log.warning("loop_unusable", loop=command.loop, reason=str(error))
            self._report(LoopFailed(command.loop, str(error)))
            return
        self._report(LoopLoaded(command.loop))
        try:
            for loop in best:
                for tier in range(1, len(LOOPS)):
                    self._keep(await self._run(load_tier, source, loop, tier, cache))
        except LoopUnusable as error:
            log.warning("loop_tier_unusable", loop=command.loop, reason=str(error))

    def close(self) -> None:
        """Stop loading and let the thread go. Idempotent."""
        for task in self._loading:
            task.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run(self, load: Callable[..., EncodedLoop], *arguments: object) -> EncodedLoop:
        return await asyncio.get_running_loop().run_in_executor(self._thread, load, *arguments)

    def _keep(self, loop: EncodedLoop) -> None:
        self._loops[loop.name, loop.codec, loop.tier] = loop
        self._on_new(loop)


def _give_way() -> None:
    """Lower the priority of this thread only (Linux counts threads as processes here)."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.nice(0) + _NICE)
