"""Which records are one person, and by which keys representatives are compared."""

import datetime as dt
import hashlib
import unicodedata

import pytest

from libs.common.keys import person_key
from services.intake.model.organisations import Manager, Person, PrincipalInvestigator, Representative
from services.intake.policy.people import PeoplePolicy
from services.intake.rules.people import people_differ, representative_keys, same_person, told_apart

BORN = dt.date(1970, 1, 1)


def person(number: str, name: str = "홍길동", born_on: dt.date | None = BORN) -> Person:
    """Somebody, told apart."""
    return PrincipalInvestigator(number, name, is_professor=True, born_on=born_on).person


@pytest.mark.rule("CV-9")
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(person("NTIS-99"), person("ntis-99", "다른 이름"), True, id="one number in two cases"),
        pytest.param(person("NTIS-99"), person("ＮＴＩＳ-99"), True, id="in full width"),
        pytest.param(person("NTIS-99"), person("NTIS-\u200b99"), True, id="with a zero-width space"),
        pytest.param(person("NTIS-99"), person("NTIS-98"), False, id="two numbers, one name and birth date"),
        pytest.param(person("NTIS-99"), person("", "홍 길 동"), True, id="one without a number, the same name"),
        pytest.param(
            person(""), person("", unicodedata.normalize("NFD", "홍길동")), True, id="two without, one in NFD"
        ),
        pytest.param(person(""), person("", born_on=dt.date(1970, 1, 2)), False, id="another birth date"),
        pytest.param(person("NTIS-99", born_on=None), person(""), False, id="a number alone against a name"),
        pytest.param(person("", born_on=None), person("", born_on=None), False, id="nothing against nothing"),
    ],
)
def test_same_person(one: Person, other: Person, same: bool) -> None:
    """F-42, IN-3: By the number where both have one, else by name and birth date; the order does not matter."""
    assert (same_person(one, other), same_person(other, one)) == (same, same)


@pytest.mark.parametrize(
    ("who", "apart"),
    [
        pytest.param(person("NTIS-99", born_on=None), True, id="a number"),
        pytest.param(person(""), True, id="a birth date"),
        pytest.param(person("\u3164 \u200b", born_on=None), False, id="a number of blanks"),
    ],
)
def test_told_apart(who: Person, apart: bool) -> None:
    """A record needs something that tells it from another's."""
    assert told_apart(who) is apart


@pytest.mark.rule("CV-9")
def test_representatives_are_told_by_both_keys() -> None:
    """The folded key, and the key of the shown name where it differs: old facts still compare."""
    shown = hashlib.sha256(b"John Smith|1970-01-01").hexdigest()
    assert representative_keys([Representative("John Smith", BORN)]) == sorted([person_key("John Smith", BORN), shown])
    twice = [Representative("홍길동", BORN), Representative("홍길동", BORN)]
    assert representative_keys(twice) == [person_key("홍길동", BORN)]


DIFFER = PeoplePolicy(differ=True)


def leads(name: str, number: str = "", born_on: dt.date | None = None) -> PrincipalInvestigator:
    """A principal investigator."""
    return PrincipalInvestigator(number, name, is_professor=True, born_on=born_on)


@pytest.mark.rule("IN-10")
@pytest.mark.parametrize(
    ("investigator", "manager", "outcome"),
    [
        (leads("홍길동", "KRI-1"), Manager("박둘", "employee", "KRI-2"), "pass"),
        (leads("홍길동", "KRI-1"), Manager("박둘", "employee", "ｋｒｉ-1"), "fail"),
        (leads("홍길동", "", BORN), Manager(unicodedata.normalize("NFD", "홍 길 동"), "student", "", BORN), "fail"),
        (leads("홍길동", "KRI-1"), Manager("홍길동", "employee"), "officer"),
        (leads("홍길동", "KRI-1", BORN), Manager("홍길동", "employee", "", dt.date(1990, 1, 1)), "pass"),
        (leads("홍길동", "KRI-1"), Manager("홍길동", "employee", "KRI-2"), "pass"),
        (leads("홍길동"), None, "fail"),
        (None, Manager("박둘", "employee"), "fail"),
    ],
    ids=[
        "two numbers",
        "one number, spelt otherwise",
        "one name in NFD and one birth date",
        "one name, told apart by nothing",
        "one name, two birth dates",
        "one name, two numbers",
        "no manager",
        "no investigator",
    ],
)
def test_investigator_and_manager_are_two_people(
    investigator: PrincipalInvestigator | None, manager: Manager | None, outcome: str
) -> None:
    """However the names are spelt; who cannot be told apart is for an officer; other calls do not ask."""
    assert [found.outcome for found in people_differ(investigator, manager, DIFFER)] == [outcome]
    assert people_differ(investigator, manager, PeoplePolicy(differ=False)) == ()
