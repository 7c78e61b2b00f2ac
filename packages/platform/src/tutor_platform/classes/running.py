"""Everything of classes, alerts and analytics that lives as long as the application."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from tutor_platform.analytics.digest import Digest
from tutor_platform.classes.joining import JoinByCode, invited
from tutor_platform.classes.wall.board import LiveWall
from tutor_platform.classes.wall.news import News
from tutor_platform.classes.wall.service import Wall
from tutor_platform.classes.wall.stream import Newsroom
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.tasks import end
from tutor_platform.safety.post import MailServer, PostOffice


@asynccontextmanager
async def classrooms(
    app: FastAPI, database: Database, clock: Clock, smtp_url: str, address: str
) -> AsyncGenerator[None]:
    """Open what `app.state` names `live_wall`, `news`, `newsroom`, `join_by_code` and `digest`.

    `app.state.wall` and `app.state.joining` are there already: the gateway and the accounts know them.
    """
    news = News()
    board: LiveWall = app.state.wall
    board.changed = news.wall_changed
    live_wall = Wall(board, news, clock)
    app.state.news = news
    app.state.live_wall = live_wall
    app.state.newsroom = Newsroom(database, board, news, live_wall)
    app.state.join_by_code = JoinByCode(database)
    app.state.digest = Digest(database, board, clock)
    app.state.joining.on_joined.append(invited)
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(app.state.newsroom.watch(), name="news"),
            tasks.create_task(app.state.digest.keep(), name="digest"),
        ]
        if smtp_url:
            office = PostOffice(database, MailServer.from_url(smtp_url), address, clock)
            running.append(tasks.create_task(office.keep(), name="letters"))
        try:
            yield
        finally:
            news.end()
            await database.quiet()
            await end(running)
