"""Nobody reaches another school's, class's or person's rows, through any operation there is.

The operations come from the application's own OpenAPI description, so a new one cannot be forgotten: it fails
here until `judgements.py` judges it, `rows.py` makes the rows it names, and its body has an example.
"""

import ast
from pathlib import Path

import pytest
from packages.platform.tests.authz.judgements import JUDGED, Judged
from packages.platform.tests.authz.requests import (
    Operation,
    call,
    content_of,
    example_of,
    operations,
    parameters,
    resolved,
)
from packages.platform.tests.authz.rows import COLLEAGUE, hire_colleagues, own_everything, populate
from packages.platform.tests.town import Town, Visitor

import tutor_platform

ORDER = ("get", "post", "put", "patch", "delete")
NAMES_BY_BODY = {
    ("post", "/api/lessons"),
    ("post", "/api/admin/deletions"),
    ("post", "/api/admin/exports"),
}
"""Operations whose row is named in the body."""
NOT_ROWS = {"number", "page", "code", "node_id"}
"""Path parameters that are no identifier of a row."""


Found = tuple[Operation, str, int]
"""An operation, who tried it, and what they got."""


def listed(found: list[Found]) -> str:
    return "\n".join(f"{method} {path} as {who}: {status}" for (method, path), who, status in found)


def named(reach: str) -> list[tuple[Operation, Judged]]:
    return [(operation, judged) for operation, judged in sorted(JUDGED.items()) if judged.reach == reach]


def test_every_operation_is_judged() -> None:
    assert operations() == set(JUDGED), "judge new operations in tests/authz/judgements.py"


def test_what_names_a_row_says_whose_it_is() -> None:
    for operation, judged in JUDGED.items():
        names = bool(parameters(operation) - NOT_ROWS) or operation in NAMES_BY_BODY
        if judged.roles:
            assert names == (judged.reach != "nothing"), operation


def test_every_body_has_an_example() -> None:
    without: list[Operation] = []
    for operation in sorted(operations()):
        content = content_of(operation)
        if content is None or content[0] != "application/json":
            continue
        if resolved(content[1]).get("properties") and example_of(operation) is None:
            without.append(operation)
    assert without == []


async def test_anonymous_people_reach_nothing(town: Town) -> None:
    rows = await populate(town, "here", await town.signed_in("student@here"))
    nobody = town.visitor()
    wrong: list[Found] = []
    for operation, judged in sorted(JUDGED.items()):
        status, text = await call(nobody, operation, rows)
        # 502: an organisation that does not exist was asked to sign somebody in.
        right = status == 401 and '"unauthorized"' in text if judged.roles else status < 500 or status == 502
        if not right:
            wrong.append((operation, "anonymous", status))
    assert not wrong, listed(wrong)


async def test_nobody_does_more_than_their_role(town: Town) -> None:
    rows = await populate(town, "here", await town.signed_in("student@here"))
    visitors = {role: await town.signed_in(f"{role}@here") for role in ("student", "teacher")}
    wrong: list[Found] = []
    for operation, judged in sorted(JUDGED.items()):
        for role, visitor in visitors.items():
            if judged.roles and role not in judged.roles:
                status, _ = await call(visitor, operation, rows)
                if status not in (403, 404):
                    wrong.append((operation, role, status))
    assert not wrong, listed(wrong)
    # Whoever was refused everything is still who they were.
    for visitor in visitors.values():
        assert (await visitor.http.get("/api/auth/me")).status_code == 200


def _without_id(text: str) -> str:
    """The text of a refusal without the request's own number."""
    return text.split('"id"')[0]


async def test_other_schools_rows_do_not_exist(town: Town) -> None:
    rows = await populate(town, "there", await town.signed_in("student@there"))
    absent = dict.fromkeys(rows, "00000000000000000000000000")
    visitors = {role: await town.signed_in(f"{role}@here") for role in ("student", "teacher", "admin")}
    wrong: list[Found] = []
    for operation, judged in sorted(JUDGED.items()):
        for role in judged.roles if judged.reach != "nothing" else ():
            hidden = await call(visitors[role], operation, rows)
            missing = await call(visitors[role], operation, absent)
            if hidden[0] != 404 or _without_id(hidden[1]) != _without_id(missing[1]):
                wrong.append((operation, role, hidden[0]))
    assert not wrong, listed(wrong)


async def test_lists_show_nothing_of_the_neighbours(town: Town) -> None:
    theirs = await populate(town, "there", await town.signed_in("student@there"))
    await populate(town, "here", await town.signed_in("student@here"))
    admin = await town.signed_in("admin@here")
    foreign = {*theirs.values(), *town.there.people.values(), town.there.id}
    wrong: list[Found] = []
    for operation, judged in sorted(JUDGED.items()):
        if operation[0] == "get" and judged.roles and judged.reach == "nothing" and not judged.alone:
            status, text = await call(admin, operation, {})
            if any(row in text for row in foreign):
                wrong.append((operation, "admin", status))
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("other", ["other", "teacher", "admin"])
async def test_what_is_a_persons_own_is_seen_by_nobody_else(town: Town, other: str) -> None:
    rows = await populate(town, "here", await town.signed_in("student@here"))
    visitor = await town.signed_in(f"{other}@here")
    tried = [(operation, other, (await call(visitor, operation, rows))[0]) for operation, _ in named("own")]
    wrong = [found for found in tried if found[2] != 404]
    assert not wrong, listed(wrong)


async def test_a_teacher_of_another_class_sees_nothing_of_this_one(town: Town) -> None:
    await hire_colleagues(town)
    rows = await populate(town, "here", await town.signed_in("student@here"))
    wrong: list[Found] = []
    for name in (COLLEAGUE, "other"):
        visitor = await town.signed_in(f"{name}@here")
        for operation, _ in named("class"):
            status, _text = await call(visitor, operation, rows)
            if status not in (403, 404):
                wrong.append((operation, name, status))
    assert not wrong, listed(wrong)
    colleague = await town.signed_in(f"{COLLEAGUE}@here")
    for path in ("/api/alerts", "/api/review", "/api/wall", "/api/classes"):
        shown = (await colleague.http.get(path)).text
        assert rows["lesson_id"] not in shown
        assert rows["class_id"] not in shown


async def test_a_colleague_does_not_change_what_is_not_theirs(town: Town) -> None:
    await hire_colleagues(town)
    await own_everything(town, "here")
    rows = await populate(town, "here", await town.signed_in("student@here"))
    visitor = await town.signed_in(f"{COLLEAGUE}@here")
    changes = [operation for operation, _ in named("teacher") if operation[0] != "get"]
    tried = [(operation, COLLEAGUE, (await call(visitor, operation, rows))[0]) for operation in changes]
    wrong = [found for found in tried if found[2] != 404]
    assert not wrong, listed(wrong)


ENDS = {
    ("delete", "/api/me"),
    ("delete", "/api/documents/{document_id}"),
    ("delete", "/api/people/{person_id}"),
    ("post", "/api/admin/deletions"),
    ("post", "/api/people/{person_id}/password"),
}
"""After them others of the tests' own rows are gone, so each has a town of its own."""


async def test_whoever_may_reaches_every_row(town: Town) -> None:
    visitors: dict[str, Visitor] = {}
    wrong: list[Found] = []
    ordered = sorted(JUDGED.items(), key=lambda item: (ORDER.index(item[0][0]), item[0][1]))
    for operation, judged in ordered:
        if judged.roles and not judged.alone and operation not in ENDS:
            status = await _reaches(town, visitors, operation, judged)
            if status // 100 != 2 and status != 409:
                wrong.append((operation, judged.owner, status))
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("operation", sorted(ENDS), ids=" ".join)
async def test_whoever_may_ends_things(edge_town: Town, operation: Operation) -> None:
    assert await _reaches(edge_town, {}, operation, JUDGED[operation]) // 100 == 2


async def _reaches(town: Town, visitors: dict[str, Visitor], operation: Operation, judged: Judged) -> int:
    for role in {"student", judged.owner}:
        known = visitors.get(role)
        if known is None or (await known.http.get("/api/auth/me")).status_code == 401:
            visitors[role] = await town.signed_in(f"{role}@here")
    rows = await populate(town, "here", visitors["student"])
    return (await call(visitors[judged.owner], operation, rows))[0]


def test_rows_are_selected_in_repositories_only() -> None:
    """A tenant-owned model in a query outside of a repository is a second door."""
    owned = {
        "Tutor", "Document", "Library", "Face", "Lesson", "Turn", "Recording", "LearnerFact", "Class",
        "Alert", "Flag", "Export", "Deletion", "Job", "Invitation",
    }  # fmt: skip
    source = Path(tutor_platform.__file__).parent
    offenders: list[str] = []
    for path in source.rglob("*.py"):
        if "repository" in path.name:
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
