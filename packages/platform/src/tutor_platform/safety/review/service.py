"""Flagged turns: shown with what stood around them, seen, solved; and conversations, read by staff.

Every opening of a conversation is audited, and the student of a lesson that goes on sees who reads it.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.audit.service import note
from tutor_platform.authz.doors import (
    access_class,
    access_flag,
    access_watched_lesson,
    access_watched_turn,
)
from tutor_platform.authz.subject import Scope, Subject
from tutor_platform.classes import repository as classes
from tutor_platform.classes.models import TeacherWords
from tutor_platform.classes.schemas import Named
from tutor_platform.classes.service import named, policy
from tutor_platform.classes.wall.service import Wall
from tutor_platform.kit.clock import utc_now
from tutor_platform.kit.errors import BadRequest
from tutor_platform.kit.ids import new_id
from tutor_platform.lessons import repository as lessons
from tutor_platform.lessons.models import Turn
from tutor_platform.safety.models import Flag, FlagReason, FlagStatus
from tutor_platform.safety.review import repository
from tutor_platform.safety.review.schemas import (
    Conversation,
    FlagBrief,
    FlagChange,
    FlagView,
    ReviewTurn,
)
from tutor_platform.tutors import repository as tutors
from tutor_protocol import Citation

AROUND = 4
"""Turns shown before and after a flagged one."""
SHORT_CHARS = 300


async def listed(
    db: AsyncSession,
    subject: Subject,
    *,
    status: FlagStatus,
    reason: FlagReason | None,
    class_id: str | None,
    before: str | None,
    limit: int,
) -> list[FlagBrief]:
    """Flagged turns of the students of the person's classes, newest first."""
    subject.require(Scope.REVIEW)
    if class_id is not None:
        await access_class(db, subject, class_id)
    flags = await repository.listed(
        db, subject, status=status, reason=reason, class_id=class_id, before=before, limit=limit
    )
    return await _briefs(db, subject, flags)


async def opened(db: AsyncSession, subject: Subject, flag_id: str) -> FlagView:
    """A flagged turn with what was said before and after; audited."""
    flag = await access_flag(db, subject, flag_id)
    subject.require(Scope.REVIEW)
    await note(db, subject, "flag.opened", flag.id, reason=flag.reason, lesson_id=flag.lesson_id)
    turns: list[Turn] = []
    if flag.turn_id is not None:
        _, turn = await access_watched_turn(db, subject, flag.turn_id)
        turns = await repository.around(db, flag.lesson_id, turn.seq, AROUND)
    brief = (await _briefs(db, subject, [flag]))[0]
    return FlagView(flag=brief, turns=await _turns(db, flag.lesson_id, turns))


async def change(db: AsyncSession, subject: Subject, flag_id: str, wanted: FlagChange) -> FlagBrief:
    """Mark it as seen or solved, with a note, or open it again."""
    flag = await access_flag(db, subject, flag_id)
    subject.require(Scope.REVIEW)
    flag.status = wanted.status
    if wanted.note is not None:
        flag.note = wanted.note
    flag.handled_at = None if wanted.status == "open" else utc_now()
    flag.handled_by = None if wanted.status == "open" else subject.person_id
    await db.flush()
    await note(db, subject, f"flag.{wanted.status}", flag.id, reason=flag.reason)
    return (await _briefs(db, subject, [flag]))[0]


async def mark_wrong(db: AsyncSession, subject: Subject, turn_id: str, words: str) -> FlagBrief:
    """Say that an answer of a tutor is wrong; saying it again opens it again with the new words.

    Raises:
        BadRequest: the turn is the student's.
    """
    lesson, turn = await access_watched_turn(db, subject, turn_id)
    subject.require(Scope.REVIEW)
    if turn.role != "assistant":
        raise BadRequest("only a tutor's answer can be wrong")
    flag = await repository.flag_of(db, turn_id, "wrong_answer")
    if flag is None:
        flag = Flag(
            id=new_id(),
            tenant_id=lesson.tenant_id,
            lesson_id=lesson.id,
            person_id=lesson.person_id,
            turn_id=turn_id,
            reason="wrong_answer",
            note="",
            created_at=utc_now(),
        )
        db.add(flag)
    flag.words, flag.status, flag.raised_by = words, "open", subject.person_id
    flag.handled_at = flag.handled_by = None
    await db.flush()
    await note(db, subject, "answer.marked_wrong", turn_id, lesson_id=lesson.id)
    return (await _briefs(db, subject, [flag]))[0]


async def conversation(db: AsyncSession, subject: Subject, lesson_id: str, wall: Wall) -> Conversation:
    """A lesson of a student, whole; audited, and not hidden from the student while it goes on."""
    lesson = await access_watched_lesson(db, subject, lesson_id)
    subject.require(Scope.REVIEW)
    await note(db, subject, "conversation.opened", lesson.id, person_id=lesson.person_id)
    live = wall.is_live(lesson)
    if live:
        await wall.show(db, subject, lesson)
    people = await classes.people_by_ids(db, subject, {lesson.person_id})
    names = await classes.class_names_of(db, subject, set(people))
    known = await tutors.by_ids(db, subject, {lesson.tutor_id})
    return Conversation(
        lesson_id=lesson.id,
        student=named(people[lesson.person_id]),
        classes=names.get(lesson.person_id, []),
        tutor_name=known[lesson.tutor_id].name if lesson.tutor_id in known else "",
        started_at=lesson.started_at,
        ended_at=lesson.ended_at,
        live=live,
        turns=await _turns(db, lesson.id, await lessons.turns_of(db, lesson)),
    )


async def _briefs(db: AsyncSession, subject: Subject, flags: list[Flag]) -> list[FlagBrief]:
    """Flags that passed a door, with names as the school's policy allows."""
    shows_names = (await policy(db, subject.tenant_id)).names_in_review
    turns = await repository.turns_by_ids(db, {flag.turn_id for flag in flags if flag.turn_id})
    questions = await repository.questions_before(db, list(turns.values()))
    of_lesson = await repository.lessons_by_ids(db, subject, {flag.lesson_id for flag in flags})
    handlers = {flag.handled_by for flag in flags if flag.handled_by}
    people = await classes.people_by_ids(db, subject, {flag.person_id for flag in flags} | handlers)
    names = await classes.class_names_of(db, subject, set(people))
    known = await tutors.by_ids(db, subject, {lesson.tutor_id for lesson in of_lesson.values()})
    briefs: list[FlagBrief] = []
    for flag in flags:
        turn = turns.get(flag.turn_id or "")
        is_answer = turn is not None and turn.role == "assistant"
        asked = questions.get(turn.id) if turn is not None and is_answer else turn
        lesson = of_lesson.get(flag.lesson_id)
        tutor = known.get(lesson.tutor_id) if lesson else None
        student = people.get(flag.person_id)
        shown = student is not None and (shows_names or flag.reason == "alert")
        briefs.append(
            FlagBrief(
                id=flag.id,
                reason=flag.reason,
                status=flag.status,
                student=Named(id=student.id, name=student.name) if student is not None and shown else None,
                classes=names.get(flag.person_id, []),
                tutor_name=tutor.name if tutor else "",
                lesson_id=flag.lesson_id,
                turn_id=flag.turn_id,
                question=asked.content[:SHORT_CHARS] if asked else "",
                answer=turn.content[:SHORT_CHARS] if turn is not None and is_answer else "",
                words=flag.words,
                note=flag.note,
                created_at=flag.created_at,
                handled_at=flag.handled_at,
                handled_by=people[by].name if (by := flag.handled_by) in people else None,
            )
        )
    return briefs


async def _turns(db: AsyncSession, lesson_id: str, turns: list[Turn]) -> list[ReviewTurn]:
    """These turns in order, with what teachers wrote between them."""
    if not turns:
        return [_written(words) for words in await classes.words_in(db, lesson_id)]
    first, last = turns[0].seq, turns[-1].seq
    written = await classes.words_in(db, lesson_id)
    shown = [_written(words) for words in written if first - 1 <= words.after_seq <= last]
    shown += [
        ReviewTurn(
            id=turn.id,
            seq=turn.seq,
            role=turn.role,
            content=turn.content,
            heard=turn.heard,
            interrupted=turn.interrupted,
            citations=[Citation.model_validate(citation) for citation in turn.citations],
            source=turn.source,
            author=None,
            created_at=turn.created_at,
        )
        for turn in turns
    ]
    # Words follow the turn whose number they carry, in the order in which they were written.
    return sorted(shown, key=lambda turn: (turn.seq, turn.role == "teacher", turn.id))


def _written(words: TeacherWords) -> ReviewTurn:
    return ReviewTurn(
        id=words.id,
        seq=words.after_seq,
        role="teacher",
        content=words.content,
        heard=None,
        interrupted=False,
        citations=[],
        source=None,
        author=words.name,
        created_at=words.created_at,
    )
