"""One row of everything that an operation can name, in one school: written straight into the database."""

import hashlib
from datetime import UTC, datetime, timedelta

from packages.platform.tests.town import CHEAP_HASH, School, Town, Visitor

from tutor_platform.accounts.models import Person
from tutor_platform.avatars.models import Face
from tutor_platform.classes.models import Class, ClassStudent, ClassTeacher
from tutor_platform.exports.models import Export
from tutor_platform.invitations.models import Invitation
from tutor_platform.jobs.models import Job
from tutor_platform.kit.ids import new_id
from tutor_platform.learning.models import LearnerFact
from tutor_platform.lessons.models import Lesson, Turn
from tutor_platform.lessons.recordings.models import Recording
from tutor_platform.safety.models import Alert, Flag, SafetyContact
from tutor_platform.sso.models import SignInProvider

COLLEAGUE = "colleague"
"""A teacher who leads no class and made nothing."""


def at(town: Town, name: str) -> School:
    return town.here if name == "here" else town.there


async def hire_colleagues(town: Town) -> None:
    """A second teacher for each school."""
    async with town.database.writing() as db:
        for name in ("here", "there"):
            db.add(
                Person(
                    id=new_id(), tenant_id=at(town, name).id, username=f"{COLLEAGUE}@{name}",
                    name="Colleague", role="teacher", language="en", password_hash=CHEAP_HASH,
                    created_at=datetime.now(UTC),
                )
            )  # fmt: skip


async def own_everything(town: Town, name: str) -> None:
    """What the school shares becomes the teacher's own."""
    from sqlalchemy import update

    from tutor_platform.knowledge.models import Library
    from tutor_platform.tutors.models import Tutor

    school = at(town, name)
    async with town.database.writing() as db:
        for model in (Library, Tutor):
            await db.execute(
                update(model).where(model.tenant_id == school.id).values(owner_id=school.people["teacher"])
            )


async def populate(town: Town, name: str, owner: Visitor) -> dict[str, str]:
    """Rows of the school by the names that paths and bodies have for them; personal ones are the owner's."""
    school = at(town, name)
    student = school.people["student"]
    now = datetime.now(UTC)
    ids = {
        row: new_id()
        for row in (
            "lesson_id", "turn_id", "answer_id", "class_id", "face_id", "recording_id", "fact_id", "alert_id",
            "flag_id", "contact_id", "job_id", "export_id", "invitation_id", "provider_id",
        )
    }  # fmt: skip
    mine = {"tenant_id": school.id, "created_at": now}
    async with town.database.writing() as db:
        db.add_all([
            Lesson(
                id=ids["lesson_id"], tenant_id=school.id, person_id=owner.person_id,
                tutor_id=school.tutor_id, started_at=now,
            ),
            Class(id=ids["class_id"], name="7b", language="en", **mine),
            Face(
                id=ids["face_id"], owner_id=school.people["teacher"], name="F", file_name="f.png",
                sha256="0" * 64, size_bytes=1, state="ready", **mine,
            ),
            SafetyContact(id=ids["contact_id"], name="C", email=f"{ids['contact_id']}@x.org", **mine),
            Job(
                id=ids["job_id"], name="n", arguments={}, state="dead", attempts=1, run_at=now, **mine,
            ),
            Export(
                id=ids["export_id"], person_id=owner.person_id, requested_by=owner.person_id,
                state="waiting", expires_at=now + timedelta(days=1), **mine,
            ),
            Invitation(
                id=ids["invitation_id"], role="student", label="I", token_hash=_digest(ids["invitation_id"]),
                expires_at=now + timedelta(days=1), **mine,
            ),
            SignInProvider(
                id=ids["provider_id"], name="P", issuer=f"https://{ids['provider_id']}.example",
                client_id="c", sealed_secret="s", domains=[], default_role="student", makes_accounts=False,
                links_by_email=False, listed=True, enabled=True, **mine,
            ),
        ])  # fmt: skip
        await db.flush()
        db.add_all([
            Turn(
                id=ids["turn_id"], lesson_id=ids["lesson_id"], seq=1, role="user", content="q", created_at=now
            ),
            Turn(
                id=ids["answer_id"], lesson_id=ids["lesson_id"], seq=2, role="assistant", content="a",
                created_at=now,
            ),
            ClassTeacher(class_id=ids["class_id"], person_id=school.people["teacher"], added_at=now),
            ClassStudent(class_id=ids["class_id"], person_id=student, joined_at=now),
            Recording(
                id=ids["recording_id"], tenant_id=school.id, lesson_id=ids["lesson_id"],
                media_type="audio/webm", started_at=now,
            ),
            LearnerFact(
                id=ids["fact_id"], person_id=owner.person_id, kind="likes", content=ids["fact_id"], **mine
            ),
            Alert(
                id=ids["alert_id"], lesson_id=ids["lesson_id"], person_id=owner.person_id, level="notice",
                kind="violence", source="student", excerpt="e", **mine,
            ),
        ])  # fmt: skip
        await db.flush()
        db.add(
            Flag(
                id=ids["flag_id"], lesson_id=ids["lesson_id"], person_id=owner.person_id,
                turn_id=ids["answer_id"], reason="uncited", **mine,
            )
        )  # fmt: skip
    devices = (await owner.http.get("/api/auth/devices")).json()["devices"]
    return ids | {
        "turn_id": ids["answer_id"],
        "sign_in_id": devices[0]["id"],
        "tutor_id": school.tutor_id,
        "library_id": school.library_id,
        "avatar_id": school.avatar_id,
        "document_id": school.markdown_id,
        "person_id": student,
        "target_id": student,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
