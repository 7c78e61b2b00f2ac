"""Tutors and their faces."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.authz.doors import access_avatar
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.tutors import service
from tutor_platform.tutors.schemas import TutorChange, TutorList, TutorView
from tutor_platform.tutors.service import Posters

router = APIRouter(prefix="/api", tags=["tutors"])


def _posters(request: Request) -> Posters:
    return request.app.state.posters


@router.get("/tutors")
async def every(subject: CurrentPerson, db: Annotated[AsyncSession, Reading]) -> TutorList:
    """The tutors of my school."""
    return TutorList(tutors=await service.listed(db, subject))


@router.get("/tutors/{tutor_id}")
async def one(tutor_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Reading]) -> TutorView:
    """One tutor of my school."""
    return await service.one(db, subject, tutor_id)


@router.patch("/tutors/{tutor_id}")
async def change(
    tutor_id: str, body: TutorChange, subject: CurrentPerson, db: Annotated[AsyncSession, Writing]
) -> TutorView:
    """Change how a tutor teaches; for teachers and administrators."""
    return await service.change(db, subject, tutor_id, body)


@router.get(
    "/avatars/{avatar_id}/poster",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, 304: {"description": "The browser's copy is current."}},
)
async def poster(
    avatar_id: str,
    request: Request,
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    posters: Annotated[Posters, Depends(_posters)],
) -> Response:
    """The still picture of a face that one of my tutors wears."""
    png = await posters.png(await access_avatar(db, subject, avatar_id))
    tag = f'"{hashlib.sha256(png).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, max-age=300"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(png, media_type="image/png", headers=headers)
