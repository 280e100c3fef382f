"""What cancels a selection or an agreement (IN-16)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class FalseStatementPolicy:
    """IN-16's policy on false statements."""

    intent_needed: bool

    @classmethod
    def of(cls, programme: "Programme") -> "FalseStatementPolicy":
        """Read it. Raises PolicyMissing where it is unset."""
        return cls(bool(programme.intake.revocation.intent_needed.optional()))


@dataclass(frozen=True, slots=True)
class AccountsPolicy:
    """IN-16's policy on the accounts that are filed before the agreement; None where the call asks for none."""

    year: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "AccountsPolicy":
        """Read it. Raises PolicyMissing where it is unset."""
        return cls(programme.intake.revocation.accounts_of_year.optional())
