"""One supervised child process: started with a socket pair, restarted when it dies, ended with its parent."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import msgspec
import structlog

from tutor_engine.processes.channel import Channel, ChannelClosed

Out = TypeVar("Out", bound=msgspec.Struct)
In = TypeVar("In", bound=msgspec.Struct)

log = structlog.get_logger()

_BACKOFF_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
_STABLE_S = 10.0
"""A child that lived this long starts again without waiting."""


class Child(Generic[Out, In]):
    """Runs `python -m <module> --fd <n> <args…>` for as long as the owner's scope lasts.

    `on_message` is called for each message in order. `on_start` is called each time a fresh process is
    there, before anything else is sent, so that the owner can tell it what it must know again; `on_end`
    each time one has gone.
    """

    def __init__(
        self,
        name: str,
        module: str,
        incoming: Any,
        *,
        args: Sequence[str] = (),
        on_message: Callable[[In], Awaitable[None]],
        on_start: Callable[[], Awaitable[None]] | None = None,
        on_end: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.name = name
        self._module = module
        self._incoming = incoming
        self._args = tuple(args)
        self._on_message = on_message
        self._on_start = on_start
        self._on_end = on_end
        self._channel: Channel[Out, In] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def up(self) -> bool:
        """Whether a process is there to be spoken to."""
        return self._up.is_set()

    async def start(self) -> None:
        """Start it and keep it running until `aclose`."""
        self._task = asyncio.create_task(self._supervise(), name=f"child:{self.name}")
        await self._up.wait()

    async def wait_up(self) -> None:
        """Wait until a process is there."""
        await self._up.wait()

    def post(self, message: Out) -> None:
        """Send without waiting; dropped while no process is there (`on_start` restores the state)."""
        if self._channel is not None:
            self._channel.post(message)

    def kill(self) -> None:
        """End a process that hangs; a fresh one takes its place."""
        if self._process is not None and self._process.returncode is None:
            log.warning("child_hangs", child=self.name)
            self._process.kill()

    async def aclose(self) -> None:
        """End the process: asked first, killed after three seconds. Idempotent."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            born = loop.time()
            try:
                await self._run_once()
            finally:
                self._up.clear()
                self._channel = None
            failures = 1 if loop.time() - born > _STABLE_S else failures + 1
            code = self._process.returncode if self._process else None
            log.warning("child_ended", child=self.name, exit_code=code, restarts=self.restarts)
            if self._on_end is not None:
                await self._on_end()
            await asyncio.sleep(_BACKOFF_S[min(failures - 1, len(_BACKOFF_S) - 1)])
            self.restarts += 1

    async def _run_once(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, "--fd", str(theirs.fileno()), *self._args,
                pass_fds=(theirs.fileno(),), stdin=asyncio.subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
        channel: Channel[Out, In] = await Channel.over(ours, self._incoming)
        try:
            self._channel = channel
            if self._on_start is not None:
                await self._on_start()
            self._up.set()
            while True:
                await self._on_message(await channel.receive())
        except ChannelClosed:
            return
        finally:
            await channel.aclose()
            await self._end(self._process)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """A closed channel asks the child to leave; one that stays is killed."""
        try:
            async with asyncio.timeout(3):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def serve_child(main: Callable[[socket.socket], Coroutine[Any, Any, None]], fd: int) -> None:
    """Body of a child's `__main__`: run `main` on the inherited socket until the parent is gone.

    Ctrl-C in a terminal reaches the whole group; the parent decides when a child ends, so it is ignored.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sock = socket.socket(fileno=fd)
    sock.setblocking(False)
    asyncio.run(main(sock))
