"""How many applications one applicant may have in a call."""

import datetime as dt
from typing import Any

import pytest

from services.intake.model.applications import Receipt, Submitted
from services.intake.model.organisations import NOBODY, Organisation, Person, PrincipalInvestigator
from services.intake.policy.call import ApplicationCountPolicy
from services.intake.rules.counting import application_count, counting_unit, others_counted

COMPANY = "1248100998"
RECEIVED = dt.datetime(2025, 9, 2, tzinfo=dt.UTC)
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


HOUSE = Organisation("O-000001", "가온대학교", "1248100998", "university", "public_body", (), None, ())
BORN = dt.date(1970, 1, 1)
NUMBERED = PrincipalInvestigator("NTIS-99", "홍길동", is_professor=True, born_on=BORN).person
BY_BIRTH = PrincipalInvestigator("", "홍 길동", is_professor=True, born_on=BORN).person


def receipt(nth: int, hours: int = 0) -> Receipt:
    """The nth receipt of a call, so many hours after the opening."""
    return Receipt(f"p-{nth:05d}", RECEIVED + dt.timedelta(hours=hours), 1, COMPANY, "private", youth=False)


def standing(
    nth: int,
    unit: str = COMPANY,
    *,
    person: Person = NOBODY,
    state: Any = "submitted",
    round_two: bool = False,
    hours: int = 0,
) -> Submitted:
    """The application under the nth receipt, or under that of another round."""
    told = receipt(nth, hours)
    at = told.received_at
    return Submitted(f"A-{nth}", told.receipt_no, unit, person, state, at, of_another_round=round_two)


@pytest.mark.rule("IN-3")
@pytest.mark.parametrize(
    ("counted_by", "person", "unit"),
    [
        pytest.param("business_no", NUMBERED, "1248100998", id="a company counts by its business number"),
        pytest.param("professor", NUMBERED, "professor:ntis-99", id="a professor counts alone, whatever the house"),
        pytest.param("professor", BY_BIRTH, f"professor:{BY_BIRTH.person_key}", id="without a number by birth"),
        pytest.param("professor", NOBODY, "O-000001/", id="a house that names nobody counts itself"),
        pytest.param("organisation", NUMBERED, "O-000001", id="an organisation counts as a whole"),
    ],
)
def test_counting_unit(counted_by: str, person: Person, unit: str) -> None:
    """Whom the limit counts is the programme's choice."""
    assert counting_unit(counted_by, HOUSE, person) == unit


@pytest.mark.rule("IN-3")
@pytest.mark.parametrize(
    ("of", "other", "others"),
    [
        pytest.param(NUMBERED, NUMBERED, 1, id="the same number"),
        pytest.param(NUMBERED, BY_BIRTH, 1, id="one without number, the same name and birth date"),
        pytest.param(BY_BIRTH, NUMBERED, 1, id="the other way round"),
        pytest.param(NUMBERED, Person("ntis-1", NUMBERED.person_key), 0, id="another number, the same name"),
        pytest.param(NUMBERED, Person("", ""), 0, id="a record that tells nothing"),
    ],
)
def test_one_professor_counts_once(of: Person, other: Person, others: int) -> None:
    """Records of one professor are one unit though their spellings of who it is differ."""
    submitted = (standing(1, counting_unit("professor", HOUSE, other), person=other),)
    assert others_counted(counting_unit("professor", HOUSE, of), of, submitted, None) == others


@pytest.mark.rule("IN-3")
def test_only_earlier_receipts_count_later() -> None:
    """Once it has its receipt an application counts earlier ones alone, by number: 100000 comes after 99999."""
    submitted = tuple(standing(n) for n in (3, 99_999, 100_000))
    assert others_counted(COMPANY, NOBODY, submitted, receipt(100_000)) == 2


def test_what_was_withdrawn_does_not_count() -> None:
    """IN-3: of two earlier ones of the unit, the one that was taken back is none."""
    submitted = (standing(1, state="withdrawn"), standing(2))
    assert others_counted(COMPANY, NOBODY, submitted, None) == 1


@pytest.mark.rule("AL-20")
@pytest.mark.parametrize(
    ("state", "another_round", "this_round"),
    [("submitted", 1, 1), ("selected", 1, 1), ("ended", 1, 1), ("withdrawn", 0, 0)]
    + [(state, 0, 1) for state in ("ineligible", "refused", "revoked")],
)
def test_what_another_round_refused_may_try_the_next(state: Any, another_round: int, this_round: int) -> None:
    """Rounds of a call share the limit; who got nothing in one of them is not shut out of the next."""
    assert others_counted(COMPANY, NOBODY, (standing(1, state=state, round_two=True),), None) == another_round
    assert others_counted(COMPANY, NOBODY, (standing(1, state=state),), None) == this_round


@pytest.mark.rule("AL-20")
def test_of_another_round_what_came_earlier_counts() -> None:
    """Receipts of two rounds are numbered apart, so the instants decide."""
    earlier, later = standing(900, round_two=True), standing(1, round_two=True, hours=2)
    assert others_counted(COMPANY, NOBODY, (earlier, later), receipt(5, hours=1)) == 1
