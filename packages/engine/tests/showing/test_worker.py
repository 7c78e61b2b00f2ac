"""The face worker against a media worker's side over a real Unix socket."""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar, TypeVar

import numpy as np
import pytest
from packages.engine.tests.showing.faces import GreyFace, MediaSide

from tutor_engine.processes import Channel, Child
from tutor_engine.processes.frames import FrameTaken, LoopAt, Playing, SharedArena
from tutor_engine.showing.faces import FaceWorker
from tutor_engine.showing.messages import (
    CloseFace,
    EndTurn,
    FaceCommand,
    FaceFailed,
    FaceOpened,
    FaceReady,
    FaceReport,
    FeedFace,
    FlushFace,
    LoopProgress,
    LoopRendered,
    OpenFace,
    RenderLoop,
)
from tutor_engine.showing.port import FaceEngine, Frame, FrameRequest, LoopInfo

Heard = TypeVar("Heard", bound=FaceReport)


class Engine:
    """The engine's end of the channel."""

    def __init__(self, channel: Channel[FaceCommand, FaceReport]) -> None:
        self._channel = channel
        self.reports: list[FaceReport] = []

    def say(self, command: FaceCommand) -> None:
        self._channel.post(command)

    async def hear(self, kind: type[Heard]) -> Heard:
        async with asyncio.timeout(30):
            while True:
                report = await self._channel.receive()
                self.reports.append(report)
                if isinstance(report, kind):
                    return report


def feed(turn: int, start_ms: float, duration_ms: float, performance: int = 1, ipa: str = "a") -> FeedFace:
    samples = int(16 * duration_ms)
    pcm = (8000 * np.sin(np.arange(samples) / 8)).astype("<i2").tobytes()
    return FeedFace(performance, turn, pcm, 16000, start_ms, [(ipa, start_ms, start_ms + duration_ms)])


@asynccontextmanager
async def working(engines: Sequence[FaceEngine], slots: int = 48) -> AsyncGenerator[Engine]:
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    arena = SharedArena.create(slots, 16 * 24 * 3 // 2)
    inner: Channel[FaceReport, FaceCommand] = await Channel.over(theirs, FaceCommand)
    outer: Channel[FaceCommand, FaceReport] = await Channel.over(ours, FaceReport)
    work = asyncio.create_task(FaceWorker(engines, arena, inner.post).run(inner))
    try:
        yield Engine(outer)
    finally:
        await outer.aclose()
        await asyncio.wait_for(work, 30)
        await inner.aclose()
        arena.close()


@pytest.fixture
async def engine_side(grey: GreyFace) -> AsyncGenerator[Engine]:
    async with working([grey]) as side:
        yield side


async def opened(side: Engine, package: Path, media: Path, performance: int = 1) -> FaceOpened:
    side.say(OpenFace(performance, str(package), str(media)))
    return await side.hear(FaceOpened)


async def test_says_which_engines_it_has_and_opens_a_face(
    engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    face = await opened(engine_side, grey_package, media.path)
    assert face == FaceOpened(1, "grey", 16, 24, 100)
    assert engine_side.reports[0] == FaceReady({"grey": "for tests"})


async def test_speech_gives_frames_in_order_at_most_400_ms_ahead(
    engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    await opened(engine_side, grey_package, media.path)
    media.say(LoopAt(1, 30, time.monotonic()))
    engine_side.say(feed(7, 0, 2000))
    await media.until(lambda frames: len(frames) >= 10)
    media.say(Playing(1, 7, 0.0))
    await asyncio.sleep(0)
    media.say(Playing(1, 7, 80.0))
    frames = await media.until(lambda frames: len(frames) >= 12)
    assert [f.index for f in frames] == list(range(12))
    assert {(f.performance, f.turn, f.width, f.height, f.exit) for f in frames} == {(1, 7, 16, 24, False)}
    loops = [f.loop_index for f in frames]
    assert loops == [(loops[0] + k) % 100 for k in range(12)]
    assert all(int(r.picture.max()) == 200 for r in media.frames)
    assert media.first == ["Arena"]


async def test_an_ended_turn_returns_to_the_loop_at_a_keyframe(
    engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    await opened(engine_side, grey_package, media.path)
    media.say(LoopAt(1, 15, time.monotonic()))
    engine_side.say(feed(1, 0, 120))
    engine_side.say(EndTurn(1, 1))
    await media.until(lambda frames: len(frames) >= 3)
    media.say(Playing(1, 1, 120.0))
    frames = await media.until(lambda frames: frames[-1].exit)
    assert [f.index for f in frames[:3]] == [0, 1, 2]
    assert {f.index for f in frames[3:]} == {-1}
    assert (frames[-1].loop_index + 1) % 25 == 0
    assert [f.exit for f in frames].count(True) == 1
    assert int(media.frames[-1].picture.max()) < 60


async def test_a_flushed_turn_stops_and_cannot_speak_again(
    engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    await opened(engine_side, grey_package, media.path)
    engine_side.say(feed(1, 0, 4000))
    await media.until(lambda frames: len(frames) >= 10)
    engine_side.say(FlushFace(1, 1))
    engine_side.say(feed(1, 4000, 4000))
    frames = await media.until(lambda frames: frames[-1].exit)
    flushed = [f.index for f in frames].index(-1)
    assert {f.index for f in frames[flushed:]} == {-1}
    assert flushed <= 11


async def test_what_is_said_while_the_avatar_opens_is_kept(
    engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    engine_side.say(OpenFace(1, str(grey_package), str(media.path)))
    engine_side.say(feed(1, 0, 80))
    frames = await media.until(lambda frames: len(frames) >= 2)
    assert [f.index for f in frames[:2]] == [0, 1]


async def test_one_connection_per_media_worker(
    engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    for performance in (1, 2, 3):
        await opened(engine_side, grey_package, media.path, performance)
    for performance in (1, 2, 3):
        engine_side.say(feed(1, 0, 400, performance))
    await media.until(lambda frames: len(frames) >= 30)
    assert media.links == 1
    assert {f.performance for f in media.got} == {1, 2, 3}


async def test_slots_that_are_not_given_back_stop_the_frames_until_they_are(
    grey: GreyFace, grey_package: Path, media: MediaSide
) -> None:
    async with working([grey], slots=4) as side:
        media.hold = True
        await opened(side, grey_package, media.path)
        side.say(feed(1, 0, 400))
        await media.until(lambda frames: len(frames) >= 4)
        media.hold = False
        for frame in media.got:
            media.say(FrameTaken(frame.slot))
        frames = await media.until(lambda frames: len(frames) >= 10)
    assert [f.index for f in frames[:10]] == list(range(10))


async def test_a_face_that_fails_is_reported_and_the_others_go_on(
    grey: GreyFace, engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    for performance in (1, 2):
        await opened(engine_side, grey_package, media.path, performance)
    grey.fail_on = 1
    engine_side.say(feed(1, 0, 400, 1))
    engine_side.say(feed(1, 0, 400, 2))
    failed = await engine_side.hear(FaceFailed)
    assert failed.performance == 1
    assert "the brush broke" in failed.reason
    await media.until(lambda frames: len(frames) >= 10)
    assert {f.performance for f in media.got} == {2}


async def test_a_package_nobody_can_show_and_a_missing_media_worker_are_reported(
    engine_side: Engine, grey_package: Path, media: MediaSide, tmp_path: Path
) -> None:
    engine_side.say(OpenFace(1, str(tmp_path / "none"), str(media.path)))
    failed = await engine_side.hear(FaceFailed)
    assert (failed.performance, failed.package) == (1, str(tmp_path / "none"))
    engine_side.say(OpenFace(2, str(grey_package), str(tmp_path / "nobody.sock")))
    assert (await engine_side.hear(FaceFailed)).performance == 2
    engine_side.say(feed(1, 0, 400, 2))
    assert (await opened(engine_side, grey_package, media.path, 3)).performance == 3


async def test_engines_are_tried_in_order(grey_package: Path, media: MediaSide, grey: GreyFace) -> None:
    class Picky(GreyFace):
        def open(self, performance: int, package: Path) -> LoopInfo:
            raise RuntimeError("no GPU")

    async with working([Picky("picky"), grey]) as side:
        assert (await opened(side, grey_package, media.path)).engine == "grey"


async def test_a_media_worker_that_dies_ends_its_performances(
    engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    await opened(engine_side, grey_package, media.path)
    await media.hang_up()
    failed = await engine_side.hear(FaceFailed)
    assert failed.performance == 1
    assert (await opened(engine_side, grey_package, media.path)).performance == 1
    engine_side.say(feed(1, 0, 80))
    await media.until(lambda frames: len(frames) >= 2)


async def test_a_closed_face_gives_no_more_frames(
    engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    await opened(engine_side, grey_package, media.path)
    engine_side.say(CloseFace(1))
    engine_side.say(CloseFace(1))
    engine_side.say(feed(1, 0, 400))
    await opened(engine_side, grey_package, media.path, 2)
    engine_side.say(feed(1, 0, 80, 2))
    await media.until(lambda frames: len(frames) >= 2)
    assert {f.performance for f in media.got} == {2}


async def test_renders_a_loop_with_progress_and_whole_or_not_at_all(
    engine_side: Engine, grey_package: Path, tmp_path: Path
) -> None:
    target = tmp_path / "loops" / "grey.i420"
    engine_side.say(RenderLoop(str(grey_package), str(target)))
    assert (await engine_side.hear(LoopProgress)).progress < 1
    done = await engine_side.hear(LoopRendered)
    assert done == LoopRendered(str(grey_package), str(target), 16, 24, 100)
    assert target.stat().st_size == 100 * 16 * 24 * 3 // 2
    assert [p.name for p in target.parent.iterdir()] == ["grey.i420"]
    shown = [r.progress for r in engine_side.reports if isinstance(r, LoopProgress)]
    assert shown == sorted(shown)
    assert shown[-1] == 1.0


async def test_a_loop_that_fails_leaves_no_file(
    grey: GreyFace, engine_side: Engine, grey_package: Path, tmp_path: Path
) -> None:
    grey.fail_on = 1
    target = tmp_path / "loops" / "grey.i420"
    engine_side.say(RenderLoop(str(grey_package), str(target)))
    failed = await engine_side.hear(FaceFailed)
    assert failed.performance is None
    assert list(target.parent.iterdir()) == []


async def test_a_loop_does_not_hold_up_a_lesson(
    engine_side: Engine, grey_package: Path, media: MediaSide, tmp_path: Path
) -> None:
    await opened(engine_side, grey_package, media.path)
    engine_side.say(RenderLoop(str(grey_package), str(tmp_path / "loop.i420")))
    await engine_side.hear(LoopProgress)
    engine_side.say(feed(1, 0, 400))
    await media.until(lambda frames: len(frames) >= 10)
    await engine_side.hear(LoopRendered)


async def test_the_same_loop_is_rendered_once(
    grey: GreyFace, engine_side: Engine, grey_package: Path, tmp_path: Path
) -> None:
    for _ in range(3):
        engine_side.say(RenderLoop(str(grey_package), str(tmp_path / "a.i420")))
    await engine_side.hear(LoopRendered)
    assert len(grey.rendered) == 100
    engine_side.say(RenderLoop(str(grey_package), str(tmp_path / "a.i420")))
    await engine_side.hear(LoopRendered)
    assert len(grey.rendered) == 200


async def test_a_loop_into_a_folder_that_cannot_be_is_reported(
    engine_side: Engine, grey_package: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    engine_side.say(RenderLoop(str(grey_package), str(tmp_path / "file" / "loop.i420")))
    assert (await engine_side.hear(FaceFailed)).package == str(grey_package)


async def test_an_engine_gets_batches_and_one_bad_face_spoils_only_its_own(
    grey_package: Path, media: MediaSide
) -> None:
    class Batching(GreyFace):
        sizes: ClassVar[list[int]] = []

        def render(self, requests: Sequence[FrameRequest]) -> list[Frame]:
            self.sizes.append(len(requests))
            return super().render(requests)

    grey = Batching("gpu", batch=4)
    async with working([grey]) as side:
        for performance in (1, 2, 3):
            await opened(side, grey_package, media.path, performance)
        for performance in (1, 2, 3):
            side.say(feed(1, 0, 400, performance))
        await media.until(lambda frames: len(frames) >= 30)
        assert 1 < max(grey.sizes) <= 4
        grey.fail_on = 2
        for performance in (1, 2, 3):
            side.say(feed(2, 0, 400, performance))
        assert (await side.hear(FaceFailed)).performance == 2
        frames = await media.until(lambda frames: len(frames) >= 50)
    for performance in (1, 3):
        mine = [f.index for f in frames if f.performance == performance and f.turn == 2 and f.index >= 0]
        assert mine == list(range(10))


async def test_a_picture_that_fits_no_slot_is_refused(grey_package: Path, media: MediaSide) -> None:
    text = (grey_package / "avatar.json").read_text().replace("16", "1600")
    (grey_package / "avatar.json").write_text(text)
    async with working([GreyFace()]) as side:
        side.say(OpenFace(1, str(grey_package), str(media.path)))
        assert "1600x24 is too large" in (await side.hear(FaceFailed)).reason


async def test_opening_again_replaces_the_performance(
    engine_side: Engine, grey_package: Path, media: MediaSide
) -> None:
    await opened(engine_side, grey_package, media.path)
    engine_side.say(feed(1, 0, 4000))
    await media.until(lambda frames: len(frames) >= 10)
    await opened(engine_side, grey_package, media.path)
    engine_side.say(feed(1, 0, 80))
    frames = await media.until(lambda frames: [f.index for f in frames[-2:]] == [0, 1])
    assert all(f.performance == 1 for f in frames)


async def test_the_process_shows_a_drawn_tutor(
    drawn_packages: dict[str, Path], media: MediaSide, tmp_path: Path
) -> None:
    reports: asyncio.Queue[FaceReport] = asyncio.Queue()
    child: Child[FaceCommand, FaceReport] = Child(
        "faces",
        "tutor_engine.showing.worker",
        FaceReport,
        args=("--models", str(tmp_path)),
        on_message=reports.put,
    )
    await child.start()
    try:
        async with asyncio.timeout(90):
            ready = await reports.get()
            assert isinstance(ready, FaceReady)
            assert "puppet" in ready.engines
            child.post(OpenFace(1, str(drawn_packages["lin"]), str(media.path)))
            face = await reports.get()
            assert face == FaceOpened(1, "puppet", 512, 512, 225)
            child.post(feed(1, 0, 400))
            await media.until(lambda frames: len(frames) >= 10)
    finally:
        await child.aclose()
    assert media.frames[0].picture.shape == (768, 512)
    assert float(media.frames[0].picture[:512].std()) > 20
