"""Dated facts that bar an applicant or a provider (IN-8)."""

import datetime as dt
from collections.abc import Sequence

from libs.common.errors import Fact, Refusal
from libs.common.keys import fold_key
from services.intake.model.findings import Finding
from services.intake.model.organisations import Restriction
from services.intake.model.providers import ProviderMember
from services.intake.policy.restrictions import ProviderPolicy, RestrictionPolicy

ARREARS = "tax_arrears"


def restrictions_in_force(
    restrictions: Sequence[Restriction], received_at: dt.datetime, policy: RestrictionPolicy
) -> tuple[Finding, ...]:
    """IN-8: A restriction bars when it is in force on the restriction date, compared by day in Seoul.

    `restrictions` are those of the applicant and of its principal investigator, each with its first and last
    day (both belong to it; no last day: it still runs). The restriction date is the call's closing day or the
    receipt's day, by policy. In force has the policy's outcome; arrears with an approved instalment plan have
    their own. Kinds that the call does not name do not count. Returns every finding that is no `pass`, or one
    `pass`; never raises.

    Example: closing day 15 September: a ban until 15 September fails, one until 14 September does not.
    Source: S0 §7, S1 §2, §8, S2 §8, S3 §5.
    """
    day = policy.restriction_date(received_at)
    found = [_finding(r, day, policy) for r in restrictions if r.kind in policy.kinds and _in_force(r, day)]
    told = tuple(finding for finding in found if finding.outcome != "pass")
    return told or (Finding("IN-8", "pass", "no_restriction_in_force", {"on": day.isoformat()}),)


def period_backwards(restriction: Restriction) -> Refusal | None:
    """Why a fact cannot be: its last day lies before its first. None where it can; one day alone is a period."""
    first, last = restriction.from_day, restriction.until_day
    if last is None or last >= first:
        return None
    return Refusal("IN-8", "period_backwards", {"from": first.isoformat(), "until": last.isoformat()})


def _in_force(restriction: Restriction, day: dt.date) -> bool:
    return restriction.from_day <= day and (restriction.until_day is None or day <= restriction.until_day)


def _finding(restriction: Restriction, day: dt.date, policy: RestrictionPolicy) -> Finding:
    facts = {
        "kind": restriction.kind,
        "of": restriction.of,
        "on": day.isoformat(),
        "from": restriction.from_day.isoformat(),
        "until": None if restriction.until_day is None else restriction.until_day.isoformat(),
    }
    if restriction.kind == ARREARS and restriction.instalments_approved:
        return Finding("IN-8", policy.arrears_with_instalments, "arrears_with_instalments", facts)
    return Finding("IN-8", policy.in_force, "restriction_in_force", facts)


def provider_findings(
    members: Sequence[ProviderMember],
    cards: Sequence[str],
    received_at: dt.datetime,
    policy: ProviderPolicy,
    *,
    at_agreement: bool,
) -> tuple[Finding, ...]:
    """The providers' half of IN-8: every member of the consortium is checked for restrictions, impairment and CSAP.

    Full capital impairment fails. A business opened on or after the printed date is not checked for it and shown
    as `officer`, impaired or not; so is one whose accounts or opening day are unknown. A member without CSAP
    certification fails. Arrears count in the check before the agreement (`at_agreement`), by the day of the check
    (`received_at`). `cards` are the types that the application offers: those that the notice does not take alone fail,
    compared by their keys (CV-9); untold ones are for an officer. Returns all findings of all members, a `pass` among
    them where nothing was found; never raises.

    Example: printed 2022-02-21: opened that day → `officer`; opened 2022-02-20 and impaired → `fail`; A100 alone →
    `fail`, A100 and H100 → `pass`.
    Source: S1 §2, §3, §8.
    """
    of_members = [found for one in members for found in _of_member(one, received_at, policy, at_agreement=at_agreement)]
    return (*of_members, *_cards(cards, policy))


def _of_member(
    member: ProviderMember, received_at: dt.datetime, policy: ProviderPolicy, *, at_agreement: bool
) -> tuple[Finding, ...]:
    facts = {"member": member.name, "business_no": member.business_no}
    found = [*_barred(member, received_at, policy, at_agreement=at_agreement)]
    found.append(_impairment(member, policy))
    if policy.csap and not member.csap_certified:
        found.append(Finding("IN-8", "fail", "csap_missing"))
    return tuple(Finding(f.rule_id, f.outcome, f.code, {**f.facts, **facts, **_named(f, member)}) for f in found)


def _barred(
    member: ProviderMember, received_at: dt.datetime, policy: ProviderPolicy, *, at_agreement: bool
) -> tuple[Finding, ...]:
    found = restrictions_in_force(member.restrictions, received_at, policy.restrictions)
    if at_agreement:
        found += restrictions_in_force(member.restrictions, received_at, policy.at_agreement)
    return tuple(finding for finding in found if finding.outcome != "pass") or found[:1]


def _cards(cards: Sequence[str], policy: ProviderPolicy) -> tuple[Finding, ...]:
    if not policy.cards_not_alone:
        return ()
    facts = {"cards": ", ".join(cards), "not_alone": ", ".join(policy.cards_not_alone)}
    if not cards:
        return (Finding("IN-8", "officer", "cards_unknown", {"not_alone": facts["not_alone"]}),)
    enough = {fold_key(card) for card in cards} - {fold_key(card) for card in policy.cards_not_alone}
    return (
        Finding("IN-8", "pass", "cards_suffice", facts) if enough else Finding("IN-8", "fail", "cards_alone", facts),
    )


def _named(finding: Finding, member: ProviderMember) -> dict[str, Fact]:
    """Whom a restriction bars, by the name under which the check knows the member."""
    return {"of": member.name} if "of" in finding.facts else {}


def _impairment(member: ProviderMember, policy: ProviderPolicy) -> Finding:
    since = policy.impairment_unchecked_since
    if since is not None and member.opened_on is not None and member.opened_on >= since:
        facts = {"opened_on": member.opened_on.isoformat(), "since": since.isoformat()}
        return Finding("IN-8", "officer", "impairment_unchecked", facts)
    if member.fully_impaired is None or (since is not None and member.opened_on is None):
        return Finding("IN-8", "officer", "impairment_unknown")
    return (
        Finding("IN-8", "fail", "fully_impaired") if member.fully_impaired else Finding("IN-8", "pass", "not_impaired")
    )
