"""What a form of a providers' call declares, as tables (IN-4, IN-8, RV-15)."""

import datetime as dt
from pathlib import Path

import pytest

from libs.common.definition.files import load_definition
from libs.common.definition.programme import Programme
from services.intake.model.applications import Sketch
from services.intake.model.organisations import Organisation
from services.intake.model.providers import ToldAccounts
from services.intake.policy.provider_duties import AgreementDuty, agreement_duties
from services.intake.policy.provider_offers import OfferPolicy, ProviderRequestPolicy
from services.intake.rules.provider_duties import due_reports
from services.intake.rules.provider_offers import (
    declared_members,
    declared_resources,
    known_accounts,
    offered_by,
    offered_cards,
    offered_products,
    told_members,
)
from services.intake.rules.provider_requests import whole_request

CALL = load_definition(Path("programmes/hpc-2025-gpu-providers.yaml"))
GPU = OfferPolicy.of(CALL)
ONE, TWO, THREE, FOUR, FOUR_A = "A100x2", "H100x1", "H100x2", "H100x16", "A100x56"


def rows(*told: tuple[str, str, object]) -> dict:
    """A form's resources: data centre, card, offered."""
    return {"resources": [{"data_centre": at, "card": card, "offered": count} for at, card, count in told]}


OFFERS = {
    "A100 and a node of H100": ([("서울", "A100", 2), ("서울", "H100", 8)], [ONE, TWO, THREE]),
    "sixteen H100 in one place": ([("서울", "H100", 16)], [ONE, TWO, THREE, FOUR]),
    "eight and eight in two places": ([("서울", "H100", 8), ("광주", "H100", 8)], [ONE, TWO, THREE]),
    "eight and eight in one place, spelt twice": (
        [("서울", "H100", 8), (" 서울 ", "ｈ100", 8)],
        [ONE, TWO, THREE, FOUR],
    ),
    "56 A100": ([("서울", "A100", 56)], [ONE, FOUR_A]),
    "55 A100": ([("서울", "A100", 55)], [ONE]),
    "one H100 alone stands for two A100": ([("서울", "H100", 1)], [ONE, TWO]),
    "one H100 beside an A100 does not": ([("서울", "H100", 1), ("서울", "A100", 1)], [TWO]),
    "H200 are at least as good": ([("서울", "H200", 56)], [ONE, TWO, THREE, FOUR, FOUR_A]),
    "none offered": ([("서울", "H100", 0)], []),
    "nothing told": ([], []),
    "part of a card": ([("서울", "H100", "0.5")], []),
    "another's card": ([("서울", "RTX4090", 64)], []),
}


@pytest.mark.rule("RV-15")
@pytest.mark.parametrize("sentence", OFFERS)
def test_which_products_cards_make(sentence: str) -> None:
    """The cards of a unit lie in one data centre, are of one type, and are offered, not merely held."""
    told, products = OFFERS[sentence]
    offered = offered_by(declared_resources(rows(*told)), GPU)
    assert list(offered_products(offered, GPU)) == products


@pytest.mark.rule("IN-8")
def test_cards_are_told_by_the_calls_own_types() -> None:
    """A type that the call does not have counts as none of its types."""
    offered = offered_by(declared_resources(rows(("서울", "h100", 1), ("서울", "A100 80GB", 8))), GPU)
    assert (offered_cards(offered, GPU), offered.unknown) == (("H100",), ("A100 80GB",))


@pytest.mark.rule("IN-8")
def test_half_written_forms_are_read_without_a_fault() -> None:
    """Rows without a number name nobody; a table that is none is empty."""
    assert (
        declared_members({"members": [{"name": "가"}, {"business_no": "101-81-00001"}]})[0].business_no == "1018100001"
    )
    assert declared_members({}) == declared_members({"members": "x"}) == ()
    assert declared_resources({"resources": [{"card": "H100"}, "x"]}) == ()


@pytest.mark.rule("IN-8")
def test_the_newest_word_on_accounts_counts() -> None:
    """One company, however its number is typed."""
    told = [ToldAccounts("101-81-00001", True), ToldAccounts("1018100001", False)]
    assert known_accounts(told) == {"1018100001": False}


def test_the_applicant_is_the_provider_itself() -> None:
    """Of the applicant all is on record; the others are named by the form."""
    house = Organisation(
        organisation_id="O-1", name="한빛", business_no="1018100001", kind="cloud_provider", legal_form="corporation",
        representatives=(), opened_on=None, affiliates=(),
    )  # fmt: skip
    form = {
        "members": [
            {"name": "딴 이름", "business_no": "101-81-00001", "role": "lead", "csap": True},
            {"name": "둘", "business_no": "2018100002", "role": "member", "csap": False},
        ]
    }
    company, others = told_members(form, house)
    assert (company.name, company.business_no, company.csap_certified) == ("한빛", "1018100001", True)
    assert [(one.name, one.csap_certified) for one in others] == [("둘", False)]


@pytest.mark.rule("IN-4")
def test_what_stands_for_a_providers_request() -> None:
    """The first product, once, for nine whole months from 1 April; what was said stays."""
    policy = ProviderRequestPolicy.of(CALL)
    made = whole_request(Sketch(), policy)
    assert (made.track, made.product, made.units, made.months, made.wished_start) == (
        "1", ONE, 1, 9, dt.date(2025, 4, 1)
    )  # fmt: skip
    assert whole_request(made, policy) is made
    assert whole_request(Sketch(product=TWO, form={"a": 1}), policy).product == TWO
    short = ProviderRequestPolicy("1", ONE, dt.date(2025, 4, 1), dt.date(2025, 4, 10))
    assert whole_request(Sketch(), short).months == 1
    assert ProviderRequestPolicy.of(load_definition(Path("programmes/gpu-rental-2025s.yaml"))) is None


DUE = {
    "on a Monday": (dt.date(2025, 3, 10), dt.date(2025, 3, 24)),
    "a last day that is a Saturday moves": (dt.date(2025, 3, 15), dt.date(2025, 3, 31)),
    "a last day that is a holiday moves": (dt.date(2025, 4, 21), dt.date(2025, 5, 7)),
}


@pytest.mark.rule("CV-7")
@pytest.mark.parametrize("sentence", DUE)
def test_the_kick_off_report_is_due_within_fourteen_days(sentence: str) -> None:
    """The agreement's day is not counted; 5 and 6 May 2025 are holidays."""
    agreed_on, due_on = DUE[sentence]
    duties = agreement_duties(CALL)
    assert duties == (AgreementDuty("kick_off", "착수보고", "kick-off report", 14),)
    assert [one.due_on for one in due_reports(agreed_on, duties)] == [due_on]


@pytest.mark.rule("CV-7")
def test_a_holiday_that_the_call_adds_moves_a_report() -> None:
    """24 March 2025 is declared a holiday: the report of an agreement of 10 March is due on the 25th."""
    added = {"day": "2025-03-24", "name": {"ko": "임시공휴일", "en": "temporary holiday"}, "source": "관보"}
    changed = Programme.model_validate({**CALL.as_json(), "holidays": {"added": [added]}})
    (report,) = due_reports(dt.date(2025, 3, 10), agreement_duties(changed))
    assert report.due_on == dt.date(2025, 3, 25)
