"""The live wall, visits to lessons that go on, and the stream of news."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import StreamingResponse

from tutor_platform.accounts.current import CurrentPerson, accounts_of, token_in_cookie
from tutor_platform.classes.wall.schemas import LessonCompany, MessageRequest, MessageView, Presence, WallView
from tutor_platform.classes.wall.service import Wall
from tutor_platform.kit.db import Reading, Writing, database_of
from tutor_platform.kit.errors import Unauthorized

router = APIRouter(prefix="/api", tags=["wall"])


def _wall(request: Request) -> Wall:
    return request.app.state.live_wall


WallHere = Annotated[Wall, Depends(_wall)]


@router.get("/wall")
async def live(subject: CurrentPerson, db: Annotated[AsyncSession, Reading], wall: WallHere) -> WallView:
    """Who of my classes is in a lesson now; for teachers and administrators."""
    return WallView(lessons=await wall.lessons(db, subject))


@router.post("/wall/{lesson_id}/presence")
async def visit(
    lesson_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Writing], wall: WallHere
) -> Presence:
    """I have this lesson open; its student sees my name for as long as I renew this."""
    return await wall.visit(db, subject, lesson_id)


@router.delete("/wall/{lesson_id}/presence", status_code=204)
async def leave(
    lesson_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Reading], wall: WallHere
) -> None:
    """I have closed it."""
    await wall.leave(db, subject, lesson_id)


@router.post("/wall/{lesson_id}/messages", status_code=201)
async def write(
    lesson_id: str, body: MessageRequest, request: Request, subject: CurrentPerson, wall: WallHere
) -> MessageView:
    """Write into the lesson: shown to the student as my words, stored in the record, spoken by nobody."""
    async with database_of(request).writing() as db:
        words = await wall.say(db, subject, lesson_id, body.content)
        student_id = await wall.student_of(db, subject, lesson_id)
    wall.tell_words(student_id, words)
    return words


@router.get("/lessons/{lesson_id}/company")
async def company(
    lesson_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Reading], wall: WallHere
) -> LessonCompany:
    """Who of the staff is in my lesson, and what they wrote into it."""
    return await wall.company(db, subject, lesson_id)


@router.get(
    "/news",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    openapi_extra={"x-stream": True},
)
async def news(
    request: Request,
    subject: CurrentPerson,
    seconds: Annotated[int, Query(ge=0, le=600, description="How long to listen.")] = 240,
) -> StreamingResponse:
    """News for an open page: `wall`, `alerts`, `company` and `words`, as server-sent events."""

    async def is_signed_in() -> bool:
        try:
            await accounts_of(request).subject_of(token_in_cookie(request))
        except Unauthorized:
            return False
        return True

    stream = request.app.state.newsroom.stream(subject, seconds, is_signed_in)
    return StreamingResponse(
        stream,
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )
