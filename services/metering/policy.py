"""What metering needs of a programme's definition."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.metering.model.grants import Pricing

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class WaitPolicy:
    """MT-6's wait limit, in seconds; None where the programme has none."""

    limit_s: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "WaitPolicy":
        """Read it from a definition. Raises PolicyMissing where it is unset."""
        return cls(programme.metering.wait_limit_s.optional())


@dataclass(frozen=True, slots=True)
class StatementPolicy:
    """How a programme's months are counted and when their statements are due (MT-10, MT-11)."""

    pricing: Pricing
    due_day: int | None
    days_per_month: int

    @classmethod
    def of(cls, programme: "Programme") -> "StatementPolicy":
        """Read it from a definition. Raises PolicyMissing where a value is unset."""
        return cls(
            pricing=programme.billing.pricing.required(),
            due_day=programme.metering.statement_due_day.optional(),
            days_per_month=programme.metering.days_per_month.required(),
        )
