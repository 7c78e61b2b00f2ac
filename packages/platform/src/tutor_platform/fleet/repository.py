"""Queries on nodes and placements."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.fleet.models import DrainedNode, Placement
from tutor_platform.lessons.models import Lesson


async def drained(db: AsyncSession) -> set[str]:
    """Addresses of nodes that get no new lessons."""
    return set(await db.scalars(select(DrainedNode.url)))


async def drain(db: AsyncSession, url: str, now: datetime) -> None:
    """No new lessons for this node."""
    if await db.get(DrainedNode, url) is None:
        db.add(DrainedNode(url=url, since=now))


async def serve(db: AsyncSession, url: str) -> None:
    """New lessons for this node again."""
    await db.execute(delete(DrainedNode).where(DrainedNode.url == url))


async def place(db: AsyncSession, engine_session_id: str, url: str, now: datetime) -> None:
    """Remember where a session lives."""
    db.add(Placement(engine_session_id=engine_session_id, url=url, placed_at=now))


async def node_of(db: AsyncSession, engine_session_id: str) -> str | None:
    """Where a session lives."""
    return await db.scalar(select(Placement.url).where(Placement.engine_session_id == engine_session_id))


async def node_of_person(db: AsyncSession, person_id: str) -> str | None:
    """Where the newest unfinished lesson of a person lives: all of them share one socket to one node."""
    return await db.scalar(
        select(Placement.url)
        .join(Lesson, Lesson.engine_session_id == Placement.engine_session_id)
        .where(Lesson.person_id == person_id, Lesson.ended_at.is_(None))
        .order_by(Lesson.id.desc())
        .limit(1)
    )


async def forget(db: AsyncSession, engine_session_id: str) -> None:
    """The session has ended."""
    await db.execute(delete(Placement).where(Placement.engine_session_id == engine_session_id))


async def forget_before(db: AsyncSession, before: datetime) -> None:
    """No session lives that long."""
    await db.execute(delete(Placement).where(Placement.placed_at < before))
