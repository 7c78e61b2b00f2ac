"""A small, real OpenID Connect provider: HTTP, discovery, keys, PKCE, signed tokens. It lies when told to."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from packages.platform.tests.serving import free_port, served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID = "virtual tutor/1"
SECRET = "s3cret & more than long enough"

Claims = dict[str, Any]


def rsa_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, private=True)


def ec_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"}, private=True)


def unsigned(claims: Claims) -> str:
    """A token with `alg: none`."""

    def part(value: Claims) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def signed_with_secret(claims: Claims, secret: str) -> str:
    """A token with a signature that everybody who knows `secret` can make."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))


@dataclass
class Grant:
    """What a code stands for."""

    nonce: str
    challenge: str
    redirect_uri: str


@dataclass
class IdentityProvider:
    """Says yes to everybody as `who`."""

    url: str
    key: Key
    alg: str
    who: Claims = field(default_factory=lambda: {
        "sub": "u-1", "email": "ada@school.example", "email_verified": True, "name": "Ada Byron",
    })  # fmt: skip
    lie: Callable[[Claims], Claims | str] = field(default=lambda claims: claims)
    """What is done to the claims before they are signed; a string is sent as it is."""
    userinfo: Claims | None = None
    document: Claims = field(default_factory=dict[str, Any])
    published: list[Key] = field(default_factory=list[Key])
    redirects_to: str = ""
    asked_for_keys: int = 0
    grants: dict[str, Grant] = field(default_factory=dict[str, Grant])

    def rotate(self, key: Key, alg: str) -> None:
        """Sign with a new key from now on; the old one is gone."""
        self.key, self.alg, self.published = key, alg, [key]

    async def discovery(self, request: Request) -> Response:
        if self.redirects_to:
            return RedirectResponse(self.redirects_to)
        told = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/me",
        }
        return JSONResponse(told | self.document)

    async def authorize(self, request: Request) -> Response:
        asked = request.query_params
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.grants[code] = Grant(asked["nonce"], asked["code_challenge"], asked["redirect_uri"])
        back = urlencode({"code": code, "state": asked["state"], "iss": self.url})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        grant = self.grants.pop(form["code"][0], None)
        proof = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        fits = (
            grant is not None
            and base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == grant.challenge
            and form["redirect_uri"] == [grant.redirect_uri]
            and self._client_of(request, form) == (CLIENT_ID, SECRET)
        )
        if not fits or grant is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims: Claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": grant.nonce,
        }
        said = self.lie(claims | self.who)
        token = said if isinstance(said, str) else self.sign(said)
        return JSONResponse({"access_token": "at-1", "token_type": "Bearer", "id_token": token})

    def sign(self, claims: Claims) -> str:
        return jwt.encode({"alg": self.alg, "kid": self.key.kid}, claims, self.key)

    @staticmethod
    def _client_of(request: Request, form: dict[str, list[str]]) -> tuple[str, str]:
        kind, _, pair = request.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            name, _, secret = base64.b64decode(pair).decode().partition(":")
            return unquote(name), unquote(secret)
        return form["client_id"][0], form.get("client_secret", [""])[0]

    async def keys(self, request: Request) -> Response:
        self.asked_for_keys += 1
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.published]})

    async def me(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer at-1"
        return JSONResponse(self.userinfo or self.who)


@asynccontextmanager
async def identity_provider() -> AsyncGenerator[IdentityProvider]:
    port = free_port()
    key = rsa_key("k1")
    provider = IdentityProvider(f"http://127.0.0.1:{port}", key, "RS256", published=[key])
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.discovery),
            Route("/authorize", provider.authorize),
            Route("/token", provider.token, methods=["POST"]),
            Route("/keys", provider.keys),
            Route("/me", provider.me),
        ]
    )
    async with served(app, port):
        yield provider


def query_of(url: str) -> dict[str, str]:
    """What an address says behind its question mark."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
