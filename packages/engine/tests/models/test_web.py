import io
from typing import TYPE_CHECKING

import pytest

from tutor_engine.models.errors import SourceUnreachable
from tutor_engine.models.web import RangeFile, RangesRefused, copy_whole, open_url

if TYPE_CHECKING:
    from conftest import WebServer

BODY = bytes(range(256)) * 4096


def test_credentials_in_an_address_become_a_header(web: "WebServer") -> None:
    web.pages["/x"] = ("text/plain", b"hello")
    with open_url(web.url.replace("http://", "http://me:p%40ss@") + "/x") as response:
        assert response.read() == b"hello"
    assert web.requests == [("/x", None, "Basic bWU6cEBzcw==")]


def test_a_busy_server_is_asked_again(web: "WebServer") -> None:
    web.pages["/x"] = ("text/plain", b"hello")
    web.failures = 2
    target = io.BytesIO()
    copy_whole(f"{web.url}/x", target)
    assert target.getvalue() == b"hello"


@pytest.mark.parametrize("failures", [0, 3])
def test_refusals_are_one_sentence(web: "WebServer", failures: int) -> None:
    web.failures = failures
    with pytest.raises(SourceUnreachable, match=r"answered (404|503) .*\.$"):
        open_url(f"{web.url}/nothing")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_only_web_addresses_are_opened(url: str) -> None:
    with pytest.raises(SourceUnreachable, match="not an http"):
        open_url(url)


def test_nobody_there() -> None:
    with pytest.raises(SourceUnreachable, match="cannot be reached"):
        open_url("http://127.0.0.1:9/x")


def test_a_remote_file_is_read_in_pieces(web: "WebServer") -> None:
    web.pages["/big"] = ("application/octet-stream", BODY)
    remote = RangeFile(f"{web.url}/big")
    assert remote.readable()
    assert remote.seekable()
    assert remote.seek(-10, io.SEEK_END) == len(BODY) - 10
    assert remote.read(100) == BODY[-10:]
    assert remote.read(1) == b""
    assert web.sent_bytes < 1000
    remote.seek(0)
    assert io.BufferedReader(remote).read() == BODY
    assert remote.tell() == len(BODY)
    # One to learn the length, one for the end, then blocks that grow: 128, 256, 512 kB, the rest.
    assert len(web.requests) <= 7


def test_servers_without_ranges_are_told_apart(web: "WebServer") -> None:
    web.pages["/big"] = ("application/octet-stream", BODY)
    web.ranges = False
    with pytest.raises(RangesRefused):
        RangeFile(f"{web.url}/big")


def test_a_file_that_shrinks_while_it_is_read(web: "WebServer") -> None:
    web.pages["/big"] = ("application/octet-stream", BODY)
    remote = RangeFile(f"{web.url}/big")
    web.pages["/big"] = ("application/octet-stream", BODY[:1000])
    with pytest.raises(SourceUnreachable, match="broke off"):
        remote.read(5000)
