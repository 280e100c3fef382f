"""Which claimed reductions of the self-payment are granted (IN-15)."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from libs.common.definition.files import load_definition
from libs.common.definition.reading import with_value
from libs.common.errors import PolicyMissing
from services.intake.model.organisations import Place
from services.intake.model.reductions import Claims
from services.intake.policy.reductions import ReductionPolicy
from services.intake.rules.reductions import granted_of, reductions_granted

P0, P3, P4 = (
    load_definition(Path(f"programmes/{code}.yaml"))
    for code in ("gpu-rental-2025s", "regional-2025", "advanced-gpu-2026")
)
NOTICE = dt.date(2025, 7, 28)
GWANGJU = (Place("gwangju", "head_office", NOTICE),)
SHOWN = frozenset({"business_registration", "corporate_registry"})
NOTHING = Claims(False, False, False, True, GWANGJU, SHOWN, dt.date(2025, 8, 10))
YOUTH, REGION = replace(NOTHING, youth=True), replace(NOTHING, region=True)
BOTH = replace(YOUTH, region=True)


def policy(programme=P3, product: str = "H100x8") -> ReductionPolicy:
    """What a call says of both claims."""
    return ReductionPolicy.of(programme, product=product, youth_claimed=True, region_claimed=True)


def at(region: str, since: dt.date = NOTICE) -> Claims:
    """A claim of the region by an organisation with this place of business."""
    return replace(REGION, places=(Place("seoul", "head_office", dt.date(2001, 1, 1)), Place(region, "branch", since)))


@pytest.mark.rule("IN-15")
@pytest.mark.parametrize(
    ("claims", "reduction", "codes"),
    [
        pytest.param(NOTHING, "none", ["reduction_not_claimed"], id="true, and not claimed"),
        pytest.param(YOUTH, "youth", ["reduction_granted", "reduction_applies"], id="youth with evidence"),
        pytest.param(REGION, "regional", ["reduction_granted", "reduction_applies"], id="in Gwangju with evidence"),
        pytest.param(
            BOTH, "regional", ["reduction_granted", "reduction_granted", "reduction_applies"], id="both: the region"
        ),
        pytest.param(
            replace(BOTH, youth_first=True),
            "youth",
            ["reduction_granted", "reduction_granted", "reduction_applies"],
            id="both, youth asked for",
        ),
        pytest.param(
            replace(YOUTH, attached=frozenset({"plan"})), "none", ["reduction_not_shown"], id="youth without evidence"
        ),
        pytest.param(
            replace(REGION, attached=frozenset()), "none", ["reduction_not_shown"], id="Gwangju without evidence"
        ),
        pytest.param(replace(YOUTH, is_youth=False), "none", ["reduction_not_met"], id="no youth enterprise"),
        pytest.param(
            replace(BOTH, attached=frozenset({"business_registration"}), youth_first=True),
            "regional",
            ["reduction_not_shown", "reduction_granted", "reduction_applies"],
            id="youth asked for and not shown: the region",
        ),
        pytest.param(replace(REGION, places=()), "none", ["region_not_met"], id="no place of business told"),
    ],
)
def test_what_is_granted(claims, reduction, codes) -> None:
    """S2: nothing of it fails or is left to an officer."""
    found = reductions_granted(claims, policy())
    assert [finding.code for finding in found] == codes
    assert {finding.outcome for finding in found} == {"pass"}
    assert granted_of(found).reduction == reduction


@pytest.mark.rule("IN-15")
@pytest.mark.parametrize(
    ("claims", "there"),
    [
        pytest.param(at("gwangju"), True, id="a branch, registered on the notice date"),
        pytest.param(at("gwangju", NOTICE + dt.timedelta(days=1)), False, id="a day after it"),
        pytest.param(at("Gwang ju"), True, id="spelt otherwise"),
        pytest.param(at("광주광역시 북구 첨단과기로 123"), True, id="an address"),
        pytest.param(at("광주 광산구"), True, id="its short form"),
        pytest.param(at("경기도 광주시"), False, id="the other Gwangju"),
        pytest.param(at("광주시 오포읍"), False, id="the other Gwangju's short form"),
    ],
)
def test_any_place_of_business_registered_there_in_time(claims, there) -> None:
    """S2 §3: 공고일 이전에 사업장이 광주광역시에 있는 자."""
    assert (granted_of(reductions_granted(claims, policy())).reduction == "regional") is there


@pytest.mark.rule("IN-15")
def test_a_region_without_a_rate_is_not_granted_and_said() -> None:
    """P0 knows no region, another call no rate for what is asked; an unset rate is still to come."""
    later = with_value(P3, "billing.self_payment.rates.H100.regional_krw", "unset", "test")
    for call in (policy(P0, "H100x1"), replace(policy(), region_rated=False), policy(product="unknown")):
        (found,) = reductions_granted(REGION, call)
        assert (found.code, found.outcome) == ("region_without_rate", "pass")
    assert granted_of(reductions_granted(REGION, policy(later))).reduction == "regional"


@pytest.mark.rule("CV-8")
def test_unset_evidence_stops_only_who_claims() -> None:
    """S4 names no evidence of a youth enterprise: an officer fills it in before the first claim."""
    ReductionPolicy.of(P4, product="H200x8", youth_claimed=False, region_claimed=False)
    with pytest.raises(PolicyMissing):
        ReductionPolicy.of(P4, product="H200x8", youth_claimed=True, region_claimed=False)
