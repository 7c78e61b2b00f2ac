"""Announced addresses are read strictly; without any, loopback and the local network are announced."""

import ipaddress

import pytest

from tutor_engine.media.addresses import AddressInvalid, local_addresses, parse_announced


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("203.0.113.10", [("203.0.113.10", 10110)]),
        ("203.0.113.10:10111, 10.0.0.1", [("203.0.113.10", 10111), ("10.0.0.1", 10110)]),
        ("2001:DB8::1", [("2001:db8::1", 10110)]),
        ("[2001:db8::1]:5000", [("2001:db8::1", 5000)]),
        ("[::1]", [("::1", 10110)]),
    ],
)
def test_addresses_with_and_without_port(text: str, expected: list[tuple[str, int]]) -> None:
    assert parse_announced(text, 10110) == expected


@pytest.mark.parametrize(
    "text", ["example.org", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:x", "1.2.3", "[::1:5", "a:b"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(AddressInvalid):
        parse_announced(text, 10110)


def test_every_local_address_is_announced_and_loopback_first() -> None:
    found = local_addresses(["0.0.0.0"], 10110)  # noqa: S104
    assert found[0] == ("127.0.0.1", 10110)
    assert len(set(found)) == len(found)
    assert all(ipaddress.ip_address(host).version == 4 for host, _ in found)


def test_a_bound_address_is_the_only_one() -> None:
    assert local_addresses(["127.0.0.1", "::1"], 7) == [("127.0.0.1", 7), ("::1", 7)]
