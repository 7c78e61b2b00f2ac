"""Which addresses browsers are told to send to. Reads the machine's interfaces; never opens a socket."""

import ipaddress
from collections.abc import Sequence

import ifaddr

Address = tuple[str, int]


class AddressInvalid(ValueError):
    """An announced address is no IP address with an optional port."""


def parse_address(text: str, default_port: int) -> Address:
    """Read `1.2.3.4`, `1.2.3.4:10110`, `::1` or `[::1]:10110`.

    Raises:
        AddressInvalid: a host name, or no port between 1 and 65535.
    """
    text = text.strip()
    host, port_text = text, ""
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        host = host if closed else text
        port_text = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port_text = text.partition(":")
    try:
        address = ipaddress.ip_address(host)
        port = int(port_text) if port_text else default_port
    except ValueError as error:
        raise AddressInvalid(f"{text!r} is not an IP address with an optional port") from error
    if not 1 <= port <= 65535:
        raise AddressInvalid(f"{text!r}: port {port} is out of range")
    return str(address), port


def parse_announced(text: str, default_port: int) -> list[Address]:
    """Read a comma-separated list; an empty text is an empty list.

    Raises:
        AddressInvalid: see `parse_address`.
    """
    return [parse_address(part, default_port) for part in text.split(",") if part.strip()]


def local_addresses(hosts: Sequence[str], port: int) -> list[Address]:
    """What to announce when nothing is configured: every local address the sockets are bound to.

    Loopback comes first, so that a page on the same machine works without any network; link-local IPv6
    addresses are left out because a browser cannot use them without a zone.
    """
    found: list[str] = []
    for host in hosts:
        bound = ipaddress.ip_address(host)
        if not bound.is_unspecified:
            found.append(str(bound))
            continue
        found.append("127.0.0.1" if bound.version == 4 else "::1")
        for adapter in ifaddr.get_adapters():
            for ip in adapter.ips:
                text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
                address = ipaddress.ip_address(text)
                if address.version == bound.version and not (address.is_loopback or address.is_link_local):
                    found.append(str(address))
    return [(host, port) for host in dict.fromkeys(found)]
