"""`turnserver.conf` for coturn 4.6: a relay to the media workers of this node and to nothing else.

Browsers whose network blocks UDP reach the listener, over UDP or TCP; the relay sends straight to the media
worker beside it, so neither the relay ports nor a second relay need to be reachable from outside.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

USER_QUOTA = 4
"""Allocations of one credential: a page that reconnects, and one more for the check before the lesson."""
MAX_LIFETIME_S = 120
"""A browser that vanished holds its relay port this long; coturn grants 600 s if it may."""


class ValueRefused(ValueError):
    """A value that would not survive the file format."""


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """Credentials of minutes, made by HMAC (`use-auth-secret`)."""

    secret: str


@dataclass(frozen=True, slots=True)
class StaticUser:
    """One user and password for everybody, as older deployments have it."""

    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """For `turns:`; files in PEM format."""

    certificate: str
    private_key: str
    port: int = 5349


@dataclass(frozen=True, slots=True)
class Supervision:
    """Where a coturn started by the engine keeps its files; it logs to standard output."""

    pid_file: str
    user_database: str


@dataclass(frozen=True, slots=True)
class CoturnOptions:
    """What must be known to write the file."""

    access: SharedSecret | StaticUser
    media_addresses: Sequence[str]
    """Addresses of the media workers as coturn reaches them: the only peers allowed."""
    port: int = 3478
    relay_min: int = 50000
    relay_max: int = 50499
    realm: str = "tutor"
    external: tuple[str, str] | None = None
    """Public address and the local one that stands behind it, when they differ."""
    certificate: Certificate | None = None
    supervision: Supervision | None = None


def render_coturn(options: CoturnOptions) -> str:
    """The whole file.

    Raises:
        ValueRefused: a line break or quote in a value, no allowed address, or an empty range of ports.
    """
    if options.relay_min > options.relay_max:
        raise ValueRefused(f"the relay ports {options.relay_min} to {options.relay_max} are none")
    if not options.media_addresses:
        raise ValueRefused("there is no media worker the relay may send to")
    sections = (
        _header(options.access),
        _listener(options),
        _access(options),
        _peers(options.media_addresses),
        _limits(options),
        _supervision(options.supervision),
    )
    return "\n".join("\n".join(lines) + "\n" for lines in sections if lines)


def _header(access: SharedSecret | StaticUser) -> list[str]:
    content = "the shared secret" if isinstance(access, SharedSecret) else "a password"
    return [
        f"# Made by `tutor-engine deploy coturn`. Holds {content}: keep the mode 600.",
    ]


def _listener(options: CoturnOptions) -> list[str]:
    lines = [
        "# Only this port has to be reachable for browsers (UDP and TCP); the relay ports stay inside.",
        f"listening-port={options.port}",
        f"min-port={options.relay_min}",
        f"max-port={options.relay_max}",
    ]
    if options.external is not None:
        public, local = (_address(part) for part in options.external)
        lines.append(f"external-ip={public}/{local}")
    if options.certificate is None:
        return [*lines, "no-tls", "no-dtls"]
    return [
        *lines,
        f"tls-listening-port={options.certificate.port}",
        f"cert={_plain(options.certificate.certificate)}",
        f"pkey={_plain(options.certificate.private_key)}",
        "no-tlsv1",
        "no-tlsv1_1",
    ]


def _access(options: CoturnOptions) -> list[str]:
    lines = [f"realm={_plain(options.realm)}", "fingerprint", "stale-nonce=600"]
    if isinstance(options.access, SharedSecret):
        return [*lines, "use-auth-secret", f"static-auth-secret={_plain(options.access.secret)}"]
    user = f"user={_plain(options.access.name)}:{_plain(options.access.password)}"
    return [*lines, "lt-cred-mech", user]


def _peers(allowed: Sequence[str]) -> list[str]:
    lines = [
        "# Everything is denied but the media workers; what is allowed wins over what is denied.",
        "denied-peer-ip=0.0.0.0-255.255.255.255",
        "denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]
    lines += [f"allowed-peer-ip={_address(text)}" for text in dict.fromkeys(allowed)]
    return [*lines, "no-multicast-peers", "no-tcp-relay"]


def _limits(options: CoturnOptions) -> list[str]:
    lines = [f"total-quota={options.relay_max - options.relay_min + 1}"]
    if isinstance(options.access, SharedSecret):
        # with one user for everybody this would be a limit for all lessons together
        lines.append(f"user-quota={USER_QUOTA}")
    return [*lines, f"max-allocate-lifetime={MAX_LIFETIME_S}", "no-cli", "no-software-attribute"]


def _supervision(supervision: Supervision | None) -> list[str]:
    if supervision is None:
        return []
    return [
        f"pidfile={_plain(supervision.pid_file)}",
        f"userdb={_plain(supervision.user_database)}",
        "log-file=stdout",
        "simple-log",
    ]


def _plain(value: str) -> str:
    """A value that means itself: coturn takes quotes away and ends a setting at the line."""
    strange = any(not letter.isprintable() or letter in "\"'" for letter in value)
    if strange or not value or value != value.strip():
        raise ValueRefused("a value is empty, or has quotes, line breaks or spaces at its ends")
    return value


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise ValueRefused(f"{text!r} is no IP address") from error
