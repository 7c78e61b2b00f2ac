"""A foreign program beside the engine: started, watched, started again when it ends, ended with the engine.

Unlike a `Child` it speaks no protocol; all it says are lines, and what they mean is for the caller to judge.
"""

import asyncio
import shutil
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

import structlog

log = structlog.get_logger()

Level = Literal["debug", "info", "warning", "error"]

BACKOFF_S = (0.2, 1.0, 5.0, 15.0, 60.0)
STABLE_S = 30.0
"""A program that ran this long starts again after the shortest wait."""
_ASKED_S = 3.0
_LAST_LINES = 10
_MAX_LINE_BYTES = 16 * 1024


class Program:
    """Runs a command for as long as the owner's scope lasts: `async with Program(...)`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        level_of: Callable[[str], Level] = lambda _: "info",
        on_restart: Callable[[], None] = lambda: None,
        backoff_s: Sequence[float] = BACKOFF_S,
    ) -> None:
        """`level_of` says how loudly a line of the program enters our log."""
        self.name = name
        self._command = _dying_with_us(command)
        self._level_of = level_of
        self._on_restart = on_restart
        self._backoff_s = tuple(backoff_s)
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._last = deque[str](maxlen=_LAST_LINES)
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def last_lines(self) -> Sequence[str]:
        """What it said last; tells why it ended."""
        return tuple(self._last)

    async def __aenter__(self) -> "Program":
        self._task = asyncio.create_task(self._supervise(), name=f"program:{self.name}")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the program: asked first, killed after three seconds. Idempotent."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            born_s = loop.time()
            code = await self._run_once()
            failures = 1 if loop.time() - born_s > STABLE_S else failures + 1
            wait_s = self._backoff_s[min(failures, len(self._backoff_s)) - 1]
            log.warning(
                "program_ended",
                program=self.name,
                exit_code=code,
                again_in_s=wait_s,
                said=list(self._last)[-3:],
            )
            await asyncio.sleep(wait_s)
            self.restarts += 1
            self._on_restart()

    async def _run_once(self) -> int | None:
        self._last.clear()
        try:
            process = await self._start()
        except OSError as error:
            self._last.append(f"cannot be started: {error.strerror}")
            return None
        try:
            await self._read(process)
            return await process.wait()
        finally:
            await self._end(process)

    async def _start(self) -> asyncio.subprocess.Process:
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=_MAX_LINE_BYTES,
            )
        )
        try:
            process = await asyncio.shield(starting)
        except asyncio.CancelledError:  # what was half started must not stay behind
            with suppress(OSError):
                await self._end(await starting)
            raise
        self._process = process
        log.info("program_started", program=self.name, pid=process.pid)
        return process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            raise RuntimeError("the program was started without a pipe")
        while True:
            try:
                raw = await process.stdout.readline()
            except ValueError:  # a line longer than the limit; its rest is read as the next one
                continue
            if not raw:
                return
            line = raw.decode("utf-8", "replace").strip()
            if line:
                self._last.append(line)
                getattr(log, self._level_of(line))("program_said", program=self.name, line=line)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
        try:
            async with asyncio.timeout(_ASKED_S):
                await process.communicate()  # to the end of the pipe, which closes it
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _dying_with_us(command: Sequence[str]) -> tuple[str, ...]:
    """Have the kernel end the program when the engine is killed; else it would keep its ports."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM", "--", *command) if setpriv else tuple(command)
