"""Keeps libraries and faces on every engine node as they are on the first.

The shelf and the gallery follow what the first node makes of an upload; what it has finished is handed to the
others here, and what is gone is taken from them. One node that is away keeps nobody waiting but itself.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import Any

import structlog

from tutor_platform.avatars import repository as faces
from tutor_platform.avatars.models import Face
from tutor_platform.fleet.nodes import Fleet, Later, Removal
from tutor_platform.jobs import service as jobs
from tutor_platform.jobs.port import Work, job
from tutor_platform.kit.db import Database
from tutor_platform.kit.engine import EngineClient
from tutor_platform.kit.errors import EngineUnreachable, PlatformError
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import repository as documents
from tutor_platform.knowledge.models import Document, Library

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 60.0
FINISHED = ("ready", "published")
REMOVE = "fleet.remove"
REMOVE_WAITS_S = (5.0, 15.0, 60.0, 300.0, 900.0, *(3600.0,) * 72)
"""A node may be away for three days before an administrator has to look."""


Give = Callable[[BufferedReader], Awaitable[str]]
"""Hands an open file to a node; returns the job's identifier."""


@job(REMOVE, REMOVE_WAITS_S)
async def remove(work: Work, arguments: dict[str, Any]) -> None:
    """Remove a copy from a node that was away when everybody else's was removed."""
    await work.engine.remove_from(str(arguments["node"]), Removal(**arguments["what"]))


JOBS = (remove,)


def remover(database: Database) -> Later:
    """Writes a removal down as a job, so that it outlasts restarts."""

    async def later(url: str, what: Removal) -> None:
        arguments = {"node": url, "what": asdict(what)}
        # Whoever compares asks again while the first node is away; the others are written down once.
        key = hashlib.sha256(json.dumps(arguments).encode()).hexdigest()
        async with database.writing() as db:
            await jobs.enqueue(db, REMOVE, arguments, key=f"{REMOVE} {key}")
        log.info("copy_removed_later", node=url, copy=what.name)

    return later


@dataclass(frozen=True, slots=True)
class Handed:
    """What a node was given, and the job in which it works on it; no job: it has refused."""

    sha256: str
    job_id: str | None
    over: bool = False
    """The job had ended when it was last asked about."""


class Copies:
    """Those of all nodes but the first."""

    def __init__(self, database: Database, storage: LocalStorage, fleet: Fleet) -> None:
        self._database = database
        self._storage = storage
        self._fleet = fleet
        self._handed: dict[tuple[int, str], Handed] = {}
        """By node and by document or face. Forgotten by a restart; then a node reads something twice."""

    async def compare(self) -> bool:
        """Bring every other node forward by a step; whether one of them still works on something.

        Raises:
            EngineUnreachable: one of them is away; the rest are done.
        """
        working, away = False, None
        for number, node in enumerate(self._fleet.nodes[1:], start=1):
            try:
                working = await self._libraries(number, node) or working
                working = await self._faces(number, node) or working
            except EngineUnreachable as error:
                away = error
        if away is not None:
            raise away
        return working

    async def _libraries(self, number: int, node: EngineClient) -> bool:
        async with self._database.reading() as db:
            libraries = await documents.every_library(db)
        working = False
        for library in libraries:
            if library.deleted_at is None:
                working = await self._library(number, node, library) or working
        return working

    async def _library(self, number: int, node: EngineClient, library: Library) -> bool:
        held = {
            info.document_id: info.sha256 for info in await node.documents(library.kb_id, library.tenant_id)
        }
        # Asked after the node: what was added meanwhile is no stranger.
        async with self._database.reading() as db:
            stored = {document.id: document for document in await documents.of_library(db, library.id)}
        for stranger in held.keys() - stored.keys():
            await node.delete_document(library.kb_id, stranger, library.tenant_id)
            log.info("copy_removed", node=number, copy=stranger)
        working = False
        for document in stored.values():
            if document.state != "ready" or held.get(document.id) == document.sha256:
                continue
            give = _document_to(node, library, document)
            path = self._storage.path(document.storage_key)
            working = await self._give(number, node, document.id, document.sha256, path, give) or working
        return working

    async def _faces(self, number: int, node: EngineClient) -> bool:
        async with self._database.reading() as db:
            finished = [face for face in await faces.every(db) if face.state in FINISHED]
        working = False
        for face in finished:
            if await node.avatar(face.avatar_id) is None:
                path, give = self._storage.path(face.storage_key), _face_to(node, face)
                working = await self._give(number, node, face.avatar_id, face.sha256, path, give) or working
        return working

    async def _give(
        self, number: int, node: EngineClient, name: str, sha256: str, path: Path, give: Give
    ) -> bool:
        """Hand one file over, unless it has been or was refused; whether the node works on it."""
        handed = self._handed.get((number, name))
        if handed is not None and handed.sha256 == sha256:
            going_on = await self._follow(number, node, name, handed)
            if going_on is not None:
                return going_on
        try:
            # Waits for nothing; opened in a thread it would stay open when this is cancelled.
            with path.open("rb") as file:
                job_id = await give(file)
        except FileNotFoundError:
            # The first node's keeper says so, too.
            self._refused(number, name, sha256, "lost")
            return False
        except EngineUnreachable:
            raise
        except PlatformError as error:
            self._refused(number, name, sha256, error.code)
            return False
        self._handed[number, name] = Handed(sha256, job_id)
        log.info("copy_handed_over", node=number, copy=name)
        return True

    async def _follow(self, number: int, node: EngineClient, name: str, handed: Handed) -> bool | None:
        """Whether the node works on what it was given; None when it has to be given it again."""
        if handed.job_id is None:
            return False
        job = await node.job(handed.job_id)
        if job is None:
            return None
        if job.state in ("queued", "running"):
            return True
        if job.state == "done" and not handed.over:
            # It ended between our two questions; the node lists it when it is asked again.
            self._handed[number, name] = replace(handed, over=True)
            return True
        # A node that counts differently would not count otherwise the next time.
        self._refused(number, name, handed.sha256, job.state)
        return False

    def _refused(self, number: int, name: str, sha256: str, reason: str) -> None:
        self._handed[number, name] = Handed(sha256, None)
        log.warning("copy_refused", node=number, copy=name, reason=reason)


def _document_to(node: EngineClient, library: Library, document: Document) -> Give:
    async def give(file: BufferedReader) -> str:
        job = await node.put_document(
            library.kb_id, library.tenant_id, document.id, document.title, document.file_name, file
        )
        return job.id

    return give


def _face_to(node: EngineClient, face: Face) -> Give:
    async def give(file: BufferedReader) -> str:
        return (await node.put_avatar(face.avatar_id, face.file_name, file)).id

    return give
