"""A teacher at the builder, with shorthands for the steps."""

from dataclasses import dataclass
from typing import Any

import httpx2
from packages.platform.tests.town import CHEAP_HASH, MORNING, Town, Visitor

from tutor_platform.accounts.models import Person
from tutor_platform.kit.ids import new_id

Draft = dict[str, Any]


@dataclass
class Bench:
    town: Town
    teacher: Visitor
    student: Visitor

    @staticmethod
    def path(draft: Draft) -> str:
        return f"/api/workshop/tutors/{draft['id']}"

    async def create(self, name: str, language: str = "en") -> Draft:
        answer = await self.teacher.http.post(
            "/api/workshop/tutors", json={"name": name, "language": language}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def one(self, tutor_id: str) -> Draft:
        return (await self.teacher.http.get(f"/api/workshop/tutors/{tutor_id}")).json()

    async def put(self, draft: Draft, **changes: Any) -> httpx2.Response:
        body = {"revision": draft["revision"], "content": draft["content"] | changes}
        return await self.teacher.http.put(self.path(draft), json=body)

    async def save(self, draft: Draft, **changes: Any) -> Draft:
        answer = await self.put(draft, **changes)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def step(self, draft: Draft, name: str) -> Draft:
        body = {"revision": draft["revision"]}
        answer = await self.teacher.http.post(f"{self.path(draft)}/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def publish(self, draft: Draft) -> Draft:
        return await self.step(draft, "publish")

    async def hire(self, name: str) -> Visitor:
        """Another teacher of the same school."""
        async with self.town.database.writing() as db:
            db.add(
                Person(
                    id=new_id(), tenant_id=self.town.here.id, username=f"{name}@here", name=name.title(),
                    role="teacher", language="en", password_hash=CHEAP_HASH, created_at=MORNING,
                )
            )  # fmt: skip
        return await self.town.signed_in(f"{name}@here")


async def bench_of(town: Town) -> Bench:
    return Bench(town, await town.signed_in("teacher@here"), await town.signed_in("student@here"))
