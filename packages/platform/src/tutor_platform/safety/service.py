"""Alerts: kept as the engine raises them, shown to those who may help, answered for by name.

A notice is for the teachers of the student's classes and for administrators; an urgent alert also goes to
the school's safety contacts, at once on their page and by letter where the operator has set up mail.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_alert, access_contact
from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes import repository as classes
from tutor_platform.classes.service import named
from tutor_platform.kit.clock import Clock, utc_now
from tutor_platform.kit.errors import Conflict, NotFound
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons import repository as lessons
from tutor_platform.lessons.models import Lesson
from tutor_platform.safety import repository
from tutor_platform.safety.models import MAX_EXCERPT_CHARS, Alert, Flag, Letter, SafetyContact, level_of
from tutor_platform.safety.schemas import AlertView, ContactRequest, ContactView
from tutor_protocol import server


async def keep(db: AsyncSession, lesson: Lesson, alert: server.Alert, clock: Clock = utc_now) -> None:
    """Store an alert of the engine, flag its turn, and write the letters that an urgent one needs.

    The caller has checked that the lesson is the one that the event speaks of; `db` is a unit that writes.
    The same words told twice of one turn are one alert.
    """
    now = clock()
    role = "user" if alert.source == "student" else "assistant"
    turn = None
    if alert.turn_id is not None and alert.engine_session_id is not None:
        turn = await lessons.turn_of_engine(db, lesson.id, alert.engine_session_id, alert.turn_id, role)
    excerpt = alert.excerpt[:MAX_EXCERPT_CHARS]
    if await repository.is_known(db, lesson.id, alert.kind, excerpt, turn.id if turn else None):
        return
    kept = Alert(
        id=new_id(),
        tenant_id=lesson.tenant_id,
        lesson_id=lesson.id,
        person_id=lesson.person_id,
        turn_id=turn.id if turn else None,
        level=level_of(alert.kind),
        kind=alert.kind,
        source=alert.source,
        excerpt=excerpt,
        created_at=now,
        note="",
    )
    db.add(kept)
    await db.flush()
    if turn is None or not await repository.is_flagged(db, turn.id, "alert"):
        db.add(
            Flag(
                id=new_id(),
                tenant_id=lesson.tenant_id,
                lesson_id=lesson.id,
                person_id=lesson.person_id,
                turn_id=kept.turn_id,
                reason="alert",
                words=alert.kind,
                status="open",
                note="",
                created_at=now,
            )
        )
    if kept.level == "urgent":
        for email in await repository.contact_addresses(db, lesson.tenant_id):
            db.add(Letter(id=new_id(), alert_id=kept.id, email=email, tries=0, due_at=now))


async def listed(
    db: AsyncSession, subject: Subject, acknowledged: bool, before: str | None, limit: int
) -> list[AlertView]:
    """Alerts about the students of the person's classes, newest first."""
    subject.require(Scope.REVIEW)
    return await _views(db, subject, await repository.listed(db, subject, acknowledged, before, limit))


async def acknowledge(db: AsyncSession, subject: Subject, alert_id: str, words: str) -> AlertView:
    """Say, by name and once, that one knows of it; who was first stays.

    Raises:
        NotFound: no such alert for this person.
    """
    alert = await access_alert(db, subject, alert_id)
    subject.require(Scope.REVIEW)
    if alert.acknowledged_at is None:
        alert.acknowledged_at = utc_now()
        alert.acknowledged_by = subject.person_id
        alert.note = words
        await db.flush()
        await note(db, subject, "alert.acknowledged", alert.id, level=alert.level, kind=alert.kind)
    return (await _views(db, subject, [alert]))[0]


async def contacts(db: AsyncSession, subject: Subject) -> list[ContactView]:
    """Whom urgent alerts of the person's school reach."""
    subject.require(Scope.MANAGE_SCHOOL)
    return [_contact(kept) for kept in await repository.contacts(db, subject.tenant_id)]


async def add_contact(db: AsyncSession, subject: Subject, wanted: ContactRequest) -> ContactView:
    """One more contact.

    Raises:
        Conflict: the address is a contact already.
        NotFound: `person_id` is no member of staff of this school.
    """
    subject.require(Scope.MANAGE_SCHOOL)
    if wanted.email in await repository.contact_addresses(db, subject.tenant_id):
        raise Conflict("contact_known")
    if wanted.person_id is not None:
        staff = {person.id for person in await classes.staff(db, subject)}
        if wanted.person_id not in staff:
            raise NotFound
    kept = SafetyContact(
        id=new_id(),
        tenant_id=subject.tenant_id,
        person_id=wanted.person_id,
        name=wanted.name,
        email=wanted.email,
        created_at=utc_now(),
    )
    db.add(kept)
    await db.flush()
    await note(db, subject, "safety_contact.added", kept.id)
    return _contact(kept)


async def drop_contact(db: AsyncSession, subject: Subject, contact_id: str) -> None:
    """Nobody is written to there any more."""
    kept = await access_contact(db, subject, contact_id)
    subject.require(Scope.MANAGE_SCHOOL)
    await db.delete(kept)
    await note(db, subject, "safety_contact.removed", contact_id)


async def _views(db: AsyncSession, subject: Subject, alerts: list[Alert]) -> list[AlertView]:
    wanted = {alert.person_id for alert in alerts}
    wanted |= {alert.acknowledged_by for alert in alerts if alert.acknowledged_by}
    people = await classes.people_by_ids(db, subject, wanted)
    names = await classes.class_names_of(db, subject, set(people))
    sent = await repository.letters_sent(db, [alert.id for alert in alerts])
    return [
        AlertView(
            id=alert.id,
            level=alert.level,
            kind=alert.kind,
            source=alert.source,
            excerpt=alert.excerpt,
            student=named(people[alert.person_id]),
            classes=names.get(alert.person_id, []),
            lesson_id=alert.lesson_id,
            turn_id=alert.turn_id,
            created_at=alert.created_at,
            acknowledged_at=alert.acknowledged_at,
            acknowledged_by=people[by].name if (by := alert.acknowledged_by) in people else None,
            note=alert.note,
            letters_sent=sent.get(alert.id, 0),
        )
        for alert in alerts
        if alert.person_id in people
    ]


def _contact(kept: SafetyContact) -> ContactView:
    return ContactView(id=kept.id, name=kept.name, email=kept.email, person_id=kept.person_id)
