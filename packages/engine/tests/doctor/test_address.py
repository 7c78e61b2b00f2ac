"""Which addresses students can reach."""

import ipaddress

import pytest

from tutor_engine.doctor.address import (
    Home,
    judge_announced,
    judge_public_address,
    look_at_home,
    own_address,
)

PRIVATE = Home(frozenset({"172.18.0.2"}), container=False)
CONTAINER = Home(frozenset({"172.18.0.2"}), container=True)
PUBLIC = Home(frozenset({"9.9.9.9", "10.0.0.2"}), container=False)


@pytest.mark.parametrize(
    ("public_ip", "home", "status", "words"),
    [
        ("9.9.9.9", PRIVATE, "ok", "in front of this machine"),
        ("9.9.9.9", PUBLIC, "ok", "this machine's own"),
        ("172.18.0.2", CONTAINER, "error", "the container's own address"),
        ("172.18.0.2", PRIVATE, "note", "this machine's private address"),
        ("192.168.1.5", CONTAINER, "warning", "a private address of another machine"),
        ("100.64.3.4", PRIVATE, "error", "shared network"),
        ("203.0.113.10", PRIVATE, "warning", "an example address"),
        ("127.0.0.1", PRIVATE, "error", "means nothing to other machines"),
        ("0.0.0.0", PRIVATE, "error", "means nothing to other machines"),  # noqa: S104
        ("169.254.1.1", PRIVATE, "error", "means nothing to other machines"),
        ("tutor.example", PRIVATE, "error", "is no IP address"),
        ("2620:fe::fe", PRIVATE, "ok", "in front of this machine"),
        ("2001:db8::1", PRIVATE, "warning", "an example address"),
        (None, PUBLIC, "ok", "9.9.9.9"),
        (None, PRIVATE, "note", "all private: 172.18.0.2"),
        (None, CONTAINER, "warning", "the container's addresses"),
        (None, Home(frozenset(), container=False), "note", "none but loopback"),
    ],
)
def test_public_address(public_ip: str | None, home: Home, status: str, words: str) -> None:
    finding = judge_public_address(public_ip, home)
    assert (finding.check, finding.status) == ("public_address", status)
    assert words in finding.told().seen


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("198.51.100.2, 10.0.0.1:4000", "ok", "198.51.100.2:10110, 10.0.0.1:4000"),
        ("tutor.example", "error", "tutor.example in WEBRTC_ANNOUNCE is not an IP address"),
        ("10.0.0.1:4000, 1.2.3.4:99999", "error", "1.2.3.4:99999 in WEBRTC_ANNOUNCE"),
    ],
)
def test_announced_addresses(text: str, status: str, words: str) -> None:
    (finding,) = judge_announced(text, [10110, 10111])
    assert finding.status == status
    assert words in finding.told().seen


def test_nothing_announced_is_nothing_to_say() -> None:
    assert judge_announced("", [10110]) == []


def test_this_machine_knows_its_addresses() -> None:
    home = look_at_home()
    assert not any(ipaddress.ip_address(text).is_loopback for text in home.addresses)
    assert own_address() in {*home.addresses, None}
