"""What a student has told and shown: read, export, add, erase."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.kit.clock import ClockHere
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.learning import service
from tutor_platform.learning.schemas import FactRequest, FactView, LearningChange, LearningView

router = APIRouter(prefix="/api/learning", tags=["learning"])

Read = Annotated[AsyncSession, Reading]
Write = Annotated[AsyncSession, Writing]


@router.get("")
async def everything(subject: CurrentPerson, db: Read) -> LearningView:
    """What is known of me, with where it comes from."""
    return await service.view(db, subject)


@router.patch("")
async def choose(body: LearningChange, subject: CurrentPerson, db: Write) -> LearningView:
    """Switch the memory on or off."""
    return await service.choose(db, subject, remember=body.remember)


@router.delete("", status_code=204)
async def erase(subject: CurrentPerson, db: Write) -> None:
    """Forget everything about me."""
    await service.erase_all(db, subject)


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "A JSON file."}},
)
async def export(subject: CurrentPerson, db: Read) -> Response:
    """The same as a file."""
    # Not application/json: the page keeps it as a file and does not read it.
    return Response(
        await service.exported(db, subject),
        media_type="application/octet-stream",
        headers={"content-disposition": 'attachment; filename="learning.json"'},
    )


@router.post("/facts", status_code=201)
async def tell(body: FactRequest, subject: CurrentPerson, db: Write, clock: ClockHere) -> FactView:
    """Remember this."""
    return service.fact_view(await service.tell(db, subject, body.content, clock))


@router.delete("/facts/{fact_id}", status_code=204)
async def forget_fact(fact_id: str, subject: CurrentPerson, db: Write) -> None:
    """Forget one thing that I told."""
    await service.erase_fact(db, subject, fact_id)


@router.delete("/concepts", status_code=204)
async def forget_concept(
    concept: Annotated[str, Query(min_length=1, max_length=200)], subject: CurrentPerson, db: Write
) -> None:
    """Forget one concept and all evidence of it."""
    await service.erase_concept(db, subject, concept)
