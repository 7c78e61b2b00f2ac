"""`frpc.toml` and `frps.toml` for frp ≥ 0.52: the two control ports of an engine that nobody can reach.

`frps` runs beside the platform, `frpc` beside the engine. Lessons' sound and picture never take this way.
"""

import json
from dataclasses import dataclass

_WHY_NO_MEDIA = """\
# Sound and picture (UDP {first}-{last}) are not tunnelled, on purpose: frp carries UDP inside one TCP
# connection, where a lost packet holds up all that follow, so a lesson stutters for seconds where a lost
# packet alone would not even be seen. Map the UDP ports at the engine's host instead (WEBRTC_PUBLIC_IP,
# WEBRTC_PORT_MIN, WEBRTC_PORT_MAX); for networks that block UDP there is TURN: tutor-engine deploy coturn.
"""


@dataclass(frozen=True, slots=True)
class FrpOptions:
    """What both files must agree on."""

    server: str
    """Name or address of the platform's host."""
    token: str
    server_port: int = 7000
    http_port: int = 9000
    websocket_port: int = 9001
    remote_http_port: int = 19000
    remote_websocket_port: int = 19001
    media_port_min: int = 10110
    media_port_max: int = 10115
    trusted_ca: str | None = None
    """Certificate authority of frps; without one the tunnel is encrypted to whoever answers."""


def render_frpc(options: FrpOptions) -> str:
    """The engine's end."""
    ca = [f"transport.tls.trustedCaFile = {_text(options.trusted_ca)}"] if options.trusted_ca else []
    lines = [
        "# Made by `tutor-engine deploy frp`. Holds the tunnel's token: keep the mode 600.",
        _WHY_NO_MEDIA.format(first=options.media_port_min, last=options.media_port_max),
        f"serverAddr = {_text(options.server)}",
        f"serverPort = {options.server_port}",
        "# keep trying: the platform may start later",
        "loginFailExit = false",
        'auth.method = "token"',
        f"auth.token = {_text(options.token)}",
        "transport.tls.enable = true",
        *ca,
        *_proxy("tutor-http", options.http_port, options.remote_http_port),
        *_proxy("tutor-websocket", options.websocket_port, options.remote_websocket_port),
    ]
    return "\n".join(lines) + "\n"


def render_frps(options: FrpOptions) -> str:
    """The platform's end. The forwarded ports answer on its loopback address only."""
    http, websocket = options.remote_http_port, options.remote_websocket_port
    lines = [
        "# Made by `tutor-engine deploy frp`. Holds the tunnel's token: keep the mode 600.",
        f"# The platform beside it is told: ENGINE_URL=http://127.0.0.1:{http}",
        f"# and the engine: WEBSOCKET_URL=ws://127.0.0.1:{websocket}",
        _WHY_NO_MEDIA.format(first=options.media_port_min, last=options.media_port_max),
        f"bindPort = {options.server_port}",
        'proxyBindAddr = "127.0.0.1"',
        'auth.method = "token"',
        f"auth.token = {_text(options.token)}",
        "transport.tls.force = true",
        f"allowPorts = [{{ single = {http} }}, {{ single = {websocket} }}]",
        "maxPortsPerClient = 2",
    ]
    return "\n".join(lines) + "\n"


def _proxy(name: str, local_port: int, remote_port: int) -> list[str]:
    return [
        "",
        "[[proxies]]",
        f"name = {_text(name)}",
        'type = "tcp"',
        'localIP = "127.0.0.1"',
        f"localPort = {local_port}",
        f"remotePort = {remote_port}",
    ]


def _text(value: str) -> str:
    """A TOML basic string; what JSON escapes, TOML escapes alike."""
    return json.dumps(value)
