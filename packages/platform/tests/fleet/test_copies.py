"""What the first node has made is on every node, and what is gone is gone on all of them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from packages.platform.tests.fake_engine import FakeEngine
from packages.platform.tests.knowledge.test_documents import rested
from packages.platform.tests.town import Town
from sqlalchemy import select

from tutor_platform.avatars.models import Face
from tutor_platform.fleet.copies import REMOVE, Copies, remove, remover
from tutor_platform.fleet.nodes import Address, Fleet
from tutor_platform.jobs.models import Job
from tutor_platform.jobs.port import Work
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.errors import EngineUnreachable
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.storage import LocalStorage
from tutor_protocol.http import VoicePreview

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class Copied:
    """A town whose fleet has more nodes than the town's own engine."""

    town: Town
    others: list[FakeEngine]
    fleet: Fleet
    copies: Copies
    work: Work

    def held(self, number: int) -> dict[str, dict[str, str]]:
        """Document sums of another node, by knowledge base."""
        bases = self.others[number].documents
        return {kb: {name: info.sha256 for name, info in held.items()} for kb, held in bases.items() if held}


@asynccontextmanager
async def copied(town: Town, others: int = 1) -> AsyncGenerator[Copied]:
    engines = [FakeEngine() for _ in range(others)]
    for engine in engines:
        await engine.start()
    addresses = [Address(engine.url, "ws://x") for engine in (town.engine, *engines)]
    fleet, storage = (
        Fleet(addresses, town.engine.key, town.database),
        LocalStorage(town.settings.tutor_data_dir),
    )
    fleet.remove_later = remover(town.database)
    work = Work(town.database, storage, fleet, utc_now, town.settings)
    await rested(town)
    try:
        yield Copied(town, engines, fleet, Copies(town.database, storage, fleet), work)
    finally:
        await fleet.close()
        for engine in engines:
            await engine.stop()


async def removals(town: Town) -> list[Job]:
    async with town.database.reading() as db:
        return list(await db.scalars(select(Job).where(Job.name == REMOVE)))


async def test_libraries_are_the_same_on_every_node(town: Town) -> None:
    async with copied(town) as nodes:
        assert await nodes.copies.compare()
        first = {
            kb: {name: info.sha256 for name, info in held.items()}
            for kb, held in town.engine.documents.items()
            if held
        }
        assert nodes.held(0) == first
        assert nodes.others[0].bases == town.engine.bases
        handed = len(nodes.others[0].uploads)
        assert not await nodes.copies.compare()
        assert len(nodes.others[0].uploads) == handed == 4
        # An engine with an empty disk is given everything again.
        nodes.others[0].documents.clear()
        nodes.others[0].forget_jobs()
        await nodes.copies.compare()
        assert nodes.held(0) == first


async def test_what_a_node_refuses_is_not_handed_over_for_ever(town: Town) -> None:
    async with copied(town) as nodes:
        nodes.others[0].unreadable.add("handout.pdf")
        assert await nodes.copies.compare()
        assert not await nodes.copies.compare()
        assert not await nodes.copies.compare()
        assert nodes.others[0].uploads.count(town.here.pdf_id) == 1
        assert town.here.pdf_id not in nodes.held(0)[f"library-{town.here.library_id}"]
        assert town.here.markdown_id in nodes.held(0)[f"library-{town.here.library_id}"]


async def test_one_node_that_is_away_does_not_keep_the_others(town: Town) -> None:
    async with copied(town, others=2) as nodes:
        await nodes.others[0].stop()
        with pytest.raises(EngineUnreachable):
            await nodes.copies.compare()
        assert set(nodes.held(1)) == set(town.engine.documents)


async def test_faces_are_the_same_on_every_node(town: Town) -> None:
    async with copied(town) as nodes:
        face = Face(
            id=new_id(), tenant_id=town.here.id, owner_id=town.here.people["teacher"], name="F",
            file_name="f.png", sha256="0" * 64, size_bytes=1, state="published", created_at=NOW,
        )  # fmt: skip
        await nodes.work.storage.put(face.storage_key, b"x")
        async with town.database.writing() as db:
            db.add(face)
        assert await nodes.copies.compare()
        assert face.avatar_id in nodes.others[0].avatars
        assert not await nodes.copies.compare()
        assert nodes.others[0].uploads.count(face.avatar_id) == 1


async def test_what_is_deleted_is_gone_on_every_node(town: Town) -> None:
    async with copied(town) as nodes:
        await nodes.copies.compare()
        base = f"library-{town.here.library_id}"
        await nodes.fleet.delete_document(base, town.here.pdf_id, town.here.id)
        for engine in (town.engine, nodes.others[0]):
            assert town.here.pdf_id not in engine.documents[base]
        assert await removals(town) == []


async def test_a_stranger_on_another_node_is_removed(town: Town) -> None:
    async with copied(town) as nodes:
        await nodes.copies.compare()
        base = f"library-{town.here.library_id}"
        nodes.others[0].store(base, "stranger", "S", "s.md", b"x")
        await nodes.copies.compare()
        assert "stranger" not in nodes.held(0)[base]


async def test_a_node_that_was_away_loses_its_copy_when_it_is_back(town: Town) -> None:
    async with copied(town) as nodes:
        away = nodes.others[0]
        await nodes.copies.compare()
        base = f"library-{town.here.library_id}"
        await away.stop()
        for _ in range(2):
            await nodes.fleet.delete_document(base, town.here.pdf_id, town.here.id)
        # Nobody waited for it, and it is written down once, where a restart does not lose it.
        assert town.here.pdf_id not in town.engine.documents[base]
        (waiting,) = await removals(town)
        with pytest.raises(EngineUnreachable):
            await remove(nodes.work, waiting.arguments)
        await away.start()
        await remove(nodes.work, waiting.arguments)
        assert town.here.pdf_id not in away.documents[base]


async def test_a_node_that_left_the_settings_keeps_no_job_alive(town: Town) -> None:
    async with copied(town) as nodes:
        what = {"kind": "avatar", "name": "face-x", "inside": "", "tenant": ""}
        await remove(nodes.work, {"node": "http://gone:1", "what": what})


async def test_any_node_answers_what_concerns_no_lesson(town: Town) -> None:
    async with copied(town) as nodes:
        await nodes.copies.compare()
        preview = VoicePreview(voice="ada", text="Hello", language="en")
        before = [voice.id for voice in await nodes.fleet.voices()]
        await town.engine.stop()
        assert [voice.id for voice in await nodes.fleet.voices()] == before
        assert (await nodes.fleet.health()).sessions is not None
        assert (await nodes.fleet.say(preview)).startswith(b"RIFF")
        assert await nodes.fleet.poster("ada")
        assert await nodes.fleet.search(f"library-{town.here.library_id}", town.here.id, "moons", 3) == []
        assert (await nodes.fleet.webrtc_config()) is not None
        await nodes.others[0].stop()
        with pytest.raises(EngineUnreachable):
            await nodes.fleet.voices()
        await town.engine.start()
