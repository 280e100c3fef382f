"""When a grant may be lowered."""

from services.allocator.model.grants import Grant


def is_lowered(grant: Grant, units: int, months: int) -> bool:
    """Whether units and months only go down, and at least one of them does (RV-12 lowers, nobody raises).

    `units`, `months` ≥ 1: what is wanted. Example: 2 units, 6 months → (2, 5) True, (2, 6) False, (1, 7) False.
    """
    return units <= grant.units and months <= grant.months and (units, months) != (grant.units, grant.months)


def may_lose_units(grant: Grant) -> bool:
    """Whether its units can still go down: only before it is placed, as a place holds its cards to the end (AL-1)."""
    return grant.state == "awaiting"
