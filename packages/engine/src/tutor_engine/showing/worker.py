"""The face worker process: `python -m tutor_engine.showing.worker --fd N --models DIR`.

One per engine node, a child of the engine. This is its composition root: the face engines that `engines.py`
lists, and how much shared memory.
"""

import argparse
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from tutor_engine.processes import Channel, Collector, serve_child
from tutor_engine.processes.frames import SharedArena
from tutor_engine.showing.engines import face_engines
from tutor_engine.showing.faces import FaceWorker
from tutor_engine.showing.messages import FaceCommand, FaceReport
from tutor_engine.telemetry import configure_logs

_SLOTS = 48
_SLOT_BYTES = 720 * 960 * 3 // 2
"""The largest picture of an avatar package. Pages that no picture touches cost no memory."""


async def _main(sock: socket.socket, options: argparse.Namespace) -> None:
    import cv2

    cv2.setNumThreads(1)
    channel: Channel[FaceReport, FaceCommand] = await Channel.over(sock, FaceCommand)
    arena = SharedArena.create(_SLOTS, _SLOT_BYTES)
    Collector().calm()
    try:
        engines = face_engines(options.models, options.musetalk_base, only_puppet=options.only_puppet)
        await FaceWorker(engines.used, arena, channel.post, engines.absent).run(channel)
    finally:
        arena.close()
        await channel.aclose()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as the engine's child."""
    parser = argparse.ArgumentParser(prog="tutor_engine.showing.worker")
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--musetalk-base", type=Path)
    parser.add_argument("--only-puppet", action="store_true")
    options = parser.parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    configure_logs()
    serve_child(lambda sock: _main(sock, options), options.fd)


if __name__ == "__main__":
    main()
