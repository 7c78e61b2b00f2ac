"""A real plane: media workers as processes, one of which is killed while students watch."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from packages.engine.tests.media.classroom import HEIGHT, WIDTH, Student, picture, student, until

from tutor_engine.media import messages as mm
from tutor_engine.session.plane import FaceRef, Peer, Plane

FACE = FaceRef("grey", Path("/nowhere/grey"), "grey-loop")


class Watcher:
    """Hears what a peer reports."""

    def __init__(self) -> None:
        self.states: list[str] = []
        self.levels: list[str] = []
        self.started: list[int] = []
        self.ended: list[int] = []

    def on_microphone(self, pcm: bytes) -> None:
        return

    def on_playback_started(self, turn: int, at_s: float) -> None:
        self.started.append(turn)

    def on_playback_at(self, turn: int, position_ms: float) -> None:
        return

    def on_playback_ended(self, turn: int, position_ms: float) -> None:
        self.ended.append(turn)

    def on_connection(self, report: mm.PeerState) -> None:
        self.states.append(report.state)

    def on_quality(self, report: mm.PeerQuality) -> None:
        self.levels.append(report.level)


def prepare_cache(folder: Path) -> None:
    """The loop as it lies there after it was rendered: no face worker is needed for it."""
    raw = b"".join(picture(60).tobytes() for _ in range(50))
    (folder / "grey-loop.i420").write_bytes(raw)
    note = {"key": "grey-loop", "width": WIDTH, "height": HEIGHT, "frames": 50}
    (folder / "grey-loop.json").write_bytes(msgspec.json.encode(note))


async def connect(peer: Peer, person: Student) -> None:
    await person.accept(await peer.answer(await person.offer(), FACE))
    await until(lambda: person.connection.connectionState == "connected" and peer.connected)


async def shows(person: Student, true: Callable[[int], bool] = lambda count: count > 3) -> None:
    await until(lambda: true(len(person.lumas)))


async def test_a_killed_worker_costs_its_own_students_a_new_offer_and_nobody_else_anything(
    tmp_path: Path,
) -> None:
    prepare_cache(tmp_path)
    restarted: list[str] = []
    plane = Plane(
        cache=tmp_path,
        models_dir=tmp_path,
        media_ports=(0, 0),
        host="127.0.0.1",
        on_restart=restarted.append,
    )
    ann, bob = Watcher(), Watcher()
    async with plane, student() as before, student() as after, student() as other:
        peer, neighbour = plane.open_peer(ann), plane.open_peer(bob)
        await connect(peer, before)
        await connect(neighbour, other)
        await shows(before)
        assert not (tmp_path / "grey-loop.i420").exists(), "every worker has it"
        killed, kept = plane.media
        assert killed.info is not None
        assert kept.info is not None
        assert killed.info.port != kept.info.port
        assert killed.child.pid is not None
        os.kill(killed.child.pid, signal.SIGKILL)
        await until(lambda: "worker_lost" in ann.states)
        assert not peer.connected
        seen = len(other.lumas)
        # At once, while the new worker is not there yet: the answer waits for it.
        await connect(peer, after)
        await shows(after)
        turn = peer.begin_turn()
        peer.play(turn, np.full(4_800, 3_000, np.int16).tobytes(), 24_000, 0.0, [])
        peer.end_turn(turn)
        await until(lambda: ann.ended == [turn])
        await shows(other, lambda count: count > seen)
        assert bob.states == ["connecting", "connected"]
        assert restarted == ["media-0"]
        peer.close()
        await asyncio.sleep(0)
