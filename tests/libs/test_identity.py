"""Tokens: who a caller is, and which token does not hold."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt

from libs.common import identity
from libs.common.errors import Unauthorised, Unavailable
from libs.common.identity import Caller, Verifier, claim_at, roles_that_count
from libs.embedded.issuer import AUDIENCE, ISSUER, Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer.open(tmp_path / "key.json")


@pytest.fixture
def verifier(issuer: Issuer) -> Verifier:
    return Verifier(ISSUER, AUDIENCE, issuer.keys)


async def test_a_token_names_its_caller_every_time(issuer: Issuer, verifier: Verifier) -> None:
    """Subject, known roles and organisation come from the token, the second time as the first; others stay theirs."""
    mine = issuer.token("applicant", "king", organisation_id="O-1", subject="kim")
    theirs = issuer.token("officer", subject="lee")
    for _ in range(2):
        assert await verifier.caller(mine) == Caller("kim", frozenset({"applicant"}), "O-1")
        assert await verifier.caller(theirs) == Caller("lee", frozenset({"officer"}), "")


async def test_a_token_that_held_does_not_outlive_its_expiry(
    issuer: Issuer, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was accepted a minute ago is refused once it has expired."""
    token = issuer.token("officer", valid_s=60)
    await verifier.caller(token)
    later = time.time() + 61
    monkeypatch.setattr(identity.time, "time", lambda: later)
    with pytest.raises(Unauthorised):
        await verifier.caller(token)


async def test_a_withdrawn_key_ends_its_tokens_when_the_keys_are_read_anew(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token of a key that the issuer no longer publishes is refused, although it held before."""
    published = [issuer]

    async def fetch() -> dict[str, Any]:
        return published[0].jwks()

    verifier = Verifier(ISSUER, AUDIENCE, fetch)
    token = issuer.token("officer")
    await verifier.caller(token)
    published[0] = Issuer.open(tmp_path / "other.json")
    monkeypatch.setattr(identity, "KEYS_KEPT_S", -1)
    with pytest.raises(Unauthorised):
        await verifier.caller(token)


@pytest.mark.parametrize("which", ["another issuer's key", "changed", "empty", "no token at all"])
async def test_a_token_that_does_not_hold_is_refused(
    issuer: Issuer, verifier: Verifier, tmp_path: Path, which: str
) -> None:
    """Refused, and again when it comes again."""
    good = issuer.token("officer")
    head, claims, signature = good.split(".")
    token = {
        "another issuer's key": Issuer.open(tmp_path / "foreign.json").token("officer"),
        "changed": ".".join((head, claims[:-2] + ("AA" if claims[-2:] != "AA" else "BB"), signature)),
        "empty": "",
        "no token at all": "두레",
    }[which]
    for _ in range(2):
        with pytest.raises(Unauthorised):
            await verifier.caller(token)
    assert (await verifier.caller(good)).subject == "officer"


async def test_another_issuers_token_is_refused_although_the_right_one_was_seen(
    issuer: Issuer, verifier: Verifier
) -> None:
    """Same key, same claims, another `iss` or `aud`: what was held for the right token opens nothing for it."""
    right = issuer.token("officer", subject="lee")
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "lee", "roles": ["officer"], "exp": 4_000_000_000}
    header = {"alg": "ES256", "kid": issuer._key.kid}
    for _ in range(2):
        assert (await verifier.caller(right)).subject == "lee"
        for wrong in ({"iss": "urn:somebody-else"}, {"aud": "somebody-else"}):
            with pytest.raises(Unauthorised):
                await verifier.caller(jwt.encode(header, claims | wrong, issuer._key))
    assert (await verifier.caller(jwt.encode(header, claims, issuer._key))).subject == "lee"


async def test_no_more_tokens_are_remembered_than_allowed(
    issuer: Issuer, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends ever new tokens fills no memory; the forgotten ones still hold."""
    monkeypatch.setattr(identity, "TOKENS_KEPT_MAX", 2)
    tokens = [issuer.token("officer", subject=f"o{n}") for n in range(5)]
    for token in [*tokens, *tokens]:
        await verifier.caller(token)
    assert len(verifier._held) == 2


class Away:
    """An issuer that can be away, slow or talk nonsense; counts how often it is asked."""

    def __init__(self, issuer: Issuer) -> None:
        self.answer: Any = issuer.jwks()
        self.asked = 0
        self.hangs = False

    async def fetch(self) -> Any:
        self.asked += 1
        await asyncio.sleep(60 if self.hangs else 0.01)
        if self.answer is None:
            raise httpx.ConnectError("away")
        return self.answer


async def test_f_08_a_hundred_first_requests_make_one_fetch(issuer: Issuer) -> None:
    """F-08: Whoever comes while the keys are being read waits for that one fetch."""
    away = Away(issuer)
    verifier = Verifier(ISSUER, AUDIENCE, away.fetch)
    tokens = [issuer.token("officer", subject=f"o{n}") for n in range(100)]
    assert len(await asyncio.gather(*(verifier.caller(token) for token in tokens))) == 100
    assert away.asked == 1


async def test_f_08_last_known_keys_live_on_for_a_bounded_time(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """F-08: While the issuer is away, tokens new and old hold until the keys are too old; then it is 503, never 401."""
    away = Away(issuer)
    verifier = Verifier(ISSUER, AUDIENCE, away.fetch, outlive_s=5000)
    await verifier.caller(issuer.token("officer"))
    away.answer = None
    verifier.keys._fetched_at -= 4000
    for n in range(5):
        assert (await verifier.caller(issuer.token("officer", subject=f"later-{n}"))).subject == f"later-{n}"
    assert away.asked == 2, "one attempt in five seconds, not one a request"
    assert verifier.keys.trouble
    verifier.keys._fetched_at -= 1100
    with pytest.raises(Unavailable):
        await verifier.caller(issuer.token("officer"))
    away.answer = issuer.jwks()
    verifier.keys._failed_at -= 10
    assert (await verifier.caller(issuer.token("officer"))).subject == "officer"
    assert not verifier.keys.trouble


async def test_f_08_nobody_waits_for_an_issuer_that_hangs_while_its_keys_may_be_used(issuer: Issuer) -> None:
    """F-08: A fetch that hangs delays no caller of a known key: neither the one under way nor the next after it."""
    away = Away(issuer)
    verifier = Verifier(ISSUER, AUDIENCE, away.fetch, fetch_timeout_s=0.3)
    await verifier.caller(issuer.token("officer"))
    away.hangs = True
    verifier.keys._fetched_at -= 1000
    fetching = asyncio.create_task(verifier.caller(issuer.token("officer", subject="the one that asks")))
    await asyncio.sleep(0.05)
    assert not fetching.done()
    async with asyncio.timeout(0.2):
        assert (await verifier.caller(issuer.token("officer", subject="another"))).subject == "another"
    assert (await fetching).subject == "the one that asks"
    async with asyncio.timeout(0.2):
        assert (await verifier.caller(issuer.token("officer", subject="a third"))).subject == "a third"
    assert away.asked == 2


async def test_f_08_keys_that_may_not_live_long_are_read_anew_in_time(issuer: Issuer) -> None:
    """F-08: With a short time to outlive the issuer, keys are read again before it is over, though it is shorter than
    they are kept otherwise.
    """
    away = Away(issuer)
    verifier = Verifier(ISSUER, AUDIENCE, away.fetch, outlive_s=60)
    await verifier.caller(issuer.token("officer"))
    verifier.keys._fetched_at -= 40
    assert (await verifier.caller(issuer.token("officer", subject="later"))).subject == "later"
    assert away.asked == 2


@pytest.mark.parametrize("nonsense", [{}, {"keys": [{}]}, {"keys": "x"}, [], {"keys": []}, "text", {"keys": [7]}])
async def test_f_08_a_malformed_key_set_is_unavailable(issuer: Issuer, nonsense: Any) -> None:
    """F-08: What is no key set is told as 503 and logged, and replaces no good one."""
    away = Away(issuer)
    away.answer = nonsense
    with pytest.raises(Unavailable):
        await Verifier(ISSUER, AUDIENCE, away.fetch).caller(issuer.token("officer"))
    away.answer = issuer.jwks()
    verifier = Verifier(ISSUER, AUDIENCE, away.fetch)
    await verifier.caller(issuer.token("officer"))
    away.answer = nonsense
    with pytest.raises(Unauthorised):
        await verifier.caller("no token at all")
    assert (await verifier.caller(issuer.token("officer", subject="second"))).subject == "second"


async def test_f_51_an_issuer_whose_clock_is_ahead_is_believed(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """F-51: A token that was issued up to 60 seconds ahead of our clock holds; further ahead it does not."""
    verifier = Verifier(ISSUER, AUDIENCE, issuer.keys)
    token, now = issuer.token("officer"), time.time()
    monkeypatch.setattr(time, "time", lambda: now - 50)
    assert (await verifier.caller(token)).subject == "officer"
    monkeypatch.setattr(time, "time", lambda: now - 80)
    with pytest.raises(Unauthorised):
        await Verifier(ISSUER, AUDIENCE, issuer.keys).caller(token)
    strict = Verifier(ISSUER, AUDIENCE, issuer.keys, leeway_s=0)
    monkeypatch.setattr(time, "time", lambda: now - 2)
    with pytest.raises(Unauthorised):
        await strict.caller(token)


@pytest.mark.parametrize(
    ("path", "claims", "found"),
    [
        ("roles", {"roles": ["officer"]}, ["officer"]),
        ("realm_access.roles", {"realm_access": {"roles": ["officer"]}}, ["officer"]),
        ("https://dure.kr/roles", {"https://dure.kr/roles": ["officer"]}, ["officer"]),
        ("realm_access.roles", {"realm_access": "x"}, None),
        ("realm_access.roles", {}, None),
    ],
    ids=["plain", "a path", "a name with dots", "not an object", "missing"],
)
def test_f_89_claims_are_found_where_the_settings_say(path: str, claims: dict[str, Any], found: Any) -> None:
    """F-89: Roles and organisation may stand anywhere in the token."""
    assert claim_at(claims, path) == found


@pytest.mark.parametrize(
    ("roles", "organisation_id", "counting"),
    [
        pytest.param({"officer"}, "", {"officer"}, id="the agency's own"),
        pytest.param({"officer", "provider"}, "alpha", {"provider"}, id="a provider's officer is a provider"),
        pytest.param({"officer", "provider"}, "", {"provider"}, id="also without a code"),
        pytest.param({"auditor", "applicant"}, "O-1", {"applicant"}, id="an applicant's auditor is an applicant"),
        pytest.param({"officer"}, "alpha", set(), id="an officer of a party is none"),
        pytest.param({"officer", "operator"}, "", {"officer", "operator"}, id="two roles of the agency"),
        pytest.param({"reviewer"}, "", {"reviewer"}, id="a reviewer"),
        pytest.param({"provider"}, "alpha", {"provider"}, id="a provider"),
    ],
)
def test_whoever_speaks_for_a_party_speaks_for_nobody_else(roles, organisation_id, counting):
    """Beside a party's role or organisation the agency's roles do not count."""
    assert roles_that_count(frozenset(roles), organisation_id) == counting
