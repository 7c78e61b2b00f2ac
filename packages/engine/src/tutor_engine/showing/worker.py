"""The face worker process: `python -m tutor_engine.showing.worker --fd N --models DIR`.

One per engine node, a child of the engine. This is its composition root: which face engines there are, and
how much shared memory.
"""

import argparse
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from tutor_engine.processes import Channel, calm_collector, serve_child
from tutor_engine.processes.frames import SharedArena
from tutor_engine.showing.faces import FaceWorker
from tutor_engine.showing.messages import FaceCommand, FaceReport
from tutor_engine.showing.port import FaceEngine
from tutor_engine.telemetry import configure_logs

_SLOTS = 48
_SLOT_BYTES = 720 * 960 * 3 // 2
"""The largest picture of an avatar package. Pages that no picture touches cost no memory."""


def engines(models: Path) -> list[FaceEngine]:
    """The face engines of this machine, the best first; each package is shown by the first that can.

    `models` is where an engine with weights finds them; the puppet has none.
    """
    from tutor_engine.showing.puppet.engine import PuppetEngine
    from tutor_engine.showing.puppet.packages import open_package

    return [PuppetEngine(open_package, "CPU; drawn, photo and video avatars")]


async def _main(sock: socket.socket, models: Path) -> None:
    import cv2

    cv2.setNumThreads(1)
    channel: Channel[FaceReport, FaceCommand] = await Channel.over(sock, FaceCommand)
    arena = SharedArena.create(_SLOTS, _SLOT_BYTES)
    calm_collector()
    try:
        await FaceWorker(engines(models), arena, channel.post).run(channel)
    finally:
        arena.close()
        await channel.aclose()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as the engine's child."""
    parser = argparse.ArgumentParser(prog="tutor_engine.showing.worker")
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--models", type=Path, required=True)
    options = parser.parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    configure_logs()
    models: Path = options.models
    serve_child(lambda sock: _main(sock, models), options.fd)


if __name__ == "__main__":
    main()
