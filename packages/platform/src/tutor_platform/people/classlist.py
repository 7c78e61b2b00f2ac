"""Reading a class list: CSV as spreadsheets write it, judged line by line. Pure: no database, no clock."""

import csv
import io
import re
from typing import TypeGuard, get_args

from pydantic import TypeAdapter, ValidationError

from tutor_platform.accounts.schemas import MAX_NAME_CHARS, Username
from tutor_platform.authz.subject import Role
from tutor_platform.kit.language import Language
from tutor_platform.people.schemas import (
    MAX_IMPORT_LINES,
    Email,
    ImportLine,
    ImportPreview,
    ImportRequest,
    LineProblem,
)

_COLUMNS = {
    "name": "name", "full name": "name", "student": "name", "姓名": "name", "名字": "name",
    "username": "username", "user name": "username", "user": "username", "login": "username",
    "用户名": "username", "账号": "username", "学号": "username",
    "role": "role", "角色": "role", "身份": "role",
    "language": "language", "语言": "language",
    "email": "email", "e-mail": "email", "mail": "email", "邮箱": "email", "电子邮件": "email",
}  # fmt: skip
_ROLES = {
    "学生": "student",
    "老师": "teacher",
    "教师": "teacher",
    "管理员": "admin",
    "administrator": "admin",
}
_LANGUAGES = {"english": "en", "英文": "en", "英语": "en", "chinese": "zh", "中文": "zh", "zh-cn": "zh"}
_DELIMITERS = ",;\t"

_username: TypeAdapter[str] = TypeAdapter(Username)
_email: TypeAdapter[str | None] = TypeAdapter(Email)


def is_role(value: str) -> TypeGuard[Role]:
    """Whether this is one of the three roles."""
    return value in get_args(Role)


def is_language(value: str) -> TypeGuard[Language]:
    """Whether this is one of the two languages."""
    return value in get_args(Language)


def read(request: ImportRequest) -> ImportPreview:
    """The lines of a list with everything that can be told without knowing who is there already."""
    text = request.csv.removeprefix("\ufeff")
    if not text.strip():
        return ImportPreview(lines=[], problem="empty", ready=False)
    heading, *_ = text.splitlines()
    delimiter = max(_DELIMITERS, key=heading.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    try:
        columns = [_COLUMNS.get(cell.strip().lower(), "") for cell in next(rows)]
        if "name" not in columns:
            return ImportPreview(lines=[], problem="heading_missing", ready=False)
        lines: list[ImportLine] = []
        for row in rows:
            if any(cell.strip() for cell in row):
                lines.append(_line(rows.line_num, columns, row, request))
            if len(lines) > MAX_IMPORT_LINES:
                return ImportPreview(lines=[], problem="too_many", ready=False)
    except csv.Error:
        return ImportPreview(lines=[], problem="heading_missing", ready=False)
    _mark_twice(lines)
    return ImportPreview(lines=lines, problem=None if lines else "empty", ready=is_ready(lines))


def is_ready(lines: list[ImportLine]) -> bool:
    """Whether every line, and at least one, can be added."""
    return bool(lines) and not any(line.problems for line in lines)


def _line(number: int, columns: list[str], row: list[str], request: ImportRequest) -> ImportLine:
    cells = {
        column: " ".join("".join(c if c.isprintable() else " " for c in cell).split())
        for column, cell in zip(columns, row, strict=False)
        if column
    }
    role = cells.get("role", "").lower() or request.role
    language = cells.get("language", "").lower() or request.language
    name = cells.get("name", "")
    line = ImportLine(
        line=number,
        name=name,
        username=(cells.get("username", "") or _username_from(cells.get("email", ""), name)).lower(),
        role=_ROLES.get(role, role),
        language=_LANGUAGES.get(language, language),
        email=cells.get("email", "").lower(),
        problems=[],
    )
    if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
        line.problems.append("columns_wrong")
    line.problems.extend(_problems(line))
    return line


def _username_from(email: str, name: str) -> str:
    """A user name for lines without one: what stands before the @, or the name in one word."""
    return email.partition("@")[0] if email else re.sub(r"[^\w.-]+", ".", name).strip(".")


def _problems(line: ImportLine) -> list[LineProblem]:
    found: list[LineProblem] = []
    if not line.name:
        found.append("name_missing")
    elif len(line.name) > MAX_NAME_CHARS:
        found.append("name_long")
    if not line.username:
        found.append("username_missing")
    elif not _fits(_username, line.username):
        found.append("username_wrong")
    if not is_role(line.role):
        found.append("role_unknown")
    if not is_language(line.language):
        found.append("language_unknown")
    if not _fits(_email, line.email):
        found.append("email_wrong")
    return found


def _fits(adapter: TypeAdapter[str] | TypeAdapter[str | None], value: str) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def _mark_twice(lines: list[ImportLine]) -> None:
    names: set[str] = set()
    emails: set[str] = set()
    for line in lines:
        if line.username and line.username in names:
            line.problems.append("username_twice")
        if line.email and line.email in emails:
            line.problems.append("email_twice")
        names.add(line.username)
        emails.add(line.email)
