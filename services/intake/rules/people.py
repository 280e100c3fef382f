"""Which records are one person (IN-3, CV-9)."""

import hashlib
from collections.abc import Iterable

from libs.common.keys import person_key
from services.intake.model.organisations import INVESTIGATOR, Person, Representative


def same_person(one: Person, other: Person) -> bool:
    """Two records are one person when both have a researcher number and it is the same, else by name and birth date.

    IN-3 counts by it, IN-7 and IN-8 look facts up by it. Keys are folded (CV-9). A record without number and birth
    date matches no other. Never raises.

    Example: `NTIS-99` and `ｎｔｉｓ-99` are one; the same name and birth date under two numbers are two people.
    Source: S0 §2.
    """
    if one.number_key and other.number_key:
        return one.number_key == other.number_key
    return one.person_key != "" and one.person_key == other.person_key


def representative_keys(people: Iterable[Representative]) -> list[str]:
    """The keys by which AL-5 compares representatives: sorted, each once.

    Each person's folded key (CV-9) and, where it differs, the one of the name as it is shown: what was said before
    names were folded is still compared by that one.
    """
    told = list(people)
    folded = {person_key(person.name, person.born_on) for person in told}
    shown = {hashlib.sha256(f"{person.name}|{person.born_on.isoformat()}".encode()).hexdigest() for person in told}
    return sorted(folded | shown)


def told_apart(person: Person) -> bool:
    """Whether a record can be told from another's: by its researcher number, or by name and birth date (IN-3)."""
    return person.number_key != "" or person.person_key != ""


def is_of_a_person(subject: str) -> bool:
    """Whether a fact kept under this name is a principal investigator's, not an organisation's. Never raises."""
    return subject.startswith(INVESTIGATOR)
