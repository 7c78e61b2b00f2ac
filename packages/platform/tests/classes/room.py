"""A class of the school `here`, as most tests of classes want it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from packages.platform.tests.town import CHEAP_HASH, MORNING, Town, Visitor
from sqlalchemy import select

from tutor_platform.accounts.models import Person
from tutor_platform.audit.models import AuditEntry
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons.models import Lesson, Turn

CITATION: dict[str, Any] = {
    "n": 1, "document": "doc", "title": "Planets", "page": 1, "quote": "Mars has two moons.",
    "start": 0, "end": 19, "version": "",
}  # fmt: skip


@dataclass
class Room:
    """A class with its teacher and one of its students."""

    id: str
    code: str
    teacher: Visitor
    student: Visitor
    town: Town


async def make_room(town: Town, name: str = "7b") -> Room:
    teacher = await town.signed_in("teacher@here")
    made = (await teacher.http.post("/api/classes", json={"name": name})).json()
    student = await town.signed_in("student@here")
    joined = await student.http.post(f"/api/join/{made['join_code']}")
    assert joined.status_code == 201, joined.text
    return Room(made["id"], made["join_code"], teacher, student, town)


async def add_student(town: Town, room: Room, username: str) -> str:
    """One more student of the room's class, straight into the database."""
    async with town.database.writing() as db:
        person = Person(
            id=new_id(), tenant_id=town.here.id, username=username, name=username.title(), role="student",
            language="en", password_hash=CHEAP_HASH, created_at=MORNING,
        )  # fmt: skip
        db.add(person)
    visitor = await town.signed_in(username)
    assert (await visitor.http.post(f"/api/join/{room.code}")).status_code == 201
    return person.id


async def add_lesson(
    town: Town,
    person_id: str,
    spoken: list[tuple[str, str, list[dict[str, Any]]]],
    at: datetime = MORNING,
    ended: bool = True,
) -> tuple[str, list[str]]:
    """A lesson of the past: role, words and citations of each turn; its identifier and those of the turns."""
    async with town.database.writing() as db:
        lesson = Lesson(
            id=new_id(), tenant_id=town.here.id, person_id=person_id, tutor_id=town.here.tutor_id,
            started_at=at, ended_at=at if ended else None,
        )  # fmt: skip
        db.add(lesson)
        await db.flush()
        turns: list[Turn] = []
        for seq, (role, words, cited) in enumerate(spoken, 1):
            source = "text" if role == "user" else None
            turn = Turn(id=new_id(), lesson_id=lesson.id, seq=seq, role=role, content=words, citations=cited)
            turn.source, turn.created_at = source, at + timedelta(seconds=10 * seq)
            turns.append(turn)
        for turn in turns:
            db.add(turn)
            await db.flush()
    return lesson.id, [turn.id for turn in turns]


async def audited(town: Town) -> list[str]:
    """Actions in the audit log of the school, oldest first."""
    async with town.database.reading() as db:
        query = select(AuditEntry.action).where(AuditEntry.tenant_id == town.here.id)
        return list(await db.scalars(query.order_by(AuditEntry.id)))


@dataclass
class Radio:
    """A page that listens to the news."""

    lines: Any

    async def next(self, name: str) -> dict[str, Any]:
        """The data of the next event of this name."""
        async with asyncio.timeout(20):
            current = ""
            async for line in self.lines:
                if line.startswith("event: "):
                    current = line.removeprefix("event: ")
                elif line.startswith("data: ") and current == name:
                    return json.loads(line.removeprefix("data: "))
        raise AssertionError(f"the stream ended before {name}")


@asynccontextmanager
async def listening(visitor: Visitor, seconds: int = 20) -> AsyncGenerator[Radio]:
    async with visitor.http.stream("GET", f"/api/news?seconds={seconds}") as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Radio(response.aiter_lines())
