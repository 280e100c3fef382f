"""Which rows of an import are new: two facts of one organisation or person are one where all they say is the same."""

from collections.abc import Iterable

from services.intake.model.imports import KnownFact, What
from services.intake.model.organisations import Award, Restriction


def what_it_says(fact: Restriction | Award) -> What:
    """All that two facts must share to be one: kind, days and instalments, or call, year and last day of use.

    Where it is known from does not matter: the same file under another name records nothing twice.
    """
    if isinstance(fact, Restriction):
        return ("restriction", fact.kind, fact.from_day, fact.until_day, fact.instalments_approved)
    return ("award", fact.programme_code, fact.government, fact.year, fact.running_until)


class FactsKnown:
    """The facts on record, and those that an import adds: each is found by organisation, number or person.

    People are told apart as everywhere (IN-3): the same researcher number, else the same name and birth date where not
    both have a number. A fact that was withdrawn is still on record: whoever wants it anew records it by itself.
    """

    def __init__(self, known: Iterable[KnownFact]) -> None:
        self._by_house: dict[tuple[str, What], str] = {}
        self._by_number: dict[tuple[str, What], str] = {}
        self._by_person: dict[tuple[str, What], dict[str, str]] = {}
        for one in known:
            self.add(one)

    def add(self, one: KnownFact) -> None:
        """Know one fact more."""
        if one.organisation_id is not None:
            self._by_house.setdefault((one.organisation_id, one.what), one.fact_id)
        if one.number_key:
            self._by_number.setdefault((one.number_key, one.what), one.fact_id)
        if one.person_key:
            self._by_person.setdefault((one.person_key, one.what), {}).setdefault(one.number_key, one.fact_id)

    def same_as(self, one: KnownFact) -> str | None:
        """The id of the fact that this one is; None where it is new. Of a dry run's own rows the id is empty."""
        if one.organisation_id is not None:
            return self._by_house.get((one.organisation_id, one.what))
        if one.number_key and (one.number_key, one.what) in self._by_number:
            return self._by_number[one.number_key, one.what]
        alike = self._by_person.get((one.person_key, one.what), {}) if one.person_key else {}
        if not one.number_key:
            return next(iter(alike.values()), None)
        return alike.get("")
