"""How many applications one applicant may have in a call."""

import pytest

from services.intake.policy import ApplicationCountPolicy
from services.intake.rules.counting import application_count, counting_unit

TRACKS = {"1": ("H100x1", "H100x2"), "2": ("H100x8",)}


@pytest.mark.rule("IN-3")
@pytest.mark.parametrize(
    ("track", "product", "others", "most", "codes"),
    [
        pytest.param("1", "H100x2", 0, 1, ["one_track_one_product"], id="the first application"),
        pytest.param("1", "H100x2", 1, 1, ["applications_max_reached"], id="a second where one is allowed"),
        pytest.param("1", "H100x2", 1, 2, ["one_track_one_product"], id="a second where two are allowed"),
        pytest.param("1", "H100x2", 2, 2, ["applications_max_reached"], id="a third where two are allowed"),
        pytest.param("1", "H100x2", 99, None, ["one_track_one_product"], id="no limit"),
        pytest.param("1", "H100x8", 0, 1, ["product_not_in_track"], id="another track's product"),
        pytest.param("3", "H100x8", 0, 1, ["track_unknown"], id="a track that is not there"),
        pytest.param("3", "x", 1, 1, ["track_unknown", "applications_max_reached"], id="two failures at once"),
    ],
)
def test_application_count(track: str, product: str, others: int, most: int | None, codes: list[str]) -> None:
    """One track, one product of it, and at most so many applications; every failure is told."""
    found = application_count(track, product, others, ApplicationCountPolicy(TRACKS, most))
    assert [finding.code for finding in found] == codes


@pytest.mark.rule("IN-3")
@pytest.mark.parametrize(
    ("counted_by", "unit"),
    [
        pytest.param("business_no", "1248100998", id="a company counts by its business number"),
        pytest.param("professor", "O-000001/P-7", id="a university counts by its professor"),
        pytest.param("organisation", "O-000001", id="an organisation counts as a whole"),
    ],
)
def test_counting_unit(counted_by: str, unit: str) -> None:
    """Whom the limit counts is the programme's choice."""
    assert counting_unit(counted_by, "O-000001", "1248100998", "P-7") == unit
