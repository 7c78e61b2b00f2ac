"""What people do with the record of their lessons: search it, sum it up, take it home, report a problem."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.authz.doors import access_lesson, access_tutor
from tutor_platform.authz.subject import Subject
from tutor_platform.classes import repository as classes
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.errors import BadRequest
from tutor_platform.kit.ids import new_id
from tutor_platform.learning import repository as learned
from tutor_platform.lessons import repository
from tutor_platform.lessons.models import Lesson, ProblemReport, Turn
from tutor_platform.lessons.repository import Wanted
from tutor_platform.lessons.schemas import (
    AskedView,
    KeySentence,
    LessonSumming,
    PractiseView,
    ProblemRequest,
    SearchAnswer,
    SearchHit,
    SnippetPiece,
)
from tutor_platform.lessons.search import snippet, words_of
from tutor_platform.lessons.sentences import bare, resting_on, sentences
from tutor_platform.lessons.time import used_s
from tutor_platform.lessons.transcript import Format, heard_of, transcript
from tutor_platform.tutors import repository as tutors
from tutor_platform.tutors.service import tutor_brief
from tutor_protocol import Citation

TOLD_TWICE = timedelta(minutes=1)
"""Nobody describes the same trouble twice so soon."""

MOST_KEY_SENTENCES = 12


async def search(
    db: AsyncSession,
    subject: Subject,
    query: str,
    *,
    tutor_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: str | None = None,
    limit: int = 20,
) -> SearchAnswer:
    """The person's turns that contain every word of the query, newest first."""
    words = words_of(query)
    if not words:
        return SearchAnswer(hits=[])
    for moment in (since, until):
        if moment is not None and moment.tzinfo is None:
            raise BadRequest("a moment needs its zone")
    wanted = Wanted(words, tutor_id, since, until, before)
    found = await repository.search(db, subject, wanted, limit)
    known = await tutors.by_ids(db, subject, {lesson.tutor_id for _, lesson in found})
    return SearchAnswer(
        hits=[
            SearchHit(
                lesson_id=lesson.id,
                turn_id=turn.id,
                tutor=tutor_brief(known[lesson.tutor_id]),
                role=turn.role,
                created_at=turn.created_at,
                snippet=[
                    SnippetPiece(text=piece.text, hit=piece.hit) for piece in snippet(turn.content, words)
                ],
            )
            for turn, lesson in found
            if lesson.tutor_id in known
        ]
    )


async def summary(db: AsyncSession, subject: Subject, lesson_id: str) -> LessonSumming:
    """What one lesson was about, from its record alone."""
    lesson = await access_lesson(db, subject, lesson_id)
    turns = await repository.turns_of(db, lesson)
    evidence = await learned.evidence_of_lesson(db, lesson)
    right = {piece.concept.casefold() for piece in evidence if piece.outcome == "right"}
    return LessonSumming(
        lesson_id=lesson.id,
        minutes=round(used_s([turn.created_at for turn in turns]) / 60),
        asked=[AskedView(turn_id=turn.id, content=turn.content) for turn in _asked(turns)],
        key_sentences=_key_sentences(turns),
        practise=[
            PractiseView(concept=piece.concept, source=piece.source, turn_id=piece.turn_id)
            for piece in {e.concept.casefold(): e for e in evidence if e.outcome == "wrong"}.values()
            if piece.concept.casefold() not in right
        ],
        mastered=list(dict.fromkeys(piece.concept for piece in evidence if piece.outcome == "right")),
    )


def _asked(turns: Sequence[Turn]) -> list[Turn]:
    """What the student asked; answers to the tutor's own questions are none of them."""
    offered = {turn.seq + 1 for turn in turns if turn.role == "assistant" and turn.choices}
    return [turn for turn in turns if turn.role == "user" and turn.seq not in offered]


def _key_sentences(turns: Sequence[Turn]) -> list[KeySentence]:
    found: dict[tuple[str, int, int], KeySentence] = {}
    for turn in turns:
        if turn.role != "assistant":
            continue
        said = sentences(bare(heard_of(turn)))
        if turn.interrupted:
            # Half a sentence is not worth keeping.
            said = said[:-1]
        for given in turn.citations:
            citation = Citation.model_validate(given)
            place = (citation.document, citation.page, citation.start)
            sentence = resting_on(said, citation.quote)
            if sentence is None and turn.interrupted:
                continue
            content = sentence or " ".join(citation.quote.split())
            found.setdefault(place, KeySentence(turn_id=turn.id, content=content, citation=citation))
    return list(found.values())[:MOST_KEY_SENTENCES]


async def exported(db: AsyncSession, subject: Subject, lesson_id: str, kind: Format) -> str:
    """One lesson as a file, in the reader's language."""
    lesson = await access_lesson(db, subject, lesson_id)
    tutor = await access_tutor(db, subject, lesson.tutor_id)
    turns = await repository.turns_of(db, lesson)
    words = await classes.words_in(db, lesson.id)
    return transcript(kind, lesson, tutor.name, turns, subject.language, words)


async def report(
    db: AsyncSession, subject: Subject, lesson_id: str, problem: ProblemRequest, clock: Clock
) -> str:
    """Take down what is wrong in a lesson; returns the number that may be quoted.

    The same told again within `TOLD_TWICE` is a second click, and has the number of the first.

    Raises:
        BadRequest: the contribution is none of this lesson.
    """
    lesson = await access_lesson(db, subject, lesson_id)
    if problem.turn_id is not None and problem.turn_id not in await repository.turn_ids(db, lesson):
        raise BadRequest("turn_id")
    await repository.lock(db, lesson.id)
    known = await repository.same_problem(
        db, lesson, problem.category, problem.content, problem.turn_id, clock() - TOLD_TWICE
    )
    if known is not None:
        return known
    taken = ProblemReport(
        id=new_id(),
        tenant_id=lesson.tenant_id,
        lesson_id=lesson.id,
        turn_id=problem.turn_id,
        category=problem.category,
        content=problem.content,
        facts=problem.facts,
        created_at=clock(),
    )
    db.add(taken)
    await db.flush()
    return taken.id


async def problems(
    db: AsyncSession, subject: Subject, person_ids: list[str] | None = None, limit: int = 100
) -> list[tuple[ProblemReport, Lesson]]:
    """What students reported, newest first, for a caller that has checked whose reports may be read."""
    return await repository.problems(db, subject.tenant_id, person_ids, limit)
