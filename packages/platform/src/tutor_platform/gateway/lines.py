"""All lines of this process: one per person, opened by the first browser, closed after the last."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog

from tutor_platform.authz.subject import Subject
from tutor_platform.gateway.browser import Browser
from tutor_platform.gateway.keeping import Keeper
from tutor_platform.gateway.line import Line
from tutor_platform.gateway.options import LineOptions
from tutor_platform.kit.tasks import end
from tutor_platform.lessons.service import Lessons
from tutor_protocol import CloseCode

log = structlog.get_logger(__name__)

MAX_BROWSERS = 8
"""Open sockets of one person."""
SERVER_FAULT = 1011


class TooManyBrowsers(Exception):
    """This person has enough sockets open."""


class Lines:
    """Use as `async with Lines(…) as lines`; nothing outlives the block."""

    def __init__(self, lessons: Lessons, keeper: Keeper, options: LineOptions) -> None:
        self._lessons = lessons
        self._keeper = keeper
        self._options = options
        self._lines: dict[str, Line] = {}
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Lines":
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await end(self._running)
        await self._tasks.__aexit__(None, None, None)

    @asynccontextmanager
    async def attached(self, subject: Subject, browser: Browser) -> AsyncGenerator[Line]:
        """The person's line while this browser is on it.

        Raises:
            TooManyBrowsers: the person has `MAX_BROWSERS` open.
        """
        line = self._lines.get(subject.person_id)
        if line is None or line.abandoned:
            line = self._open(subject)
        if len(line.browsers) >= MAX_BROWSERS:
            raise TooManyBrowsers
        line.attach(browser)
        self._options.wall.came(subject.person_id)
        try:
            yield line
        finally:
            self._options.wall.went(subject.person_id)
            line.detach(browser)

    def look(self, person_id: str) -> None:
        """A lesson of this person has begun or gone on."""
        if person_id in self._lines:
            self._lines[person_id].look()

    def moved(self, person_id: str, old: str, new: str) -> None:
        """A lesson of this person goes on in another engine session."""
        if person_id in self._lines:
            self._lines[person_id].moved(old, new)
        self.look(person_id)

    def hang_up(self, sign_in_id: str) -> None:
        """Close the sockets of a browser that has signed out."""
        for line in self._lines.values():
            for browser in line.browsers:
                if browser.sign_in_id == sign_in_id:
                    browser.hang_up(CloseCode.BAD_TOKEN)

    def _open(self, subject: Subject) -> Line:
        line = Line(subject, self._lessons, self._keeper, self._options)
        self._lines[subject.person_id] = line
        task = self._tasks.create_task(self._run(line), name=f"line {subject.person_id}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return line

    async def _run(self, line: Line) -> None:
        try:
            await line.run()
        except Exception:
            # One person's line must not take the others down; the browser comes back to a fresh one.
            log.exception("line_broke", person=line.subject.person_id)
            line.abandoned = True
            for browser in line.browsers:
                browser.hang_up(SERVER_FAULT)
        finally:
            if self._lines.get(line.subject.person_id) is line:
                del self._lines[line.subject.person_id]
