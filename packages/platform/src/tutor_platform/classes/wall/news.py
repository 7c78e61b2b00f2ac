"""News for open pages, as server-sent events: what concerns one person, and that something changed for staff.

A page that misses news asks again when it reconnects; nothing is kept for anybody who does not listen.
"""

import asyncio
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel

Topic = Literal["wall", "alerts"]
MAX_WAITING = 100
"""News that one page may leave unread before its stream is ended; it comes back and asks."""


def event(name: str, data: BaseModel | dict[str, object]) -> str:
    """One server-sent event."""
    body = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data, ensure_ascii=False)
    return f"event: {name}\ndata: {body}\n\n"


@dataclass(slots=True, eq=False)
class Stream:
    """One page that listens."""

    person_id: str
    staff: bool
    stale: set[Topic] = field(default_factory=set[Topic])
    waiting: list[str] = field(default_factory=list[str])
    over: bool = False
    _something: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, news: str) -> None:
        """Send this, soon."""
        if len(self.waiting) >= MAX_WAITING:
            self.over = True
        else:
            self.waiting.append(news)
        self._something.set()

    def mark(self, topic: Topic) -> None:
        """Something has changed there."""
        self.stale.add(topic)
        self._something.set()

    def end(self) -> None:
        """The platform stops."""
        self.over = True
        self._something.set()

    async def something(self, within_s: float) -> bool:
        """Wait for news, at most so long; whether there are any."""
        try:
            async with asyncio.timeout(within_s):
                await self._something.wait()
        except TimeoutError:
            return False
        self._something.clear()
        return True


class News:
    """All pages of this process that listen."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()

    @contextmanager
    def listening(self, person_id: str, *, staff: bool) -> Generator[Stream]:
        """One page's stream while the block lasts."""
        stream = Stream(person_id, staff)
        self._streams.add(stream)
        try:
            yield stream
        finally:
            self._streams.discard(stream)

    def tell(self, person_id: str, news: str) -> None:
        """Send this to every page of one person."""
        for stream in self._streams:
            if stream.person_id == person_id:
                stream.tell(news)

    def mark(self, topic: Topic) -> None:
        """Let staff look again."""
        for stream in self._streams:
            if stream.staff:
                stream.mark(topic)

    def wall_changed(self) -> None:
        """Let staff look at the wall again."""
        self.mark("wall")

    @property
    def staff_listens(self) -> bool:
        """Whether anybody would want to know."""
        return any(stream.staff for stream in self._streams)

    def end(self) -> None:
        """End all streams: the platform stops, and pages come back to the next one."""
        for stream in self._streams:
            stream.end()
