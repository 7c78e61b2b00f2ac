"""schemathesis over every operation of a served town: positive, negative, and one operation after another.

A row of each kind is in the school, so that links between operations lead somewhere. Operations that end the
sign-in they are called with are tried apart, each time with a sign-in of their own.
"""

import asyncio
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from packages.platform.tests.authz.rows import populate
from packages.platform.tests.town import Town

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
PHASES = "examples,coverage,fuzzing,stateful"
ENDS_SIGN_INS = r"/api/auth/(sign-out|sign-out-everywhere|password|devices/\{sign_in_id\})$"
STREAMS = r"/api/news$"
"""It never ends; `tests/classes` listens to it."""
CONFIGURATION = """
[checks.not_a_server_error]
# 502 and 503 say that an engine or another organisation refused or is away; each carries the documented body.
expected-statuses = ["2xx", "3xx", "4xx", 502, 503]
"""


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What a run found."""

    ok: bool
    report: str
    operations: int
    cases: int


async def fuzz(town: Town, folder: Path, examples: int, seed: int = 1) -> Fuzzed:
    """Every operation, as each role; `examples` per operation as the administrator and fewer as others."""
    await populate(town, "here", await town.signed_in("student@here"))
    admin = await town.signed_in("admin@here")
    whole = await _run(
        town, folder, admin.token, examples, seed, "--exclude-path-regex", f"{ENDS_SIGN_INS}|{STREAMS}"
    )
    student = await town.signed_in("student@here")
    few = await _run(town, folder, student.token, 2, seed, "--include-path-regex", ENDS_SIGN_INS)
    return Fuzzed(
        whole.ok and few.ok,
        whole.report + few.report,
        whole.operations + few.operations,
        whole.cases + few.cases,
    )


async def _run(town: Town, folder: Path, token: str, examples: int, seed: int, *which: str) -> Fuzzed:
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file", str(configuration),
        "run", f"{town.base}/api/openapi.json",
        "--header", f"Cookie: tutor_session={token}",
        "--max-examples", str(examples),
        "--seed", str(seed),
        "--workers", "1",
        "--phases", PHASES,
        "--checks", ",".join(CHECKS),
        "--no-color",
        *which,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    report = out.decode(errors="replace")
    return Fuzzed(
        process.returncode == 0,
        report,
        _number(r"Tested: (\d+)", report),
        _number(r"(\d+) generated", report),
    )


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0
