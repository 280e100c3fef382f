"""Tokens: who a caller is, and which token does not hold."""

import time
from pathlib import Path
from typing import Any

import pytest

from libs.common import identity
from libs.common.errors import Unauthorised
from libs.common.identity import Caller, Verifier
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


async def test_no_more_tokens_are_remembered_than_allowed(
    issuer: Issuer, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends ever new tokens fills no memory; the forgotten ones still hold."""
    monkeypatch.setattr(identity, "TOKENS_KEPT_MAX", 2)
    tokens = [issuer.token("officer", subject=f"o{n}") for n in range(5)]
    for token in [*tokens, *tokens]:
        await verifier.caller(token)
    assert len(verifier._held) == 2
