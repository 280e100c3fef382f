"""Which reductions of the self-payment are granted: claimed in the application, and shown (IN-15)."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from libs.common.keys import fold_key
from libs.common.self_payment import Reduction, applying_reduction
from services.intake.model.applications import Request
from services.intake.model.findings import Finding
from services.intake.model.organisations import Place
from services.intake.model.reductions import Claims, Granted
from services.intake.policy.reductions import Evidence, ReductionPolicy, RegionPolicy

APPLIES = "reduction_applies"
WORDS: dict[Reduction, tuple[str, str]] = {
    "youth": ("청년기업", "youth enterprises"),
    "regional": ("지역", "the region"),
}


def reductions_granted(claims: Claims, policy: ReductionPolicy) -> tuple[Finding, ...]:
    """IN-15: A reduction counts only if it is claimed with its evidence; one without is not granted and fails nothing.

    `claims`: what the application claims, whether it is a youth enterprise (IN-6), its places of business and the
    kinds of its documents. In the region is whoever has any place of business registered there on or before the
    call's day. A claimed region for which the call has no rate is not granted. Returns findings that all pass: what
    keeps each claim from being granted, and which reduction applies (BL-4: they never add up). Never raises.

    Example: S2: a public institution with a branch in Gwangju since 2019 and its business registration → regional;
    without the registration → none.
    Source: S2 §3, §5.
    """
    if not claims.youth and not claims.region:
        return (_finding("reduction_not_claimed"),)
    found = [*_youth(claims, policy.youth), *_region(claims, policy)]
    granted = {str(finding.facts["reduction"]) for finding in found if finding.code == "reduction_granted"}
    applies = applying_reduction(
        youth="youth" in granted,
        regional="regional" in granted,
        region_first=policy.region_first and not claims.youth_first,
    )
    if applies != "none":
        ko, en = WORDS[applies]
        found.append(_finding(APPLIES, reduction=applies, name_ko=ko, name_en=en))
    return tuple(found)


def claims_reduction(request: Request) -> bool:
    """Whether an application claims a reduction of the self-payment at all."""
    return request.youth_claimed or request.region_claimed


def granted_of(findings: Iterable[Finding]) -> Granted:
    """What a screening found of the reductions: those that are granted, and the one that applies."""
    ours = [finding for finding in findings if finding.rule_id == "IN-15"]
    granted = {finding.facts.get("reduction") for finding in ours if finding.code == "reduction_granted"}
    applies = {finding.facts.get("reduction") for finding in ours if finding.code == APPLIES}
    reduction: Reduction = "regional" if "regional" in applies else "youth" if "youth" in applies else "none"
    return Granted("youth" in granted, "regional" in granted, reduction)


def is_shown(attached: Collection[str], evidence: Evidence) -> bool:
    """Whether one of the documents that show a claim is attached; where the notice asks for none, it is."""
    return not evidence.kinds or not set(evidence.kinds).isdisjoint(attached)


def is_there(places: Sequence[Place], region: RegionPolicy, received_on: dt.date) -> bool:
    """Whether any place of business lies in a region and was registered there in time, the last day included.

    A place names its region by the region's name in Korean or English, or by its address; spellings fold (CV-9).
    """
    last = region.registered_on or received_on
    names = {fold_key(region.name_ko), fold_key(region.name_en)}
    begins = tuple(fold_key(address) for address in region.addresses)
    folded = [(fold_key(place.region), place.since) for place in places]
    return any(since <= last and (name in names or name.startswith(begins)) for name, since in folded)


def _youth(claims: Claims, evidence: Evidence) -> list[Finding]:
    if not claims.youth:
        return []
    if not claims.is_youth:
        return [_not_met("youth")]
    return [_granted("youth") if is_shown(claims.attached, evidence) else _not_shown("youth", evidence)]


def _region(claims: Claims, policy: ReductionPolicy) -> list[Finding]:
    if not claims.region:
        return []
    region = policy.region
    if region is None or not policy.region_rated:
        return [_finding("region_without_rate")]
    if not is_there(claims.places, region, claims.received_on):
        day = (region.registered_on or claims.received_on).isoformat()
        return [_finding("region_not_met", region_ko=region.name_ko, region_en=region.name_en, day=day)]
    shown = is_shown(claims.attached, region.evidence)
    return [_granted("regional") if shown else _not_shown("regional", region.evidence)]


def _granted(reduction: Reduction) -> Finding:
    ko, en = WORDS[reduction]
    return _finding("reduction_granted", reduction=reduction, name_ko=ko, name_en=en)


def _not_met(reduction: Reduction) -> Finding:
    ko, en = WORDS[reduction]
    return _finding("reduction_not_met", name_ko=ko, name_en=en)


def _not_shown(reduction: Reduction, evidence: Evidence) -> Finding:
    ko, en = WORDS[reduction]
    return _finding(
        "reduction_not_shown", name_ko=ko, name_en=en, documents_ko=evidence.names_ko, documents_en=evidence.names_en
    )


def _finding(code: str, **facts: str) -> Finding:
    return Finding("IN-15", "pass", code, facts)
