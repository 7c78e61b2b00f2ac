"""Tutors, how they teach, and their pictures."""

from typing import Any

import pytest
from packages.platform.tests.fake_engine import PNG
from packages.platform.tests.town import Town


async def test_a_tutor_shows_its_library_and_keeps_its_persona(town: Town) -> None:
    student = await town.signed_in("student@here")
    response = await student.http.get("/api/tutors")
    (tutor,) = response.json()["tutors"]
    assert tutor["poster_url"] == "/api/avatars/ada/poster"
    assert [d["kind"] for d in tutor["documents"]] == ["md", "pdf"]
    assert "persona" not in response.text
    one = await student.http.get(f"/api/tutors/{tutor['id']}")
    assert one.json()["name"] == "Ada"


async def test_a_poster_comes_from_the_engine_once_and_stays_while_it_is_away(town: Town) -> None:
    student = await town.signed_in("student@here")
    first = await student.http.get("/api/avatars/ada/poster")
    assert (first.content, first.headers["content-type"]) == (PNG, "image/png")
    assert first.headers["cache-control"].startswith("private")
    town.engine.posters.clear()
    await town.engine.stop()
    assert (await student.http.get("/api/avatars/ada/poster")).content == PNG
    tag = {"if-none-match": first.headers["etag"]}
    assert (await student.http.get("/api/avatars/ada/poster", headers=tag)).status_code == 304


async def test_a_poster_that_nobody_has_is_missing(town: Town) -> None:
    student = await town.signed_in("student@there")
    assert (await student.http.get("/api/avatars/bob/poster")).status_code == 404
    town.engine.posters["bob"] = b"<script>"
    assert (await student.http.get("/api/avatars/bob/poster")).status_code == 503
    await town.engine.stop()
    gone = await student.http.get("/api/avatars/bob/poster")
    assert (gone.status_code, gone.json()["error"]["code"]) == (503, "engine_unreachable")


async def test_a_teacher_changes_how_a_tutor_teaches_and_waits(town: Town) -> None:
    teacher = await town.signed_in("teacher@here")
    address = f"/api/tutors/{town.here.tutor_id}"
    usual = (await teacher.http.get(address)).json()
    assert (usual["mode"], usual["pace"], usual["push_to_talk"]) == ("explain", 1.0, False)
    wanted = {"mode": "socratic", "pace": 1.5, "push_to_talk": True}
    changed = await teacher.http.patch(address, json=wanted)
    assert (changed.status_code, wanted.items() <= changed.json().items()) == (200, True)
    await teacher.http.patch(address, json={"pace": 0.2})
    student = await town.signed_in("student@here")
    seen = (await student.http.get(address)).json()
    assert (seen["mode"], seen["pace"], seen["push_to_talk"]) == ("socratic", 0.2, True)


@pytest.mark.parametrize(
    "body",
    [{"pace": 0.1}, {"pace": 5.1}, {"pace": "fast"}, {"mode": "shout"}, {"mode": ""}, {"push_to_talk": 7}],
)
async def test_a_tutor_without_measure_is_refused(edge_town: Town, body: dict[str, Any]) -> None:
    teacher = await edge_town.signed_in("teacher@here")
    refused = await teacher.http.patch(f"/api/tutors/{edge_town.here.tutor_id}", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "bad_request")
