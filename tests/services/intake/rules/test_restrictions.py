"""Dated facts that bar an applicant or a provider."""

import datetime as dt

import pytest

from services.intake.model.organisations import Restriction
from services.intake.model.providers import ProviderMember
from services.intake.policy.restrictions import ProviderPolicy, RestrictionPolicy
from services.intake.rules.restrictions import provider_findings, restrictions_in_force

KST = dt.timezone(dt.timedelta(hours=9))
KINDS = frozenset({"participation_ban", "default", "insolvency", "suspended_business", "tax_arrears"})
CLOSES_ON = dt.date(2025, 9, 15)
S0 = RestrictionPolicy("closing_date", CLOSES_ON, KINDS, "fail", "officer")
S2 = RestrictionPolicy("receipt_date", CLOSES_ON, KINDS, "officer", "officer")
EARLY = dt.datetime(2025, 9, 2, 10, tzinfo=KST)


def restriction(kind: str, from_day: str, until: str | None, instalments: bool = False) -> Restriction:
    until_day = dt.date.fromisoformat(until) if until else None
    return Restriction(kind, dt.date.fromisoformat(from_day), until_day, instalments, "NTIS", "O-000001")


@pytest.mark.rule("IN-8")
@pytest.mark.parametrize(
    ("policy", "facts", "code", "outcome"),
    [
        pytest.param(
            S0, ("default", "2025-01-01", "2025-09-15"), "restriction_in_force", "fail", id="until the closing day"
        ),
        pytest.param(
            S0, ("default", "2025-01-01", "2025-09-14"), "no_restriction_in_force", "pass", id="until the day before"
        ),
        pytest.param(S0, ("default", "2025-09-15", None), "restriction_in_force", "fail", id="from the closing day on"),
        pytest.param(S0, ("default", "2025-09-16", None), "no_restriction_in_force", "pass", id="from the day after"),
        pytest.param(S0, ("tax_arrears", "2025-01-01", None), "restriction_in_force", "fail", id="arrears"),
        pytest.param(
            S0,
            ("tax_arrears", "2025-01-01", None, True),
            "arrears_with_instalments",
            "officer",
            id="arrears by instalments",
        ),
        pytest.param(
            S0, ("default", "2025-01-01", None, True), "restriction_in_force", "fail", id="instalments of no arrears"
        ),
        pytest.param(
            S0, ("privacy", "2025-01-01", None), "no_restriction_in_force", "pass", id="a kind the call does not name"
        ),
        pytest.param(
            S2, ("default", "2025-01-01", "2025-09-02"), "restriction_in_force", "officer", id="S2: the receipt day"
        ),
        pytest.param(
            S2, ("default", "2025-09-03", None), "no_restriction_in_force", "pass", id="S2: after the receipt day"
        ),
    ],
)
def test_restrictions_in_force(
    policy: RestrictionPolicy, facts: tuple[str, str, str | None], code: str, outcome: str
) -> None:
    """In force on the restriction date, compared by day in Seoul."""
    found = restrictions_in_force([restriction(*facts)], EARLY, policy)
    assert [(finding.code, finding.outcome) for finding in found] == [(code, outcome)]


@pytest.mark.rule("IN-8")
def test_the_receipt_day_is_seouls() -> None:
    """00:30 in Seoul is the new day, though UTC still has the old one."""
    received_at = dt.datetime(2025, 9, 2, 0, 30, tzinfo=KST).astimezone(dt.UTC)
    found = restrictions_in_force([restriction("default", "2025-09-02", "2025-09-02")], received_at, S2)
    assert found[0].outcome == "officer"


@pytest.mark.rule("IN-8")
def test_all_restrictions_are_told() -> None:
    """Two facts are two findings."""
    facts = [restriction("default", "2025-01-01", None), restriction("tax_arrears", "2025-01-01", None, True)]
    assert [finding.outcome for finding in restrictions_in_force(facts, EARLY, S0)] == ["fail", "officer"]


S1 = ProviderPolicy(
    RestrictionPolicy("closing_date", dt.date(2025, 2, 21), KINDS, "fail", "officer"), dt.date(2022, 2, 21), csap=True
)


def member(opened: str, impaired: bool | None, csap: bool = True, *facts: Restriction) -> ProviderMember:
    return ProviderMember("하늘클라우드", "1248100998", dt.date.fromisoformat(opened), impaired, csap, facts)


@pytest.mark.rule("IN-8")
@pytest.mark.parametrize(
    ("opened", "impaired", "code", "outcome"),
    [
        pytest.param("2022-02-20", True, "fully_impaired", "fail", id="opened a day before the printed date, impaired"),
        pytest.param("2022-02-20", False, "not_impaired", "pass", id="opened a day before, sound"),
        pytest.param("2022-02-21", True, "impairment_unchecked", "officer", id="opened on the printed date, impaired"),
        pytest.param("2022-02-21", False, "impairment_unchecked", "officer", id="opened on the printed date, sound"),
        pytest.param("2010-01-01", None, "impairment_unknown", "officer", id="no accounts known"),
    ],
)
def test_provider_impairment(opened: str, impaired: bool | None, code: str, outcome: str) -> None:
    """Full capital impairment fails; a young business is for an officer either way."""
    found = provider_findings([member(opened, impaired)], EARLY, S1)
    assert [(f.code, f.outcome) for f in found] == [("no_restriction_in_force", "pass"), (code, outcome)]


@pytest.mark.rule("IN-8")
def test_every_member_is_checked() -> None:
    """A partner without CSAP and with a ban on the closing day fails twice, beside a sound leader."""
    ban = restriction("participation_ban", "2025-01-01", "2025-02-21")
    found = provider_findings([member("2010-01-01", False), member("2010-01-01", False, False, ban)], EARLY, S1)
    assert [f.code for f in found if f.outcome == "fail"] == ["restriction_in_force", "csap_missing"]
