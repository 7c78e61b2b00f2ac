"""What processes use: processor time, memory, threads, descriptors; and what others used meanwhile."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.memory import family, pss_mb

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def cpu_s(pid: int) -> float:
    """Processor time a process has used so far, all its threads, user and system."""
    clock_of_process = (~pid << 3) | 2  # CPUCLOCK_SCHED of another process, see clock_getcpuclockid(3)
    return time.clock_gettime(clock_of_process)


def rss_mb(pid: int) -> float:
    """Resident set size in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES / 2**20


def threads(pid: int) -> int:
    """How many threads a process has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def descriptors(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def family_pss_mb(pid: int) -> float:
    """Memory of a process and all below it; shared pages count once."""
    return sum(pss_mb(member) for member in family(pid))


def busy_s() -> float:
    """Processor time the whole machine has used so far, all cores."""
    user, nice, system, _idle, _wait, irq, soft, steal = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + irq + soft + steal) / _TICKS_PER_S


@dataclass(slots=True)
class Usage:
    """Processor time between two moments: of one process, and of everything that is not ours."""

    pid: int
    _began_s: float = field(default_factory=time.monotonic)
    _cpu_s: float = 0.0
    _busy_s: float = 0.0
    _ours_s: float = 0.0

    def __post_init__(self) -> None:
        self._cpu_s, self._busy_s, self._ours_s = cpu_s(self.pid), busy_s(), self._ours()

    def percent(self) -> float:
        """What the process used since, in % of one core."""
        return (cpu_s(self.pid) - self._cpu_s) / (time.monotonic() - self._began_s) * 100

    def others_percent(self) -> float:
        """What processes that are not ours used since, in % of one core."""
        ours = self._ours() - self._ours_s
        return max(0.0, busy_s() - self._busy_s - ours) / (time.monotonic() - self._began_s) * 100

    def _ours(self) -> float:
        return sum(cpu_s(pid) for pid in family(os.getpid()))
