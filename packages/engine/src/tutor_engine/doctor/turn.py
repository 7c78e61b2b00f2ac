"""TURN servers: does each give a relay, to the right people, towards the media worker and nowhere else?

Diagnosis is pure: `TurnSeen` in, findings out. The rows are those that coturn 4.6 was seen to produce.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tutor_engine.doctor.findings import error, note, ok, warning
from tutor_engine.doctor.turn_probe import Address, PeerSeen, TurnSeen, probe_turn
from tutor_engine.media.turn import TurnUrl, TurnUrlInvalid, parse_turn_url
from tutor_protocol.http import Finding

FORBIDDEN_PEERS: tuple[Address, ...] = (
    ("127.0.0.1", 9),
    ("10.255.255.254", 9),
    ("169.254.169.254", 80),
)
"""Loopback, a private address, and where clouds keep their keys: what an open relay is abused for."""
PORTS_PER_LESSON = 2
"""One for the browser, with everything bundled; one more while it reconnects, or for a relay on our side."""

_FORBIDDEN = 403
_WHO_NEEDS_TURN = "Browsers whose network blocks UDP cannot take part in lessons without it."


@dataclass(frozen=True, slots=True)
class TurnOptions:
    """What to look at."""

    servers: Sequence[str]
    """As browsers are told."""
    local: Sequence[str]
    """The same, as the engine reaches them; empty when that is no different."""
    credentials: Callable[[], tuple[str | None, str | None]]
    """User name and password of this moment."""
    hmac: bool
    """The credentials are made from a shared secret."""
    media: Sequence[Address]
    """Where media workers can be reached by a relay."""
    public_ip: str | None
    relay_only: bool
    relay_ranges: Sequence[tuple[int, int]]
    """First and last port of what may be its range; the one that gave a port is it."""
    seats: int
    now_s: Callable[[], float]
    forbidden: Sequence[Address] = FORBIDDEN_PEERS
    """Peers that no relay should send to."""


async def check_turn(options: TurnOptions) -> list[Finding]:
    """Probe every configured TURN address."""
    if not options.servers and not options.local:
        return [judge_absence(relay_only=options.relay_only)]
    near, unreadable = _read(options.local)
    others, also_unreadable = _read([text for text in options.servers if text not in options.local])
    seen_near = await asyncio.gather(*(look_at_turn(url, options) for url in near))
    seen_others = await asyncio.gather(*(look_at_turn(url, options) for url in others))
    local_works = any(seen.outcome == "ok" for seen in seen_near)
    findings = [*unreadable, *also_unreadable]
    for seen in (*seen_near, *seen_others):
        findings.append(judge_turn(seen, options, hairpin=local_works and seen in seen_others))
        findings += judge_peers(seen, options.media)
    reached = [seen for seen in (*seen_near, *seen_others) if seen.outcome == "ok"]
    if reached and options.relay_only:
        findings += judge_capacity(reached[0], options)
    return findings


def _read(texts: Sequence[str]) -> tuple[list[TurnUrl], list[Finding]]:
    """Addresses that can be read, and findings about those that cannot."""
    urls: list[TurnUrl] = []
    findings: list[Finding] = []
    for text in dict.fromkeys(texts):
        try:
            urls.append(parse_turn_url(text))
        except TurnUrlInvalid as failure:
            why = "Browsers throw away the whole list of servers when one of them cannot be read."
            findings.append(error("turn", str(failure), why, f"Correct {text!r} in WEBRTC_TURN_SERVER."))
    return urls, findings


async def look_at_turn(url: TurnUrl, options: TurnOptions) -> TurnSeen:
    """One server: an allocation, forbidden peers and the media workers."""
    username, password = options.credentials()
    media = set(options.media)
    forbidden = [peer for peer in options.forbidden if peer[0] not in {host for host, _ in media}]
    return await probe_turn(
        url, username, password, peers=[*forbidden, *options.media], answering=options.media
    )


async def check_turn_briefly(options: TurnOptions) -> list[Finding]:
    """One allocation at the nearest address, for those who ask often; peers and capacity are left out."""
    nearest = options.local or options.servers
    return await check_turn(
        replace(options, servers=nearest[:1], local=(), media=(), forbidden=(), relay_only=False)
    )


def judge_absence(*, relay_only: bool) -> Finding:
    """No TURN server is configured."""
    if relay_only:
        return error(
            "turn",
            "WEBRTC_ICE_TRANSPORT_POLICY is relay and no TURN server is configured",
            "Browsers may use nothing but a relay, so no lesson connects.",
            "Set WEBRTC_TURN_SERVER or WEBRTC_TURN_RUN=true, or WEBRTC_ICE_TRANSPORT_POLICY=all.",
        )
    return note(
        "turn",
        "no TURN server is configured",
        _WHO_NEEDS_TURN + " All others need none.",
        "WEBRTC_TURN_RUN=true runs coturn here (make system installs it).",
    )


def judge_turn(seen: TurnSeen, options: TurnOptions, *, hairpin: bool = False) -> Finding:
    """What an allocation tells. `hairpin`: the same server was reached by its local address."""
    url = str(seen.url)
    match seen.outcome:
        case "ok":
            relayed = _written(seen.relayed)
            return ok("turn", f"{url} relays at {relayed} and sees us as {_written(seen.mapped)}")
        case "refused":
            return _refused(seen, options)
        case "unsupported":
            mend = "Use the check before the lesson in the web app."
            return note("turn", f"{url} (TURN over DTLS) cannot be tried from here", "", mend)
        case "unresolved":
            why = "The name in WEBRTC_TURN_SERVER leads nowhere, for browsers most likely too."
            return error("turn", f"{url}: {seen.detail}", why, "Correct the name, or its entry in DNS.")
        case "untrusted":
            why = "Browsers refuse a certificate that is expired, self-signed or of another name."
            return error("turn", f"{url}: {seen.detail}", why, "Renew the certificate of the TURN server.")
        case "timeout" | "unreachable":
            return _silent(seen, options, hairpin=hairpin)


def _silent(seen: TurnSeen, options: TurnOptions, *, hairpin: bool) -> Finding:
    url = str(seen.url)
    what = "does not answer" if seen.outcome == "timeout" else f"cannot be reached: {seen.detail}"
    if hairpin:
        return note(
            "turn",
            f"{url} {what} from here, while it works at its local address",
            "Many routers do not let a machine reach its own public address; browsers may well.",
            "Use the check before the lesson in the web app: it tries each TURN address from outside.",
        )
    if seen.url.host == options.public_ip:
        return warning(
            "turn",
            f"{url} {what} from here",
            "It is our own public address, which many routers do not let a machine reach; it may well work.",
            "Set WEBRTC_TURN_SERVER_LOCAL to its local address, so that it can be looked at.",
        )
    return error(
        "turn",
        f"{url} {what}",
        _WHO_NEEDS_TURN,
        f"Is it running, and is {seen.url.transport.upper()} {seen.url.port} open and mapped to it?",
    )


def _refused(seen: TurnSeen, options: TurnOptions) -> Finding:
    url = str(seen.url)
    match seen.code:
        case 401:
            return _unauthorised(seen, options)
        case 403:
            mend = "Look at the address rules of the TURN server."
            return error("turn", f"{url} answers 403 Forbidden", "Its rules keep this machine out.", mend)
        case 486:
            return warning(
                "turn",
                f"{url} answers 486 Allocation Quota Reached",
                "This user, or all together, hold as many relays as they may; the next gets none.",
                "Raise user-quota or total-quota; max-allocate-lifetime=120 frees what vanished ones held.",
            )
        case 508:
            return error(
                "turn",
                f"{url} answers 508: no relay port is free",
                "Lessons over TURN hold ports, and those of vanished browsers stay taken for minutes.",
                "Give it more ports and max-allocate-lifetime=120: tutor-engine deploy coturn.",
            )
        case _:
            why = "The server gives no relay. " + _WHO_NEEDS_TURN
            return error("turn", f"{url} answers {seen.code} {seen.detail}", why, "Look at its log.")


def _unauthorised(seen: TurnSeen, options: TurnOptions) -> Finding:
    """A wrong secret and an expired name get the same 401; the clock tells them apart."""
    url = str(seen.url)
    if seen.username is None:
        return error(
            "turn",
            f"{url} answers 401 and no credentials are configured",
            "It wants a user name and password.",
            "Set WEBRTC_TURN_SECRET (or WEBRTC_TURN_USERNAME and WEBRTC_TURN_PASSWORD).",
        )
    left_s = seconds_left(seen.username, options.now_s())
    if left_s is not None and left_s <= 0:
        return error(
            "turn",
            f"{url} answers 401: the credentials expired {-left_s:.0f} s ago",
            "The user name begins with the second of its expiry, and that is past.",
            "Set WEBRTC_TURN_SECRET, so that credentials are made afresh, instead of a fixed user name.",
        )
    if options.hmac:
        return error(
            "turn",
            f"{url} answers 401: wrong secret",
            "Credentials were made this moment, so the secret differs, or the clocks differ by ten minutes.",
            "Make WEBRTC_TURN_SECRET equal to static-auth-secret in turnserver.conf; compare `date` on both.",
        )
    return error(
        "turn",
        f"{url} answers 401: wrong user name or password",
        "The TURN server knows another pair.",
        "Make WEBRTC_TURN_USERNAME and WEBRTC_TURN_PASSWORD equal to `user=` in turnserver.conf.",
    )


def seconds_left(username: str, now_s: float) -> float | None:
    """How long a user name of the form `<unix expiry>:<id>` is good; None for other names."""
    expiry = username.partition(":")[0]
    return float(expiry) - now_s if len(expiry) >= 9 and expiry.isascii() and expiry.isdigit() else None


def judge_peers(seen: TurnSeen, media: Sequence[Address]) -> list[Finding]:
    """Whether the relay sends where it must and nowhere else."""
    ours = [peer for peer in seen.peers if peer.address in media]
    open_to = [peer for peer in seen.peers if peer.address not in media and peer.code is None]
    findings: list[Finding] = []
    if open_to:
        names = ", ".join(peer.address[0] for peer in open_to)
        findings.append(
            error(
                "turn_peers",
                f"{seen.url} relays to {names}",
                "Any student could reach private machines through it.",
                "Use the file of `tutor-engine deploy coturn`: all peers denied but the media workers.",
            )
        )
    elif len(ours) < len(seen.peers):
        codes = sorted({str(peer.code) for peer in seen.peers if peer.address not in media and peer.code})
        answer = f"with {', '.join(codes)}" if codes else "by silence"
        findings.append(ok("turn_peers", f"{seen.url} refuses loopback and private peers {answer}"))
    # a relay on loopback, which only we are given, is answered from another address and drops the answer
    tellable = any(peer.answered or peer.code is not None for peer in ours)
    if ours and (tellable or not _on_loopback(seen.relayed)):
        findings.append(_judge_ours(seen, ours))
    return findings


def _judge_ours(seen: TurnSeen, ours: Sequence[PeerSeen]) -> Finding:
    answered = [peer for peer in ours if peer.answered]
    allowed = [peer for peer in ours if peer.code is None]
    if answered:
        names = _names(answered)
        return ok("turn_media", f"the media worker at {names} answers through {seen.url}")
    if allowed:
        return note(
            "turn_media",
            f"{seen.url} may send to {_names(allowed)}, and nobody answered there",
            "The relay is allowed to reach the media worker; either no engine runs or a firewall is between.",
            "Run the doctor again while the engine runs.",
        )
    codes = sorted({peer.code or 0 for peer in ours})
    said = "403 Forbidden IP" if codes == [_FORBIDDEN] else f"{codes}"
    return error(
        "turn_media",
        f"{seen.url} refuses to send to the media worker at {_names(ours)}: {said}",
        "A lesson over TURN connects to the relay and never to the tutor.",
        "Add to turnserver.conf: " + "; ".join(f"allowed-peer-ip={peer.address[0]}" for peer in ours),
    )


def judge_capacity(seen: TurnSeen, options: TurnOptions) -> list[Finding]:
    """How many lessons the relay ports carry when everything goes through relays."""
    span = relay_range(seen.relayed, options.relay_ranges)
    if span is None:
        return [
            note(
                "turn_capacity",
                f"{seen.url} relays every lesson, and its range of relay ports is not known here",
                f"Each lesson holds up to {PORTS_PER_LESSON} of them; when none is free the next gets 508.",
                "Set WEBRTC_TURN_RELAY_MIN and WEBRTC_TURN_RELAY_MAX as min-port and max-port are.",
            )
        ]
    first, last = span
    ports = last - first + 1 - (first <= seen.url.port <= last)
    lessons = ports // PORTS_PER_LESSON
    seen_text = f"{ports} relay ports ({first}-{last}) carry {lessons} lessons at once"
    why = "A bundled lesson holds one, and a second while it reconnects or when our side is relayed as well."
    if lessons < options.seats:
        mend = "Give coturn more ports, or use WEBRTC_PUBLIC_IP with policy `all`: one UDP port carries all."
        return [warning("turn_capacity", f"{seen_text}; there are {options.seats} seats", why, mend)]
    return [note("turn_capacity", seen_text, why)]


def relay_range(relayed: Address | None, ranges: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The configured range a relay port was taken from."""
    if relayed is None:
        return None
    return next((span for span in ranges if span[0] <= relayed[1] <= span[1]), None)


def _on_loopback(address: Address | None) -> bool:
    return address is not None and ipaddress.ip_address(address[0]).is_loopback


def _names(peers: Sequence[PeerSeen]) -> str:
    return ", ".join(_written(peer.address) for peer in peers)


def _written(address: Address | None) -> str:
    if address is None:
        return "an unknown address"
    host = f"[{address[0]}]" if ipaddress.ip_address(address[0]).version == 6 else address[0]
    return f"{host}:{address[1]}"
