"""The people of a school; for its administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from tutor_platform.accounts.current import AccountsHere, CurrentPerson, hang_up
from tutor_platform.authz.subject import Role
from tutor_platform.kit.db import Database, Reading, database_of
from tutor_platform.people import service
from tutor_platform.people.schemas import (
    ImportPreview,
    ImportRequest,
    ImportResult,
    NewPerson,
    PeoplePage,
    PersonCard,
    PersonEdit,
    PersonWithPassword,
)

router = APIRouter(prefix="/api/people", tags=["people"])

DatabaseHere = Annotated[Database, Depends(database_of)]


@router.get("")
async def search(
    subject: CurrentPerson,
    db: Annotated[AsyncSession, Reading],
    words: Annotated[str, Query(max_length=200, description="Parts of names.")] = "",
    role: Role | None = None,
    disabled: bool | None = None,
    after: Annotated[str | None, Query(max_length=26, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PeoplePage:
    """The people of my school, by name."""
    return await service.listed(
        db, subject, words=words, role=role, disabled=disabled, after=after, limit=limit
    )


@router.post("", status_code=201)
async def add(
    body: NewPerson, subject: CurrentPerson, database: DatabaseHere, accounts: AccountsHere
) -> PersonWithPassword:
    """Add somebody; the answer shows their one-time password, this once."""
    return await service.add(database, subject, body, accounts.clock)


@router.post("/import/preview")
async def preview_import(
    body: ImportRequest, subject: CurrentPerson, db: Annotated[AsyncSession, Reading]
) -> ImportPreview:
    """What importing a class list would do, line by line; changes nothing."""
    return await service.preview(db, subject, body)


@router.post("/import", status_code=201)
async def import_list(
    body: ImportRequest, subject: CurrentPerson, database: DatabaseHere, accounts: AccountsHere
) -> ImportResult:
    """Add everybody of a class list, or nobody; shows the one-time passwords, this once."""
    return await service.import_list(database, subject, body, accounts.clock)


@router.get("/{person_id}")
async def one(person_id: str, subject: CurrentPerson, db: Annotated[AsyncSession, Reading]) -> PersonCard:
    """Somebody of my school."""
    return await service.one(db, subject, person_id)


@router.patch("/{person_id}")
async def change(
    person_id: str,
    body: PersonEdit,
    subject: CurrentPerson,
    request: Request,
    database: DatabaseHere,
    accounts: AccountsHere,
) -> PersonCard:
    """Change somebody's names, role or standing; a new role or a switched-off account ends their sign-ins."""
    person, ended = await service.change(database, subject, person_id, body, accounts.clock)
    hang_up(request, ended)
    return person


@router.delete("/{person_id}", status_code=204)
async def remove(
    person_id: str, subject: CurrentPerson, request: Request, database: DatabaseHere, accounts: AccountsHere
) -> None:
    """Delete somebody with everything that is theirs."""
    hang_up(request, await service.remove(database, subject, person_id, accounts.clock))


@router.post("/{person_id}/password")
async def new_password(
    person_id: str, subject: CurrentPerson, request: Request, database: DatabaseHere, accounts: AccountsHere
) -> PersonWithPassword:
    """Give somebody a one-time password, shown this once; signs them out everywhere."""
    shown, ended = await service.new_password(database, subject, person_id, accounts.clock)
    hang_up(request, ended)
    return shown


@router.post("/{person_id}/sign-out", status_code=204)
async def sign_out(person_id: str, subject: CurrentPerson, request: Request, database: DatabaseHere) -> None:
    """Sign somebody out everywhere."""
    hang_up(request, await service.sign_out(database, subject, person_id))
