"""Lessons: begin, list, search, read, resume, end, sum up, take home, report a problem."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.kit.clock import ClockHere
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.lessons import records, service
from tutor_platform.lessons.schemas import (
    LessonAnswer,
    LessonChange,
    LessonList,
    LessonRequest,
    LessonSumming,
    ProblemAnswer,
    ProblemRequest,
    SearchAnswer,
)
from tutor_platform.lessons.service import Lessons
from tutor_platform.lessons.transcript import MEDIA_TYPES, Format
from tutor_protocol.http import ErrorBody

router = APIRouter(prefix="/api/lessons", tags=["lessons"])


def _lessons(request: Request) -> Lessons:
    return request.app.state.lessons


LessonsHere = Annotated[Lessons, Depends(_lessons)]
_NO_ENGINE = {503: {"model": ErrorBody, "description": "`no_seat` or `engine_unreachable`; see Retry-After."}}


@router.post("", status_code=201, responses={**_NO_ENGINE})
async def begin(
    body: LessonRequest, request: Request, subject: CurrentPerson, lessons: LessonsHere
) -> LessonAnswer:
    """Begin a lesson with a tutor."""
    lesson = await lessons.open(subject, body.tutor_id, body.mode, preview=body.preview)
    answer = LessonAnswer(lesson=lesson)
    request.app.state.lines.look(subject.person_id)
    return answer


@router.get("")
async def every(
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> LessonList:
    """My lessons, newest first."""
    return await service.listed(db, subject, before, limit)


@router.get("/search")
async def search(
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    q: Annotated[str, Query(min_length=1, max_length=200, description="All words have to occur.")],
    tutor_id: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[datetime | None, Query(description="With its zone.")] = None,
    until: Annotated[datetime | None, Query(description="With its zone; not included.")] = None,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> SearchAnswer:
    """What was said in my lessons, newest first."""
    return await records.search(
        db, subject, q, tutor_id=tutor_id, since=since, until=until, before=before, limit=limit
    )


@router.get("/{lesson_id}")
async def one(lesson_id: str, subject: CurrentPerson, lessons: LessonsHere) -> LessonAnswer:
    """One lesson with its turns."""
    return LessonAnswer(lesson=await lessons.one(subject, lesson_id))


@router.patch("/{lesson_id}", responses={**_NO_ENGINE})
async def change(
    lesson_id: str, body: LessonChange, request: Request, subject: CurrentPerson, lessons: LessonsHere
) -> LessonAnswer:
    """Teach differently from now on. A lesson that is under way goes on in a new engine session."""
    before, lesson = await lessons.change_mode(subject, lesson_id, body.mode)
    if before is not None and lesson.engine_session_id is not None:
        request.app.state.lines.moved(subject.person_id, before, lesson.engine_session_id)
    return LessonAnswer(lesson=lesson)


@router.post("/{lesson_id}/resume", responses={**_NO_ENGINE})
async def resume(
    lesson_id: str, request: Request, subject: CurrentPerson, lessons: LessonsHere
) -> LessonAnswer:
    """Go on with a lesson."""
    answer = LessonAnswer(lesson=await lessons.resume(subject, lesson_id))
    request.app.state.lines.look(subject.person_id)
    return answer


@router.post("/{lesson_id}/end")
async def end(lesson_id: str, subject: CurrentPerson, lessons: LessonsHere) -> LessonAnswer:
    """End a lesson."""
    return LessonAnswer(lesson=await lessons.end(subject, lesson_id))


@router.get("/{lesson_id}/summary")
async def summary(
    lesson_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Reading]
) -> LessonSumming:
    """What a lesson was about, from its record."""
    return await records.summary(db, subject, lesson_id)


_FORMS = {
    kind: {"schema": {"type": "object" if "json" in kind else "string"}} for kind in MEDIA_TYPES.values()
}


@router.get(
    "/{lesson_id}/transcript",
    response_class=Response,
    responses={200: {"content": _FORMS, "description": "A file."}},
)
async def transcript(
    lesson_id: str,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    format: Annotated[Format, Query(description="Markdown, text, JSON or subtitles.")] = "md",
) -> Response:
    """A lesson as a file to keep; it says that an AI spoke."""
    written = await records.exported(db, subject, lesson_id, format)
    return Response(
        written,
        media_type=MEDIA_TYPES[format],
        headers={"content-disposition": f'attachment; filename="lesson-{lesson_id}.{format}"'},
    )


@router.post("/{lesson_id}/problems", status_code=201)
async def report(
    lesson_id: str,
    body: ProblemRequest,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Writing],
    clock: ClockHere,
) -> ProblemAnswer:
    """Report what is wrong in a lesson."""
    return ProblemAnswer(id=await records.report(db, subject, lesson_id, body, clock))
