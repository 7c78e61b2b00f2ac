"""Classes, and the door by which students join them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import CurrentPerson, accounts_of, token_in_cookie
from tutor_platform.authz.subject import Subject
from tutor_platform.classes import service
from tutor_platform.classes.joining import JoinByCode
from tutor_platform.classes.schemas import (
    ClassChange,
    ClassList,
    ClassPolicyView,
    ClassRequest,
    ClassView,
    JoinAnswer,
    JoinRequest,
    StaffList,
    TeacherChoice,
    TutorChoice,
)
from tutor_platform.kit.db import Reading, Writing
from tutor_platform.kit.errors import BadRequest, Unauthorized
from tutor_protocol.http import ErrorBody

router = APIRouter(prefix="/api", tags=["classes"])

ReadingHere = Annotated[AsyncSession, Reading]
WritingHere = Annotated[AsyncSession, Writing]
Code = Annotated[str, Path(min_length=1, max_length=32)]


def _door(request: Request) -> JoinByCode:
    return request.app.state.join_by_code


async def _perhaps(request: Request) -> Subject | None:
    try:
        subject = await accounts_of(request).subject_of(token_in_cookie(request))
    except Unauthorized:
        return None
    request.state.language = subject.language
    return subject


Door = Annotated[JoinByCode, Depends(_door)]
Perhaps = Annotated[Subject | None, Depends(_perhaps)]
_NO_SUCH_CODE = {
    404: {"model": ErrorBody, "description": "`not_found`: nothing opens with this code."},
    429: {"model": ErrorBody, "description": "`too_many_attempts`; see Retry-After."},
}


@router.get("/classes")
async def every(
    subject: CurrentPerson, db: ReadingHere, archived: Annotated[bool, Query()] = False
) -> ClassList:
    """The classes I learn in or lead; all of the school for administrators."""
    return ClassList(classes=await service.listed(db, subject, archived))


@router.post("/classes", status_code=201)
async def create(body: ClassRequest, subject: CurrentPerson, db: WritingHere) -> ClassView:
    """Make a class; whoever makes it leads it."""
    return await service.create(db, subject, body)


@router.get("/class-staff")
async def staff(subject: CurrentPerson, db: ReadingHere) -> StaffList:
    """Who may lead a class in my school."""
    return StaffList(people=await service.staff(db, subject))


@router.get("/class-policy")
async def policy(subject: CurrentPerson, db: ReadingHere) -> ClassPolicyView:
    """What my school lets its teachers see."""
    return await service.policy(db, subject.tenant_id)


@router.put("/class-policy")
async def set_policy(body: ClassPolicyView, subject: CurrentPerson, db: WritingHere) -> ClassPolicyView:
    """Change what my school lets its teachers see; for administrators."""
    return await service.set_policy(db, subject, body)


@router.get("/classes/{class_id}")
async def one(class_id: str, subject: CurrentPerson, db: WritingHere) -> ClassView:
    """A class with its students; for those who lead it. An administrator's look is audited."""
    return await service.one(db, subject, class_id)


@router.patch("/classes/{class_id}")
async def change(class_id: str, body: ClassChange, subject: CurrentPerson, db: WritingHere) -> ClassView:
    """Rename a class, or archive it."""
    return await service.change(db, subject, class_id, body)


@router.put("/classes/{class_id}/teachers")
async def set_teachers(
    class_id: str, body: TeacherChoice, subject: CurrentPerson, db: WritingHere
) -> ClassView:
    """Choose who leads a class."""
    return await service.set_teachers(db, subject, class_id, body.person_ids)


@router.put("/classes/{class_id}/tutors")
async def set_tutors(class_id: str, body: TutorChoice, subject: CurrentPerson, db: WritingHere) -> ClassView:
    """Choose the tutors that a class learns with."""
    return await service.set_tutors(db, subject, class_id, body.tutor_ids)


@router.delete("/classes/{class_id}/students/{person_id}", status_code=204)
async def remove_student(class_id: str, person_id: str, subject: CurrentPerson, db: WritingHere) -> None:
    """Take a student out of a class; their account and their lessons stay."""
    await service.remove_student(db, subject, class_id, person_id)


@router.post("/classes/{class_id}/code")
async def fresh_code(class_id: str, subject: CurrentPerson, db: WritingHere) -> ClassView:
    """Make a new join code; the old one opens nothing any more."""
    return await service.fresh_code(db, subject, class_id)


@router.delete("/classes/{class_id}/code")
async def drop_code(class_id: str, subject: CurrentPerson, db: WritingHere) -> ClassView:
    """Switch joining by code off."""
    return await service.drop_code(db, subject, class_id)


@router.get("/join/{code}", responses={**_NO_SUCH_CODE})
async def look(code: Code, request: Request, door: Door) -> JoinAnswer:
    """Where a join code leads; for anybody who holds it."""
    return await door.look(code, _address(request))


@router.post("/join/{code}", status_code=201, responses={**_NO_SUCH_CODE})
async def join(
    code: Code, request: Request, door: Door, subject: Perhaps, body: JoinRequest | None = None
) -> JoinAnswer:
    """Join a class: as the student who is signed in, or with a new account, whose owner then signs in."""
    if subject is not None:
        return await door.join_known(code, _address(request), subject)
    if body is None:
        raise BadRequest("a new account needs a name and a password")
    return await door.join_new(code, _address(request), body)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
