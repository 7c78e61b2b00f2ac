"""Why a connection did not come about, or ended: its counters become a name, a code and a sentence.

Pure. Every datagram that a browser sends leaves a trace in the counters of the port, so that the traces name
the one thing that is wrong; what the student is told comes from the code.
"""

from dataclasses import dataclass
from enum import StrEnum

from tutor_protocol import ErrorCode


class Cause(StrEnum):
    """What is wrong, as the doctor and the log name it."""

    NOTHING_ARRIVES = "nothing_arrives"
    REPLIES_LOST = "replies_lost"
    WRONG_CREDENTIALS = "wrong_credentials"
    OTHER_SESSION = "other_session"
    HANDSHAKE_LOST = "handshake_lost"
    HANDSHAKE_FAILED = "handshake_failed"
    ADDRESS_CHANGED = "address_changed"
    SILENT = "silent"
    CLOSED = "closed"
    RELAY_UNUSED = "relay_unused"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Counters of one connection; those of the port only as far as they grew meanwhile."""

    connected: bool = False
    """Whether it ever was."""
    relayed: bool = False
    """Both ends go through a TURN server: nothing but datagrams is seen here."""
    closed: bool = False
    """The browser said goodbye."""
    candidates: int = 0
    """Addresses the browser has named."""
    stun_seen: int = 0
    """Checks of the browser that arrived."""
    stun_ok: int = 0
    """Those that were answered well."""
    stun_rejected: int = 0
    """Those with a wrong password."""
    checks_sent: int = 0
    """Our own checks."""
    checks_answered: int = 0
    datagrams: int = 0
    """DTLS and media that arrived from an address of this browser."""
    unknown_username: int = 0
    """Checks on this port for a session that is not here."""
    unknown_address: int = 0
    """Media on this port from an address that nobody has proved."""
    silent_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong."""

    cause: Cause
    code: ErrorCode | None
    """What the student is told; None: nothing, it was their own doing."""
    detail: str
    """For the operator: what was seen and what mends it."""


def diagnose(seen: Evidence) -> Diagnosis:
    """Name what is wrong with a connection that failed or ended."""
    return _why_ended(seen) if seen.connected else _why_never_connected(seen)


def _why_ended(seen: Evidence) -> Diagnosis:
    if seen.closed:
        return Diagnosis(Cause.CLOSED, None, "the browser closed the connection")
    silence = f"nothing arrived for {seen.silent_s:.0f} s"
    if seen.unknown_address:
        return Diagnosis(
            Cause.ADDRESS_CHANGED,
            ErrorCode.MEDIA_FAILED,
            f"{silence}, and {seen.unknown_address} datagrams came from addresses nobody has proved: "
            "the student's network changed, or a NAT on the way gave the connection another address",
        )
    return Diagnosis(
        Cause.SILENT, ErrorCode.MEDIA_FAILED, f"{silence}: the browser, its computer or its network is gone"
    )


def _why_never_connected(seen: Evidence) -> Diagnosis:
    if seen.relayed and seen.datagrams == 0:
        return Diagnosis(
            Cause.RELAY_UNUSED,
            ErrorCode.MEDIA_BLOCKED,
            f"nothing came through the TURN server; the browser named {seen.candidates} relayed addresses: "
            "its TURN server is out of ports or unreachable, or does not let two allocations talk",
        )
    if seen.stun_seen == 0 and seen.unknown_username:
        return Diagnosis(
            Cause.OTHER_SESSION,
            ErrorCode.MEDIA_STALE,
            f"{seen.unknown_username} checks on this port were for a session that is not here: the browser "
            "talks to one that has ended, or the answer came from another worker or engine",
        )
    if seen.stun_seen == 0:
        return Diagnosis(
            Cause.NOTHING_ARRIVES,
            ErrorCode.MEDIA_BLOCKED,
            "no UDP from the browser arrived: the port map, a firewall, or a wrong WEBRTC_PUBLIC_IP; "
            f"the browser has named {seen.candidates} addresses of its own",
        )
    if seen.stun_ok == 0:
        return Diagnosis(
            Cause.WRONG_CREDENTIALS,
            ErrorCode.MEDIA_STALE,
            f"{seen.stun_seen} checks arrived, {seen.stun_rejected} were rejected for a wrong password: "
            "the browser used an old answer, or two connections were mixed up on the way",
        )
    if seen.checks_answered == 0:
        return Diagnosis(
            Cause.REPLIES_LOST,
            ErrorCode.MEDIA_ONE_WAY,
            f"{seen.stun_ok} checks were answered and none of our {seen.checks_sent} was: our datagrams do "
            "not reach the browser (outgoing firewall), or its page lists this port as a STUN server",
        )
    if seen.datagrams == 0:
        return Diagnosis(
            Cause.HANDSHAKE_LOST,
            ErrorCode.MEDIA_HANDSHAKE,
            "both directions work for small packets and no DTLS came: large packets are lost (MTU of a "
            "tunnel or VPN), or something on the way passes STUN only",
        )
    return Diagnosis(
        Cause.HANDSHAKE_FAILED,
        ErrorCode.MEDIA_HANDSHAKE,
        f"{seen.datagrams} datagrams of DTLS came and no handshake was made of them: the fingerprint of the "
        "answer or the offer is another's, or something on the way changes packets",
    )
