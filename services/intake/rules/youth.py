"""Youth enterprises (IN-6)."""

import datetime as dt
from collections.abc import Sequence

from services.intake.model.findings import Finding
from services.intake.model.organisations import Sector
from services.intake.policy.applicants import YouthPolicy

ONE_DAY = dt.timedelta(days=1)


def is_youth_enterprise(legal_form: str, sector: Sector, births: Sequence[dt.date], policy: YouthPolicy) -> bool:
    """IN-6: A private enterprise is a youth enterprise when one of its representatives is young enough.

    `births` are the representatives' birth dates; one of joint representatives suffices. Young enough is born
    on or after the printed date or, where none is printed, the notice date minus the years plus one day. The
    legal form must be one that the call counts. Never raises.

    Example: notice 2025-07-28, 40 years: born 1985-07-29 → yes, 1985-07-28 → no. A printed 1985-02-12 wins over
    the formula's 1985-02-13.
    Source: S0 §3, S2 §3–4, S3 §3, S4.
    """
    line = youth_line(policy)
    if line is None or sector != "private" or legal_form not in policy.legal_forms:
        return False
    return any(born_on >= line for born_on in births)


def youth_line(policy: YouthPolicy) -> dt.date | None:
    """The first birth date that counts as young; None where the call knows no youth enterprises.

    On 29 February minus years that have none, the line is 1 March: whoever was born on 28 February has already
    reached the age.
    """
    if policy.born_on_or_after is not None:
        return policy.born_on_or_after
    if policy.years is None or policy.notice_date is None:
        return None
    notice = policy.notice_date
    try:
        return notice.replace(year=notice.year - policy.years) + ONE_DAY
    except ValueError:
        return dt.date(notice.year - policy.years, 3, 1)


def youth_finding(claimed: bool, met: bool, policy: YouthPolicy | None) -> Finding:
    """What screening says of the claim. A claim that is not met costs the reduction, never the eligibility."""
    if not claimed or policy is None:
        return Finding("IN-6", "pass", "youth_not_claimed")
    line = youth_line(policy)
    facts = {"born_on_or_after": None if line is None else line.isoformat()}
    return Finding("IN-6", "pass", "youth_met" if met else "youth_not_met", facts)
