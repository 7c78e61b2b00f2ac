"""The avatar studio: upload, refusals, consent, approval, publication, revocation."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from packages.platform.tests.fake_engine import JPEG, PNG
from packages.platform.tests.knowledge.test_documents import eventually
from packages.platform.tests.town import Town, Visitor
from packages.platform.tests.tutors.workbench import Bench, bench_of

from tutor_platform.avatars import consent
from tutor_platform.avatars.phrases import WORDS, phrase
from tutor_platform.avatars.service import check_picture
from tutor_platform.kit.errors import FileRefused

CLIP = b"\x1a\x45\xdf\xa3" + bytes(8000)


@pytest.fixture
async def bench(town: Town) -> Bench:
    return await bench_of(town)


async def upload(visitor: Visitor, name: str = "me.png", data: bytes = PNG, **query: Any) -> Any:
    params = {"name": "Me", "file_name": name, **query}
    return await visitor.http.post("/api/faces", params=params, content=data)


async def face_of(visitor: Visitor, face_id: str) -> dict[str, Any]:
    return (await visitor.http.get(f"/api/faces/{face_id}")).json()


def reaches(visitor: Visitor, face_id: str, state: str) -> Callable[[], Awaitable[bool]]:
    async def met() -> bool:
        return (await face_of(visitor, face_id))["state"] == state

    return met


async def made(visitor: Visitor, **query: Any) -> str:
    answer = await upload(visitor, **query)
    assert answer.status_code == 201, answer.text
    face_id = answer.json()["id"]
    await eventually(reaches(visitor, face_id, "ready"))
    return face_id


async def consented(visitor: Visitor, face_id: str) -> None:
    words = await visitor.http.post(f"/api/faces/{face_id}/consent/phrase")
    assert len(words.json()["phrase"].split()) == WORDS
    path = f"/api/faces/{face_id}/consent/recording"
    answer = await visitor.http.post(path, params={"signer": "Ann Example"}, content=CLIP)
    assert answer.status_code == 204, answer.text


async def test_an_upload_becomes_a_face_with_progress(bench: Bench) -> None:
    bench.town.engine.slow.add("me.mp4")
    video = b"\x00\x00\x00\x18ftypmp42"
    answer = (await upload(bench.teacher, "me.mp4", video)).json()
    await eventually(reaches(bench.teacher, answer["id"], "building"))
    face = await face_of(bench.teacher, answer["id"])
    assert (face["progress"], face["step"], face["seconds_left"]) == (0.4, "reading", 6.0)
    assert face["poster_url"] is None
    bench.town.engine.finish_jobs()
    await eventually(reaches(bench.teacher, answer["id"], "ready"))
    face = await face_of(bench.teacher, answer["id"])
    assert (await bench.teacher.http.get(face["poster_url"])).content == PNG
    assert (await bench.student.http.get(face["poster_url"])).status_code == 404


async def test_a_refusal_names_the_second_and_shows_the_frame(bench: Bench) -> None:
    bench.town.engine.unreadable.add("wall.png")
    face_id = (await upload(bench.teacher, "wall.png")).json()["id"]
    await eventually(reaches(bench.teacher, face_id, "failed"))
    (message,) = (await face_of(bench.teacher, face_id))["messages"]
    assert (message["second"], message["content"]) == (2.0, "At 2.0 s: No face was found.")
    picture = await bench.teacher.http.get(message["picture_url"])
    assert (picture.content, picture.headers["content-type"]) == (JPEG, "image/jpeg")
    assert (await bench.teacher.http.get(f"/api/faces/{face_id}/findings/7")).status_code == 404
    another = await bench.teacher.http.post(
        f"/api/faces/{face_id}/file", params={"file_name": "me.png"}, content=PNG + b"2"
    )
    assert another.status_code == 204
    await eventually(reaches(bench.teacher, face_id, "ready"))


async def test_the_making_can_be_stopped_and_begun_again(bench: Bench) -> None:
    bench.town.engine.slow.add("me.png")
    face_id = (await upload(bench.teacher)).json()["id"]
    await eventually(reaches(bench.teacher, face_id, "building"))
    assert (await bench.teacher.http.post(f"/api/faces/{face_id}/cancel")).status_code == 204
    assert len(bench.town.engine.cancelled) == 1
    bench.town.engine.slow.clear()
    assert (await bench.teacher.http.post(f"/api/faces/{face_id}/retry")).status_code == 204
    await eventually(reaches(bench.teacher, face_id, "ready"))
    assert (await bench.teacher.http.post(f"/api/faces/{face_id}/cancel")).status_code == 409


async def test_an_engine_that_forgot_everything_makes_the_face_again(bench: Bench) -> None:
    bench.town.engine.slow.add("me.png")
    face_id = (await upload(bench.teacher)).json()["id"]
    await eventually(reaches(bench.teacher, face_id, "building"))
    bench.town.engine.avatars.clear()
    bench.town.engine.slow.clear()
    bench.town.engine.forget_jobs()
    await eventually(reaches(bench.teacher, face_id, "ready"))
    assert bench.town.engine.uploads.count(f"face-{face_id}") == 2


async def test_a_real_person_is_not_met_without_consent(bench: Bench) -> None:
    face_id = await made(bench.teacher)
    refused = await bench.teacher.http.post(f"/api/faces/{face_id}/publish")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "consent_missing")
    draft = await bench.create("Grace")
    saved = await bench.save(draft, avatar_id=f"face-{face_id}")
    worn = await bench.teacher.http.post(f"{bench.path(draft)}/publish", json={"revision": saved["revision"]})
    assert worn.json()["error"]["code"] == "face_missing"
    await consented(bench.teacher, face_id)
    assert (await bench.teacher.http.post(f"/api/faces/{face_id}/publish")).status_code == 204
    await bench.publish(saved)
    await bench.teacher.http.patch(f"/api/faces/{face_id}", json={"label": "Made of Ann Example"})
    begun = await bench.student.http.post("/api/lessons", json={"tutor_id": draft["id"]})
    assert begun.json()["lesson"]["tutor"]["face_label"] == "Made of Ann Example"
    face = await face_of(bench.teacher, face_id)
    assert (face["state"], [tutor["name"] for tutor in face["tutors"]]) == ("published", ["Grace"])
    assert (await bench.student.http.get(face["poster_url"])).status_code == 200


async def test_a_recording_is_private_and_each_playing_is_noted(bench: Bench) -> None:
    face_id = await made(bench.teacher)
    await consented(bench.teacher, face_id)
    path = f"/api/faces/{face_id}/consent/recording"
    played = await bench.teacher.http.get(path)
    assert (played.content, played.headers["content-type"]) == (CLIP, "video/webm")
    assert played.headers["cache-control"] == "no-store"
    colleague = await bench.hire("colleague")
    assert (await colleague.http.get(path)).status_code == 404
    assert (await colleague.http.get(f"/api/faces/{face_id}")).json()["consent"]["recording_url"] is None
    admin = await bench.town.signed_in("admin@here")
    assert (await admin.http.get(path)).status_code == 200
    (kept,) = (bench.town.settings.tutor_data_dir / "consents").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    log = (await admin.http.get("/api/audit")).text
    assert log.count("face.consent_played") == 2


async def test_without_words_given_minutes_ago_there_is_no_consent(bench: Bench) -> None:
    face_id = await made(bench.teacher)
    path = f"/api/faces/{face_id}/consent/recording"
    early = await bench.teacher.http.post(path, params={"signer": "Ann"}, content=CLIP)
    assert early.status_code == 409
    await bench.teacher.http.post(f"/api/faces/{face_id}/consent/phrase")
    for wrong, status in ((b"no clip" * 2000, 415), (CLIP[:100], 415)):
        answer = await bench.teacher.http.post(path, params={"signer": "Ann"}, content=wrong)
        assert answer.status_code == status
    await consented(bench.teacher, face_id)
    again = await bench.teacher.http.post(f"/api/faces/{face_id}/consent/phrase")
    assert again.status_code == 409


async def test_words_grow_old(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    face_id = await made(bench.teacher)
    await bench.teacher.http.post(f"/api/faces/{face_id}/consent/phrase")
    later = datetime.now(UTC) + consent.PHRASE_LASTS * 2
    monkeypatch.setattr("tutor_platform.avatars.endpoints.utc_now", lambda: later)
    path = f"/api/faces/{face_id}/consent/recording"
    assert (await bench.teacher.http.post(path, params={"signer": "Ann"}, content=CLIP)).status_code == 409


async def test_a_school_may_want_it_in_writing(bench: Bench) -> None:
    admin = await bench.town.signed_in("admin@here")
    wanted = {"consent": "typed", "approval": False}
    assert (await bench.teacher.http.put("/api/faces/policy", json=wanted)).status_code == 403
    face_id = await made(bench.teacher)
    path = f"/api/faces/{face_id}/consent/statement"
    words = (await bench.teacher.http.post(f"/api/faces/{face_id}/consent/phrase")).json()["phrase"]
    body = {"signer": "Ann Example", "phrase": words, "statement": "I agree that my school does this."}
    assert (await bench.teacher.http.post(path, json=body)).status_code == 409
    assert (await admin.http.put("/api/faces/policy", json=wanted)).json() == wanted
    other = await bench.teacher.http.post(path, json={**body, "phrase": "other words"})
    assert other.status_code == 409
    assert (await bench.teacher.http.post(path, json={**body, "phrase": words.upper()})).status_code == 204
    assert (await bench.teacher.http.post(f"/api/faces/{face_id}/publish")).status_code == 204
    given = (await face_of(bench.teacher, face_id))["consent"]
    assert (given["kind"], given["signer"], given["given"]) == ("typed", "Ann Example", True)


async def test_drawings_and_schools_with_paper_need_no_consent(bench: Bench) -> None:
    drawn = await made(bench.teacher, real_person=False)
    assert (await bench.teacher.http.post(f"/api/faces/{drawn}/publish")).status_code == 204
    admin = await bench.town.signed_in("admin@here")
    await admin.http.put("/api/faces/policy", json={"consent": "none", "approval": False})
    real = await made(bench.teacher)
    assert (await face_of(bench.teacher, real))["consent"]["needed"] is False
    assert (await bench.teacher.http.post(f"/api/faces/{real}/publish")).status_code == 204


async def test_a_second_pair_of_eyes(bench: Bench) -> None:
    admin = await bench.town.signed_in("admin@here")
    await admin.http.put("/api/faces/policy", json={"consent": "recorded", "approval": True})
    face_id = await made(bench.teacher)
    await consented(bench.teacher, face_id)
    waiting = await bench.teacher.http.post(f"/api/faces/{face_id}/publish")
    assert waiting.json()["error"]["code"] == "approval_missing"
    assert (await bench.teacher.http.post(f"/api/faces/{face_id}/approve")).status_code == 403
    colleague = await bench.hire("colleague")
    assert (await colleague.http.post(f"/api/faces/{face_id}/publish")).status_code == 404
    assert (await colleague.http.post(f"/api/faces/{face_id}/approve")).status_code == 204
    assert (await face_of(bench.teacher, face_id))["approval"]["by"] == "Colleague"
    assert (await bench.teacher.http.post(f"/api/faces/{face_id}/publish")).status_code == 204


async def test_taking_a_face_back_deletes_it_everywhere_and_undresses_tutors(bench: Bench) -> None:
    face_id = await made(bench.teacher)
    await consented(bench.teacher, face_id)
    await bench.teacher.http.post(f"/api/faces/{face_id}/publish")
    draft = await bench.publish(await bench.save(await bench.create("Grace"), avatar_id=f"face-{face_id}"))
    other = await bench.publish(await bench.create("Hopper"))
    await bench.save(other, avatar_id=f"face-{face_id}", greeting="Not yet")
    await bench.student.http.get(f"/api/avatars/face-{face_id}/poster")
    assert (await bench.teacher.http.delete(f"/api/faces/{face_id}")).status_code == 204
    assert (await bench.teacher.http.get(f"/api/faces/{face_id}")).status_code == 404
    now = await bench.one(draft["id"])
    assert (now["state"], now["content"]["avatar_id"], now["version"]) == ("published", "ada", 2)
    drawn = (await bench.one(other["id"]))["content"]
    assert (drawn["avatar_id"], drawn["greeting"]) == ("ada", "Not yet")
    data = bench.town.settings.tutor_data_dir
    left = [path for name in ("faces", "consents", "posters") for path in (data / name).glob("*")]
    assert [path for path in left if face_id in path.name] == []

    async def gone() -> bool:
        return f"face-{face_id}" in bench.town.engine.deleted

    await eventually(gone)
    assert (await bench.student.http.get(f"/api/avatars/face-{face_id}/poster")).status_code == 404


async def test_a_face_is_its_schools_and_changed_by_its_maker(bench: Bench) -> None:
    face_id = await made(bench.teacher)
    colleague = await bench.hire("colleague")
    assert (await face_of(colleague, face_id))["mine"] is False
    for method, path in (("delete", ""), ("post", "/retry"), ("post", "/consent/phrase")):
        assert (await colleague.http.request(method, f"/api/faces/{face_id}{path}")).status_code == 404
    stranger = await bench.town.signed_in("admin@there")
    assert (await stranger.http.get(f"/api/faces/{face_id}")).status_code == 404
    assert (await stranger.http.get(f"/api/avatars/face-{face_id}/poster")).status_code == 404
    await bench.teacher.http.patch(f"/api/faces/{face_id}", json={"label": "Synthetic", "name": "Ann"})
    face = await face_of(bench.teacher, face_id)
    assert (face["name"], face["label"]) == ("Ann", "Synthetic")
    listed = (await colleague.http.get("/api/faces")).json()["faces"]
    assert [(f["name"], f["owner"]) for f in listed] == [("Ann", "Teacher")]


async def test_what_is_no_picture_is_refused_before_the_engine_sees_it(edge_town: Town) -> None:
    teacher = await edge_town.signed_in("teacher@here")
    answer = await upload(teacher, "me.png", b"<svg onload=alert(1)>")
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "file_refused")
    assert (await teacher.http.get("/api/faces")).json()["faces"] == []
    assert list(edge_town.settings.tutor_data_dir.glob("incoming/*")) == []


async def test_builds_are_counted(town_with: Any) -> None:
    town: Town = await town_with(tenant_avatar_builds_per_month=1)
    teacher = await town.signed_in("teacher@here")
    assert (await upload(teacher)).status_code == 201
    assert (await upload(teacher)).status_code >= 400
    assert len((await teacher.http.get("/api/faces")).json()["faces"]) == 1


@pytest.mark.parametrize("head", [PNG, b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypqt"])
def test_photos_and_videos_are_known_by_their_first_bytes(head: bytes) -> None:
    check_picture(head)


@pytest.mark.parametrize("head", [b"", b"#EXTM3U", b"GIF89a", b"RIFF\0\0\0\0AVI "])
def test_everything_else_is_not(head: bytes) -> None:
    with pytest.raises(FileRefused):
        check_picture(head)


def test_words_are_different_each_time_and_in_the_readers_language() -> None:
    assert len({phrase("en") for _ in range(20)}) == 20
    assert all(ord(char) > 0x2FFF for char in phrase("zh"))
