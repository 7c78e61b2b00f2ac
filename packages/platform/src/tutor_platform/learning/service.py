"""What a student has told and shown: learned from the record, shown to them, erased at their word.

Only the record is read, once per turn, so nothing said is lost by a crash and nothing erased comes back.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.doors import access_fact
from tutor_platform.authz.subject import Subject
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import BadRequest, Conflict, NotFound
from tutor_platform.kit.ids import new_id
from tutor_platform.learning import repository
from tutor_platform.learning.briefing import Briefing
from tutor_platform.learning.mastery import Answer, Level, level, mastery
from tutor_platform.learning.models import Evidence, FactKind, LearnerFact
from tutor_platform.learning.schemas import ConceptView, EvidenceView, FactView, LearningView
from tutor_platform.learning.told import one_line, told
from tutor_platform.learning.verdicts import Verdict, quiz_verdict, socratic_verdict
from tutor_platform.lessons import repository as lessons
from tutor_platform.lessons.models import Lesson, Turn

log = structlog.get_logger(__name__)

MAX_FACTS = 60
"""The oldest of these is forgotten when one more is told."""


@dataclass(frozen=True, slots=True)
class ConceptMastery:
    """How well one person masters one concept."""

    concept: str
    mastery: float
    level: Level
    evidence: tuple[Evidence, ...]


class Learner:
    """Looks lessons through, after each turn that is over."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def learn(self, lesson_id: str) -> None:
        """Take what is new in this lesson; doing it twice changes nothing."""
        async with self._database.writing() as db:
            lesson = await lessons.hold(db, lesson_id)
            if lesson is None:
                return
            turns = await repository.unlearned(db, lesson)
            fresh = [turn for turn in turns if turn.seq > lesson.learned_seq]
            if not fresh:
                return
            if await repository.remembers(db, lesson.person_id):
                for at, turn in enumerate(turns):
                    if turn.seq > lesson.learned_seq:
                        await self._take(db, lesson, turns[:at], turn)
            lesson.learned_seq = fresh[-1].seq

    async def _take(self, db: AsyncSession, lesson: Lesson, before: Sequence[Turn], turn: Turn) -> None:
        if turn.role == "user":
            for fact in told(turn.content):
                await _remember(
                    db, lesson.tenant_id, lesson.person_id, lesson.id, fact.kind, fact.content, self._clock
                )
            return
        judged = judge(before, turn, lesson)
        if judged is None:
            return
        titles = [str(cited["title"]) for cited in turn.citations]
        db.add(
            Evidence(
                id=new_id(),
                tenant_id=lesson.tenant_id,
                person_id=lesson.person_id,
                lesson_id=lesson.id,
                turn_id=turn.id,
                concept=judged.concept,
                source=titles[0] if titles else "",
                kind=judged.kind,
                outcome=judged.outcome,
                created_at=turn.created_at,
            )
        )


def judge(before: Sequence[Turn], turn: Turn, lesson: Lesson) -> Verdict | None:
    """The verdict in a tutor's turn on the student's answer before it, if that was one."""
    if len(before) < 2 or before[-1].role != "user" or before[-2].role != "assistant":
        return None
    question, reply = before[-2], before[-1]
    if question.choices:
        return quiz_verdict(question.choices, reply.content, turn.content)
    if lesson.mode == "socratic":
        titles = [str(cited["title"]) for cited in (*turn.citations, *question.citations)]
        return socratic_verdict(reply.content, turn.content, titles[0] if titles else "")
    return None


async def _remember(
    db: AsyncSession,
    tenant_id: str,
    person_id: str,
    lesson_id: str | None,
    kind: FactKind,
    content: str,
    clock: Clock,
) -> LearnerFact:
    known = await repository.facts_of(db, person_id)
    for fact in known:
        if fact.kind == kind and fact.content.casefold() == content.casefold():
            return fact
    # A person has one name and is in one grade; the last word counts.
    replaced = [fact for fact in known if fact.kind == kind and kind in ("name", "grade")]
    for fact in (*replaced, *known[: max(0, len(known) + 1 - MAX_FACTS)]):
        await db.delete(fact)
    fact = LearnerFact(
        id=new_id(),
        tenant_id=tenant_id,
        person_id=person_id,
        lesson_id=lesson_id,
        kind=kind,
        content=content,
        created_at=clock(),
    )
    db.add(fact)
    await db.flush()
    return fact


async def mastery_of(db: AsyncSession, person_ids: Sequence[str]) -> dict[str, list[ConceptMastery]]:
    """What each of these people masters, best known last; the caller has checked whose it may read."""
    by_person: dict[str, dict[str, list[Evidence]]] = {person_id: {} for person_id in person_ids}
    for piece in await repository.evidence_of(db, person_ids):
        by_person[piece.person_id].setdefault(repository.folded(piece.concept), []).append(piece)
    return {
        person_id: sorted((_estimate(pieces) for pieces in concepts.values()), key=lambda one: one.mastery)
        for person_id, concepts in by_person.items()
    }


def _estimate(pieces: list[Evidence]) -> ConceptMastery:
    known = mastery(Answer(piece.kind, piece.outcome) for piece in pieces)
    return ConceptMastery(pieces[-1].concept, known, level(known), tuple(pieces))


async def briefing_of(db: AsyncSession, subject: Subject) -> Briefing:
    """What a tutor is told of the person when a lesson begins; nothing when the memory is off."""
    if not await repository.remembers(db, subject.person_id):
        return Briefing()
    concepts = (await mastery_of(db, [subject.person_id]))[subject.person_id]
    return Briefing(
        facts=[(fact.kind, fact.content) for fact in await repository.facts(db, subject)],
        shaky=[one.concept for one in concepts if one.level != "solid"],
        solid=[one.concept for one in reversed(concepts) if one.level == "solid"],
    )


async def view(db: AsyncSession, subject: Subject) -> LearningView:
    """Everything that is known of the person, with where it comes from."""
    concepts = (await mastery_of(db, [subject.person_id]))[subject.person_id]
    return LearningView(
        remember=await repository.remembers(db, subject.person_id),
        facts=[fact_view(fact) for fact in await repository.facts(db, subject)],
        concepts=[
            ConceptView(
                key=repository.folded(one.concept),
                concept=one.concept,
                mastery=round(one.mastery, 3),
                level=one.level,
                evidence=[
                    EvidenceView(
                        lesson_id=piece.lesson_id,
                        turn_id=piece.turn_id,
                        kind=piece.kind,
                        outcome=piece.outcome,
                        source=piece.source,
                        created_at=piece.created_at,
                    )
                    for piece in reversed(one.evidence)
                ],
            )
            for one in concepts
        ],
    )


def fact_view(fact: LearnerFact) -> FactView:
    """A fact as its person sees it."""
    return FactView(
        id=fact.id, kind=fact.kind, content=fact.content, lesson_id=fact.lesson_id, created_at=fact.created_at
    )


async def exported(db: AsyncSession, subject: Subject) -> str:
    """The same as a file."""
    return json.dumps((await view(db, subject)).model_dump(mode="json"), ensure_ascii=False, indent=2)


async def tell(db: AsyncSession, subject: Subject, content: str, clock: Clock) -> LearnerFact:
    """Remember what the person writes down themselves.

    Raises:
        BadRequest: there is nothing in it.
        Conflict: the person wants nothing remembered.
    """
    words = one_line(content)
    if not words:
        raise BadRequest("content")
    if not await repository.remembers(db, subject.person_id):
        raise Conflict("memory is off")
    return await _remember(db, subject.tenant_id, subject.person_id, None, "told", words, clock)


async def choose(db: AsyncSession, subject: Subject, *, remember: bool) -> LearningView:
    """Switch the memory on or off. What is known stays until it is erased; off, nothing is told to tutors."""
    if remember and not await repository.remembers(db, subject.person_id):
        # What was said while it was off stays unremembered.
        await repository.skip_to_end(db, subject)
    await repository.choose(db, subject, remember=remember)
    await db.flush()
    return await view(db, subject)


async def erase_fact(db: AsyncSession, subject: Subject, fact_id: str) -> None:
    """Forget one fact."""
    await db.delete(await access_fact(db, subject, fact_id))


async def erase_concept(db: AsyncSession, subject: Subject, concept: str) -> None:
    """Forget one concept with all its evidence; NotFound when there is none."""
    if not await repository.forget(db, subject, repository.folded(concept)):
        raise NotFound


async def erase_all(db: AsyncSession, subject: Subject) -> None:
    """Forget everything; what was said until now is not learned again."""
    await repository.skip_to_end(db, subject)
    gone = await repository.forget(db, subject)
    await note(db, subject, "learning.erased", subject.person_id, rows=gone)
