"""The budget: settlements draw on it in order of approval, never above the cap; levels reached are announced."""

from collections.abc import Iterable, Sequence

from services.billing.model.ledger import Demand, Draw

PER_CENT = 100


def draw_from_budget(left_krw: int | None, demands: Iterable[Demand]) -> tuple[Draw, ...]:
    """BL-9: Settlements draw in order of approval time, then id, never below zero; the rest is uncovered.

    `left_krw` is the subsidy part of the cap not yet executed, in won (none: there is no cap); `demands` what
    each settlement asks for each grant, in won ≥ 0. Within a settlement grants draw in order of their id.
    Returns one draw per demand, subsidy + uncovered = demand, in that order; nothing to round. Never raises.

    Example: 1,000,000 left, two settlements of 700,000 → the first approved gets 700,000, the second 300,000
    and 400,000 uncovered.
    Source: S1 §2.
    """
    draws = []
    for demand in sorted(demands, key=lambda d: (d.approved_at, d.settlement_id, d.grant_id)):
        subsidy = demand.amount_krw if left_krw is None else min(demand.amount_krw, max(0, left_krw))
        draws.append(Draw(demand, subsidy, demand.amount_krw - subsidy))
        left_krw = None if left_krw is None else left_krw - subsidy
    return tuple(draws)


def levels_reached(levels_pct: Sequence[int], executed_krw: int, cap_krw: int | None) -> tuple[int, ...]:
    """The levels (per cent of the cap) that an execution has reached, ascending; none where there is no cap."""
    if not cap_krw:
        return ()
    return tuple(level for level in sorted(levels_pct) if executed_krw * PER_CENT >= level * cap_krw)
