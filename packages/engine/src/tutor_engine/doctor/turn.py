"""TURN servers: does each give a relay, to the right people, towards the media worker and nowhere else?

Diagnosis is pure: `TurnSeen` in, findings out. The rows are those that coturn 4.6 was seen to produce.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tutor_engine.doctor.findings import Finding, error, note, ok, warning
from tutor_engine.doctor.turn_probe import Address, PeerSeen, TurnSeen, probe_turn
from tutor_engine.doctor.words import Said, Value
from tutor_engine.doctor.words import turn as say
from tutor_engine.media.turn import TurnUrl, TurnUrlInvalid, parse_turn_url

FORBIDDEN_PEERS: tuple[Address, ...] = (
    ("127.0.0.1", 9),
    ("10.255.255.254", 9),
    ("169.254.169.254", 80),
)
"""Loopback, a private address, and where clouds keep their keys: what an open relay is abused for."""
PORTS_PER_LESSON = 2
"""One for the browser, with everything bundled; one more while it reconnects, or for a relay on our side."""

_FORBIDDEN = 403


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
        except TurnUrlInvalid:
            findings.append(error("turn", say.UNREADABLE, address=text))
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
    return error("turn", say.ABSENT_BUT_NEEDED) if relay_only else note("turn", say.ABSENT)


def judge_turn(seen: TurnSeen, options: TurnOptions, *, hairpin: bool = False) -> Finding:
    """What an allocation tells. `hairpin`: the same server was reached by its local address."""
    url = str(seen.url)
    match seen.outcome:
        case "ok":
            relayed, mapped = _written(seen.relayed), _written(seen.mapped)
            return ok("turn", say.RELAYS, url=url, relayed=relayed, mapped=mapped)
        case "refused":
            return _refused(seen, options)
        case "unsupported":
            return note("turn", say.UNTRIED, url=url)
        case "unresolved":
            return error("turn", say.UNRESOLVED, url=url, detail=seen.detail)
        case "untrusted":
            return error("turn", say.UNTRUSTED, url=url, detail=seen.detail)
        case "timeout" | "unreachable":
            return _silent(seen, options, hairpin=hairpin)


def _silent(seen: TurnSeen, options: TurnOptions, *, hairpin: bool) -> Finding:
    url = str(seen.url)
    timeout = seen.outcome == "timeout"
    silence = Said(say.NO_ANSWER) if timeout else Said(say.NO_WAY, {"detail": seen.detail})
    if hairpin:
        return note("turn", say.SILENT_HAIRPIN, url=url, silence=silence)
    if seen.url.host == options.public_ip:
        return warning("turn", say.SILENT_OWN_ADDRESS, url=url, silence=silence)
    transport = seen.url.transport.upper()
    return error("turn", say.SILENT, url=url, silence=silence, transport=transport, port=seen.url.port)


def _refused(seen: TurnSeen, options: TurnOptions) -> Finding:
    url = str(seen.url)
    match seen.code:
        case 401:
            return _unauthorised(seen, options)
        case 403:
            return error("turn", say.FORBIDDEN, url=url)
        case 486:
            return warning("turn", say.QUOTA_REACHED, url=url)
        case 508:
            return error("turn", say.NO_RELAY_PORT, url=url)
        case _:
            return error("turn", say.REFUSED, url=url, code=seen.code, detail=seen.detail)


def _unauthorised(seen: TurnSeen, options: TurnOptions) -> Finding:
    """A wrong secret and an expired name get the same 401; the clock tells them apart."""
    url = str(seen.url)
    if seen.username is None:
        return error("turn", say.NO_CREDENTIALS, url=url)
    left_s = seconds_left(seen.username, options.now_s())
    if left_s is not None and left_s <= 0:
        return error("turn", say.CREDENTIALS_EXPIRED, url=url, ago_s=-left_s)
    return error("turn", say.WRONG_SECRET if options.hmac else say.WRONG_PASSWORD, url=url)


def seconds_left(username: str, now_s: float) -> float | None:
    """How long a user name of the form `<unix expiry>:<id>` is good; None for other names."""
    expiry = username.partition(":")[0]
    return float(expiry) - now_s if len(expiry) >= 9 and expiry.isascii() and expiry.isdigit() else None


def judge_peers(seen: TurnSeen, media: Sequence[Address]) -> list[Finding]:
    """Whether the relay sends where it must and nowhere else."""
    ours = [peer for peer in seen.peers if peer.address in media]
    open_to = [peer for peer in seen.peers if peer.address not in media and peer.code is None]
    findings: list[Finding] = []
    url = str(seen.url)
    if open_to:
        hosts = ", ".join(peer.address[0] for peer in open_to)
        findings.append(error("turn_peers", say.OPEN_TO_PRIVATE, url=url, hosts=hosts))
    elif len(ours) < len(seen.peers):
        codes = sorted({str(peer.code) for peer in seen.peers if peer.address not in media and peer.code})
        answer = Said(say.BY_CODES, {"codes": ", ".join(codes)}) if codes else Said(say.BY_SILENCE)
        findings.append(ok("turn_peers", say.CLOSED_TO_PRIVATE, url=url, answer=answer))
    # a relay on loopback, which only we are given, is answered from another address and drops the answer
    tellable = any(peer.answered or peer.code is not None for peer in ours)
    if ours and (tellable or not _on_loopback(seen.relayed)):
        findings.append(_judge_ours(seen, ours))
    return findings


def _judge_ours(seen: TurnSeen, ours: Sequence[PeerSeen]) -> Finding:
    url = str(seen.url)
    answered = [peer for peer in ours if peer.answered]
    allowed = [peer for peer in ours if peer.code is None]
    if answered:
        return ok("turn_media", say.MEDIA_ANSWERS, url=url, media=_names(answered))
    if allowed:
        return note("turn_media", say.MEDIA_SILENT, url=url, media=_names(allowed))
    codes = sorted({peer.code or 0 for peer in ours})
    answer = "403 Forbidden IP" if codes == [_FORBIDDEN] else f"{codes}"
    lines = "; ".join(f"allowed-peer-ip={peer.address[0]}" for peer in ours)
    return error("turn_media", say.MEDIA_REFUSED, url=url, media=_names(ours), answer=answer, lines=lines)


def judge_capacity(seen: TurnSeen, options: TurnOptions) -> list[Finding]:
    """How many lessons the relay ports carry when everything goes through relays."""
    span = relay_range(seen.relayed, options.relay_ranges)
    if span is None:
        return [note("turn_capacity", say.CAPACITY_UNKNOWN, url=str(seen.url), each=PORTS_PER_LESSON)]
    first, last = span
    ports = last - first + 1 - (first <= seen.url.port <= last)
    lessons = ports // PORTS_PER_LESSON
    counted: dict[str, Value] = {"ports": ports, "first": first, "last": last, "lessons": lessons}
    if lessons < options.seats:
        return [warning("turn_capacity", say.CAPACITY_SHORT, seats=options.seats, **counted)]
    return [note("turn_capacity", say.CAPACITY_ENOUGH, **counted)]


def relay_range(relayed: Address | None, ranges: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The configured range a relay port was taken from."""
    if relayed is None:
        return None
    return next((span for span in ranges if span[0] <= relayed[1] <= span[1]), None)


def _on_loopback(address: Address | None) -> bool:
    return address is not None and ipaddress.ip_address(address[0]).is_loopback


def _names(peers: Sequence[PeerSeen]) -> str:
    return ", ".join(_socket(peer.address) for peer in peers)


def _written(address: Address | None) -> Value:
    return Said(say.UNKNOWN_ADDRESS) if address is None else _socket(address)


def _socket(address: Address) -> str:
    host = f"[{address[0]}]" if ipaddress.ip_address(address[0]).version == 6 else address[0]
    return f"{host}:{address[1]}"
