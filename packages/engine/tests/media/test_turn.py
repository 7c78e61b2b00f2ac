"""What browsers are told of STUN and TURN, and how addresses of TURN servers are read."""

import base64
import hashlib
import hmac

import pytest

from tutor_engine.media.turn import (
    CREDENTIAL_LIFE_S,
    IceServerEntry,
    IceSettings,
    TurnUrl,
    TurnUrlInvalid,
    addresses,
    hmac_credentials,
    ice_servers,
    parse_turn_url,
    turn_credentials,
)

NOW_S = 1_800_000_000.4


def test_nothing_configured_is_nothing_told() -> None:
    assert ice_servers(IceSettings(), "u", NOW_S) == []


def test_credentials_live_minutes() -> None:
    username, password = hmac_credentials("secret", "ada", NOW_S)
    assert username == f"{1_800_000_000 + CREDENTIAL_LIFE_S}:ada"
    digest = hmac.new(b"secret", username.encode(), hashlib.sha1).digest()
    assert password == base64.b64encode(digest).decode()


def test_several_addresses_share_their_credentials() -> None:
    settings = IceSettings(
        stun="stun.example:19302",
        turn="turn.example:3478, turn:turn.example:3478?transport=tcp,turns:turn.example:443",
        secret="secret",
    )
    stun, turn = ice_servers(settings, "ada", NOW_S)
    assert stun == IceServerEntry(("stun:stun.example:19302",))
    assert turn.urls == (
        "turn:turn.example:3478",
        "turn:turn.example:3478?transport=tcp",
        "turns:turn.example:443",
    )
    assert (turn.username, turn.credential) == hmac_credentials("secret", "ada", NOW_S)


def test_static_credentials_are_told_as_they_are() -> None:
    settings = IceSettings(turn="h", username="tutor", password="word")
    (turn,) = ice_servers(settings, "ada", NOW_S)
    assert (turn.username, turn.credential) == ("tutor", "word") == turn_credentials(settings, "x", NOW_S)


def test_lists() -> None:
    assert addresses(None) == addresses(" , ") == []
    assert addresses("a, b,") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "url", "written"),
    [
        ("h", TurnUrl("turn", "h", 3478, "udp"), "turn:h:3478?transport=udp"),
        ("h:1", TurnUrl("turn", "h", 1, "udp"), "turn:h:1?transport=udp"),
        ("turn:h?transport=tcp", TurnUrl("turn", "h", 3478, "tcp"), "turn:h:3478?transport=tcp"),
        ("turns:h", TurnUrl("turns", "h", 5349, "tcp"), "turns:h:5349?transport=tcp"),
        ("turns:h:443?transport=udp", TurnUrl("turns", "h", 443, "udp"), "turns:h:443?transport=udp"),
        ("turn:[::1]:9", TurnUrl("turn", "::1", 9, "udp"), "turn:[::1]:9?transport=udp"),
        ("turn:[::1]", TurnUrl("turn", "::1", 3478, "udp"), "turn:[::1]:3478?transport=udp"),
        ("turn:::1", TurnUrl("turn", "::1", 3478, "udp"), "turn:[::1]:3478?transport=udp"),
    ],
)
def test_addresses_as_people_write_them(text: str, url: TurnUrl, written: str) -> None:
    assert parse_turn_url(text) == url
    assert str(url) == written
    assert parse_turn_url(str(url)) == url


@pytest.mark.parametrize(
    "text",
    ["", "turn:", "stun:h", "https://h", "http://h:1", "h:0", "h:65536", "h:x", "h:²",
     "turn:h?transport=sctp", "turn:user@h", "turn:a b", "turn:[]:1"],
)  # fmt: skip
def test_what_is_no_turn_address(text: str) -> None:
    with pytest.raises(TurnUrlInvalid):
        parse_turn_url(text)
