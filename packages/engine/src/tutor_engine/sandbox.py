"""What a process that opens strangers' files may do: little. Called once, and first, in that process.

Always: limits on memory, processor time, open files and written bytes; no new privileges; it dies with its
parent. Where the kernel permits (Linux; container run-times may forbid them): a network of its own with no
way out, by `unshare`; and by Landlock no TCP, no file written but in its own folder, and none read but
programs, libraries and what it was told.
"""

import ctypes
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_CLONE_NEWIPC = 0x08000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_LANDLOCK_CREATE = 444
_LANDLOCK_ADD = 445
_LANDLOCK_RESTRICT = 446
_LANDLOCK_VERSION = 1
_LANDLOCK_PATH = 1
_READ = 0b1101
"""Execute, read a file, read a folder."""
_READ_FILE = 0b101
_ALL = (1 << 13) - 1
"""Every right of the first Landlock: reading, writing, making and removing."""
_ALL_TCP = 0b11
"""Listening and connecting."""
_TCP_SINCE = 4
"""The version of Landlock that knows of TCP."""
_LIBRARIES = (
    "/usr", "/lib", "/lib64", "/bin", "/nix/store", "/etc/ld.so.cache", "/etc/fonts", "/proc/self",
    "/proc/meminfo", "/proc/cpuinfo", "/sys/devices/system/cpu", "/dev/urandom",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Confinement:
    """How much the process may use, and what it needs beside Python and its packages."""

    memory_bytes: int
    """Address space."""
    cpu_s: int
    """Processor time of the first step; see `more_time`."""
    total_cpu_s: int
    open_files: int = 64
    nice: int = 10
    """How far it stands back: live lessons come first."""
    file_bytes: int = 0
    """Largest file it may write; 0: none at all."""
    readable: tuple[Path, ...] = ()
    """Files and folders it may read."""
    writable: tuple[Path, ...] = ()
    """Folders that are its own."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64))


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def confine(confinement: Confinement) -> tuple[str, ...]:
    """Give up what the work does not need; returns what is in force beyond the limits.

    Must come before any thread is started: the kernel gives a network of its own to single threads only.
    """
    with suppress(ValueError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (confinement.memory_bytes, confinement.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (confinement.cpu_s, confinement.total_cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (confinement.file_bytes, confinement.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (confinement.open_files, confinement.open_files))
    with suppress(OSError):
        os.nice(confinement.nice)
    if not sys.platform.startswith("linux"):
        return ()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    held: list[str] = []
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0 or libc.unshare(_CLONE_NEWNET) == 0:
        held.append("no network")
    return (*held, *_landlock(libc, confinement))


def more_time(cpu_s: int, total_cpu_s: int) -> None:
    """Allow the next step its processor time; the whole keeps its limit. Does nothing where none was set."""
    if resource.getrlimit(resource.RLIMIT_CPU)[1] == resource.RLIM_INFINITY:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, total_cpu_s), total_cpu_s))


def _landlock(libc: ctypes.CDLL, confinement: Confinement) -> tuple[str, ...]:
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version < 1:
        return ()
    tcp = version >= _TCP_SINCE
    ruleset = _Ruleset(_ALL, _ALL_TCP if tcp else 0)
    size = ctypes.sizeof(ruleset) if tcp else ctypes.sizeof(ctypes.c_uint64)  # older kernels know no more
    handle = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    if handle < 0:
        return ()
    try:
        for path in (*_readable(), *confinement.readable):
            _allow(libc, handle, path, _READ if path.is_dir() else _READ_FILE)
        for path in confinement.writable:
            _allow(libc, handle, path, _ALL)
        if libc.syscall(_LANDLOCK_RESTRICT, handle, 0) != 0:
            return ()
    finally:
        os.close(handle)
    return ("no files", "no TCP") if tcp else ("no files",)


def _allow(libc: ctypes.CDLL, handle: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this machine
    try:
        rule = _PathRule(rights, opened)
        libc.syscall(_LANDLOCK_ADD, handle, _LANDLOCK_PATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


def _readable() -> Iterator[Path]:
    """Where Python and its packages are."""
    yield from (Path(name) for name in _LIBRARIES)
    yield from {Path(sys.prefix), Path(sys.base_prefix), *(Path(p) for p in sysconfig.get_paths().values())}
    yield from (Path(entry) for entry in sys.path if entry and Path(entry).is_dir())
    yield Path(__file__).parent
