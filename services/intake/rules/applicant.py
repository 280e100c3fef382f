"""Who may apply (IN-5)."""

import datetime as dt
from dataclasses import dataclass

from libs.common.calendar import add_months
from libs.common.errors import Fact
from services.intake.model.findings import Finding
from services.intake.model.organisations import PrincipalInvestigator
from services.intake.policy.applicants import ApplicantPolicy

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Business:
    """When a business was opened, and on which day it applies; `opened_on` None: nobody told."""

    opened_on: dt.date | None
    applied_on: dt.date


def applicant_kind(
    kind: str, investigator: PrincipalInvestigator | None, policy: ApplicantPolicy, business: Business | None = None
) -> tuple[Finding, ...]:
    """IN-5: The applicant's kind is one that the call admits, and a university applies through a professor.

    `policy` is the call's word on this kind: a kind that is refused or not listed fails, one left to the agency
    is `officer`. A kind that counts young businesses alone (a startup) fails once so many years have passed since
    its opening (CV-7: on the anniversary they have not), and is `officer` where the opening is unknown. Where the
    kind applies through a professor, the principal investigator must be one. Returns every finding that is no
    `pass`, or one `pass`; never raises.

    Source: S0 §7, S2 §2, §4, S3 §1.
    """
    found: list[Finding] = []
    if policy.decision is None or policy.decision == "fail":
        found.append(Finding("IN-5", "fail", "applicant_kind_refused", {"kind": kind}))
    elif policy.decision == "officer":
        found.append(Finding("IN-5", "officer", "applicant_kind_open", {"kind": kind}))
    if policy.opened_within_years is not None and business is not None:
        found += _age(kind, business, policy.opened_within_years)
    if policy.through_professor and (investigator is None or not investigator.is_professor):
        found.append(Finding("IN-5", "fail", "professor_needed", {"kind": kind}))
    return tuple(found) or (Finding("IN-5", "pass", "applicant_kind_admitted", {"kind": kind}),)


def _age(kind: str, business: Business, years: int) -> list[Finding]:
    if business.opened_on is None:
        return [Finding("IN-5", "officer", "opening_unknown", {"kind": kind, "years": years})]
    if business.applied_on <= add_months(business.opened_on, MONTHS_A_YEAR * years):
        return []
    facts: dict[str, Fact] = {"kind": kind, "years": years, "opened_on": business.opened_on.isoformat()}
    return [Finding("IN-5", "fail", "business_too_old", facts)]
