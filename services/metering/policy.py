"""What metering needs of a programme's definition."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.metering.model.grants import Pricing

if TYPE_CHECKING:
    from libs.common.programme import Programme


@dataclass(frozen=True, slots=True)
class WaitPolicy:
    """MT-6's wait limit, in seconds; None where the programme has none."""

    limit_s: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "WaitPolicy":
        """Read it from a definition. Raises PolicyMissing where it is unset."""
        return cls(programme.value("metering.wait_limit_s"))


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
            pricing=programme.value("billing.pricing"),
            due_day=programme.value("metering.statement_due_day"),
            days_per_month=programme.value("metering.days_per_month"),
        )
