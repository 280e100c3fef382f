"""Nouns inside nouns, as JSON columns keep them."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

import msgspec
import pytest

from libs.common.nouns import as_json, read, values, whole


@dataclass(frozen=True, slots=True)
class Person:
    """A noun inside another."""

    name: str
    born_on: dt.date


@dataclass(frozen=True, slots=True)
class House:
    """A noun with nouns, an exact amount and an instant."""

    people: tuple[Person, ...]
    share: Fraction | None
    since: dt.datetime


PEOPLE = (Person("홍길동", dt.date(1985, 7, 29)),)
SINCE = dt.datetime(2025, 10, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("share", [Fraction(17, 30), None])
def test_what_is_written_is_read(share: Fraction | None) -> None:
    """Dates, instants and fractions go to text and come back exact, in all depths."""
    house = House(PEOPLE, share, SINCE)
    assert read(House, as_json(house)) == house
    assert as_json(house)["people"] == ({"name": "홍길동", "born_on": "1985-07-29"},)


def test_a_row_becomes_a_whole_noun() -> None:
    """A row holds instants as such and nested nouns as JSON; an instant written with an offset is read as well."""
    assert whole(House, [as_json(PEOPLE), "1/3", SINCE]) == House(PEOPLE, Fraction(1, 3), SINCE)
    assert whole(House, [[], None, "2025-10-01T09:00:00+09:00"]).since == SINCE


def test_what_is_no_such_noun_is_refused() -> None:
    """A row that a noun cannot be is told, not guessed; `values` leaves nested nouns as they are."""
    with pytest.raises(msgspec.ValidationError):
        read(Person, {"name": "홍길동", "born_on": "gestern"})
    assert values(House(PEOPLE, None, SINCE))["people"] == list(PEOPLE)
