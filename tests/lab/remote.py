"""A program at a place of the lab that obeys commands: JSON lines to its input, answers from its output.

`ask` waits for the answer; `tell` and `hear` do the two halves, so that several programs work at once.
"""

import json
import queue
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.house import ROOT

_LEAVE_S = 10
_ANSWER_S = 90.0
"""Longer than anything a command waits for, on a machine that is busy with other tests."""


class Remote:
    """`with Remote(command, log) as program`: started at once, ended with the block."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT
            )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reading = threading.Thread(target=self._read, name="remote-reading", daemon=True)
        self._reading.start()

    def __enter__(self) -> "Remote":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def tell(self, do: str, **arguments: Any) -> None:
        """Give a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        self._process.stdin.flush()

    def hear(self, timeout_s: float = _ANSWER_S) -> Any:
        """The answer to the oldest command that was not answered yet."""
        try:
            line = self._lines.get(timeout=timeout_s)
        except queue.Empty:
            raise AssertionError(f"no answer within {timeout_s} s; {self._last_words()}") from None
        assert line, f"the program has ended; {self._last_words()}"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def ask(self, do: str, timeout_s: float = _ANSWER_S, **arguments: Any) -> Any:
        """Give a command and wait for its answer."""
        self.tell(do, **arguments)
        return self.hear(timeout_s)

    def close(self) -> None:
        """End the program: it leaves when its input ends, or is killed."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
            self._process.wait(_LEAVE_S)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._reading.join(_LEAVE_S)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


def of_all(remotes: Sequence[Remote], do: str, **arguments: Any) -> list[Any]:
    """Let all do the same at the same time; what each student saw."""
    for remote in remotes:
        remote.tell(do, **arguments)
    return [seen for remote in remotes for seen in remote.hear()]
