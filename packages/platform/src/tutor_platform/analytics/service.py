"""Counts for teachers and administrators; the smallest group that others see has five people.

Who teaches the students that are counted sees every line. To others, lines that fewer than `FEW` people stand
behind are left out, and their number is told.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.analytics import repository
from tutor_platform.analytics.models import AnswerKind, OpenedSource
from tutor_platform.analytics.repository import Counted, Reach
from tutor_platform.analytics.schemas import (
    AskedTurn,
    ConceptRow,
    Count,
    DropOff,
    Opened,
    Overview,
    Part,
)
from tutor_platform.analytics.tables import as_csv
from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_class, access_lesson, access_tutor
from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes import repository as classes
from tutor_platform.classes.schemas import Named
from tutor_platform.classes.service import policy
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.errors import BadRequest, NotFound
from tutor_platform.kit.ids import new_id
from tutor_platform.learning.service import mastery_of
from tutor_platform.safety.review import repository as review

FEW = 5
USUAL_DAYS = 28
MAX_DAYS = 400
LINES = 20
STUDENT_LINES = 200
TURNS = 100
SHORT_CHARS = 400
SECURE = 0.8
SHAKY = 0.5
CUT_OFF_AFTER = timedelta(hours=1)
"""An unfinished lesson with trouble is taken as cut off when it began so long ago."""
ANSWERED: tuple[AnswerKind, ...] = ("cited",)
UNANSWERED: tuple[AnswerKind, ...] = ("not_in_library", "uncited")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants counted."""

    class_id: str | None = None
    tutor_id: str | None = None
    since: date | None = None
    until: date | None = None


async def reach_of(db: AsyncSession, subject: Subject, wish: Wish) -> tuple[Reach, bool]:
    """What the person may count, and whether they teach everybody in it.

    Raises:
        NotFound: no such class or tutor for this person.
        Forbidden: students count nobody.
        BadRequest: the days are in the wrong order or too many.
    """
    inside = not subject.may(Scope.MANAGE_SCHOOL)
    if wish.class_id is not None:
        await access_class(db, subject, wish.class_id)
        inside = await classes.is_led_by(db, wish.class_id, subject.person_id)
    subject.require(Scope.REVIEW)
    if wish.tutor_id is not None:
        await access_tutor(db, subject, wish.tutor_id)
    until = wish.until or utc_now().date()
    since = wish.since or until - timedelta(days=USUAL_DAYS - 1)
    if not timedelta(0) <= until - since <= timedelta(days=MAX_DAYS):
        raise BadRequest("days")
    return Reach(subject, wish.class_id, wish.tutor_id, since, until), inside


async def overview(db: AsyncSession, subject: Subject, wish: Wish) -> Overview:
    """Everything that a page of analytics shows."""
    reach, inside = await reach_of(db, subject, wish)
    still = utc_now() - CUT_OFF_AFTER
    total = await repository.totals(db, reach)
    shown = inside or total.people >= FEW
    screen = _Screen(inside)
    kinds = await repository.kinds(db, reach)
    return Overview(
        since=reach.since,
        until=reach.until,
        inside=inside,
        lessons=total.lessons if shown else None,
        people=total.people if shown else None,
        minutes=_minutes(total.seconds) if shown else None,
        questions=total.questions if shown else None,
        answers={line.kind: line.count for line in _kinds(kinds) if inside or line.people >= FEW},
        days=screen.counts(await repository.days(db, reach)),
        topics=screen.counts(await repository.topics(db, reach, ANSWERED, LINES)),
        unanswered=screen.counts(await repository.topics(db, reach, UNANSWERED, LINES)),
        sources=screen.counts(await repository.sources(db, reach, LINES)),
        # A student is one person: nobody outside the class sees such a line.
        students=screen.counts(await repository.by_student(db, reach, STUDENT_LINES)) if inside else [],
        classes=screen.counts(await repository.by_class(db, reach, LINES)) if wish.class_id is None else [],
        tutors=screen.counts(await repository.by_tutor(db, reach, LINES)),
        drop_offs=screen.drop_offs(
            [
                DropOff(how="unasked" if how == "unasked" else "cut_off", trouble=why, count=n, people=people)
                for how, why, n, people in await repository.drop_offs(db, reach, still)
            ]
        ),
        mastery=await _mastery(db, reach, inside) if wish.class_id is not None else [],
        hidden=screen.hidden,
    )


async def table(db: AsyncSession, subject: Subject, wish: Wish, part: Part) -> str:
    """One part of the overview as CSV; taking it away is audited."""
    whole = await overview(db, subject, wish)
    await note(
        db, subject, "analytics.exported", wish.class_id or subject.tenant_id, part=part, inside=whole.inside
    )
    if part == "drop_offs":
        rows = [(line.how, line.trouble, line.count, line.people) for line in whole.drop_offs]
        return as_csv(("how", "trouble", "lessons", "people"), rows)
    if part == "mastery":
        known = [(line.concept, line.people, line.average, line.secure, line.shaky) for line in whole.mastery]
        return as_csv(("concept", "people", "average", "secure", "shaky"), known)
    lines: list[Count] = getattr(whole, part)
    if part in ("topics", "unanswered", "sources"):
        return as_csv((part, "count", "people"), [(line.name, line.count, line.people) for line in lines])
    timed = [(line.name, line.count, line.people, line.minutes) for line in lines]
    return as_csv((part, "lessons", "people", "minutes"), timed)


async def turns(
    db: AsyncSession, subject: Subject, wish: Wish, answered: bool, topic: str | None
) -> list[AskedTurn]:
    """The questions and answers behind a count, newest first; reading them is audited."""
    reach, _ = await reach_of(db, subject, wish)
    facts = await repository.answers(db, reach, ANSWERED if answered else UNANSWERED, topic, TURNS)
    await note(db, subject, "analytics.turns_opened", wish.class_id or subject.tenant_id, turns=len(facts))
    spoken = await review.turns_by_ids(
        db, {fact.turn_id for fact in facts} | {fact.question_id for fact in facts}
    )
    names = (await policy(db, subject.tenant_id)).names_in_review
    people = await classes.people_by_ids(db, subject, {fact.person_id for fact in facts})
    return [
        AskedTurn(
            turn_id=fact.turn_id,
            lesson_id=fact.lesson_id,
            student=Named(id=who.id, name=who.name)
            if names and (who := people.get(fact.person_id))
            else None,
            kind=fact.kind,
            topic=fact.topic,
            question=spoken[fact.question_id].content[:SHORT_CHARS],
            answer=spoken[fact.turn_id].content[:SHORT_CHARS],
            asked_at=spoken[fact.question_id].created_at,
        )
        for fact in facts
        if fact.turn_id in spoken and fact.question_id in spoken
    ]


async def opened(db: AsyncSession, subject: Subject, lesson_id: str, what: Opened) -> None:
    """The person has opened a page that their lesson cites.

    Raises:
        NotFound: not their lesson, or it cites no such document.
    """
    lesson = await access_lesson(db, subject, lesson_id)
    title = await repository.cited_in(db, lesson, what.document)
    if title is None:
        raise NotFound
    now = utc_now()
    db.add(
        OpenedSource(
            id=new_id(),
            tenant_id=lesson.tenant_id,
            lesson_id=lesson.id,
            person_id=lesson.person_id,
            tutor_id=lesson.tutor_id,
            document_id=what.document,
            title=title[:300],
            page=what.page,
            day=now.date(),
            opened_at=now,
        )
    )


class _Screen:
    """Leaves out what small groups stand behind, and counts what it left out."""

    def __init__(self, inside: bool) -> None:
        self._inside = inside
        self.hidden = 0

    def _shows(self, people: int) -> bool:
        if self._inside or people >= FEW:
            return True
        self.hidden += 1
        return False

    def counts(self, lines: list[Counted]) -> list[Count]:
        return [
            Count(
                key=line.key,
                name=line.name,
                count=line.count,
                people=line.people,
                minutes=_minutes(line.seconds),
            )
            for line in lines
            if self._shows(line.people)
        ]

    def drop_offs(self, lines: list[DropOff]) -> list[DropOff]:
        return [line for line in lines if self._shows(line.people)]


@dataclass(frozen=True, slots=True)
class _Kind:
    kind: AnswerKind
    count: int
    people: int


def _kinds(lines: list[Counted]) -> list[_Kind]:
    by_name = {line.key: line for line in lines}
    return [
        _Kind(kind, by_name[kind].count, by_name[kind].people)
        for kind in (*ANSWERED, *UNANSWERED)
        if kind in by_name
    ]


async def _mastery(db: AsyncSession, reach: Reach, inside: bool) -> list[ConceptRow]:
    """Concepts of a class, least known first."""
    people = await repository.people_of(db, reach)
    by_concept: dict[str, list[float]] = defaultdict(list)
    for known in (await mastery_of(db, people)).values():
        for one in known:
            by_concept[one.concept].append(one.mastery)
    rows = [
        ConceptRow(
            concept=concept,
            people=len(values),
            average=round(sum(values) / len(values), 3),
            secure=sum(value >= SECURE for value in values),
            shaky=sum(value < SHAKY for value in values),
        )
        for concept, values in by_concept.items()
        if inside or len(values) >= FEW
    ]
    return sorted(rows, key=lambda row: (row.average, row.concept))[:LINES]


def _minutes(seconds: int) -> float:
    return round(seconds / 60, 1)
