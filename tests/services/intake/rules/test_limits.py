"""Limits of an organisation, versions of a programme, members of a consortium."""

from services.intake.rules.companies import named_twice
from services.intake.rules.limits import is_full, is_too_large, mebibytes
from services.intake.rules.versions import version_refusal


def test_as_many_as_the_limit_are_enough() -> None:
    """One more is refused once the limit is there."""
    assert [is_full(9, 10), is_full(10, 10)] == [False, True]


def test_exactly_the_limit_may_be_kept() -> None:
    """A byte over it is too much."""
    assert [is_too_large(60, 40, 100), is_too_large(60, 41, 100)] == [False, True]
    assert mebibytes(3 * 2**20 - 1) == 2


def test_versions_follow_without_gaps() -> None:
    """CV-8: the next number enters; the same, an older and a later one are told which number is next."""
    assert version_refusal("p", 3, 2) is None
    told = [version_refusal("p", version, 2) for version in (1, 2, 4)]
    assert [refusal.facts["next_version"] for refusal in told if refusal] == [3, 3, 3]


def test_a_company_is_one_member() -> None:
    """IN-8: the first number that stands twice is told."""
    assert [named_twice(["1", "2"]), named_twice(["1", "2", "2", "1"])] == [None, "1"]
