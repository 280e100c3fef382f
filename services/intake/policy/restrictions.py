"""Which facts bar applicants and providers, and on which day (IN-8)."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from libs.common.calendar import kst_day
from libs.common.errors import PolicyMissing
from services.intake.model.findings import Outcome
from services.intake.model.organisations import Sector
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
    def of(cls, programme: "Programme", sector: Sector) -> "RestrictionPolicy":
        """Read the applicants' half for one sector: some kinds bar the private one alone (S0).

        Raises PolicyMissing where a value is unset.
        """
        part = programme.intake.restrictions
        policy = cls._read(part, SubmissionWindow.of(programme).closes_at)
        if sector == "private":
            return policy
        return replace(policy, kinds=policy.kinds - set(part.private_kinds.optional() or ()))

    @classmethod
    def for_providers(
        cls, programme: "Programme", call: "ProviderCall"
    ) -> tuple["RestrictionPolicy", "RestrictionPolicy"]:
        """Read the providers' half: what bars at the call, and what bars at the agreement alone, on that very day (S1).

        Where it is not written beside the call, the programme is the providers' call itself: its own restrictions and
        closing count. Raises PolicyMissing where a value is unset.
        """
        if call.restrictions is None:
            policy = cls._read(programme.intake.restrictions, SubmissionWindow.of(programme).closes_at)
        else:
            policy = cls._read(call.restrictions, call.closes_at.optional())
        at_agreement = frozenset(call.agreement_kinds.optional() or ())
        return (
            replace(policy, kinds=policy.kinds - at_agreement),
            replace(policy, kinds=policy.kinds & at_agreement, compared_on="receipt_date"),
        )

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
    at_agreement: RestrictionPolicy
    """What bars at the agreement alone, compared on its day."""
    impairment_unchecked_since: dt.date | None
    csap: bool
    cards_not_alone: tuple[str, ...]
    """Whoever offers no other types of cards than these is no provider; empty where any will do."""

    @classmethod
    def of(cls, programme: "Programme") -> "ProviderPolicy":
        """Read it. Raises PolicyMissing where the programme has no call for providers or leaves a value unset."""
        call = programme.intake.provider_call
        if call is None:
            raise PolicyMissing(programme.code, "intake.provider_call")
        return cls(
            *RestrictionPolicy.for_providers(programme, call),
            call.impairment_unchecked_since.optional(),
            bool(call.csap.optional()),
            tuple(call.cards_not_alone.optional() or ()),
        )
