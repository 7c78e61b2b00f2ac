"""The tutor builder: drafts that nobody meets, saved again and again, until they are published.

Every change names the revision it was made on. When somebody else, or another tab, has saved meanwhile, it is
refused as a whole, so that nothing is overwritten unseen.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.models import Person
from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_editable_tutor
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.avatars import repository as faces
from tutor_platform.kit.errors import Conflict, DraftMoved, FaceMissing, NameTaken
from tutor_platform.kit.ids import new_id
from tutor_platform.knowledge import repository as libraries
from tutor_platform.tutors import repository
from tutor_platform.tutors.content import TutorContent, first_draft, put_into, stored_content
from tutor_platform.tutors.models import Tutor
from tutor_platform.tutors.publishing import check_name, publish_content
from tutor_platform.tutors.schemas import (
    Colleague,
    ColleagueList,
    DraftSave,
    FieldChange,
    NewTutor,
    TeachersChange,
    TutorDraft,
    TutorVersionList,
    VersionOfTutor,
    WorkTutor,
    WorkTutorList,
)
from tutor_platform.tutors.service import draft_content, live_content, tutor_brief

MAX_COPIES = 50
_COPY = {"en": "{name} ({number})", "zh": "{name}（{number}）"}


async def listed(db: AsyncSession, subject: Subject) -> WorkTutorList:
    """The tutors a teacher may change, the latest changed first."""
    subject.require(Scope.TEACH)
    names = await _names(db, subject)
    found = await repository.workshop(db, subject)
    return WorkTutorList(tutors=[_work_tutor(subject, tutor, names) for tutor in found])


async def colleagues(db: AsyncSession, subject: Subject) -> ColleagueList:
    """Whom a tutor can be shared with."""
    subject.require(Scope.TEACH)
    found = await repository.colleagues(db, subject)
    others = [person for person in found if person.id != subject.person_id]
    return ColleagueList(colleagues=[_colleague(person) for person in others])


async def one(db: AsyncSession, subject: Subject, tutor_id: str) -> TutorDraft:
    """A tutor in the builder."""
    subject.require(Scope.TEACH)
    return await _view(db, subject, await access_editable_tutor(db, subject, tutor_id))


async def create(db: AsyncSession, subject: Subject, wanted: NewTutor, now: datetime) -> TutorDraft:
    """A new tutor that only its teacher can meet.

    Raises:
        NameTaken: another tutor of the school has this name.
    """
    subject.require(Scope.TEACH)
    return await _add(db, subject, first_draft(wanted.name, wanted.language), now)


async def copy(db: AsyncSession, subject: Subject, tutor_id: str, now: datetime) -> TutorDraft:
    """A new tutor with the same content, for oneself."""
    subject.require(Scope.TEACH)
    tutor = await access_editable_tutor(db, subject, tutor_id)
    content = await draft_content(db, tutor)
    for number in range(2, MAX_COPIES):
        name = _COPY[content.language].format(name=content.name[:90], number=number)
        if await repository.by_name(db, tutor.tenant_id, name) is None:
            return await _add(db, subject, content.model_copy(update={"name": name}), now)
    raise NameTaken(content.name)


async def save(
    db: AsyncSession, subject: Subject, tutor_id: str, wanted: DraftSave, now: datetime
) -> TutorDraft:
    """Keep what the teacher has written.

    Raises:
        DraftMoved: somebody has saved since it was read.
        NameTaken: a tutor that was never published needs a name of its own at once.
    """
    subject.require(Scope.TEACH)
    tutor = await _held(db, subject, tutor_id, wanted.revision)
    await _keep_draft(db, tutor, wanted.content, now)
    return await _view(db, subject, tutor)


async def publish(
    db: AsyncSession, subject: Subject, tutor_id: str, revision: int, now: datetime
) -> TutorDraft:
    """Let students meet the draft; lessons that are under way keep the version they began with.

    Raises:
        DraftMoved, NameTaken: see `save`.
        FaceMissing: its face is not published.
    """
    subject.require(Scope.TEACH)
    tutor = await _held(db, subject, tutor_id, revision)
    content = await draft_content(db, tutor)
    known = await libraries.libraries_by_ids(db, tutor.tenant_id, content.library_ids)
    content = content.model_copy(update={"library_ids": [library.id for library in known]})
    worn_already = tutor.version > 0 and tutor.avatar_id == content.avatar_id
    if not worn_already and not await faces.is_wearable(db, tutor.tenant_id, content.avatar_id):
        raise FaceMissing(content.avatar_id)
    tutor.draft = None
    if tutor.version == 0 or content != await live_content(db, tutor) or tutor.state != "published":
        await _flushed(publish_content(db, subject, tutor, content, now))
    return await _view(db, subject, tutor)


async def discard(
    db: AsyncSession, subject: Subject, tutor_id: str, revision: int, now: datetime
) -> TutorDraft:
    """Go back to what is published."""
    subject.require(Scope.TEACH)
    tutor = await _held(db, subject, tutor_id, revision)
    tutor.draft = None
    _moved(tutor, now)
    await db.flush()
    return await _view(db, subject, tutor)


async def set_archived(
    db: AsyncSession, subject: Subject, tutor_id: str, now: datetime, *, archived: bool
) -> TutorDraft:
    """Put a tutor away, so that nobody begins a lesson with it, or take it out again."""
    subject.require(Scope.TEACH)
    tutor = await access_editable_tutor(db, subject, tutor_id)
    tutor.state = "archived" if archived else "published" if tutor.version else "draft"
    _moved(tutor, now)
    await note(db, subject, "tutor.archived" if archived else "tutor.unarchived", tutor.id)
    await db.flush()
    return await _view(db, subject, tutor)


async def delete(db: AsyncSession, subject: Subject, tutor_id: str) -> None:
    """Delete a tutor that no student has met.

    Raises:
        Conflict: students have; it can be archived.
    """
    subject.require(Scope.TEACH)
    tutor = await access_editable_tutor(db, subject, tutor_id)
    if tutor.version > 0:
        raise Conflict("was published")
    await note(db, subject, "tutor.deleted", tutor.id)
    await db.delete(tutor)


async def share(db: AsyncSession, subject: Subject, tutor_id: str, wanted: TeachersChange) -> TutorDraft:
    """Let colleagues of the same school change a tutor too."""
    subject.require(Scope.TEACH)
    tutor = await access_editable_tutor(db, subject, tutor_id)
    known = {person.id for person in await repository.colleagues(db, subject)}
    chosen = [person_id for person_id in wanted.teacher_ids if person_id in known - {tutor.owner_id}]
    await repository.set_teachers(db, tutor, chosen)
    await note(db, subject, "tutor.shared", tutor.id, teachers=len(chosen))
    return await _view(db, subject, tutor)


# Versions -------------------------------------------------------------------------------------------------


async def versions(db: AsyncSession, subject: Subject, tutor_id: str) -> TutorVersionList:
    """What was published before, each with what had changed."""
    subject.require(Scope.TEACH)
    tutor = await access_editable_tutor(db, subject, tutor_id)
    if tutor.version == 0:
        return TutorVersionList(versions=[])
    live = (await live_content(db, tutor)).model_dump(mode="json")
    kept = {version.number: version for version in await repository.versions_of(db, tutor)}
    contents = {number: {**live, **version.content} for number, version in kept.items()}
    contents.setdefault(tutor.version, live)
    names = await _names(db, subject)
    views: list[VersionOfTutor] = []
    for number in sorted(contents, reverse=True):
        version, before = kept.get(number), contents.get(number - 1)
        author_id = version.author_id if version is not None else tutor.owner_id
        views.append(
            VersionOfTutor(
                number=number,
                author=names.get(author_id or "", ""),
                created_at=version.created_at if version is not None else tutor.created_at,
                current=number == tutor.version,
                changes=differences(before, contents[number]) if before is not None else [],
                content=stored_content(contents[number]),
            )
        )
    return TutorVersionList(versions=views)


async def restore(
    db: AsyncSession, subject: Subject, tutor_id: str, number: int, revision: int, now: datetime
) -> TutorDraft:
    """Take an earlier version as the draft; students meet it once it is published."""
    subject.require(Scope.TEACH)
    tutor = await _held(db, subject, tutor_id, revision)
    live = await live_content(db, tutor)
    version = await repository.version_of(db, tutor, number)
    if version is None and number != tutor.version:
        raise Conflict(f"no version {number}")
    kept = live if version is None else stored_content({**live.model_dump(), **version.content})
    await _keep_draft(db, tutor, kept, now)
    return await _view(db, subject, tutor)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[FieldChange]:
    """The fields whose values differ, in the order of the form."""
    changes: list[FieldChange] = []
    for name in TutorContent.model_fields:
        old, new = before.get(name), after.get(name)
        if old != new:
            changes.append(
                FieldChange(
                    field=name,
                    before=json.dumps(old, ensure_ascii=False),
                    after=json.dumps(new, ensure_ascii=False),
                )
            )
    return changes


# Inside ---------------------------------------------------------------------------------------------------


async def _held(db: AsyncSession, subject: Subject, tutor_id: str, revision: int) -> Tutor:
    tutor = await access_editable_tutor(db, subject, tutor_id)
    if tutor.revision != revision:
        raise DraftMoved(f"{revision} is {tutor.revision} by now")
    return tutor


def _moved(tutor: Tutor, now: datetime) -> None:
    tutor.revision += 1
    tutor.changed_at = now


async def _keep_draft(db: AsyncSession, tutor: Tutor, content: TutorContent, now: datetime) -> None:
    known = await libraries.libraries_by_ids(db, tutor.tenant_id, content.library_ids)
    content = content.model_copy(update={"library_ids": [library.id for library in known]})
    _moved(tutor, now)
    if tutor.version == 0:
        await check_name(db, tutor, content.name)
        put_into(tutor, content)
        await _flushed(repository.set_libraries(db, tutor, content.library_ids, opened=False))
        return
    live = await live_content(db, tutor)
    tutor.draft = None if content.model_dump() == live.model_dump() else content.model_dump(mode="json")
    await db.flush()


async def _add(db: AsyncSession, subject: Subject, content: TutorContent, now: datetime) -> TutorDraft:
    await check_name(db, None, content.name, subject.tenant_id)
    tutor = Tutor(
        id=new_id(),
        tenant_id=subject.tenant_id,
        owner_id=subject.person_id,
        state="draft",
        version=0,
        revision=1,
        created_at=now,
        changed_at=now,
    )
    put_into(tutor, content)
    db.add(tutor)
    await _flushed(db.flush())
    await repository.set_libraries(db, tutor, content.library_ids, opened=False)
    await note(db, subject, "tutor.created", tutor.id)
    return await _view(db, subject, tutor)


async def _flushed(storing: Any) -> None:
    """Two teachers who choose one name at one moment: the second is told as if it had come later."""
    try:
        await storing
    except IntegrityError as error:
        raise NameTaken from error


async def _names(db: AsyncSession, subject: Subject) -> dict[str, str]:
    return {person.id: person.name for person in await repository.colleagues(db, subject)}


def _colleague(person: Person) -> Colleague:
    return Colleague(id=person.id, name=person.name)


def _work_tutor(subject: Subject, tutor: Tutor, names: dict[str, str]) -> WorkTutor:
    return WorkTutor(
        **tutor_brief(tutor).model_dump(),
        state=tutor.state,
        version=tutor.version,
        changed=tutor.draft is not None,
        changed_at=tutor.changed_at or tutor.created_at,
        owner=names.get(tutor.owner_id or "", ""),
        mine=tutor.owner_id == subject.person_id,
    )


async def _view(db: AsyncSession, subject: Subject, tutor: Tutor) -> TutorDraft:
    names = await _names(db, subject)
    teachers = await repository.teacher_ids(db, tutor)
    return TutorDraft(
        **_work_tutor(subject, tutor, names).model_dump(),
        revision=tutor.revision,
        content=await draft_content(db, tutor),
        published=await live_content(db, tutor) if tutor.version else None,
        teachers=[Colleague(id=person_id, name=names.get(person_id, "")) for person_id in teachers],
    )
