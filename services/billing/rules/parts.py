"""Statements that come in parts: what is a part, what belongs together, what is whole (MT-10)."""

from collections.abc import Sequence

from services.billing.model.parts import StatementPart


def part_fault(told: StatementPart, here: Sequence[StatementPart]) -> str | None:
    """What is wrong with a part, compared with those that came before; None where it fits.

    Its number lies between 1 and the number of parts, and all parts of a statement name one number and one hash.
    """
    if not 1 <= told.part <= told.parts:
        return f"part {told.part} of {told.parts}"
    if any((one.parts, one.sha256) != (told.parts, told.sha256) for one in here):
        return f"parts of {told.statement_id} under different hashes"
    return None


def is_whole(here: Sequence[StatementPart], parts: int) -> bool:
    """Whether all parts are here; `here` holds each number once."""
    return len(here) >= parts
