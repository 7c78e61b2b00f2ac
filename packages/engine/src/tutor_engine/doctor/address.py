"""Addresses that browsers are told: can anybody reach them? Pure, but for the look at this machine."""

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import ifaddr

from tutor_engine.doctor.findings import error, note, ok, warning
from tutor_engine.media.addresses import AddressInvalid, parse_announced
from tutor_protocol.http import Finding

_SHARED = ipaddress.ip_network("100.64.0.0/10")
_EXAMPLES = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
_SET_IT = "Set WEBRTC_PUBLIC_IP to the address students reach, and map its UDP ports to this machine."
_WHY = "Browsers are told this address, and send sound and picture there."


@dataclass(frozen=True, slots=True)
class Home:
    """Where this machine is."""

    addresses: frozenset[str]
    """Its own, loopback left out."""
    container: bool


def look_at_home() -> Home:
    """This machine's addresses, and whether it is a container."""
    found = {
        ipaddress.ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    }
    usable = frozenset(str(ip) for ip in found if not (ip.is_loopback or ip.is_link_local))
    marks = ("/.dockerenv", "/run/.containerenv")
    return Home(usable, any(Path(mark).exists() for mark in marks))


def own_address() -> str | None:
    """The IPv4 address this machine sends from; no packet is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def judge_public_address(public_ip: str | None, home: Home) -> Finding:
    """Is WEBRTC_PUBLIC_IP an address that students can reach?"""
    if public_ip is None:
        return _judge_none(home)
    try:
        address = ipaddress.ip_address(public_ip)
    except ValueError:
        mend = "Set WEBRTC_PUBLIC_IP to an address, not a name: browsers get it as a candidate."
        return error("public_address", f"WEBRTC_PUBLIC_IP={public_ip} is no IP address", _WHY, mend)
    said = f"WEBRTC_PUBLIC_IP={public_ip}"
    if address.is_loopback or address.is_unspecified or address.is_link_local or address.is_multicast:
        return error("public_address", f"{said} means nothing to other machines", _WHY, _SET_IT)
    if public_ip in home.addresses and not address.is_global:
        if home.container:
            why = "It is the container's own; only its host can send there."
            return error("public_address", f"{said} is the container's own address", why, _SET_IT)
        why = "Students in the same network reach it, others do not."
        return note("public_address", f"{said} is this machine's private address", why, _SET_IT)
    if any(address in network for network in _EXAMPLES if network.version == address.version):
        why = "It is reserved for examples in documentation and leads nowhere in the internet."
        return warning("public_address", f"{said} is an example address", why, _SET_IT)
    if address.version == 4 and address in _SHARED:
        why = "The provider shares one public address among customers, and lets nobody in."
        mend = "Ask the provider for an address of your own, or use TURN elsewhere: WEBRTC_TURN_SERVER."
        return error("public_address", f"{said} belongs to a provider's shared network", why, mend)
    if not address.is_global:
        why = "Students in that private network reach it, others do not."
        return warning("public_address", f"{said} is a private address of another machine", why, _SET_IT)
    where = "this machine's own" if public_ip in home.addresses else "in front of this machine"
    return ok("public_address", f"{said} is public and {where}")


def _judge_none(home: Home) -> Finding:
    public = sorted(text for text in home.addresses if ipaddress.ip_address(text).is_global)
    if public:
        return ok(
            "public_address", f"browsers are told the public addresses of this machine: {', '.join(public)}"
        )
    known = ", ".join(sorted(home.addresses)) or "none but loopback"
    if home.container:
        why = "Nobody outside the container's host can send there."
        return warning(
            "public_address", f"browsers are told the container's addresses: {known}", why, _SET_IT
        )
    seen = f"browsers are told this machine's addresses, all private: {known}"
    return note("public_address", seen, "Fine on this machine and in its network; not beyond.", _SET_IT)


def judge_announced(text: str, ports: Collection[int]) -> list[Finding]:
    """Can WEBRTC_ANNOUNCE be read, and does each entry lead to a media port?"""
    try:
        announced = parse_announced(text, min(ports, default=10110) or 10110)
    except AddressInvalid as failure:
        why = "Media workers do not start with it."
        mend = "WEBRTC_ANNOUNCE is a list like 192.0.2.7, 198.51.100.2:10110."
        return [error("announced_addresses", str(failure), why, mend)]
    if not announced:
        return []
    names = ", ".join(f"{host}:{port}" for host, port in announced)
    return [ok("announced_addresses", f"browsers are also told {names}")]
