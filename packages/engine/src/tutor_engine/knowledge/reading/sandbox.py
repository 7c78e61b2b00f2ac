"""What a process that reads strangers' files may do: little. Called once, first, in the parsing child.

Always: limits on memory, processor time, open files and written bytes; no new privileges; it dies with its
parent. Where the kernel permits (Linux; container run-times may forbid them): a network of its own with no
way out, by `unshare`; and by Landlock no TCP, no file written, and none read but programs, libraries and
models.
"""

import ctypes
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tutor_engine.knowledge.document import ParseLimits

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
_NICE = 10
"""Live lessons come first."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64))


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def confine(limits: ParseLimits) -> tuple[str, ...]:
    """Give up what reading a document does not need; returns what is in force beyond the limits."""
    with suppress(ValueError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.total_cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.max_open_files, limits.max_open_files))
    with suppress(OSError):
        os.nice(_NICE)
    if not sys.platform.startswith("linux"):
        return ()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    held: list[str] = []
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0 or libc.unshare(_CLONE_NEWNET) == 0:
        held.append("no network")
    return (*held, *_landlock(libc))


def more_time(limits: ParseLimits) -> None:
    """Allow the next step its processor time; the whole keeps its limit. Does nothing where none was set."""
    if resource.getrlimit(resource.RLIMIT_CPU)[1] == resource.RLIM_INFINITY:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + limits.cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, limits.total_cpu_s), limits.total_cpu_s))


def _landlock(libc: ctypes.CDLL) -> tuple[str, ...]:
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
        for path in _readable():
            _allow(libc, handle, path)
        if libc.syscall(_LANDLOCK_RESTRICT, handle, 0) != 0:
            return ()
    finally:
        os.close(handle)
    return ("no files", "no TCP") if tcp else ("no files",)


def _allow(libc: ctypes.CDLL, handle: int, path: Path) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this machine
    try:
        rule = _PathRule(_READ if path.is_dir() else _READ_FILE, opened)
        libc.syscall(_LANDLOCK_ADD, handle, _LANDLOCK_PATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


def _readable() -> Iterator[Path]:
    """Where Python, its packages, tesseract and its models are."""
    yield from (Path(name) for name in _LIBRARIES)
    yield from {Path(sys.prefix), Path(sys.base_prefix), *(Path(p) for p in sysconfig.get_paths().values())}
    yield from (Path(entry) for entry in sys.path if entry and Path(entry).is_dir())
    yield Path(__file__).parents[2]
    if "TESSDATA_PREFIX" in os.environ:
        yield Path(os.environ["TESSDATA_PREFIX"])
