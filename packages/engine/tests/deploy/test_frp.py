"""frpc.toml and frps.toml: valid TOML, documented keys, the two control ports and no media."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from tutor_engine.deploy.frp import FrpOptions, render_frpc, render_frps

OPTIONS = FrpOptions(server="web.example", token='t"o\\k\nen')

# keys of frp's own conf/frpc_full_example.toml and conf/frps_full_example.toml
CLIENT_KEYS = {
    "serverAddr", "serverPort", "loginFailExit", "auth.method", "auth.token", "transport.tls.enable",
    "transport.tls.trustedCaFile", "proxies",
}  # fmt: skip
SERVER_KEYS = {
    "bindPort", "proxyBindAddr", "auth.method", "auth.token", "transport.tls.force", "allowPorts",
    "maxPortsPerClient",
}  # fmt: skip
PROXY_KEYS = {"name", "type", "localIP", "localPort", "remotePort"}


def flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return found


def test_the_engines_end() -> None:
    client = flat(tomllib.loads(render_frpc(replace(OPTIONS, trusted_ca="/etc/frp/ca.pem"))))
    assert client.keys() == CLIENT_KEYS
    assert (client["serverAddr"], client["serverPort"]) == ("web.example", 7000)
    assert client["transport.tls.enable"] is True
    proxies = client["proxies"]
    assert [(proxy["type"], proxy["localPort"], proxy["remotePort"]) for proxy in proxies] == [
        ("tcp", 9000, 19000),
        ("tcp", 9001, 19001),
    ]
    assert all(proxy.keys() == PROXY_KEYS for proxy in proxies)


def test_the_platforms_end() -> None:
    server = flat(tomllib.loads(render_frps(OPTIONS)))
    assert server.keys() == SERVER_KEYS
    assert server["transport.tls.force"] is True
    assert server["proxyBindAddr"] == "127.0.0.1"
    assert server["allowPorts"] == [{"single": 19000}, {"single": 19001}]


def test_both_ends_agree() -> None:
    client, server = (flat(tomllib.loads(text)) for text in (render_frpc(OPTIONS), render_frps(OPTIONS)))
    assert client["auth.token"] == server["auth.token"] == OPTIONS.token
    assert client["serverPort"] == server["bindPort"]
    allowed = {entry["single"] for entry in server["allowPorts"]}
    assert {proxy["remotePort"] for proxy in client["proxies"]} == allowed


@pytest.mark.parametrize("render", [render_frpc, render_frps])
def test_the_file_says_why_media_are_not_tunnelled(render: Any) -> None:
    text = render(OPTIONS)
    assert "Sound and picture (UDP 10110-10115) are not tunnelled" in text
    assert 'type = "udp"' not in text
