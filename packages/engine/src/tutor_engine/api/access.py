"""Who may use /v1: bearers of the key, or, when there is no key, callers on loopback addresses."""

import hmac
import ipaddress

from fastapi import Request

from tutor_engine.api.errors import Refusal
from tutor_protocol import ErrorCode


def is_loopback(host: str | None) -> bool:
    """Whether an address is of this machine."""
    if host is None:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def check_access(request: Request, api_key: str | None) -> None:
    """Refuse a caller without the key.

    Behind a reverse proxy every caller comes from loopback, so a forwarded request without a key is refused.
    """
    if api_key is None:
        forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
        host = request.client.host if request.client else None
        if is_loopback(host) and not forwarded:
            return
        message = "Without ENGINE_API_KEY the engine serves /v1 on loopback addresses only."
        raise Refusal(403, ErrorCode.FORBIDDEN, message)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), api_key.encode()):
        message = "Authorization: Bearer <ENGINE_API_KEY> is missing or wrong."
        raise Refusal(401, ErrorCode.UNAUTHORIZED, message)
