"""One OpenID Connect provider: its discovery document and keys, the code for a token, and what that says.

Nothing here knows the database. A token counts only when its signature, issuer, audience, nonce and times are
right; `none` and every shared-secret algorithm are refused.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from tutor_platform.kit.errors import AccountRefused
from tutor_platform.sso.outside import Outside, unreachable

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS = ("RS256", "ES256", "PS256", "RS384", "ES384", "RS512", "EdDSA")
FRESH_S = 3600.0
"""How long discovery and keys are believed."""
NEW_KEYS_AFTER_S = 30.0
"""A token of an unknown key makes us look again, but no more often than this."""
SKEW_S = 120
"""How far the provider's clock may be off."""
MAX_CLAIM_CHARS = 255


@dataclass(frozen=True, slots=True)
class Discovery:
    """Where the parts of a provider are."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    posts_secret: bool
    """The secret goes into the form, not into the header."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are at a provider."""

    issuer: str
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a provider vouches for."""

    subject: str
    email: str
    email_verified: bool
    name: str


def refused(detail: str) -> AccountRefused:
    """The refusal of an answer that cannot be trusted."""
    return AccountRefused("provider_refused", 403, detail)


class Provider:
    """Conversations with providers; keeps what it learned of each for an hour."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._discovered: dict[str, tuple[float, Discovery]] = {}
        self._keys: dict[str, tuple[float, KeySet]] = {}

    async def discover(self, issuer: str, *, again: bool = False) -> Discovery:
        """Where the parts of a provider are.

        Raises:
            AccountRefused: it does not answer, or with something else.
        """
        now_s = time.monotonic()
        known = self._discovered.get(issuer)
        if known is not None and not again and now_s - known[0] < FRESH_S:
            return known[1]
        told = await self._outside.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if _text(told, "issuer").rstrip("/") != issuer.rstrip("/"):
            raise unreachable("another issuer")
        methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        found = Discovery(
            issuer=_text(told, "issuer"),
            authorization_endpoint=_text(told, "authorization_endpoint"),
            token_endpoint=_text(told, "token_endpoint"),
            jwks_uri=_text(told, "jwks_uri"),
            userinfo_endpoint=_text(told, "userinfo_endpoint"),
            posts_secret="client_secret_basic" not in methods,
        )
        for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            self._outside.check_address(address)
        self._discovered[issuer] = (now_s, found)
        return found

    async def authorization_url(
        self, client: Client, *, redirect_uri: str, state: str, nonce: str, verifier: str
    ) -> str:
        """Where the browser goes to sign in there."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        where = (await self.discover(client.issuer)).authorization_endpoint
        asked = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{where}{'&' if urlsplit(where).query else '?'}{urlencode(asked)}"

    async def identity(
        self, client: Client, *, code: str, redirect_uri: str, nonce: str, verifier: str, now_s: float
    ) -> Identity:
        """Exchange a code, and believe the token only if everything about it is right.

        Raises:
            AccountRefused: the provider does not answer, or its answer cannot be trusted.
        """
        found = await self.discover(client.issuer)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers: dict[str, str] = {}
        if not client.secret or found.posts_secret:
            form |= {"client_id": client.client_id}
            form |= {"client_secret": client.secret} if client.secret else {}
        else:
            headers["authorization"] = _basic(client)
        answer = await self._outside.post(found.token_endpoint, form, headers)
        claims = await self._verified(client, found, answer, nonce, now_s)
        if not claims.get("email") and found.userinfo_endpoint:
            claims |= await self._userinfo(found, answer, claims["sub"])
        return _identity(claims)

    async def _verified(
        self, client: Client, found: Discovery, answer: dict[str, Any], nonce: str, now_s: float
    ) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        token = _text(answer, "id_token")
        try:
            header, told = await self._decoded(found, token)
            claims = CodeIDToken(
                told,
                header,
                options={
                    "iss": {"essential": True, "value": found.issuer},
                    "aud": {"essential": True, "value": client.client_id},
                    "sub": {"essential": True},
                },
                params={
                    "nonce": nonce, "client_id": client.client_id,
                    "access_token": answer.get("access_token"),
                },
            )  # fmt: skip
            claims.validate(now=int(now_s), leeway=SKEW_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise refused(type(error).__name__) from error
        return dict(claims)

    async def _decoded(self, found: Discovery, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a token whose signature fits one of the provider's keys."""
        from joserfc import jwt
        from joserfc.errors import BadSignatureError, InvalidKeyIdError

        try:
            decoded = jwt.decode(token, await self._key_set(found), algorithms=list(ALGORITHMS))
        except (BadSignatureError, InvalidKeyIdError, ValueError):
            # The provider may have new keys since we asked.
            decoded = jwt.decode(token, await self._key_set(found, again=True), algorithms=list(ALGORITHMS))
        return decoded.header, decoded.claims

    async def _key_set(self, found: Discovery, *, again: bool = False) -> "KeySet":
        from joserfc.jwk import KeySet

        now_s = time.monotonic()
        known = self._keys.get(found.jwks_uri)
        if known is not None and now_s - known[0] < (NEW_KEYS_AFTER_S if again else FRESH_S):
            return known[1]
        told = await self._outside.get(found.jwks_uri)
        usable = [key for key in told.get("keys") or [] if _signs(key)]
        if not usable:
            raise unreachable("no keys")
        keys = KeySet.import_key_set({"keys": usable})
        self._keys[found.jwks_uri] = (now_s, keys)
        return keys

    async def _userinfo(self, found: Discovery, answer: dict[str, Any], subject: str) -> dict[str, Any]:
        """What the token left out; some providers keep the e-mail address here."""
        bearer = {"authorization": f"Bearer {_text(answer, 'access_token')}"}
        told = await self._outside.get(found.userinfo_endpoint, bearer)
        if told.get("sub") != subject:
            raise refused("userinfo of somebody else")
        return {name: told[name] for name in ("email", "email_verified", "name") if name in told}


def _signs(key: object) -> bool:
    """A public key for signatures; shared secrets never are."""
    return isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"


def _basic(client: Client) -> str:
    import base64

    pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name, "")
    return value if isinstance(value, str) else ""


def _identity(claims: dict[str, Any]) -> Identity:
    subject = _text(claims, "sub")
    if not subject or len(subject) > MAX_CLAIM_CHARS:
        raise refused("subject")
    email = _text(claims, "email").strip().lower()
    name = "".join(c for c in _text(claims, "name") if c.isprintable()).strip()
    return Identity(
        subject=subject,
        email=email if len(email) < MAX_CLAIM_CHARS and email.count("@") == 1 else "",
        # Some providers send the word instead of the value.
        email_verified=claims.get("email_verified") in (True, "true"),
        name=name[:200],
    )
