"""Each role walks through its house: real engine, real browser, pictures kept in var/test-artifacts."""

import shutil
from typing import Any

import pytest
from bench.house import DEMO_LIBRARY, ROOT, House
from tests.browser.conftest import Walk, password_of

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

ARTEFACTS = ROOT / "var" / "test-artifacts" / "journeys"
PDF = DEMO_LIBRARY / "en" / "stargazing-handout.pdf"


def stroll(walk: Walk, house: House, who: str, **options: Any) -> dict[str, Any]:
    out = ARTEFACTS / who
    shutil.rmtree(out, ignore_errors=True)
    username = {"administrator": "admin", "keyboard": "student"}.get(who, who)
    return walk(
        f"journeys/{who}.mjs",
        username=username,
        password=password_of(house, username),
        out=str(out),
        wav="",
        **options,
    )


def check_pages(facts: dict[str, Any]) -> None:
    assert facts["axe"] == []
    assert [line for line in facts["console"] if "401" not in line] == []


def test_a_student_is_answered_soon(walk: Walk, house: House) -> None:
    facts = stroll(walk, house, "student", tutor="Ada", question="What is a star made of?")
    check_pages(facts)
    assert facts["clicks"] <= 5
    # a browser without a profile of its own installs nothing, whatever the page offers
    assert set(facts["install"]) <= {"in-incognito"}


def test_a_student_without_a_mouse(walk: Walk, house: House) -> None:
    facts = stroll(walk, house, "keyboard", question="What is a star made of?")
    check_pages(facts)
    assert facts["unseen"] == [], "one cannot see where one is"
    assert facts["back"], "a closed source does not give the keyboard back"
    assert facts["settings"], "closed settings do not give the keyboard back"


def test_a_teacher_makes_a_tutor(walk: Walk, house: House) -> None:
    facts = stroll(walk, house, "teacher", tutor="Nova", pdf=str(PDF), pdfTitle="stargazing")
    check_pages(facts)


def test_an_administrator_looks_after_the_school(walk: Walk, house: House) -> None:
    facts = stroll(walk, house, "administrator")
    check_pages(facts)
    assert "7" in facts["limit"]
    assert facts["kept"] == "30"
    assert facts["contact"] == "Mei <b>Wang</b>"
    assert facts["file"].endswith(".zip")
    assert "0" in facts["node"]
