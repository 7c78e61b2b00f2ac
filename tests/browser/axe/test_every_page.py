"""Nothing on any page keeps somebody out: axe, in both languages, light and dark, on a phone and a desktop.

All that people can write is markup in this house, and no page takes it for more than words.

The pages are read from the routes of the web app, so a new one cannot be forgotten: a page with a row in its
address fails here until `ROWS` says which row it shows.
"""

import asyncio
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from bench.house import ROOT
from packages.platform.tests.authz.rows import populate
from packages.platform.tests.town import open_town
from sqlalchemy import String, literal, update

from tutor_platform.kit.db import Base, Database
from tutor_platform.kit.migrate import migrate

pytestmark = [pytest.mark.system, pytest.mark.timeout(480)]

SOURCES = ROOT / "web" / "src"
ARTEFACTS = ROOT / "var" / "test-artifacts" / "pages"
PUBLIC = ("/sign-in", "/join", "/invitation", "/status")
"""Beginnings of the addresses of pages for people who are not signed in."""
ROWS = {
    "/lesson/:id": "lesson_id",
    "/history/:id": "lesson_id",
    "/classes/:id": "class_id",
    "/libraries/:id": "library_id",
    "/review/lessons/:id": "lesson_id",
    "/studio/:id": "face_id",
    "/workshop/:id": "tutor_id",
    "/workshop/:id/start": "tutor_id",
    "/sign-in/with/:id": "provider_id",
}
"""Which row a page shows."""
MARKUP = '<img src=x onerror="pwned=1">'
WRITTEN = {
    "name", "title", "file_name", "content", "heard", "persona", "greeting", "summary", "subject", "label",
    "term", "excerpt", "words", "note", "signer", "topic", "concept",
}  # fmt: skip
"""Columns in which stands what somebody wrote."""


def routes() -> dict[str, str]:
    """Every address of the app with the role that opens it."""
    named = dict(re.findall(r'(\w+): "(/[^"]*)"', (SOURCES / "routes" / "paths.ts").read_text()))
    found: dict[str, str] = {}
    for source in [*SOURCES.glob("features/*/pages.ts"), *SOURCES.glob("features/*/doors.tsx")]:
        for entry in re.split(r"\{\s*(?=path:)", source.read_text())[1:]:
            given = re.match(r'path: (?:"([^"]+)"|paths\.(\w+))', entry)
            if given is not None:
                found[given[1] or named[given[2]]] = _role_of(entry, source)
    for given in re.findall(
        r'<Route path=(?:"([^"*]+)"|\{paths\.(\w+)\})', (SOURCES / "routes" / "App.tsx").read_text()
    ):
        found.setdefault(given[0] or named[given[1]], "student")
    return {path: "nobody" if path.startswith(PUBLIC) else role for path, role in found.items()}


def _role_of(entry: str, source: Path) -> str:
    if "roles" not in entry.split("}")[0]:
        return "nobody" if source.name.startswith("doors") else "student"
    if "STUDENT" in entry or '"student"' in entry:
        return "student"
    return "admin" if re.search(r"roles: \w*ADMIN", entry) else "teacher"


def test_every_page_with_a_row_is_known() -> None:
    assert {path for path in routes() if ":" in path} <= set(ROWS), "say in ROWS which row the page shows"
    assert len(routes()) > 20


async def test_every_page_is_accessible(tmp_path: Path) -> None:
    dist = Path(os.environ.get("PLATFORM_WEB_DIR", ROOT / "web" / "dist"))
    assert (dist / "index.html").exists(), "build the web app: make web/dist/index.html"
    found = await _look(tmp_path, dist)
    assert "error" not in found, found["error"]
    assert found["axe"] == [], "\n".join(found["axe"][:40])
    assert found["wide"] == [], "wider than the screen:\n" + "\n".join(found["wide"][:40])
    assert found["console"] == []
    assert found["stuck"] == [], "still waiting, or without anything to read"
    assert found["looked"] == len(routes()) * 2 * 2 * 2
    assert found["markup"] == [], "took what a person wrote for markup"
    assert len(set(found["told"])) > 10, "what people wrote is hardly to be seen"


async def _look(tmp_path: Path, dist: Path) -> dict[str, Any]:
    url = f"sqlite:///{tmp_path / 'platform.db'}"
    database = Database(url)
    await migrate(database)
    await database.close()
    limits: dict[str, Any] = {"platform_web_dir": dist, "request_rate_hz": 1000.0, "request_burst": 10_000}
    async with open_town(url, tmp_path, **limits) as town:
        student = await town.signed_in("student@here")
        rows = await populate(town, "here", student)
        await _write_markup(town.database)
        tokens = {"nobody": "", "student": student.token}
        for role in ("teacher", "admin"):
            tokens[role] = (await town.signed_in(f"{role}@here")).token
        pages = [
            {
                "path": path,
                "role": role,
                "address": re.sub(r":id\b", rows[ROWS[path]], path) if ":" in path else path,
            }
            for path, role in sorted(routes().items())
        ]
        shutil.rmtree(ARTEFACTS, ignore_errors=True)
        return await _browse(
            {
                "url": town.base.replace("127.0.0.1", "localhost"),
                "chromium": shutil.which("chromium") or shutil.which("google-chrome"),
                "out": str(ARTEFACTS),
                "languages": ["en", "zh"],
                "tokens": tokens,
                "markup": {"words": MARKUP, "selector": "img[src='x']"},
                "pages": pages,
            }
        )


async def _write_markup(database: Database) -> None:
    """Put markup before everything that somebody wrote; a job's name is ours."""
    async with database.writing() as db:
        for table in Base.metadata.sorted_tables:
            written = [c for c in table.columns if c.name in WRITTEN and isinstance(c.type, String)]
            if written and table.name != "jobs":
                await db.execute(update(table).values({c: literal(MARKUP).concat(c) for c in written}))


async def _browse(options: dict[str, Any]) -> dict[str, Any]:
    script = ROOT / "tests" / "browser" / "axe" / "every_page.mjs"
    process = await asyncio.create_subprocess_exec(
        "node",
        str(script),
        json.dumps(options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return json.loads(out)
