"""What is known of grants before a settlement is drafted: their use, what is stated of it, and what was decided."""

from dataclasses import dataclass

from services.billing.model.disputes import Upheld
from services.billing.model.lines import Stated
from services.billing.model.statements import Use


@dataclass(frozen=True, slots=True)
class Past:
    """Of every grant it speaks of, the whole: all use that other statements state, all lines, all upheld disputes."""

    uses: tuple[Use, ...] = ()
    """In order of month."""
    lines: tuple[Stated, ...] = ()
    """In order of month and line number."""
    upheld: tuple[Upheld, ...] = ()


NOTHING_PAST = Past()
