"""What a provider owes from its agreement on (OB-4's beginning)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from libs.common.calendar import AS_PRINTED, ChangedDays
from libs.common.changed_days import changed_days

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class AgreementDuty:
    """A report that is due so many days after the agreement."""

    key: str
    name_ko: str
    name_en: str
    after_days: int
    changed: ChangedDays = AS_PRINTED
    """Holidays that the definition changes (CV-7)."""


def agreement_duties(programme: "Programme") -> tuple[AgreementDuty, ...]:
    """The reports of providers that are counted in days from the agreement. Raises PolicyMissing where one is unset."""
    found = []
    for key, duty in programme.obligations.items():
        if duty.owed_by != "provider" or duty.counted_from != "agreement":
            continue
        days = duty.after_days.optional()
        if days is not None:
            found.append(AgreementDuty(key, duty.name.ko, duty.name.en, days, changed_days(programme)))
    return tuple(found)
