"""Which records are one person (IN-3, CV-9)."""

import hashlib
from collections.abc import Iterable

from libs.common.keys import fold_key, person_key
from services.intake.model.findings import Finding
from services.intake.model.organisations import INVESTIGATOR, Manager, Person, PrincipalInvestigator, Representative
from services.intake.policy.people import PeoplePolicy


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


def people_differ(
    investigator: PrincipalInvestigator | None, manager: Manager | None, policy: PeoplePolicy
) -> tuple[Finding, ...]:
    """IN-10: The principal investigator and the working-level manager are different persons.

    They are one where `same_person` says so. Two of one name that cannot be told apart (one of them has neither a
    common kind of number nor a birth date) are for an officer; a call that asks for both fails without one of them.
    Returns one finding; none where the call does not ask. Never raises.

    Example: 홍길동 in NFC and in NFD, born on one day → fail; 홍길동 with a number, 홍길동 without any → `officer`.
    Source: S2 §5.
    """
    if not policy.differ:
        return ()
    if investigator is None or manager is None:
        missing = "principal_investigator" if investigator is None else "manager"
        return (Finding("IN-10", "fail", "person_not_named", {"asked_field": missing}),)
    facts = {"investigator": investigator.name, "manager": manager.name}
    if same_person(investigator.person, manager.person):
        return (Finding("IN-10", "fail", "investigator_is_manager", facts),)
    if fold_key(investigator.name) == fold_key(manager.name) and not _apart(investigator.person, manager.person):
        return (Finding("IN-10", "officer", "investigator_may_be_manager", facts),)
    return (Finding("IN-10", "pass", "investigator_and_manager_differ", facts),)


def _apart(one: Person, other: Person) -> bool:
    """Whether two records of one name are known to be two persons: by two numbers, or by two birth dates."""
    numbers = one.number_key != "" and other.number_key != ""
    births = one.person_key != "" and other.person_key != ""
    return numbers or births


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
