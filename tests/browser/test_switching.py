"""One student, several tutors: the face changes on the connection that is there."""

import pytest
from tests.browser.conftest import Walk

pytestmark = [pytest.mark.system, pytest.mark.timeout(480)]


def test_turning_to_another_tutor_and_back_makes_no_new_connection(walk: Walk) -> None:
    facts = walk("switching.mjs", tutor="Ada", other="林老师")
    assert facts["made"] == {"offers": 1, "sockets": 1}
    assert len(facts["changes"]) == 2
    assert None not in facts["changes"], "the face of the tutor before stayed"
    assert facts["after"] == facts["before"] + 2, "somebody else spoke, or nobody"
    assert "What is a star made of?" in facts["asked"]
    assert "What is nuclear fusion?" in facts["asked"]
    assert facts["axe"] == []
    assert [line for line in facts["console"] if "401" not in line] == []
