"""Who is asked for an agreement (RV-15), as a table."""

import pytest

from libs.common.agreed_providers import unagreed_refusal

ASKED = {
    "no call serves the programme": ([], False, None),
    "no call, and an agreement all the same": ([], True, None),
    "a call and no agreement": (["call"], False, "call"),
    "two calls and no agreement": (["call-1", "call-2"], False, "call-1, call-2"),
    "a call and an agreement": (["call"], True, None),
}


@pytest.mark.rule("RV-15")
@pytest.mark.parametrize("sentence", ASKED)
def test_only_where_a_call_serves_the_programme(sentence: str) -> None:
    """The refusal names the provider, the programme and the calls."""
    serving, agreed, named = ASKED[sentence]
    refusal = unagreed_refusal("p1", "alpha", serving, agreed=agreed)
    if named is None:
        assert refusal is None
        return
    assert (refusal.rule_id, refusal.code) == ("RV-15", "provider_not_agreed")
    assert refusal.facts == {"provider": "alpha", "programme": "p1", "calls": named}
