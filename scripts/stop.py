"""`make stop`: end what `make run` started."""

import os
import signal
import sys
import time

from scripts.run import console, running_pid

STOP_TIMEOUT_S = 15.0


def main() -> int:
    """Ask the launcher to end and wait for it."""
    pid = running_pid()
    if pid is None:
        console.print("Nothing is running.")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while running_pid() is not None:
        if time.monotonic() > deadline:
            console.print(f"[red]Process {pid} does not end.[/red] Look into its logs.")
            return 1
        time.sleep(0.1)
    console.print("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
