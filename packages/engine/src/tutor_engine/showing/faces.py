"""All faces of a node: takes the engine's commands, renders what is most urgent, sends it to media workers.

The event loop holds the schedule and the sockets; one thread renders, another one opens avatars (building a
body takes a second, and frames must not wait for it). Pixels go to the media workers through shared memory
and never through the engine.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import structlog

from tutor_engine.processes import Channel, ChannelClosed
from tutor_engine.processes.frames import FrameReady, LoopAt, Playing, SharedArena
from tutor_engine.showing.links import MediaLink
from tutor_engine.showing.loops import LoopRendering
from tutor_engine.showing.messages import (
    CloseFace,
    EndTurn,
    FaceCommand,
    FaceFailed,
    FaceOpened,
    FaceReport,
    FeedFace,
    FlushFace,
    OpenFace,
    RenderLoop,
)
from tutor_engine.showing.port import (
    AvatarUnusable,
    FaceEngine,
    Frame,
    FrameRequest,
    LoopInfo,
    Speech,
    TimedPhoneme,
)
from tutor_engine.showing.schedule import Fed, FramePlan, Schedule
from tutor_engine.showing.standing import Standing

log = structlog.get_logger()

_OPEN_WAIT_BYTES = 4 * 1024 * 1024
"""Speech kept while an avatar opens; more is a caller that does not wait for `FaceOpened`."""

SpeechCommand = FeedFace | EndTurn | FlushFace


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """An open performance."""

    number: int
    key: int
    """Its number inside the engine; never used twice, so that a late close cannot meet its successor."""
    package: str
    engine: FaceEngine
    link: MediaLink


class _Frame(NamedTuple):
    """A frame to be rendered into a slot."""

    face: _Face
    plan: FramePlan
    slot: int


@dataclass(slots=True)
class _Opening:
    """A performance whose avatar is being opened; what is said to it meanwhile waits."""

    waiting: list[SpeechCommand] = field(default_factory=list[SpeechCommand])


class FaceWorker:
    """Everything of the process but its socket: takes commands, reports by `post`."""

    def __init__(
        self,
        engines: Sequence[FaceEngine],
        arena: SharedArena,
        post: Callable[[FaceReport], None],
        absent: Mapping[str, str] | None = None,
    ) -> None:
        self._engines = engines
        self._standing = Standing(engines, absent or {}, post)
        self._arena = arena
        self._post = post
        self._schedule = Schedule()
        self._faces: dict[int, _Face] = {}
        self._opening: dict[int, _Opening] = {}
        self._links: dict[str, MediaLink] = {}
        self._connecting = asyncio.Lock()
        self._loops: list[LoopRendering] = []
        self._targets: set[str] = set()
        """Loops that are wanted or being rendered."""
        self._keys = count(1)
        self._wake = asyncio.Event()
        self._render = ThreadPoolExecutor(1, "render")
        self._build = ThreadPoolExecutor(1, "build")
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, channel: Channel[FaceReport, FaceCommand]) -> None:
        """Serve commands until the parent is gone. An error in here ends the process; a new one starts."""
        self._standing.tell()
        loop = asyncio.get_running_loop()
        work = (self._obey(channel), self._produce(), self._standing.watch())
        serving = {loop.create_task(one) for one in work}
        try:
            done, _ = await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            tasks = [*serving, *self._tasks]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._render.shutdown(wait=True, cancel_futures=True)
            self._build.shutdown(wait=True, cancel_futures=True)
            for rendering in self._loops:
                rendering.discard()

    async def _obey(self, channel: Channel[FaceReport, FaceCommand]) -> None:
        try:
            while True:
                self.command(await channel.receive())
        except ChannelClosed:
            log.info("face_worker_ends")

    def command(self, command: FaceCommand) -> None:
        """Take one command; whatever takes long goes on beside it."""
        if isinstance(command, OpenFace):
            self._close(command.performance)
            opening = self._opening[command.performance] = _Opening()
            self._start(self._open(command, opening))
        elif isinstance(command, RenderLoop):
            if command.target not in self._targets:
                self._targets.add(command.target)
                self._start(self._open_loop(command))
        elif isinstance(command, CloseFace):
            self._close(command.performance)
        elif (opening := self._opening.get(command.performance)) is not None:
            self._keep(opening, command)
        elif command.performance in self._faces:
            self._speech(self._faces[command.performance], command)
        self._wake.set()

    def _keep(self, opening: _Opening, command: SpeechCommand) -> None:
        kept = sum(len(c.pcm) for c in opening.waiting if isinstance(c, FeedFace))
        if kept < _OPEN_WAIT_BYTES or not isinstance(command, FeedFace):
            opening.waiting.append(command)

    def _speech(self, face: _Face, command: SpeechCommand) -> None:
        now_s, performance = monotonic(), self._schedule[face.number]
        if isinstance(command, FlushFace):
            if performance.flush(command.turn, now_s):
                self._in_render(face, lambda: face.engine.flush(face.key))
            return
        if isinstance(command, EndTurn):
            performance.end(command.turn)
            return
        duration_ms = len(command.pcm) // 2 * 1000 / max(command.rate_hz, 1)
        fed = performance.fed(command.turn, command.start_ms + duration_ms, now_s)
        if fed is Fed.NEW:
            self._in_render(face, lambda: face.engine.flush(face.key))
        if fed is not Fed.IGNORED:
            phonemes = [TimedPhoneme(ipa, start, end) for ipa, start, end in command.phonemes]
            speech = Speech(command.pcm, command.rate_hz, command.start_ms, phonemes)
            self._in_render(face, lambda: face.engine.feed(face.key, speech))

    def _in_render(self, face: _Face, work: Callable[[], None]) -> None:
        """Do it in the render thread, before any frame that is asked for later."""

        def guarded() -> str | None:
            try:
                work()
            except Exception as error:  # one face's trouble must not reach the others
                log.exception("face_failed", performance=face.number)
                return f"{type(error).__name__}: {error}"
            return None

        future = asyncio.get_running_loop().run_in_executor(self._render, guarded)

        async def watch() -> None:
            reason = await future
            if reason is not None:
                self._fail(face, reason)

        self._start(watch())

    async def _open(self, command: OpenFace, opening: _Opening) -> None:
        number, key = command.performance, next(self._keys)
        try:
            link = await self._link(command.frames_socket)
            engine, info = await self._open_engine(key, command.package)
        except (AvatarUnusable, OSError) as error:
            self._not_opened(command, opening, str(error))
            return
        if self._opening.get(number) is not opening or link.closed:
            engine.close(key)
            self._not_opened(command, opening, "the media worker is gone")
            return
        del self._opening[number]
        face = self._faces[number] = _Face(number, key, command.package, engine, link)
        self._schedule.open(number, info.frames, monotonic())
        name = engine.capabilities.name
        self._post(FaceOpened(number, name, info.width, info.height, info.frames))
        for waiting in opening.waiting:
            self._speech(face, waiting)
        self._wake.set()

    def _not_opened(self, command: OpenFace, opening: _Opening, reason: str) -> None:
        """Report it, unless the performance was closed or opened anew meanwhile."""
        if self._opening.get(command.performance) is opening:
            del self._opening[command.performance]
            self._post(FaceFailed(command.performance, command.package, reason))

    async def _open_engine(self, key: int, package: str) -> tuple[FaceEngine, LoopInfo]:
        """The first engine that can show the package.

        Raises:
            AvatarUnusable: none can.
        """
        loop = asyncio.get_running_loop()
        reasons: list[str] = []
        for engine in self._engines:
            name = engine.capabilities.name
            try:
                info = await loop.run_in_executor(self._build, engine.open, key, Path(package))
            except AvatarUnusable as error:
                reasons.append(f"{name}: {error}")
                continue
            except Exception as error:  # a broken engine must not keep the next one from trying
                log.exception("face_engine_failed", engine=name, package=package)
                reasons.append(f"{name}: {type(error).__name__}: {error}")
                continue
            if info.width * info.height * 3 // 2 <= self._arena.slot_bytes:
                return engine, info
            engine.close(key)
            reasons.append(f"{name}: {info.width}x{info.height} is too large")
        raise AvatarUnusable("; ".join(reasons) or "no face engine")

    async def _link(self, path: str) -> MediaLink:
        async with self._connecting:
            link = self._links.get(path)
            if link is None:
                link = await MediaLink.connect(path, self._arena, self._reply, self._wake.set)
                self._links[path] = link
                self._start(self._follow(link))
        return link

    async def _follow(self, link: MediaLink) -> None:
        try:
            await link.run()
        finally:
            del self._links[link.path]
            for face in [f for f in self._faces.values() if f.link is link]:
                self._fail(face, "the media worker is gone")

    def _reply(self, message: LoopAt | Playing) -> None:
        if message.performance not in self._schedule:
            return
        performance = self._schedule[message.performance]
        if isinstance(message, LoopAt):
            performance.loop_at(message.loop_index, message.monotonic_s)
        else:
            performance.playing(message.turn, message.position_ms, monotonic())
        self._wake.set()

    async def _open_loop(self, command: RenderLoop) -> None:
        key = next(self._keys)
        try:
            engine, info = await self._open_engine(key, command.package)
            loop = LoopRendering(key, command, engine, info)
        except (AvatarUnusable, OSError) as error:
            self._targets.discard(command.target)
            self._post(FaceFailed(None, command.package, str(error)))
            return
        self._loops.append(loop)
        self._wake.set()

    def _close(self, number: int) -> None:
        self._opening.pop(number, None)
        self._schedule.close(number)
        face = self._faces.pop(number, None)
        if face is not None:
            self._in_render(face, lambda: face.engine.close(face.key))

    def _fail(self, face: _Face, reason: str) -> None:
        if self._faces.get(face.number) is face:
            self._close(face.number)
            self._post(FaceFailed(face.number, face.package, reason))

    async def _produce(self) -> None:
        """Render what is most urgent; when nothing is, a frame of a loop; else wait."""
        while True:
            self._wake.clear()
            batch = self._batch()
            if batch:
                await self._live_frames(batch)
            elif self._loops:
                await self._loop_frame(self._loops[0])
            else:
                await self._sleep()

    def _batch(self) -> list[_Frame]:
        """What one engine renders next: frames of one engine, each with a slot."""
        batch: list[_Frame] = []
        engine: FaceEngine | None = None
        while engine is None or len(batch) < engine.capabilities.max_batch:
            slot = self._arena.acquire()
            if slot is None:
                break
            plan = self._schedule.next(monotonic(), among=self._faces_of(engine))
            if plan is None:
                self._arena.release(slot)
                break
            face = self._faces[plan.performance]
            engine = face.engine
            batch.append(_Frame(face, plan, slot))
        return batch

    def _faces_of(self, engine: FaceEngine | None) -> list[int]:
        return [face.number for face in self._faces.values() if engine is None or face.engine is engine]

    async def _sleep(self) -> None:
        """Until something is said, a slot comes back, or a filler is due."""
        slot = self._arena.acquire()
        now_s = monotonic()
        # With no slot free there is nothing to wake for but a slot.
        wake_s = None if slot is None else self._schedule.wake_s(now_s)
        if slot is not None:
            self._arena.release(slot)
        try:
            async with asyncio.timeout(None if wake_s is None else max(wake_s - now_s, 0.001)):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _live_frames(self, batch: list[_Frame]) -> None:
        loop = asyncio.get_running_loop()
        outcomes = await loop.run_in_executor(self._render, self._draw, batch)
        for (face, plan, slot), outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, str):
                self._arena.release(slot)
                self._fail(face, outcome)
            elif self._faces.get(face.number) is not face or not self._schedule.wanted(plan):
                self._arena.release(slot)
            else:
                height, width = outcome
                index, loop_index = plan.index, plan.loop_index
                face.link.show(
                    FrameReady(face.number, plan.turn, index, loop_index, slot, width, height, plan.exit)
                )

    def _draw(self, batch: list[_Frame]) -> list[tuple[int, int] | str]:
        """Render into the slots, in the render thread; per frame its height and width, or what went wrong."""
        requests = [FrameRequest(f.key, p.loop_index, p.at_ms, p.due_s) for f, p, _ in batch]
        try:
            frames = batch[0].face.engine.render(requests)
        except Exception as error:  # one face's trouble must not reach the others
            log.exception("frames_failed", performances=[face.number for face, _, _ in batch])
            if len(batch) == 1:
                return [f"{type(error).__name__}: {error}"]
            return [outcome for frame in batch for outcome in self._draw([frame])]
        return [self._store(frame, slot) for frame, (_, _, slot) in zip(frames, batch, strict=True)]

    def _store(self, frame: Frame, slot: int) -> tuple[int, int]:
        with self._arena.view(slot, frame.nbytes) as view:
            view[:] = frame.reshape(-1).data
        return frame.shape[0] * 2 // 3, frame.shape[1]

    async def _loop_frame(self, loop: LoopRendering) -> None:
        """One frame of a loop, so that live faces never wait longer than that."""
        try:
            reports = await asyncio.get_running_loop().run_in_executor(self._render, loop.step)
        except Exception as error:  # a loop that fails must not end the lessons
            log.exception("loop_failed", package=loop.package)
            loop.discard()
            self._forget(loop)
            self._post(FaceFailed(None, loop.package, f"{type(error).__name__}: {error}"))
            return
        for report in reports:
            self._post(report)
        if loop.done:
            self._forget(loop)
        else:
            self._loops.append(self._loops.pop(0))

    def _forget(self, loop: LoopRendering) -> None:
        self._loops.remove(loop)
        self._targets.discard(str(loop.target))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
