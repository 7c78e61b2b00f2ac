"""Streams of answers as something that can be left."""

from collections.abc import AsyncGenerator, AsyncIterator

from tutor_engine.answering.port import AnswerEvent


async def closable(events: AsyncIterator[AnswerEvent]) -> AsyncGenerator[AnswerEvent]:
    """The same events; closing this closes them too."""
    try:
        async for event in events:
            yield event
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
