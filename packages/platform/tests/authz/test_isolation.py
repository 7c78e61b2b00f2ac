"""Nobody reaches another school's or another person's rows, through any operation there is.

The operations come from the application's own OpenAPI description, so a new one cannot be forgotten: it fails
here until it is listed with the rows it names.
"""

import ast
from pathlib import Path
from typing import Any

import pytest
from packages.platform.tests.town import Town, Visitor

import tutor_platform
from tutor_platform.app import create_app
from tutor_platform.settings import Settings

PUBLIC = {("post", "/api/auth/sign-in"), ("get", "/api/status")}

NAMES_NO_ROW = {
    ("post", "/api/auth/sign-out"),
    ("get", "/api/auth/me"),
    ("patch", "/api/auth/me"),
    ("get", "/api/tutors"),
    ("get", "/api/lessons"),
    ("get", "/api/webrtc/config"),
    ("post", "/api/webrtc/check"),
    ("get", "/api/doctor"),
}
"""They speak of the person who asks, or of nobody."""

NAMES_A_ROW = {
    ("get", "/api/tutors/{tutor_id}"),
    ("patch", "/api/tutors/{tutor_id}"),
    ("get", "/api/avatars/{avatar_id}/poster"),
    ("post", "/api/lessons"),
    ("get", "/api/lessons/{lesson_id}"),
    ("patch", "/api/lessons/{lesson_id}"),
    ("post", "/api/lessons/{lesson_id}/resume"),
    ("post", "/api/lessons/{lesson_id}/end"),
    ("get", "/api/documents/{document_id}"),
    ("get", "/api/documents/{document_id}/text"),
    ("get", "/api/documents/{document_id}/file"),
}

NOT_FOR_STUDENTS = {("patch", "/api/tutors/{tutor_id}")}

OWN_ONLY = {operation for operation in NAMES_A_ROW if "{lesson_id}" in operation[1]}
"""Hidden even from people of the same school."""


def operations() -> set[tuple[str, str]]:
    paths: dict[str, dict[str, Any]] = create_app(Settings()).openapi()["paths"]
    return {(method, path) for path, methods in paths.items() for method in methods}


def test_every_operation_is_judged() -> None:
    assert operations() == PUBLIC | NAMES_NO_ROW | NAMES_A_ROW


async def call(visitor: Visitor, operation: tuple[str, str], rows: dict[str, str]) -> tuple[int, str]:
    method, path = operation
    body = {"tutor_id": rows["tutor_id"], "language": "en", "mode": "quiz"} if method != "get" else None
    response = await visitor.http.request(method.upper(), path.format(**rows), json=body)
    return response.status_code, response.text


async def rows_of(town: Town, owner: Visitor, school: str) -> dict[str, str]:
    place = town.here if school == "here" else town.there
    lesson = await owner.begin_lesson(place.tutor_id)
    return {
        "tutor_id": place.tutor_id,
        "avatar_id": place.avatar_id,
        "document_id": place.markdown_id,
        "lesson_id": lesson["id"],
    }


async def test_anonymous_people_reach_nothing(town: Town) -> None:
    rows = await rows_of(town, await town.signed_in("student@here"), "here")
    for operation in NAMES_NO_ROW | NAMES_A_ROW:
        status, text = await call(town.visitor(), operation, rows)
        assert (operation, status) == (operation, 401)
        assert '"unauthorized"' in text


@pytest.mark.parametrize("role", ["admin", "teacher", "student"])
async def test_other_schools_rows_do_not_exist(town: Town, role: str) -> None:
    rows = await rows_of(town, await town.signed_in("student@there"), "there")
    visitor = await town.signed_in(f"{role}@here")
    absent = dict.fromkeys(rows, "none")
    for operation in NAMES_A_ROW:
        hidden = await call(visitor, operation, rows)
        missing = await call(visitor, operation, absent)
        assert (operation, hidden[0]) == (operation, 404)
        # Word for word what is said of a row that does not exist; only the request's own id differs.
        assert hidden[1].split('"id"')[0] == missing[1].split('"id"')[0]
    own = await visitor.http.get("/api/tutors")
    assert [tutor["id"] for tutor in own.json()["tutors"]] == [town.here.tutor_id]
    assert (await visitor.http.get("/api/lessons")).json()["lessons"] == []


@pytest.mark.parametrize(
    ("owner", "other"),
    [("teacher", "student"), ("student", "other"), ("admin", "student"), ("student", "teacher")],
)
async def test_lessons_are_seen_by_their_owner_only(town: Town, owner: str, other: str) -> None:
    theirs = await town.signed_in(f"{owner}@here")
    rows = await rows_of(town, theirs, "here")
    visitor = await town.signed_in(f"{other}@here")
    for operation in OWN_ONLY:
        assert (operation, (await call(visitor, operation, rows))[0]) == (operation, 404)
        assert (operation, (await call(theirs, operation, rows))[0]) == (operation, 200)
    assert (await visitor.http.get("/api/lessons")).json()["lessons"] == []


async def test_the_owner_reaches_every_row(town: Town) -> None:
    student = await town.signed_in("student@here")
    rows = await rows_of(town, student, "here")
    for operation in NAMES_A_ROW - NOT_FOR_STUDENTS:
        assert (operation, (await call(student, operation, rows))[0] // 100) == (operation, 2)
    for operation in NOT_FOR_STUDENTS:
        assert (operation, (await call(student, operation, rows))[0]) == (operation, 403)
        for role in ("teacher", "admin"):
            visitor = await town.signed_in(f"{role}@here")
            assert (operation, (await call(visitor, operation, rows))[0]) == (operation, 200)


def test_rows_are_selected_in_repositories_only() -> None:
    """A tenant-owned model in a query outside of a repository is a second door."""
    owned = {"Tutor", "Document", "Lesson", "Turn"}
    source = Path(tutor_platform.__file__).parent
    offenders: list[str] = []
    for path in source.rglob("*.py"):
        if path.name == "repository.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                named = {arg.id for arg in node.args if isinstance(arg, ast.Name)}
                if called in {"select", "get", "update", "delete"} and named & owned:
                    offenders.append(f"{path.relative_to(source)}:{node.lineno}")
    assert offenders == []


def test_endpoints_do_not_ask_repositories() -> None:
    """Endpoints go through a service or a door."""
    source = Path(tutor_platform.__file__).parent
    for path in source.rglob("endpoints.py"):
        assert "repository" not in path.read_text("utf-8"), path
