"""Avatars over HTTP: what may be imported, what becomes of a build that is deleted or cut off."""

import asyncio
import os
import socket
from pathlib import Path

import aiohttp
import pytest
from packages.engine.tests.api.conftest import Edge

from tutor_engine.api import imports
from tutor_engine.api.errors import Refusal
from tutor_engine.api.imports import keep_import
from tutor_engine.jobs import JobBoard, Maker, Progress, Recipe, Work
from tutor_engine.showing.puppet.drawn import write_drawn_packages

SPELLINGS = [
    "../secret.mp4",
    "..",
    ".",
    "",
    "/",
    "./..",
    "a/../../secret.mp4",
    "a/../clip.mp4",
    "..\\secret.mp4",
    "a\\..\\..\\secret.mp4",
    "..%2fsecret.mp4",
    "%2e%2e/secret.mp4",
    "..%252fsecret.mp4",
    "....//secret.mp4",
    "..;/secret.mp4",
    "\u2025/secret.mp4",
    "\uff0e\uff0e/secret.mp4",
    ".\u200b./secret.mp4",
    "/etc/passwd",
    "//etc/passwd",
    "/proc/self/environ",
    "/dev/stdin",
    "/dev/zero",
    "file:///etc/passwd",
    "http://127.0.0.1/x.mp4",
    "concat:/etc/passwd",
    "~/secret.mp4",
    "$HOME/secret.mp4",
    "C:\\secret.mp4",
    "\\\\host\\share\\x.mp4",
    "clip.mp4\0.png",
    "\0",
    "clip.mp4/../clip.mp4",
    "x" * 5000,
    "x/" * 3000,
    "link.mp4",
    "folder-link/secret.mp4",
    "loop",
    "chain.mp4",
    "pipe",
    "socket",
    "folder",
    "nothing.mp4",
    "clip.mp4\n",
    " clip.mp4",
    "CLIP.MP4:stream",
    "-i",
    "|id",
    "`id`",
]


@pytest.fixture
def import_folder(tmp_path: Path) -> Path:
    """A folder with one honest file and ways out of it."""
    folder = tmp_path / "import"
    folder.mkdir(exist_ok=True)
    (folder / "a").mkdir()
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    (folder / "clip.mp4").write_bytes(b"clip")
    (folder / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    (folder / "folder-link").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "chain.mp4").symlink_to(folder / "link.mp4")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(folder / "socket"))
    (folder / "folder").mkdir()
    return folder


async def _kept(folder: Path, name: str, copy: Path, most: int = 100) -> bytes:
    await keep_import(folder, name, copy, most)
    return copy.read_bytes()  # noqa: ASYNC240 - a tiny file


@pytest.mark.parametrize("name", SPELLINGS)
async def test_no_spelling_leads_out_of_the_import_folder(
    import_folder: Path, tmp_path: Path, name: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await _kept(import_folder, name, tmp_path / "copy")
    assert refused.value.status in (403, 404)
    assert refused.value.message
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    "name", ["clip.mp4", "./clip.mp4", "clip.mp4/", "a/again.mp4", "inner.mp4", "{folder}/clip.mp4"]
)
async def test_every_way_to_a_file_inside_is_a_way(import_folder: Path, tmp_path: Path, name: str) -> None:
    (import_folder / "a" / "again.mp4").write_bytes(b"clip")
    (import_folder / "inner.mp4").symlink_to(import_folder / "clip.mp4")
    assert await _kept(import_folder, name.format(folder=import_folder), tmp_path / "copy") == b"clip"


async def test_whether_something_exists_outside_is_not_told(import_folder: Path, tmp_path: Path) -> None:
    for name in ("/etc/passwd", "/etc/nothing-of-the-kind"):
        with pytest.raises(Refusal) as refused:
            await _kept(import_folder, name, tmp_path / "copy")
        assert refused.value.status == 403


async def test_large_and_empty_files_are_refused(import_folder: Path, tmp_path: Path) -> None:
    (import_folder / "large.mp4").write_bytes(bytes(101))
    (import_folder / "empty.mp4").touch()
    for name, status in (("large.mp4", 413), ("empty.mp4", 422)):
        with pytest.raises(Refusal) as refused:
            await _kept(import_folder, name, tmp_path / "copy")
        assert refused.value.status == status
        assert not (tmp_path / "copy").exists()


async def test_a_link_put_there_after_the_look_is_not_followed(import_folder: Path, tmp_path: Path) -> None:
    (import_folder / "late").symlink_to(tmp_path)
    with pytest.raises(OSError, match="late"):
        imports._walk(import_folder, ("late", "secret.mp4"))  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(OSError, match="link"):
        imports._walk(import_folder, ("link.mp4",))  # pyright: ignore[reportPrivateUsage]


async def _upload(edge: Edge, avatar_id: str) -> dict[str, str]:
    form = aiohttp.FormData()
    form.add_field("file", b"picture", filename="me.png")
    form.add_field("avatar_id", avatar_id)
    status, job = await edge.call("POST", "/v1/avatars/upload", data=form)
    assert status == 202, job
    return job


async def test_deleting_a_face_ends_its_build_and_forgets_the_job(edge: Edge) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    def endless(kept: Recipe, file: Path) -> Work:
        async def work(progress: Progress) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                over.set()

        return work

    edge.engine.jobs.make_with("avatar", endless)
    job = await _upload(edge, "me")
    await begun.wait()
    assert (await edge.call("GET", "/v1/avatars/me"))[1]["state"] == "building"
    assert (await edge.call("DELETE", "/v1/avatars/me"))[0] == 204
    assert over.is_set()
    assert not edge.engine.jobs.upload(job["id"]).exists()
    for path in ("/v1/avatars/me", f"/v1/jobs/{job['id']}"):
        assert (await edge.call("GET", path))[0] == 404
    assert (await edge.call("DELETE", "/v1/avatars/me"))[0] == 404


async def test_an_avatar_names_the_engines_that_show_it_now(edge: Edge) -> None:
    write_drawn_packages(edge.engine.avatars.built_in)
    edge.scene.plane.face_engines = {"musetalk": "ready", "puppet": "CPU"}
    status, avatar = await edge.call("GET", "/v1/avatars/ada")
    assert (status, avatar["engines"]) == (200, ["puppet"])


async def test_a_build_cut_off_by_a_restart_is_done_by_the_next_engine(tmp_path: Path) -> None:
    made: list[str] = []
    begun = asyncio.Event()

    def maker(*, ends: bool) -> Maker:
        def make(kept: Recipe, file: Path) -> Work:
            async def work(progress: Progress) -> None:
                made.append(f"{kept['avatar_id']} {file.read_bytes().decode()} {progress.resumed}")  # noqa: ASYNC240
                begun.set()
                if not ends:
                    await asyncio.Event().wait()

            return work

        return make

    async with JobBoard(folder=tmp_path) as board:
        board.make_with("avatar", maker(ends=False))
        job_id, path = board.reserve()
        path.write_bytes(b"video")
        await board.keep(job_id, "avatar", "lee", {"avatar_id": "lee"})
        await begun.wait()
    async with JobBoard(folder=tmp_path) as board:
        board.make_with("avatar", maker(ends=True))
        states = [job.state async for job in board.follow(job_id)]
        assert states[-1] == "done"
        assert not path.exists()
    assert made == ["lee video False", "lee video True"]


async def test_whoever_follows_a_forgotten_job_is_let_go(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def endless(progress: Progress) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with JobBoard(folder=tmp_path) as board:
        job = board.start("avatar", "lee", endless)
        states: list[str] = []

        async def follow() -> None:
            async for state in board.follow(job.id):
                states.append(state.state)

        following = asyncio.create_task(follow())
        await begun.wait()
        assert await board.forget("avatar", "lee")
        await following
        assert not await board.forget("avatar", "lee")
