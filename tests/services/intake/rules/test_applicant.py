"""Who may apply."""

import datetime as dt

import pytest

from services.intake.model.organisations import PrincipalInvestigator
from services.intake.policy.applicants import ApplicantPolicy
from services.intake.rules.applicant import Business, applicant_kind

SME = ApplicantPolicy("pass", through_professor=False, sector="private", counting_unit="business_no")
REFUSED = ApplicantPolicy("fail", through_professor=False, sector="private", counting_unit="business_no")
UNLISTED = ApplicantPolicy(None, through_professor=False, sector="private", counting_unit="business_no")
MIDSIZE = ApplicantPolicy("officer", through_professor=False, sector="private", counting_unit="business_no")
UNIVERSITY = ApplicantPolicy("pass", through_professor=True, sector="public", counting_unit="professor")
DOUBLE = ApplicantPolicy("officer", through_professor=True, sector="public", counting_unit="professor")
PROFESSOR = PrincipalInvestigator("P-1", "김교수", is_professor=True)
STUDENT = PrincipalInvestigator("P-2", "이학생", is_professor=False)


@pytest.mark.rule("IN-5")
@pytest.mark.parametrize(
    ("policy", "investigator", "codes"),
    [
        pytest.param(SME, None, ["applicant_kind_admitted"], id="a listed enterprise"),
        pytest.param(REFUSED, None, ["applicant_kind_refused"], id="a large enterprise or an individual"),
        pytest.param(UNLISTED, None, ["applicant_kind_refused"], id="a kind the call does not list"),
        pytest.param(MIDSIZE, None, ["applicant_kind_open"], id="a mid-size enterprise in S2"),
        pytest.param(UNIVERSITY, PROFESSOR, ["applicant_kind_admitted"], id="a university through a professor"),
        pytest.param(UNIVERSITY, STUDENT, ["professor_needed"], id="a university through a student"),
        pytest.param(UNIVERSITY, None, ["professor_needed"], id="a university through nobody"),
        pytest.param(DOUBLE, STUDENT, ["applicant_kind_open", "professor_needed"], id="two findings at once"),
    ],
)
def test_applicant_kind(policy: ApplicantPolicy, investigator: PrincipalInvestigator | None, codes: list[str]) -> None:
    """The kind must be admitted, and a university must come through a professor."""
    assert [finding.code for finding in applicant_kind("k", investigator, policy)] == codes


STARTUP = ApplicantPolicy(
    "pass", through_professor=False, sector="private", counting_unit="business_no", opened_within_years=7
)
APPLIED = dt.date(2025, 3, 17)


@pytest.mark.rule("IN-5")
@pytest.mark.parametrize(
    ("opened_on", "outcome", "code"),
    [
        (dt.date(2018, 3, 17), "pass", "applicant_kind_admitted"),
        (dt.date(2018, 3, 16), "fail", "business_too_old"),
        (dt.date(2025, 3, 17), "pass", "applicant_kind_admitted"),
        (None, "officer", "opening_unknown"),
    ],
    ids=["on the seventh anniversary", "a day more", "opened today", "unknown"],
)
def test_a_startup_is_at_most_seven_years_old(opened_on: dt.date | None, outcome: str, code: str) -> None:
    """S2 and S3: seven years from the opening have not passed; other kinds have no age."""
    business = Business(opened_on, APPLIED)
    assert [(found.outcome, found.code) for found in applicant_kind("startup", None, STARTUP, business)] == [
        (outcome, code)
    ]
    assert [found.outcome for found in applicant_kind("sme", None, SME, business)] == ["pass"]
