"""Who may apply (IN-5)."""

from services.intake.model.findings import Finding
from services.intake.model.organisations import PrincipalInvestigator
from services.intake.policy.applicants import ApplicantPolicy


def applicant_kind(
    kind: str, investigator: PrincipalInvestigator | None, policy: ApplicantPolicy
) -> tuple[Finding, ...]:
    """IN-5: The applicant's kind is one that the call admits, and a university applies through a professor.

    `policy` is the call's word on this kind: a kind that is refused or not listed fails, one left to the agency
    is `officer`. Where the kind applies through a professor, the principal investigator must be one. Returns
    every finding that is no `pass`, or one `pass`; never raises.

    Source: S0 §7, S2 §2, §4, S3 §1.
    """
    found: list[Finding] = []
    if policy.decision is None or policy.decision == "fail":
        found.append(Finding("IN-5", "fail", "applicant_kind_refused", {"kind": kind}))
    elif policy.decision == "officer":
        found.append(Finding("IN-5", "officer", "applicant_kind_open", {"kind": kind}))
    if policy.through_professor and (investigator is None or not investigator.is_professor):
        found.append(Finding("IN-5", "fail", "professor_needed", {"kind": kind}))
    return tuple(found) or (Finding("IN-5", "pass", "applicant_kind_admitted", {"kind": kind}),)
