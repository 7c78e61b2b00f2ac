"""Takes in hostile files one after another, each in a child that confines itself as the real intake does.

Python, OpenCV and FFmpeg are loaded once and each child is a fork, so that two hundred files take seconds.
One `Intake` as JSON per line of standard input; per line of standard output how it ended.
"""

import os
import resource
import sys
import tempfile

import av
import cv2
import msgspec

from tutor_engine.avatars import making
from tutor_engine.avatars.intake import confinement_of, take_in
from tutor_engine.avatars.reports import Intake
from tutor_engine.sandbox import confine

_LOADED = (av, cv2, making)
_MAX_CPU_S = 10


def end_of(intake: Intake) -> dict[str, object]:
    """Exit status, last message, processor time and largest memory."""
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            confine(confinement_of(intake))
            resource.setrlimit(resource.RLIMIT_CPU, (_MAX_CPU_S, _MAX_CPU_S))
            take_in(intake)
            os._exit(0)
        _, status, used = os.wait4(child, 0)
        said.seek(0)
        lines = said.read().splitlines()
    return {
        "status": status,
        "last": lines[-1].decode() if lines else "",
        "cpu_s": used.ru_utime + used.ru_stime,
        "rss_mb": used.ru_maxrss / 1024,
    }


for line in sys.stdin.buffer:
    print(msgspec.json.encode(end_of(msgspec.json.decode(line, type=Intake))).decode(), flush=True)  # noqa: T201
