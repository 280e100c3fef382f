"""Who calls: OIDC bearer tokens checked against the issuer's keys, with roles and the caller's organisation."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from libs.common.errors import Unauthorised
from libs.common.issuer_keys import FETCH_TIMEOUT_S, OUTLIVE_S, FetchKeys, IssuerKeys

Role = Literal["applicant", "reviewer", "officer", "operator", "provider", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
AGENCYS: frozenset[str] = frozenset({"officer", "operator", "auditor"})
"""The roles of the agency's own people."""
PARTYS: frozenset[str] = frozenset({"applicant", "provider"})
"""The roles of those whom the agency decides about."""
ALGORITHMS = ["ES256", "RS256"]
KEYS_KEPT_S = 600
KEYS_ASKED_AGAIN_S = 10
TOKENS_KEPT_MAX = 1000
TOKEN_LENGTH_MAX = 16_384
LEEWAY_S = 60


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent the request: what the token says of them."""

    subject: str
    roles: frozenset[str]
    organisation_id: str
    """The applicant's organisation or, for a provider, its code; empty for the agency's own people."""

    def sees_all(self) -> bool:
        """Whether the caller sees everybody's things: the agency and its auditors."""
        return not self.roles.isdisjoint(AGENCYS)

    def owns(self, organisation_id: str) -> bool:
        """Whether a thing of this organisation may be shown to the caller."""
        return self.sees_all() or (self.organisation_id != "" and self.organisation_id == organisation_id)


def roles_that_count(roles: frozenset[str], organisation_id: str) -> frozenset[str]:
    """The roles of a token that count: whoever speaks for a party speaks for nobody else (BL-13).

    Beside a party's role, or with a party's organisation, the agency's roles do not count: a provider's own officer
    neither sees what others have nor confirms what the provider is paid. Never raises.

    Example: officer and provider of alpha → provider of alpha alone; officer without an organisation → officer.
    """
    speaks_for_a_party = organisation_id != "" or not roles.isdisjoint(PARTYS)
    return roles - AGENCYS if speaks_for_a_party else roles


@dataclass(frozen=True, slots=True)
class Claims:
    """Where a token says what: a claim's name, or a path of names such as `realm_access.roles`."""

    roles: str = "roles"
    organisation_id: str = "organisation_id"


class Verifier:
    """Checks tokens of one issuer for one audience; asks the issuer again for a key that it does not know.

    A token that held is not checked again until it expires or the keys are read anew: a caller sends the same one
    with every request. `leeway_s` is how far the issuer's clock may be ahead of ours (`iat`, `nbf`); no token is
    taken after its end (`exp`).
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        fetch: FetchKeys,
        *,
        claims: Claims | None = None,
        leeway_s: int = LEEWAY_S,
        outlive_s: float = OUTLIVE_S,
        fetch_timeout_s: float = FETCH_TIMEOUT_S,
    ) -> None:
        self.keys = IssuerKeys(fetch, outlive_s, fetch_timeout_s)
        self._named = claims or Claims()
        self._held: dict[str, tuple[float, Caller]] = {}
        self._held_under = 0
        self._claims = jwt.JWTClaimsRegistry(
            leeway=leeway_s,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def caller(self, token: str) -> Caller:
        """The caller that a token names.

        Raises Unauthorised for any token that does not hold, Unavailable while the issuer's keys are not to be had.
        """
        if len(token) > TOKEN_LENGTH_MAX:
            raise Unauthorised("unauthorised")
        keys = await self.keys.at_hand(KEYS_KEPT_S)
        if self._held_under != self.keys.fetched:
            self._held.clear()
            self._held_under = self.keys.fetched
        expires_at, caller = self._held.get(token, (0.0, None))
        if caller is not None and time.time() < expires_at:
            return caller
        try:
            claims = await self._checked(token, keys)
            caller = self._caller_of(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthorised("unauthorised") from error
        self._hold(token, float(claims["exp"]), caller)
        return caller

    def _caller_of(self, claims: Mapping[str, Any]) -> Caller:
        told = claim_at(claims, self._named.roles)
        named = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
        organisation = claim_at(claims, self._named.organisation_id)
        if isinstance(organisation, list):  # as mappers of user attributes write a single value
            organisation = organisation[0] if len(organisation) == 1 else None
        roles = frozenset(str(role) for role in named if role in ROLES)
        party = str(organisation or "")
        return Caller(str(claims["sub"]), roles_that_count(roles, party), party)

    def _hold(self, token: str, expires_at: float, caller: Caller) -> None:
        self._held.pop(token, None)
        while len(self._held) >= TOKENS_KEPT_MAX:
            self._held.pop(next(iter(self._held)))
        self._held[token] = (expires_at, caller)

    async def _checked(self, token: str, keys: KeySet) -> dict[str, Any]:
        try:
            return self._decode(token, keys)
        except (JoseError, ValueError):
            again = await self.keys.get(KEYS_ASKED_AGAIN_S)
            if again is keys:
                raise
            return self._decode(token, again)

    def _decode(self, token: str, keys: KeySet) -> dict[str, Any]:
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        self._claims.validate(decoded.claims)
        if decoded.claims["exp"] <= time.time():  # the leeway is for the issuer's clock, not for the token's end
            raise ValueError("the token has expired")
        return decoded.claims


def claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of this name, or else at this path of names joined by dots; none where there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
