"""Requests to addresses that an administrator typed in: public ones only, small answers, no redirects.

A name is resolved once, every address it stands for must be public, and the connection goes to the address
that was checked, so that a name server cannot change its mind in between.
"""

import asyncio
import ipaddress
import json
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2

from tutor_platform.kit.errors import AccountRefused

MAX_ANSWER_BYTES = 256 * 1024
TIMEOUT_S = 8.0


def unreachable(detail: str) -> AccountRefused:
    """The refusal for everything that goes wrong out there."""
    return AccountRefused("provider_unreachable", 502, detail)


class Outside:
    """Speaks HTTP with strangers."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._http: httpx2.AsyncClient | None = None

    async def close(self) -> None:
        """Give the connections back."""
        if self._http is not None:
            await self._http.aclose()

    def check_address(self, url: str) -> None:
        """Go on only with an address that may be asked at all.

        Raises:
            AccountRefused: it is no HTTPS address, or carries a name and password.
        """
        try:
            parts = urlsplit(url)
            port_fits = parts.port is None or 0 < parts.port < 65_536
        except ValueError as error:
            raise unreachable("malformed address") from error
        fits = parts.scheme == "https" or (self._allow_private and parts.scheme == "http")
        if not fits or not parts.hostname or "@" in parts.netloc or not port_fits:
            raise unreachable("not an HTTPS address")

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object at an address."""
        return await self._ask("GET", url, headers or {}, None)

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        """The JSON object that answers a form."""
        return await self._ask("POST", url, headers, form)

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> dict[str, Any]:
        self.check_address(url)
        parts = urlsplit(url)
        assert parts.hostname is not None  # noqa: S101 - checked above
        pinned, extensions = await self._pinned(url)
        sent = {**headers, "host": parts.netloc, "accept": "application/json"}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                request = self._client().build_request(
                    method, pinned, headers=sent, data=dict(form) if form else None, extensions=extensions
                )
                response = await self._client().send(request, stream=True)
                try:
                    return await _read(response)
                finally:
                    await response.aclose()
        except (httpx2.HTTPError, TimeoutError, OSError) as error:
            raise unreachable(type(error).__name__) from error

    def _client(self) -> httpx2.AsyncClient:
        if self._http is None:
            # Made when it is needed: reading the machine's certificates takes a while.
            self._http = httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=TIMEOUT_S)
        return self._http

    async def _pinned(self, url: str) -> tuple[str, dict[str, Any]]:
        """The same address with a number for its name, and the name for the certificate."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise unreachable("no such host") from error
        numbers = [str(entry[4][0]) for entry in found]
        if not numbers or not (self._allow_private or all(is_public(number) for number in numbers)):
            raise unreachable("not a public address")
        number = f"[{numbers[0]}]" if ":" in numbers[0] else numbers[0]
        return urlunsplit(parts._replace(netloc=f"{number}:{port}")), {"sni_hostname": host}


def is_public(number: str) -> bool:
    """Whether this is an address of the public Internet, also when it is written inside an IPv6 one."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inside is not None:
            return is_public(str(inside))
        if address in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)))
    return address.is_global and not address.is_multicast and not address.is_reserved


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


async def _read(response: httpx2.Response) -> dict[str, Any]:
    data = bytearray()
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > MAX_ANSWER_BYTES:
            raise unreachable("answer too large")
    if response.status_code != 200:
        raise unreachable(f"status {response.status_code}")
    try:
        body = json.loads(data)
    except ValueError as error:
        raise unreachable("not JSON") from error
    if not isinstance(body, dict):
        raise unreachable("not an object")
    return {str(name): value for name, value in body.items()}
