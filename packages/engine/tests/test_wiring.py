"""What settings mean for how a node is reached."""

from pathlib import Path
from typing import Any

import pytest

from tutor_engine import wiring
from tutor_engine.deploy.coturn import SharedSecret, StaticUser
from tutor_engine.settings import Settings

OWN = "172.18.0.2"


@pytest.fixture(autouse=True)
def _this_machine(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(wiring, "own_address", lambda: OWN)
    monkeypatch.setattr(wiring, "local_addresses", lambda *_: [("127.0.0.1", 1), (OWN, 1)])  # pyright: ignore[reportUnknownLambdaType]
    monkeypatch.setattr(wiring, "coturn_executable", lambda: "/usr/bin/turnserver")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path


def settings(data: Path, **values: Any) -> Settings:
    return Settings(_env_file=None, tutor_data_dir=data, **values)  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize(
    ("seats", "first", "last", "ports"),
    [
        (10, 10110, 10115, [10110]),
        (41, 10110, 10115, [10110, 10111]),
        (1000, 10110, 10112, [10110, 10111, 10112]),
        (10, 10110, 10109, [10110]),
        (100, 0, 10115, [0]),
    ],
)
def test_media_ports(data: Path, seats: int, first: int, last: int, ports: list[int]) -> None:
    given = settings(data, max_sessions=seats, webrtc_port_min=first, webrtc_port_max=last)
    assert wiring.media_ports(given) == ports


@pytest.mark.parametrize(
    ("values", "announced"),
    [
        ({}, []),
        ({"webrtc_public_ip": "9.9.9.9"}, ["9.9.9.9"]),
        ({"webrtc_public_ip": "9.9.9.9", "webrtc_turn_run": True}, ["9.9.9.9", OWN]),
        ({"webrtc_public_ip": "9.9.9.9", "webrtc_turn_server": "turn:t"}, ["9.9.9.9", OWN]),
        ({"webrtc_public_ip": OWN, "webrtc_turn_run": True}, [OWN]),
        ({"webrtc_announce": "10.0.0.9:4000"}, ["127.0.0.1", OWN, "10.0.0.9:4000"]),
        (
            {"webrtc_public_ip": "9.9.9.9", "webrtc_announce": "10.0.0.9, 2620:fe::fe"},
            ["9.9.9.9", "10.0.0.9", "2620:fe::fe"],
        ),
    ],
)
def test_announced_addresses(data: Path, values: dict[str, Any], announced: list[str]) -> None:
    assert wiring.announced(settings(data, **values)) == announced


def test_a_coturn_of_ours_is_named_over_udp_and_tcp_with_a_kept_secret(data: Path) -> None:
    given = settings(data, webrtc_turn_run=True, webrtc_public_ip="9.9.9.9", webrtc_turn_port=3479)
    ice = wiring.ice_settings(given)
    assert ice.turn == "turn:9.9.9.9:3479?transport=udp,turn:9.9.9.9:3479?transport=tcp"
    assert ice.secret == (data / "turn" / "secret").read_text().strip()
    options = wiring.coturn_options(given)
    assert options.access == SharedSecret(str(ice.secret))
    assert (options.media_addresses, options.external) == ([OWN], None)
    assert wiring.coturn_options(given, relays_public=True).external == ("9.9.9.9", OWN)
    look = wiring.turn_options(given, ice)
    assert look.local == [f"turn:{OWN}:3479?transport=udp"]
    assert look.media == [(OWN, 10110), ("9.9.9.9", 10110)]
    username, password = look.credentials()
    assert username is not None
    assert "doctor-" in username
    assert password


def test_without_a_public_address_the_own_one_is_named(data: Path) -> None:
    given = settings(data, webrtc_turn_run=True)
    assert str(wiring.ice_settings(given).turn).startswith(f"turn:{OWN}:3478?")
    assert wiring.coturn_options(given, relays_public=True).external is None
    assert wiring.announced(given) == []


def test_the_configured_server_is_what_browsers_are_told(data: Path) -> None:
    given = settings(data, webrtc_turn_run=True, webrtc_turn_server="turns:turn.example:443")
    assert wiring.ice_settings(given).turn == "turns:turn.example:443"


def test_static_credentials_make_no_secret(data: Path) -> None:
    given = settings(
        data,
        webrtc_turn_run=True,
        webrtc_turn_server="turn:t",
        webrtc_turn_username="tutor",
        webrtc_turn_password="word",
        webrtc_turn_server_local="127.0.0.1:10110",
        webrtc_ice_transport_policy="relay",
    )
    ice = wiring.ice_settings(given)
    assert (ice.username, ice.password, ice.secret) == ("tutor", "word", None)
    assert wiring.coturn_options(given).access == StaticUser("tutor", "word")
    assert not (data / "turn").exists()
    look = wiring.turn_options(given, ice)
    assert (look.local, look.relay_only, look.hmac) == (["127.0.0.1:10110"], True, False)
    assert (10110, 10115) in look.relay_ranges


def test_a_configured_secret_is_used_everywhere(data: Path) -> None:
    given = settings(data, webrtc_turn_server="turn:t", webrtc_turn_secret="mine")
    assert wiring.ice_settings(given).secret == "mine"
    assert wiring.coturn_options(given).access == SharedSecret("mine")


def test_what_deploy_coturn_kept_is_used_by_the_engine_of_that_folder(data: Path) -> None:
    given = settings(data, webrtc_turn_server="turn:t")
    assert wiring.ice_settings(given).secret is None
    access = wiring.coturn_options(given).access
    assert access == SharedSecret(str(wiring.ice_settings(given).secret))


def test_without_coturn_nothing_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "coturn_executable", lambda: None)
    given = settings(data, webrtc_turn_run=True)
    assert wiring.ice_settings(given).turn is None
    assert not wiring.uses_turn(given)


def test_the_relay_range_of_somebody_elses_server_is_not_guessed(data: Path) -> None:
    given = settings(data, webrtc_turn_server="turn:t")
    assert wiring.turn_options(given, wiring.ice_settings(given)).relay_ranges == [(10110, 10115)]
    told = settings(data, webrtc_turn_server="turn:t", webrtc_turn_relay_max=50009)
    assert (50000, 50009) in wiring.turn_options(told, wiring.ice_settings(told)).relay_ranges


def test_the_tunnel_leads_to_the_ports_of_the_settings(data: Path) -> None:
    options = wiring.frp_options(settings(data, management_api_port=9100), "web.example", "t")
    assert (options.http_port, options.websocket_port, options.remote_http_port) == (9100, 9001, 19000)


@pytest.mark.parametrize(
    ("values", "servers"),
    [
        ({"enable_tts": False}, []),
        ({"enable_tts": False, "ollama_base_url": f"http://{OWN}:11434"}, []),
        ({"enable_tts": False, "ollama_base_url": "http://localhost:1"}, []),
        ({"enable_tts": False, "ollama_base_url": "http://gpu:1"}, ["http://gpu:1"]),
        ({}, ["https://speech.platform.bing.com/"]),
    ],
)
def test_clocks_are_compared_with_other_machines_only(
    data: Path, values: dict[str, Any], servers: list[str]
) -> None:
    options = wiring.doctor_options(settings(data, **values))
    assert options.clock_servers == servers
    assert options.edge_voices is (values.get("enable_tts") is not False)


@pytest.mark.parametrize(
    ("values", "relayed"),
    [
        ({}, False),
        ({"webrtc_turn_server_local": "turn:127.0.0.1:10110"}, False),
        ({"webrtc_turn_server_local": "turn:127.0.0.1:10110", "webrtc_ice_transport_policy": "relay"}, True),
        ({"webrtc_ice_transport_policy": "relay"}, False),
    ],
)
def test_the_engine_is_relayed_in_the_old_layout_only(
    data: Path, values: dict[str, Any], relayed: bool
) -> None:
    given = settings(data, webrtc_turn_username="u", webrtc_turn_password="p", **values)
    server = wiring.relay_server(given)
    assert (server is not None) is relayed
    if server is not None:
        assert (server.url, server.username, server.password) == ("turn:127.0.0.1:10110", "u", "p")
    secret = settings(data, webrtc_turn_secret="s", **values)
    assert wiring.relay_server(secret) is None, "credentials that live minutes cannot hold an allocation"
