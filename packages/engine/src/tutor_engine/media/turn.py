"""What browsers are told about STUN and TURN: HMAC credentials that live minutes, or static ones.

Also reads TURN addresses as people write them. Never opens a socket.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

CREDENTIAL_LIFE_S = 600
"""Ten minutes: long enough to connect and reconnect once, short enough to be worthless when leaked."""

_SCHEMES = ("stun:", "stuns:", "turn:", "turns:")
_DEFAULT_PORTS = {"turn": 3478, "turns": 5349}


@dataclass(frozen=True, slots=True)
class IceSettings:
    """Servers for browsers, as configured; `turn` may name several addresses, separated by commas."""

    stun: str | None = None
    turn: str | None = None
    username: str | None = None
    password: str | None = None
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class IceServerEntry:
    """One entry of RTCConfiguration.iceServers (W3C WebRTC, section 4.2.2)."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class TurnUrlInvalid(ValueError):
    """No TURN address (RFC 7065)."""


@dataclass(frozen=True, slots=True)
class TurnUrl:
    """A TURN server's address, taken apart."""

    scheme: Literal["turn", "turns"]
    host: str
    port: int
    transport: Literal["udp", "tcp"]

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}:{host}:{self.port}?transport={self.transport}"


def hmac_credentials(secret: str, user: str, now_s: float) -> tuple[str, str]:
    """Time-limited TURN credentials: `<unix expiry>:<user>` and base64(HMAC-SHA1(secret, username)).

    Source: draft-uberti-behave-turn-rest-00, as coturn implements it (`use-auth-secret`).
    """
    username = f"{int(now_s) + CREDENTIAL_LIFE_S}:{user}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode("ascii")


def turn_credentials(settings: IceSettings, user: str, now_s: float) -> tuple[str | None, str | None]:
    """User name and password for TURN: good for minutes when there is a secret, else the static ones."""
    if settings.secret:
        return hmac_credentials(settings.secret, user, now_s)
    return settings.username, settings.password


def ice_servers(settings: IceSettings, user: str, now_s: float) -> list[IceServerEntry]:
    """The list a browser gets; empty in the normal case, because the media port needs no help."""
    servers: list[IceServerEntry] = []
    stun = addresses(settings.stun)
    if stun:
        servers.append(IceServerEntry(tuple(_with_scheme(server, "stun") for server in stun)))
    turn = addresses(settings.turn)
    if turn:
        urls = tuple(_with_scheme(server, "turn") for server in turn)
        servers.append(IceServerEntry(urls, *turn_credentials(settings, user, now_s)))
    return servers


def addresses(text: str | None) -> list[str]:
    """The parts of a comma-separated list."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def parse_turn_url(text: str) -> TurnUrl:
    """Read `host`, `host:port`, `turn:host:port?transport=tcp` or `turns:[::1]`.

    Raises:
        TurnUrlInvalid: another scheme or transport, or no host, or no port between 1 and 65535.
    """
    scheme, rest = "turn", text.strip()
    if rest.startswith(_SCHEMES):
        scheme, _, rest = rest.partition(":")
    if scheme not in ("turn", "turns"):
        raise TurnUrlInvalid(f"{text!r} is no TURN address: turn:host:port or turns:host:port")
    rest, _, query = rest.partition("?")
    transport = query.removeprefix("transport=") or ("tcp" if scheme == "turns" else "udp")
    if transport not in ("udp", "tcp"):
        raise TurnUrlInvalid(f"{text!r}: the transport is udp or tcp")
    host, port = _host_and_port(rest, _DEFAULT_PORTS[scheme], text)
    return TurnUrl(
        "turns" if scheme == "turns" else "turn", host, port, "tcp" if transport == "tcp" else "udp"
    )


def _host_and_port(text: str, default_port: int, whole: str) -> tuple[str, int]:
    host, port_text = text, ""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port_text = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port_text = text.partition(":")
    if not host or any(letter in host for letter in "/@ "):
        raise TurnUrlInvalid(f"{whole!r} names no host")
    if port_text and not (port_text.isascii() and port_text.isdigit()):
        raise TurnUrlInvalid(f"{whole!r}: {port_text!r} is no port")
    port = int(port_text) if port_text else default_port
    if not 1 <= port <= 65535:
        raise TurnUrlInvalid(f"{whole!r}: port {port} is out of range")
    return host, port


def _with_scheme(server: str, scheme: str) -> str:
    return server if server.startswith(_SCHEMES) else f"{scheme}:{server}"
