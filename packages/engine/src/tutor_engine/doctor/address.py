"""Addresses that browsers are told: can anybody reach them? Pure, but for the look at this machine."""

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import ifaddr

from tutor_engine.doctor.findings import Finding, error, note, ok, warning
from tutor_engine.doctor.words import Said
from tutor_engine.doctor.words import network as say
from tutor_engine.media.addresses import AddressInvalid, parse_address
from tutor_engine.media.turn import addresses

_CHECK = "public_address"
_SHARED = ipaddress.ip_network("100.64.0.0/10")
_EXAMPLES = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


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
        return error(_CHECK, say.ADDRESS_IS_A_NAME, address=public_ip)
    if address.is_loopback or address.is_unspecified or address.is_link_local or address.is_multicast:
        return error(_CHECK, say.ADDRESS_MEANS_NOTHING, address=public_ip)
    if public_ip in home.addresses and not address.is_global:
        if home.container:
            return error(_CHECK, say.ADDRESS_OF_CONTAINER, address=public_ip)
        return note(_CHECK, say.ADDRESS_PRIVATE_HERE, address=public_ip)
    if any(address in network for network in _EXAMPLES if network.version == address.version):
        return warning(_CHECK, say.ADDRESS_OF_EXAMPLES, address=public_ip)
    if address.version == 4 and address in _SHARED:
        return error(_CHECK, say.ADDRESS_SHARED, address=public_ip)
    if not address.is_global:
        return warning(_CHECK, say.ADDRESS_PRIVATE_ELSEWHERE, address=public_ip)
    if public_ip in home.addresses:
        return ok(_CHECK, say.ADDRESS_OWN, address=public_ip)
    return ok(_CHECK, say.ADDRESS_IN_FRONT, address=public_ip)


def _judge_none(home: Home) -> Finding:
    public = sorted(text for text in home.addresses if ipaddress.ip_address(text).is_global)
    if public:
        return ok(_CHECK, say.TOLD_PUBLIC, addresses=", ".join(public))
    known = ", ".join(sorted(home.addresses)) or Said(say.ONLY_LOOPBACK)
    if home.container:
        return warning(_CHECK, say.TOLD_CONTAINER, addresses=known)
    return note(_CHECK, say.TOLD_PRIVATE, addresses=known)


def judge_announced(text: str, ports: Collection[int]) -> list[Finding]:
    """Can WEBRTC_ANNOUNCE be read, and does each entry lead to a media port?"""
    default_port = min(ports, default=10110) or 10110
    announced: list[str] = []
    for entry in addresses(text):
        try:
            host, port = parse_address(entry, default_port)
        except AddressInvalid:
            return [error("announced_addresses", say.ANNOUNCED_UNREADABLE, entry=entry)]
        announced.append(f"{host}:{port}")
    return [ok("announced_addresses", say.ANNOUNCED, addresses=", ".join(announced))] if announced else []
