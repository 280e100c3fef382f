"""All rules on one application, and what officers make of them."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from libs.common.definition.files import load_definition
from libs.common.definition.programme import Programme
from libs.common.errors import PolicyMissing
from services.intake.model.applications import Case, Request
from services.intake.model.findings import Decision, Finding
from services.intake.model.organisations import Award, Organisation, Representative, Restriction
from services.intake.policy.restrictions import ProviderPolicy
from services.intake.policy.screening import ScreeningPolicy
from services.intake.rules.screening import screen, screen_before_agreement, verdicts, youth_enterprise

KST = dt.timezone(dt.timedelta(hours=9))
P0 = load_definition(Path("programmes/gpu-rental-2025s.yaml"))
P1 = load_definition(Path("programmes/hpc-2025-gpu.yaml"))
COMPANY = Organisation(
    "O-000001",
    "한빛에이아이",
    "1248100998",
    "sme",
    "corporation",
    (Representative("김하나", dt.date(1990, 1, 1)),),
    dt.date(2015, 3, 2),
    (),
)
REQUEST = Request("1", "H100x2", 1, 6, dt.date(2025, 10, 1), youth_claimed=True, principal_investigator=None)
CASE = Case(COMPANY, REQUEST, (), (), (), 0, dt.datetime(2025, 9, 10, 9, tzinfo=KST))
RULES = ["IN-1", "IN-3", "IN-4", "IN-5", "IN-6", "IN-7", "IN-8", "IN-9", "IN-11", "IN-15"]


def policy(programme: Programme = P0, youth_claimed: bool = True) -> ScreeningPolicy:
    return ScreeningPolicy.of(programme, track="1", kind="sme", youth_claimed=youth_claimed)


@pytest.mark.rule("IN-12")
def test_every_rule_speaks() -> None:
    """Each rule yields at least one finding, in order."""
    assert list(dict.fromkeys(finding.rule_id for finding in screen(CASE, policy()))) == RULES


@pytest.mark.rule("IN-12")
def test_all_failures_are_told_at_once() -> None:
    """An application that breaks five rules hears of all five."""
    case = replace(
        CASE,
        request=replace(REQUEST, units=3),
        restrictions=(Restriction("default", dt.date(2025, 1, 1), None, False, "은행연합회"),),
        awards=(Award("hpc-2025-gpu", True, 2025, None),),
        others_submitted=1,
        received_at=dt.datetime(2025, 9, 16, tzinfo=KST),
    )
    failed = [finding.rule_id for finding in screen(case, policy()) if finding.outcome == "fail"]
    assert failed == ["IN-1", "IN-3", "IN-4", "IN-7", "IN-8"]


@pytest.mark.rule("IN-12")
def test_before_the_agreement_support_and_restrictions_are_checked_again() -> None:
    """Only what may have changed since is looked at."""
    assert [f.rule_id for f in screen_before_agreement(CASE.facts, policy())] == ["IN-7", "IN-8"]


@pytest.mark.rule("IN-6")
def test_youth_needs_the_claim() -> None:
    """The reduction is due only to those who claim it (IN-15)."""
    assert youth_enterprise(CASE, policy())
    assert not youth_enterprise(replace(CASE, request=replace(REQUEST, youth_claimed=False)), policy())


def decision(found: tuple[Finding, ...], outcome: str = "pass") -> Decision:
    at = dt.datetime(2025, 9, 17, tzinfo=KST)
    return Decision("IN-9", outcome, "서류 보완 확인", "officer-1", at, found)  # type: ignore[arg-type]


@pytest.mark.rule("IN-12")
def test_an_officers_word_stands_beside_what_was_found() -> None:
    """The verdict is the officer's; what was found stays."""
    found = (Finding("IN-9", "officer", "document_missing"), Finding("IN-9", "fail", "document_unknown"))
    (verdict,) = verdicts(found, [decision(found)])
    assert (verdict.found, verdict.outcome, verdict.findings) == ("fail", "pass", found)


@pytest.mark.rule("IN-12")
def test_the_last_word_counts() -> None:
    """An officer may decide again; the newest decision stands."""
    found = (Finding("IN-9", "officer", "document_missing"),)
    (verdict,) = verdicts(found, [decision(found), decision(found, "fail")])
    assert verdict.outcome == "fail"


@pytest.mark.rule("IN-12")
def test_a_word_on_other_findings_does_not_stand() -> None:
    """When something else is found later the officer is asked again."""
    found = (Finding("IN-9", "officer", "document_missing"),)
    (verdict,) = verdicts(found, [decision((Finding("IN-9", "officer", "document_file_name"),))])
    assert (verdict.outcome, verdict.decision) == ("officer", None)


@pytest.mark.rule("CV-8")
def test_an_unset_value_stops_screening_and_names_itself() -> None:
    """P1's user call has no notice: its window must be filled in first."""
    with pytest.raises(PolicyMissing, match="submissions_open_at"):
        policy(P1, youth_claimed=False)


@pytest.mark.rule("CV-8")
def test_a_programme_without_a_provider_call() -> None:
    """P0's notice is the users': providers cannot be checked under it."""
    with pytest.raises(PolicyMissing, match=r"intake\.provider_call"):
        ProviderPolicy.of(P0)
