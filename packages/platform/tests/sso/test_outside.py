"""Addresses that an administrator may not make the server ask."""

import asyncio
import socket
from typing import Any

import pytest

from tutor_platform.kit.errors import AccountRefused
from tutor_platform.sso.outside import Outside, is_public
from tutor_platform.sso.sealing import Sealer, key_of

PRIVATE = [
    "127.0.0.1", "10.0.0.8", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - refused, not listened on
    "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1%eth0",
    "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("number", PRIVATE)
def test_private_addresses_in_every_spelling(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize("number", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize(
    "url",
    ["http://login.example", "ftp://x.example", "file:///etc/passwd", "https://", "https://a:b@x.example",
     "https://127.0.0.1", "https://[::1]", "https://0x7f000001", "https://2130706433", "https://localhost",
     "https://127.1", "https://x.example:0", "https://x.example:99999", "https://[fe80::1%25lo]/", "//x"],
)  # fmt: skip
async def test_what_the_server_does_not_ask(url: str) -> None:
    outside = Outside(allow_private=False)
    with pytest.raises(AccountRefused) as refusal:
        await outside.get(url)
    assert (refusal.value.code, refusal.value.status) == ("provider_unreachable", 502)
    await outside.close()


async def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, 0, 0, "", (number, 443)) for number in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    with pytest.raises(AccountRefused) as refusal:
        await Outside(allow_private=False).get("https://rebinding.example/")
    assert refusal.value.detail == "not a public address"


def test_a_sealed_secret_opens_with_its_own_key_only(tmp_path: Any) -> None:
    key = key_of(tmp_path)
    assert key_of(tmp_path) == key
    sealed = Sealer(key).seal("geheim")
    assert "geheim" not in sealed
    assert Sealer(key).open(sealed) == "geheim"
    with pytest.raises(AccountRefused):
        Sealer("another").open(sealed)
