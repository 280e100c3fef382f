"""Which facts bar applicants and providers, and on which day (IN-8)."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from libs.common.calendar import kst_day
from libs.common.errors import PolicyMissing
from services.intake.model.findings import Outcome
from services.intake.policy.call import SubmissionWindow

if TYPE_CHECKING:
    from libs.common.definition.intake import ProviderCall, Restrictions
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class RestrictionPolicy:
    """IN-8's policy: which kinds of facts bar, on which day, and what one in force means."""

    compared_on: Literal["closing_date", "receipt_date"]
    closes_on: dt.date | None
    kinds: frozenset[str]
    in_force: Outcome
    arrears_with_instalments: Outcome

    @classmethod
    def of(cls, programme: "Programme") -> "RestrictionPolicy":
        """Read the applicants' half. Raises PolicyMissing where a value is unset."""
        return cls._read(programme.intake.restrictions, SubmissionWindow.of(programme).closes_at)

    @classmethod
    def for_providers(cls, call: "ProviderCall") -> "RestrictionPolicy":
        """Read the providers' half. Raises PolicyMissing where a value is unset."""
        return cls._read(call.restrictions, call.closes_at.optional())

    @classmethod
    def _read(cls, part: "Restrictions", closes_at: dt.datetime | None) -> "RestrictionPolicy":
        return cls(
            part.compared_on.required(),
            None if closes_at is None else kst_day(closes_at),
            frozenset(part.kinds.optional() or ()),
            part.in_force.optional() or "pass",
            part.arrears_with_instalments.optional() or "pass",
        )

    def restriction_date(self, received_at: dt.datetime) -> dt.date:
        """The day on which a fact must be in force to bar: the closing day, or the receipt's where the call says so."""
        if self.compared_on == "receipt_date" or self.closes_on is None:
            return kst_day(received_at)
        return self.closes_on


@dataclass(frozen=True, slots=True)
class ProviderPolicy:
    """The providers' half of IN-8's policy."""

    restrictions: RestrictionPolicy
    impairment_unchecked_since: dt.date | None
    csap: bool

    @classmethod
    def of(cls, programme: "Programme") -> "ProviderPolicy":
        """Read it. Raises PolicyMissing where the programme has no call for providers or leaves a value unset."""
        call = programme.intake.provider_call
        if call is None:
            raise PolicyMissing(programme.code, "intake.provider_call")
        return cls(
            RestrictionPolicy.for_providers(call),
            call.impairment_unchecked_since.optional(),
            bool(call.csap.optional()),
        )
