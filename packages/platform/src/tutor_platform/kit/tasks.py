"""Ending what runs in the background."""

import asyncio
from collections.abc import Collection

AGAIN_S = 5.0
"""Longer than anything here takes to end well."""


async def end(tasks: Collection[asyncio.Task[None]], again_s: float = AGAIN_S) -> None:
    """Cancel until every task has ended.

    Once is not enough: `asyncio.wait_for` of Python 3.11 loses a cancellation that arrives in the turn in
    which what it waits for is done (https://github.com/python/cpython/issues/86296), and connection pools are
    made of it. A task that ended with an error of its own keeps it for whoever awaits it.
    """
    while running := {task for task in tasks if not task.done()}:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=again_s)
