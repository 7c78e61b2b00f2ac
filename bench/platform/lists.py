"""Lists and searches in a school with many lessons, on PostgreSQL.

Every GET without a row in its path is asked by the role it is for: the student has a hundredth of all
lessons, the teacher's class has every student. One row by its key, through the same server, is the baseline:
what a request costs anyway.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from packages.platform.tests.authz.judgements import JUDGED
from packages.platform.tests.town import CHEAP_HASH, Schools, Town, Visitor
from sqlalchemy import text

from bench.platform.town import processor_ms, town
from bench.tables import quantiles, show
from tutor_platform.kit.db import Database

STUDENTS = 500
TURNS_PER_LESSON = 4
MAX_P95_MS = 100.0
ROUNDS = 25
SKIPPED = {
    "/api/doctor",
    "/api/webrtc/config",
    "/api/news",
    "/api/status",
    "/api/sso/providers",
    "/api/audit.csv",
}
"""They ask the engine or another organisation, never end, or are a whole table as a file."""
MORE = (
    ("student", "/api/lessons?limit=100"),
    ("student", "/api/lessons/search?q=volcano"),
    ("student", "/api/lessons/search?q=%E7%81%AB%E5%B1%B1"),
    ("admin", "/api/people?words=student+4"),
    ("admin", "/api/analytics"),
    ("teacher", "/api/analytics/table?part=students"),
)
"""Pages and words that people look for."""

_FILL = (
    # What is made here hangs together: looking every row up again takes most of the time.
    "SET LOCAL session_replication_role = replica",
    """INSERT INTO people (id, tenant_id, username, name, role, language, password_hash, created_at)
       SELECT 'p' || lpad(n::text, 25, '0'), :school, 'bulk' || n, 'Student ' || n, 'student', 'en', :hash,
              :now
       FROM generate_series(1, :students) n""",
    """INSERT INTO classes (id, tenant_id, name, language, term, created_at)
       VALUES ('c1', :school, 'All', 'en', '', :now)""",
    "INSERT INTO class_teachers (class_id, person_id, added_at) VALUES ('c1', :teacher, :now)",
    """INSERT INTO class_students (class_id, person_id, joined_at)
       SELECT 'c1', id, :now FROM people WHERE username LIKE 'bulk%'""",
    """INSERT INTO lessons (id, tenant_id, person_id, tutor_id, mode, started_at, ended_at, learned_seq)
       SELECT 'l' || lpad(n::text, 25, '0'), :school,
              CASE WHEN n % 100 = 0 THEN :student ELSE 'p' || lpad((1 + n % :students)::text, 25, '0') END,
              :tutor, 'explain', CAST(:now AS timestamptz) - n * interval '3 minutes',
              CAST(:now AS timestamptz) - n * interval '3 minutes', 0
       FROM generate_series(1, :lessons) n""",
    """INSERT INTO turns (id, lesson_id, seq, role, content, interrupted, citations, choices, withdrawn,
              source, created_at)
       SELECT 't' || lpad((n * 10 + s)::text, 25, '0'), 'l' || lpad(n::text, 25, '0'), s,
              CASE WHEN s % 2 = 1 THEN 'user' ELSE 'assistant' END,
              CASE WHEN n % 997 = 0 THEN 'Why does a volcano erupt? 火山为什么会喷发？'
                   ELSE 'Word ' || n || ' and what I wanted to know of planet ' || (n % 9) END,
              false, '[]', '[]', false, CASE WHEN s % 2 = 1 THEN 'text' END,
              CAST(:now AS timestamptz) - n * interval '3 minutes'
       FROM generate_series(1, :lessons) n, generate_series(1, :turns) s""",
    """INSERT INTO lesson_facts (lesson_id, tenant_id, person_id, tutor_id, day, seconds, questions, trouble)
       SELECT id, tenant_id, person_id, tutor_id, CAST(started_at AS date), 300, 2,
              CASE WHEN id LIKE '%99' THEN 'network' ELSE '' END
       FROM lessons""",
    """INSERT INTO answer_facts
              (turn_id, question_id, lesson_id, tenant_id, person_id, tutor_id, day, kind, topic)
       SELECT 't' || lpad((n * 10 + s)::text, 25, '0'), 't' || lpad((n * 10 + s - 1)::text, 25, '0'), l.id,
              l.tenant_id, l.person_id, l.tutor_id, CAST(l.started_at AS date),
              CASE n % 8 WHEN 0 THEN 'uncited' WHEN 1 THEN 'not_in_library' ELSE 'cited' END,
              'planet ' || (n % 90)
       FROM generate_series(1, :lessons) n
       JOIN lessons l ON l.id = 'l' || lpad(n::text, 25, '0')
       CROSS JOIN generate_series(2, :turns, 2) s""",
    """INSERT INTO flags
              (id, tenant_id, lesson_id, person_id, turn_id, reason, words, status, note, created_at)
       SELECT 'f' || substr(turn_id, 2), tenant_id, lesson_id, person_id, turn_id, kind, '', 'open', '', day
       FROM answer_facts WHERE kind <> 'cited'""",
    """INSERT INTO audit_entries (id, tenant_id, person_id, action, about, details, at)
       SELECT 'a' || lpad(n::text, 25, '0'), :school, :teacher, 'tutor.published', 'x', '{}',
              CAST(:now AS timestamptz) - n * interval '1 minute'
       FROM generate_series(1, :lessons) n""",
)


async def _fill(database: Database, schools: Schools, lessons: int) -> None:
    here = schools[0]
    values = {
        "school": here.id,
        "teacher": here.people["teacher"],
        "student": here.people["student"],
        "tutor": here.tutor_id,
        "hash": CHEAP_HASH,
        "now": datetime.now(UTC) - timedelta(minutes=1),
        "students": STUDENTS,
        "lessons": lessons,
        "turns": TURNS_PER_LESSON,
    }
    async with database.writing() as db:
        for statement in _FILL:
            clause = text(statement)
            wanted = {name: values[name] for name in clause.compile().params}
            await db.execute(clause, wanted)
    # As the server does by itself once so much has been written.
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text("VACUUM ANALYZE"))


async def _timed(opened: Town, ask: Callable[[], Awaitable[object]]) -> tuple[list[float], float]:
    """How long each request took, and the processor time of one, in milliseconds."""
    await ask()
    spent_ms: list[float] = []
    before_ms = await processor_ms(opened)
    for _ in range(ROUNDS):
        began_s = time.perf_counter()
        await ask()
        spent_ms.append((time.perf_counter() - began_s) * 1000)
    return spent_ms, (await processor_ms(opened) - before_ms) / ROUNDS


async def _measure(lessons: int) -> bool:
    async with town(lambda database, schools: _fill(database, schools, lessons)) as opened:
        roles = ("student", "teacher", "admin")
        visitors = {role: await opened.signed_in(f"{role}@here") for role in roles}
        asked = [
            (judged.owner, path)
            for (method, path), judged in sorted(JUDGED.items())
            if method == "get" and judged.roles and judged.reach == "nothing" and path not in SKIPPED
        ]
        rows: list[tuple[object, ...]] = []
        worst_ms = 0.0
        for role, path in (("student", "/api/auth/me"), *asked, *MORE):
            found, used_ms = await _timed(opened, lambda role=role, path=path: _get(visitors[role], path))
            median_ms, p95_ms, _ = quantiles(found)
            worst_ms = max(worst_ms, p95_ms)
            rows.append((path, role, f"{median_ms:.1f}", f"{p95_ms:.1f}", f"{used_ms:.1f}"))
    show(
        f"Lists and searches over {lessons:,} lessons, {lessons * TURNS_PER_LESSON:,} turns (PostgreSQL)",
        ("operation", "as", "p50 ms", "p95 ms", "processor ms"),
        rows,
        f"/api/auth/me is one row by its key; {MAX_P95_MS:.0f} ms p95 wanted, worst {worst_ms:.1f} ms",
        "processor: client, platform and database together, which others on the machine do not lengthen",
    )
    return worst_ms <= MAX_P95_MS


async def _get(visitor: Visitor, path: str) -> None:
    answer = await visitor.http.get(path, timeout=60)
    if answer.status_code not in (200, 422):
        raise SystemExit(f"{path}: {answer.status_code}")


def main() -> None:
    """Fill, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--lessons", type=int, default=100_000)
    raise SystemExit(0 if asyncio.run(_measure(parser.parse_args().lessons)) else 1)
