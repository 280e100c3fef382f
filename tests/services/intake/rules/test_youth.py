"""Youth enterprises."""

import datetime as dt

import pytest

from services.intake.policy.applicants import YouthPolicy
from services.intake.rules.youth import is_youth_enterprise, youth_finding, youth_line

BOTH = ("corporation", "sole_proprietor")
S0 = YouthPolicy(None, 40, dt.date(2025, 8, 14), ("corporation",))
S2 = YouthPolicy(None, 40, dt.date(2025, 7, 28), BOTH)
S3 = YouthPolicy(dt.date(1985, 2, 12), 40, dt.date(2025, 2, 12), BOTH)


@pytest.mark.rule("IN-6")
@pytest.mark.parametrize(
    ("policy", "line"),
    [
        pytest.param(S2, "1985-07-29", id="S2: notice 2025-07-28"),
        pytest.param(S0, "1985-08-15", id="S0: notice 2025-08-14"),
        pytest.param(S3, "1985-02-12", id="S3: the printed date wins over 1985-02-13"),
        pytest.param(
            YouthPolicy(None, 39, dt.date(2024, 2, 29), BOTH), "1985-03-01", id="29 February in a common year"
        ),
    ],
)
def test_youth_line(policy: YouthPolicy, line: str) -> None:
    """The line is the printed date, else it follows from the notice date."""
    assert youth_line(policy) == dt.date.fromisoformat(line)


@pytest.mark.rule("IN-6")
@pytest.mark.parametrize(
    ("policy", "legal_form", "births", "youth"),
    [
        pytest.param(S2, "corporation", ["1985-07-29"], True, id="S2: born on the line"),
        pytest.param(S2, "corporation", ["1985-07-28"], False, id="S2: born a day before the line"),
        pytest.param(S3, "corporation", ["1985-02-12"], True, id="S3: born on the printed date"),
        pytest.param(S0, "corporation", ["1985-08-15"], True, id="S0: born on the line"),
        pytest.param(S0, "corporation", ["1985-08-14"], False, id="S0: turned forty on the notice date"),
        pytest.param(S0, "corporation", ["1960-01-01", "1990-01-01"], True, id="one joint representative is young"),
        pytest.param(S0, "sole_proprietor", ["1990-01-01"], False, id="S0 counts corporations only"),
        pytest.param(S2, "sole_proprietor", ["1990-01-01"], True, id="S2 counts sole proprietors too"),
        pytest.param(S0, "corporation", [], False, id="no representative known"),
    ],
)
def test_is_youth_enterprise(policy: YouthPolicy, legal_form: str, births: list[str], youth: bool) -> None:
    """A representative born on or after the line, in a legal form that counts."""
    days = [dt.date.fromisoformat(day) for day in births]
    assert is_youth_enterprise(legal_form, "private", days, policy) is youth


@pytest.mark.rule("IN-6")
def test_public_institutions_are_no_enterprises() -> None:
    """A public institution with a young head is no youth enterprise."""
    assert not is_youth_enterprise("corporation", "public", [dt.date(1995, 1, 1)], S0)


@pytest.mark.rule("IN-6")
def test_a_claim_that_is_not_met_costs_the_reduction_only() -> None:
    """An unmet claim is told and stays a pass."""
    finding = youth_finding(True, False, S0)
    assert (finding.outcome, finding.code) == ("pass", "youth_not_met")
