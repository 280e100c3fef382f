"""Which models may be run, and for what (IN-13)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.intake.model.findings import Outcome

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class ModelPolicy:
    """IN-13's policy; None where the call asks for no model."""

    models: tuple[str, ...] | None
    """An entry that ends in ` Series` stands for all that begin with what is before it."""
    unlisted: Outcome
    purposes_allowed: tuple[str, ...] | None
    purpose_refused: Outcome

    @classmethod
    def of(cls, programme: "Programme") -> "ModelPolicy":
        """Read it. Raises PolicyMissing where a value is unset."""
        intake = programme.intake
        models, purposes = intake.models.optional(), intake.purposes_allowed.optional()
        return cls(
            None if models is None else tuple(models),
            intake.model_unlisted.optional() or "pass",
            None if purposes is None else tuple(purposes),
            intake.purpose_refused.optional() or "pass",
        )
