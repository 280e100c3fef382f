"""Who calls: OIDC bearer tokens checked against the issuer's keys, with roles and the caller's organisation."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from libs.common.errors import Unauthorised

Role = Literal["applicant", "reviewer", "officer", "operator", "provider", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
ALGORITHMS = ["ES256", "RS256"]
KEYS_KEPT_S = 600
KEYS_ASKED_AGAIN_S = 10
TOKENS_KEPT_MAX = 1000

FetchKeys = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent the request: what the token says of them."""

    subject: str
    roles: frozenset[str]
    organisation_id: str
    """The applicant's organisation or, for a provider, its code; empty for the agency's own people."""

    def sees_all(self) -> bool:
        """Whether the caller sees everybody's things: the agency and its auditors."""
        return bool(self.roles & {"officer", "operator", "auditor"})

    def owns(self, organisation_id: str) -> bool:
        """Whether a thing of this organisation may be shown to the caller."""
        return self.sees_all() or (self.organisation_id != "" and self.organisation_id == organisation_id)


def fetch_from(jwks_url: str) -> FetchKeys:
    """Read the issuer's key set over HTTP."""

    async def fetch() -> dict[str, Any]:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(jwks_url)
            answer.raise_for_status()
            keys: dict[str, Any] = answer.json()
            return keys

    return fetch


class Verifier:
    """Checks tokens of one issuer for one audience; keeps the issuer's keys and asks again for an unknown key.

    A token that held is not checked again until it expires or the keys are read anew: a caller sends the same one
    with every request.
    """

    def __init__(self, issuer: str, audience: str, fetch: FetchKeys) -> None:
        self._fetch = fetch
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._held: dict[str, tuple[float, Caller]] = {}
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def caller(self, token: str) -> Caller:
        """The caller that a token names. Raises Unauthorised for any token that does not hold."""
        try:
            await self._key_set(KEYS_KEPT_S)
            expires_at, caller = self._held.get(token, (0.0, None))
            if caller is not None and time.time() < expires_at:
                return caller
            claims = await self._checked(token)
        except (JoseError, ValueError, httpx.HTTPError) as error:
            raise Unauthorised("unauthorised") from error
        roles = frozenset(str(role) for role in claims.get("roles", []) if role in ROLES)
        caller = Caller(str(claims["sub"]), roles, str(claims.get("organisation_id") or ""))
        self._hold(token, float(claims["exp"]), caller)
        return caller

    def _hold(self, token: str, expires_at: float, caller: Caller) -> None:
        self._held.pop(token, None)
        while len(self._held) >= TOKENS_KEPT_MAX:
            self._held.pop(next(iter(self._held)))
        self._held[token] = (expires_at, caller)

    async def _checked(self, token: str) -> dict[str, Any]:
        try:
            return self._decode(token, await self._key_set(KEYS_KEPT_S))
        except (JoseError, ValueError):
            return self._decode(token, await self._key_set(KEYS_ASKED_AGAIN_S))

    def _decode(self, token: str, keys: KeySet) -> dict[str, Any]:
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        self._claims.validate(decoded.claims)
        return decoded.claims

    async def _key_set(self, kept_s: float) -> KeySet:
        if self._keys is None or time.monotonic() - self._fetched_at > kept_s:
            self._keys = KeySet.import_key_set(await self._fetch())  # type: ignore[arg-type]
            self._held.clear()
            self._fetched_at = time.monotonic()
        return self._keys
