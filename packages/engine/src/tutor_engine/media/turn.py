"""What browsers are told about STUN and TURN: HMAC credentials that live minutes, or static ones."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

CREDENTIAL_LIFE_S = 600
"""Ten minutes: long enough to connect and reconnect once, short enough to be worthless when leaked."""


@dataclass(frozen=True, slots=True)
class IceSettings:
    """Servers for browsers, as configured."""

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


def hmac_credentials(secret: str, user: str, now_s: float) -> tuple[str, str]:
    """Time-limited TURN credentials: `<unix expiry>:<user>` and base64(HMAC-SHA1(secret, username)).

    Source: draft-uberti-behave-turn-rest-00, as coturn implements it (`use-auth-secret`).
    """
    username = f"{int(now_s) + CREDENTIAL_LIFE_S}:{user}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode("ascii")


def ice_servers(settings: IceSettings, user: str, now_s: float) -> list[IceServerEntry]:
    """The list a browser gets; empty in the normal case, because the media port needs no help."""
    servers: list[IceServerEntry] = []
    if settings.stun:
        servers.append(IceServerEntry((_with_scheme(settings.stun, "stun"),)))
    if settings.turn:
        url = _with_scheme(settings.turn, "turn")
        if settings.secret:
            username, credential = hmac_credentials(settings.secret, user, now_s)
            servers.append(IceServerEntry((url,), username, credential))
        else:
            servers.append(IceServerEntry((url,), settings.username, settings.password))
    return servers


def _with_scheme(server: str, scheme: str) -> str:
    return server if server.startswith(("stun:", "stuns:", "turn:", "turns:")) else f"{scheme}:{server}"
