"""Lessons: begin, list, read, resume, end."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.kit.db import Reading
from tutor_platform.lessons import service
from tutor_platform.lessons.schemas import LessonAnswer, LessonChange, LessonList, LessonRequest
from tutor_platform.lessons.service import Lessons
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
    answer = LessonAnswer(lesson=await lessons.open(subject, body.tutor_id, body.mode))
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
