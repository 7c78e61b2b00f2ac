"""Makes the demo tenant in an empty database, and keeps its libraries equal to the files that come with us.

Passwords are made here, at random, shown once and written to one file that only its owner can read.
"""

import json
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TypedDict

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.accounts.passwords import hash_password, readable_password
from tutor_platform.classes.codes import new_code
from tutor_platform.classes.models import Class, ClassStudent, ClassTeacher
from tutor_platform.demo.cast import CLASS, PEOPLE, TENANT, TUTORS, DemoTutor
from tutor_platform.demo.library_files import FOLDER, LibraryFile, library_files
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.ids import new_id
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.knowledge import repository as documents
from tutor_platform.knowledge.models import Document, Library
from tutor_platform.tenants import repository as tenants
from tutor_platform.tenants.models import Tenant
from tutor_platform.tutors import repository as tutors
from tutor_platform.tutors.models import Tutor

log = structlog.get_logger(__name__)

Hash = Callable[[str], Awaitable[str]]


class DemoAccount(TypedDict):
    """One line of the file with the demo accounts."""

    username: str
    password: str
    role: str
    name: str


def accounts_file(data_dir: Path) -> Path:
    """Where the demo accounts are written."""
    return data_dir / "demo-accounts.json"


async def seed(
    database: Database,
    storage: LocalStorage,
    data_dir: Path,
    clock: Clock,
    hashing: Hash = hash_password,
    library: Path = FOLDER,
) -> None:
    """Make the demo tenant when there is no tenant at all; bring its libraries up to date in any case."""
    async with database.writing() as db:
        if await tenants.count(db) == 0:
            await _make_tenant(db, data_dir, clock, hashing)
        tenant_id = await db.scalar(select(Tenant.id).where(Tenant.name == TENANT))
    if tenant_id is None:
        return
    for demo in TUTORS:
        async with database.writing() as db:
            tutor = await tutors.by_name(db, tenant_id, demo.name)
            if tutor is not None:
                shelf = await _library_of(db, tutor, clock)
                await _stock(db, storage, shelf, library_files(demo.language, library), clock)


async def new_passwords(database: Database, data_dir: Path, hashing: Hash = hash_password) -> None:
    """Give the demo accounts fresh passwords and write them down."""
    async with database.writing() as db:
        tenant_id = await db.scalar(select(Tenant.id).where(Tenant.name == TENANT))
        found = await db.scalars(select(Person).where(Person.tenant_id == tenant_id).order_by(Person.id))
        accounts: list[DemoAccount] = []
        for person in found:
            password = readable_password()
            person.password_hash = await hashing(password)
            accounts.append(
                DemoAccount(username=person.username, password=password, role=person.role, name=person.name)
            )
        _write_accounts(data_dir, accounts)


def read_accounts(data_dir: Path) -> list[DemoAccount]:
    """The demo accounts as they were written down; none when the file is gone."""
    try:
        return json.loads(accounts_file(data_dir).read_text("utf-8"))["accounts"]
    except FileNotFoundError:
        return []


async def _make_tenant(db: AsyncSession, data_dir: Path, clock: Clock, hashing: Hash) -> None:
    now = clock()
    tenant = Tenant(id=new_id(), name=TENANT, created_at=now)
    db.add(tenant)
    await db.flush()
    accounts: list[DemoAccount] = []
    people: list[Person] = []
    for person in PEOPLE:
        password = readable_password()
        people.append(
            Person(
                id=new_id(),
                tenant_id=tenant.id,
                username=person.username,
                name=person.name,
                role=person.role,
                language=person.language,
                password_hash=await hashing(password),
                created_at=now,
            )
        )
        accounts.append(
            DemoAccount(username=person.username, password=password, role=person.role, name=person.name)
        )
    db.add_all(people)
    for tutor in TUTORS:
        db.add(_tutor(tutor, tenant.id, clock))
    await db.flush()
    await _make_class(db, tenant, people, now)
    # Before the commit: accounts that nobody knows the password of would be of no use.
    _write_accounts(data_dir, accounts)
    log.info("demo_tenant_made", people=len(PEOPLE), tutors=len(TUTORS))


async def _make_class(db: AsyncSession, tenant: Tenant, people: list[Person], now: datetime) -> None:
    """The class has no tutors of its own, so that its code is not the only way to them."""
    made = Class(
        id=new_id(),
        tenant_id=tenant.id,
        name=CLASS.name,
        language=CLASS.language,
        join_code=new_code(),
        created_at=now,
    )
    db.add(made)
    await db.flush()
    for person in people:
        if person.role == "teacher":
            db.add(ClassTeacher(class_id=made.id, person_id=person.id, added_at=now))
        elif person.role == "student":
            db.add(ClassStudent(class_id=made.id, person_id=person.id, joined_at=now))
    await db.flush()


def _tutor(demo: DemoTutor, tenant_id: str, clock: Clock) -> Tutor:
    return Tutor(
        id=new_id(),
        tenant_id=tenant_id,
        name=demo.name,
        language=demo.language,
        subject=demo.subject,
        summary=demo.summary,
        persona=demo.persona,
        greeting=demo.greeting,
        voice=demo.voice,
        avatar_id=demo.avatar_id,
        mode=demo.mode,
        pace=demo.pace,
        push_to_talk=demo.push_to_talk,
        created_at=clock(),
    )


async def _library_of(db: AsyncSession, tutor: Tutor, clock: Clock) -> Library:
    """The library that a demo tutor answers from; made when it has none."""
    ids = (await tutors.library_ids(db, [tutor.id])).get(tutor.id, [])
    for known in await documents.libraries_by_ids(db, tutor.tenant_id, ids):
        return known
    made = Library(
        id=new_id(),
        tenant_id=tutor.tenant_id,
        name=tutor.subject,
        language=tutor.language,
        created_at=clock(),
    )
    db.add(made)
    await db.flush()
    await tutors.set_libraries(db, tutor, [made.id], opened=True)
    return made


async def _stock(
    db: AsyncSession, storage: LocalStorage, shelf: Library, files: list[LibraryFile], clock: Clock
) -> None:
    known = {document.file_name: document for document in await documents.of_library(db, shelf.id)}
    for file in files:
        document = known.get(file.file_name)
        if document is None:
            document = Document(
                id=new_id(),
                tenant_id=shelf.tenant_id,
                library_id=shelf.id,
                title=file.title,
                kind=file.kind,
                file_name=file.file_name,
                sha256=file.sha256,
                pages=None if file.kind == "pdf" else 1,
                created_at=clock(),
            )
            db.add(document)
        elif document.sha256 == file.sha256 and await storage.get(document.storage_key) is not None:
            continue
        else:
            document.state = "waiting"
        document.title, document.sha256, document.size_bytes = file.title, file.sha256, len(file.data)
        await storage.put(document.storage_key, file.data)


def _write_accounts(data_dir: Path, accounts: list[DemoAccount]) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    path = accounts_file(data_dir)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"accounts": accounts}, file, ensure_ascii=False, indent=2)
        file.write("\n")
