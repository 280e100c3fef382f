"""Dated facts that bar an applicant or a provider."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from libs.common.definition.files import load_definition
from services.intake.model.organisations import Restriction, Sector
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
    RestrictionPolicy("closing_date", dt.date(2025, 2, 21), KINDS - {"tax_arrears"}, "fail", "officer"),
    RestrictionPolicy("receipt_date", None, frozenset({"tax_arrears"}), "fail", "officer"),
    dt.date(2022, 2, 21),
    csap=True,
    cards_not_alone=(),
)


def found_of(members: list[ProviderMember], *, at_agreement: bool = False) -> list[tuple[str, str]]:
    """What a check of members in S1 finds."""
    found = provider_findings(members, [], EARLY, S1, at_agreement=at_agreement)
    return [(finding.code, finding.outcome) for finding in found]


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
    assert found_of([member(opened, impaired)]) == [("no_restriction_in_force", "pass"), (code, outcome)]


@pytest.mark.rule("IN-8")
def test_every_member_is_checked() -> None:
    """A partner without CSAP and with a ban on the closing day fails twice, beside a sound leader."""
    ban = restriction("participation_ban", "2025-01-01", "2025-02-21")
    found = found_of([member("2010-01-01", False), member("2010-01-01", False, False, ban)])
    assert [code for code, outcome in found if outcome == "fail"] == ["restriction_in_force", "csap_missing"]


@pytest.mark.rule("IN-8")
@pytest.mark.parametrize(
    ("fact", "at_agreement", "code", "outcome"),
    [
        pytest.param(
            ("2025-01-01", None), False, "no_restriction_in_force", "pass", id="at the call they do not count"
        ),
        pytest.param(("2025-01-01", None), True, "restriction_in_force", "fail", id="at the agreement they do"),
        pytest.param(
            ("2025-01-01", None, True), True, "arrears_with_instalments", "officer", id="with an instalment plan"
        ),
        pytest.param(("2025-02-01", "2025-09-02"), True, "restriction_in_force", "fail", id="paid on that very day"),
        pytest.param(("2025-02-01", "2025-09-01"), True, "no_restriction_in_force", "pass", id="paid the day before"),
    ],
)
def test_a_providers_arrears_count_at_its_agreement(
    fact: tuple[str, str | None], at_agreement: bool, code: str, outcome: str
) -> None:
    """S1 asks for the clearance certificate when the agreement is made: arrears count by that day, at no other step."""
    found = found_of([member("2010-01-01", False, True, restriction("tax_arrears", *fact))], at_agreement=at_agreement)
    assert found[0] == (code, outcome)


@pytest.mark.rule("IN-8")
@pytest.mark.parametrize(
    ("cards", "code", "outcome"),
    [
        pytest.param(["A100"], "cards_alone", "fail", id="A100 alone"),
        pytest.param(["a100", "Ａ100", " A100"], "cards_alone", "fail", id="A100 alone in three spellings"),
        pytest.param(["A100", "H100"], "cards_suffice", "pass", id="both"),
        pytest.param(["H100"], "cards_suffice", "pass", id="H100 alone"),
        pytest.param([], "cards_unknown", "officer", id="nobody told"),
    ],
)
def test_a_gpu_provider_with_a100_alone_fails(cards: list[str], code: str, outcome: str) -> None:
    """S1 takes no provider that offers A100 alone; unknown cards are for an officer."""
    found = provider_findings([], cards, EARLY, replace(S1, cards_not_alone=("A100",)), at_agreement=False)
    assert [(finding.code, finding.outcome) for finding in found] == [(code, outcome)]


@pytest.mark.rule("IN-8")
@pytest.mark.parametrize(
    ("sector", "kinds"),
    [
        pytest.param("private", KINDS, id="the private sector: all"),
        pytest.param("public", {"participation_ban"}, id="the public sector: the research ban alone"),
    ],
)
def test_kinds_that_bar_the_private_sector_alone(sector: Sector, kinds: set[str]) -> None:
    """S0 prints default, insolvency, suspension and arrears for the private sector, the research ban for everyone."""
    definition = load_definition(Path("programmes/gpu-rental-2025s.yaml"))
    assert RestrictionPolicy.of(definition, sector).kinds == kinds
