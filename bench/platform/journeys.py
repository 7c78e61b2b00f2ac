"""How long a new student waits for the first answer, and a teacher for a new tutor, in a real browser.

The journeys are those of `tests/browser/journeys`, walked at a machine's pace: the seconds are what our side
takes, without the time a person needs to read and type. Opening the empty front page is the baseline.
"""

import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from bench.house import DEMO_LIBRARY, ROOT, House
from bench.tables import show

MAX_STUDENT_S, MAX_STUDENT_CLICKS = 60.0, 5
MAX_TEACHER_S = 180.0


def _walk(house: House, journey: str, username: str, **options: Any) -> dict[str, Any]:
    accounts = json.loads((house.data / "demo-accounts.json").read_text())["accounts"]
    password = next(account["password"] for account in accounts if account["username"] == username)
    arguments = {
        "url": house.platform_url,
        "username": username,
        "password": password,
        "chromium": shutil.which("chromium") or shutil.which("google-chrome"),
        "out": tempfile.mkdtemp(prefix="tutor-journey-"),
        "wav": "",
        **options,
    }
    script = ROOT / "tests" / "browser" / "journeys" / journey
    done = subprocess.run(
        ["node", str(script), json.dumps(arguments)], capture_output=True, text=True, timeout=400, check=True
    )
    facts: dict[str, Any] = json.loads(done.stdout)
    if "error" in facts:
        raise SystemExit(f"{journey}: {facts['error']}")
    return facts


def main() -> None:
    """Walk both, tell."""
    with House(platform=True, data=Path(tempfile.mkdtemp(prefix="tutor-house-"))) as house:
        house.wait_for_faces()
        house.wait_for_library()
        began_s = time.perf_counter()
        urllib.request.urlopen(house.platform_url, timeout=30).read()  # noqa: S310 - our own loopback address
        front_s = time.perf_counter() - began_s
        student = _walk(house, "student.mjs", "student", tutor="Ada", question="What is a star made of?")
        pdf = str(DEMO_LIBRARY / "en" / "stargazing-handout.pdf")
        teacher = _walk(house, "teacher.mjs", "teacher", tutor="Nova", pdf=pdf, pdfTitle="stargazing")
    show(
        "Journeys in a real browser, at a machine's pace",
        ("journey", "seconds", "clicks", "wanted"),
        [
            ("the front page's HTML", f"{front_s:.2f}", 0, "–"),
            (
                "new student to the first answer",
                f"{student['seconds']:.1f}",
                student["clicks"],
                "≤ 60 s, ≤ 5",
            ),
            ("new tutor, stock face, one PDF", f"{teacher['seconds']:.1f}", teacher["clicks"], "≤ 180 s"),
        ],
    )
    fine = student["seconds"] <= MAX_STUDENT_S and student["clicks"] <= MAX_STUDENT_CLICKS
    raise SystemExit(0 if fine and teacher["seconds"] <= MAX_TEACHER_S else 1)
