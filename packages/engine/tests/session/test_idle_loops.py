"""Which loops are being made, how far they are, and what becomes of them."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packages.engine.tests.media.classroom import until

from tutor_engine.media import messages as mm
from tutor_engine.session.idle_loops import FaceRef, IdleLoops, OfferRefused
from tutor_engine.showing import messages as sm


@dataclass
class Node:
    """Workers that do what the test says."""

    cache: Path
    loaded: list[mm.LoadLoop] = field(default_factory=list[mm.LoadLoop])
    rendered: list[sm.RenderLoop] = field(default_factory=list[sm.RenderLoop])
    everywhere: set[str] = field(default_factory=set[str])

    def loops(self) -> IdleLoops:
        return IdleLoops(
            self.cache,
            load=self.loaded.append,
            render=self.rendered.append,
            everywhere=self.everywhere.__contains__,
        )

    def face(self, name: str) -> FaceRef:
        return FaceRef(name, Path("/avatars") / name, f"loop-{name}")


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


async def begin(loops: IdleLoops, face: FaceRef) -> asyncio.Task[None]:
    task = asyncio.create_task(loops.prepare(face))
    await asyncio.sleep(0)
    return task


async def test_each_face_has_a_progress_of_its_own(node: Node) -> None:
    loops = node.loops()
    ada, lin = await begin(loops, node.face("ada")), await begin(loops, node.face("lin"))
    await until(lambda: len(node.rendered) == 2)
    loops.on_progress(sm.LoopProgress("/avatars/ada", 0.25))
    loops.on_progress(sm.LoopProgress("/avatars/lin", 0.75))
    loops.on_progress(sm.LoopProgress("/avatars/nobody", 0.5))
    assert loops.progress == {"loop-ada": 0.25, "loop-lin": 0.75}
    loops.on_not_rendered("/avatars/lin", "no face in it")
    with pytest.raises(OfferRefused, match="no face in it"):
        await lin
    assert loops.progress == {"loop-ada": 0.25}
    # both are begun in threads, in either order
    [target] = [command.target for command in node.rendered if command.package == "/avatars/ada"]
    loops.on_rendered(sm.LoopRendered("/avatars/ada", target, 64, 64, 50))
    assert loops.progress == {}
    assert [command.loop for command in node.loaded] == ["loop-ada"]
    node.everywhere.add("loop-ada")
    loops.on_loaded("loop-ada")
    await ada
    assert loops.commands() == node.loaded


async def test_a_loop_that_is_known_is_loaded_and_not_rendered(node: Node) -> None:
    first = node.loops()
    task = await begin(first, node.face("ada"))
    await until(lambda: node.rendered)
    first.on_rendered(sm.LoopRendered("/avatars/ada", node.rendered[0].target, 64, 64, 50))
    node.everywhere.add("loop-ada")
    first.on_loaded("loop-ada")
    await task
    node.everywhere.clear()
    later = node.loops()
    task = await begin(later, node.face("ada"))
    await until(lambda: len(node.loaded) == 2)
    node.everywhere.add("loop-ada")
    later.on_loaded("loop-ada")
    await task
    assert len(node.rendered) == 1
    assert node.loaded[0] == node.loaded[1]
    await later.prepare(node.face("ada"))


async def test_a_loop_that_cannot_be_encoded_is_forgotten(node: Node) -> None:
    loops = node.loops()
    task = await begin(loops, node.face("ada"))
    await until(lambda: node.rendered)
    loops.on_rendered(sm.LoopRendered("/avatars/ada", node.rendered[0].target, 64, 64, 50))
    loops.on_failed("loop-ada", "too small")
    with pytest.raises(OfferRefused, match="too small"):
        await task
    assert loops.commands() == []


async def test_what_a_dead_face_worker_was_rendering_is_refused(node: Node) -> None:
    loops = node.loops()
    task = await begin(loops, node.face("ada"))
    await until(lambda: node.rendered)
    loops.on_face_worker_restarted()
    with pytest.raises(OfferRefused, match="restarted"):
        await task


def test_of_a_face_that_is_gone_nothing_is_kept(node: Node) -> None:
    for name in ("loop-ada.json", "loop-ada.i420", "loop-ada.0f.h264.loop", "loop-lin.json"):
        (node.cache / name).write_bytes(b"{}")
    loops = node.loops()
    loops.forget("loop-ada")
    loops.forget("loop-nobody")
    assert [path.name for path in node.cache.iterdir()] == ["loop-lin.json"]
    assert loops.commands() == []
