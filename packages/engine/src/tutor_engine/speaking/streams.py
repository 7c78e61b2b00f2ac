"""Two small tools for async iterators: one is closed for certain, its next item is awaited with a limit."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")


@asynccontextmanager
async def closing(stream: AsyncIterator[T]) -> AsyncGenerator[AsyncIterator[T]]:
    """Close the iterator when the block is left, whichever way."""
    try:
        yield stream
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()


async def next_within(stream: AsyncIterator[T], limit_s: float | None) -> T | None:
    """The next item, None at the end.

    Raises:
        TimeoutError: it took longer than `limit_s`.
    """
    async with asyncio.timeout(limit_s):
        return await anext(stream, None)
