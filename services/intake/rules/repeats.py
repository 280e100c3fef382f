"""Support that was already given (IN-7)."""

import datetime as dt
from collections.abc import Mapping, Sequence

from libs.common.calendar import kst_day
from services.intake.model.findings import Finding, Outcome
from services.intake.model.organisations import Award
from services.intake.policy.repeats import RepeatPolicy
from services.intake.rules.request import last_day_of_use


def repeated_support(awards: Sequence[Award], policy: RepeatPolicy) -> tuple[Finding, ...]:
    """IN-7: Support in the year that counts, or still running in it, bars an applicant from a second one.

    `awards` are those of the counting unit, this application's own left out. An award counts when it was given in the
    policy's year, or earlier and its last day of use lies in that year or later; without a known last day it is still
    running. A listed programme's has the policy's listed outcome, another government programme's the unlisted one; a
    programme that is no government's does not count. What the call says of one programme by its code wins over both
    (S3: the GPU programme may overlap). Where the call counts awards (S2) this one is the next after the
    listed ones **of** the year and must not exceed `awards_max`: one of an earlier year that runs into it is none of
    them. A list entry that ends in `*` stands for all codes that begin so. Returns every finding that is no `pass`, or
    one `pass`; never raises.

    Example: at most 2 awards, this one included: with one of the year `pass`, with two `fail`, with one of the year and
    one of the year before that still runs `pass`.
    Source: S0 §7, S2 §2, S3 §3, §5.
    """
    counted = [award for award in awards if _counts(award, policy)]
    listed = [award for award in counted if _is_listed(award.programme_code, policy)]
    said = policy.overlaps() if counted else {}
    found = [_finding(award, said[award.programme_code], "award_overlaps") for award in counted if _said(award, said)]
    rest = [award for award in counted if not _said(award, said)]
    found += [_finding(award, policy.listed, "award_listed") for award in rest if award in listed]
    found += [
        _finding(award, policy.unlisted_government, "award_unlisted")
        for award in rest
        if award.government and award not in listed
    ]
    told = [finding for finding in found if finding.outcome != "pass"]
    of_the_year = [award for award in listed if policy.year in (None, award.year)]
    if policy.awards_max is not None and len(of_the_year) >= policy.awards_max:
        facts = {"awards": len(of_the_year) + 1, "awards_max": policy.awards_max}
        told.append(Finding("IN-7", "fail", "awards_max_exceeded", facts))
    return tuple(told) or (Finding("IN-7", "pass", "no_repeated_support"),)


def award_of_agreement(programme_code: str, signed_at: dt.datetime, wished_start: dt.date, months: int) -> Award:
    """The award as which a signed agreement counts under IN-7: of the year in which it was signed, in Seoul.

    It runs until the last day of the awarded months. Never raises.

    Example: signed on 1 October 2025 for six months from that day → an award of 2025 that runs until 31 March 2026.
    Source: S0 §7.
    """
    last_day = last_day_of_use(wished_start, months)
    return Award(programme_code, government=True, year=kst_day(signed_at).year, running_until=last_day)


def _counts(award: Award, policy: RepeatPolicy) -> bool:
    if policy.year is None or award.year == policy.year:
        return True
    still_running = award.running_until is None or award.running_until.year >= policy.year
    return award.year < policy.year and still_running


def _said(award: Award, said: Mapping[str, Outcome]) -> bool:
    return award.programme_code in said


def _is_listed(code: str, policy: RepeatPolicy) -> bool:
    return any(
        code.startswith(entry[:-1]) if entry.endswith("*") else code == entry for entry in policy.listed_programmes
    )


def _finding(award: Award, outcome: Outcome, code: str) -> Finding:
    until = None if award.running_until is None else award.running_until.isoformat()
    return Finding(
        "IN-7", outcome, code, {"programme": award.programme_code, "year": award.year, "running_until": until}
    )
