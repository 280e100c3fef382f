"""What a programme takes of a cap that it may share with others, as far as it is decided (BL-9).

Intake judges definitions by it before they count; billing knows by it who else draws on the one cap.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class BudgetShare:
    """BL-9: the cap, what the programme takes of it (its part, or all of a cap of its own), and with whom it shares."""

    code: str
    cap_krw: int | None
    takes_krw: int
    shared_with: tuple[str, ...]

    @classmethod
    def of(cls, programme: "Programme") -> "BudgetShare":
        """Read it; a value that is unset takes nothing yet. Never raises."""
        budget = programme.billing.budget
        others = tuple(budget.shared_with.known() or ())
        takes_krw = budget.part_krw.known() if others else budget.cap_krw.known()
        return cls(programme.code, budget.cap_krw.known(), takes_krw or 0, others)
