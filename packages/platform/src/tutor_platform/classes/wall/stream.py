"""The stream of news that an open page listens to, and the watch that finds what no request told.

A page of staff is told that the wall or the number of waiting alerts changed; a student's page is told who of
the staff is here and what they write.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes.schemas import Named
from tutor_platform.classes.wall.board import LiveWall
from tutor_platform.classes.wall.news import News, event
from tutor_platform.classes.wall.schemas import AlertCount, Company
from tutor_platform.classes.wall.service import Wall
from tutor_platform.kit.db import Database
from tutor_platform.safety import repository as safety

log = structlog.get_logger(__name__)

HEARTBEAT_S = 15.0
"""A silent stream is cut by proxies after a minute; a comment keeps it open, if the sign-in is still good."""
CALM_S = 1.0
"""The wall is not drawn more often than this."""
LOOK_S = 2.0
"""How long an alert may wait for an open page."""


class Newsroom:
    """News from the database and from the board to open pages."""

    def __init__(self, database: Database, board: LiveWall, news: News, wall: Wall) -> None:
        self._database = database
        self._board = board
        self._news = news
        self._wall = wall

    async def stream(
        self, subject: Subject, lasts_s: float, is_signed_in: Callable[[], Awaitable[bool]]
    ) -> AsyncGenerator[str]:
        """Server-sent events for one page, for at most so long; the browser comes back by itself."""
        staff = subject.may(Scope.TEACH)
        until_s = time.monotonic() + lasts_s
        counted: AlertCount | None = None
        with self._news.listening(subject.person_id, staff=staff) as stream:
            yield "retry: 2000\n\n"
            for lesson_id in self._board.visited(subject.person_id):
                yield event("company", self._company(lesson_id))
            if staff:
                stream.mark("alerts")
                stream.mark("wall")
            while not stream.over:
                if "alerts" in stream.stale:
                    stream.stale.discard("alerts")
                    count = await self._count(subject)
                    if count != counted:
                        counted = count
                        yield event("alerts", count)
                while stream.waiting:
                    yield stream.waiting.pop(0)
                if "wall" in stream.stale:
                    stream.stale.discard("wall")
                    yield event("wall", {})
                    await asyncio.sleep(CALM_S)
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    return
                if not await stream.something(min(HEARTBEAT_S, left_s)):
                    if not await is_signed_in():
                        return
                    yield ": here\n\n"

    async def watch(self) -> None:
        """Look for alerts that other requests stored, and for visitors who left without goodbye."""
        known: tuple[str | None, int] | None = None
        while True:
            await asyncio.sleep(LOOK_S)
            for lesson_id, person_id in self._board.ended_visits():
                self._wall.tell_company(lesson_id, person_id)
            if not self._news.staff_listens:
                continue
            try:
                async with self._database.reading() as db:
                    newest = await safety.newest(db)
            except (SQLAlchemyError, OSError):
                # The next look may find the database again; pages keep what they show.
                log.exception("alerts_not_looked_for")
                continue
            if newest != known:
                known = newest
                self._news.mark("alerts")

    def _company(self, lesson_id: str) -> Company:
        present = [Named(id=v.person_id, name=v.name) for v in self._board.visitors(lesson_id)]
        return Company(lesson_id=lesson_id, present=present)

    async def _count(self, subject: Subject) -> AlertCount:
        async with self._database.reading() as db:
            waiting = await safety.waiting(db, subject)
        return AlertCount(notice=waiting.get("notice", 0), urgent=waiting.get("urgent", 0))
