"""The budget: settlements draw on it in order of approval, never above the cap; levels reached are announced."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from libs.common.errors import Fact, Refusal
from services.billing.model.budget import BudgetState, Commitment, Demand, Draw, Move, Part
from services.billing.policy import BudgetPolicy

PER_CENT = 100
TICK = dt.timedelta(microseconds=1)


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


def subsidy_part_krw(policy: BudgetPolicy, shifted_krw: int) -> int | None:
    """The part of the cap for subsidies in won, `shifted_krw` moved into it by officers; none where there is no cap."""
    return None if policy.cap_krw is None else policy.cap_krw - policy.operating_krw + shifted_krw


def operating_part_krw(policy: BudgetPolicy | None, shifted_krw: int) -> int:
    """The part kept for operation in won, less what officers moved out of it; nothing while the budget is unset."""
    return (policy.operating_krw if policy else 0) - shifted_krw


def subsidy_left_krw(part_krw: int | None, executed_krw: int) -> int | None:
    """What of the subsidy part is not executed yet, in won; none where there is no cap."""
    return None if part_krw is None else part_krw - executed_krw


def appropriated_parts_krw(policy: BudgetPolicy) -> dict[Part, int]:
    """What is appropriated to each part before anything is shifted, in won; nothing where there is no cap."""
    subsidy_krw = subsidy_part_krw(policy, 0)
    return {} if subsidy_krw is None else {"subsidy": subsidy_krw, "operating": operating_part_krw(policy, 0)}


def shift_refusal(move: Move, state: BudgetState) -> Refusal | None:
    """Why an amount cannot move between the parts (BL-9): the part it leaves does not hold so much free.

    Free of the operating part is all of it, of the subsidy part what is not executed. Exactly all may move.
    """
    free_krw = state.operating_krw if move.from_part == "operating" else state.left_krw or 0
    if move.amount_krw <= free_krw:
        return None
    facts: dict[str, Fact] = {"part": move.from_part, "free_krw": free_krw, "amount_krw": move.amount_krw}
    return Refusal("BL-9", "shift_exceeds_part", facts)


def approval_instant(now: dt.datetime, last: dt.datetime | None) -> dt.datetime:
    """When an approval counts as given: now, but after the programme's last one: draws have one order (BL-9)."""
    return now if last is None or last < now else last + TICK


def estimate_krw(unit_month_krw: int, units: int, months: int) -> int:
    """What a selected application is planned to cost: units × months × the planning price, in whole won."""
    return unit_month_krw * units * months


def committed(asked: Commitment, amount_krw: int, known: Commitment | None) -> Commitment:
    """What is committed for an application after an estimate: the estimate, but never less than what was executed.

    `known` is what was committed before, none the first time; a released one held nothing and counts from zero.
    """
    executed_krw = known.amount_krw - known.left_krw if known and not known.released else 0
    left_krw = max(0, amount_krw - executed_krw)
    changes = known.changes + 1 if known else 1
    return replace(asked, amount_krw=left_krw + executed_krw, left_krw=left_krw, released=False, changes=changes)


def is_same(known: Commitment, made: Commitment) -> bool:
    """Whether an estimate made again left everything as it was, but for the count of changes."""
    return replace(made, changes=known.changes) == known


def given_back(known: Commitment) -> Commitment:
    """A commitment of which nothing is held any more; what was executed of it stays."""
    return replace(known, released=True, changes=known.changes + 1)


def executed_from_commitment_krw(held_krw: int, subsidy_krw: int) -> int:
    """How much of a drawn subsidy comes out of what was committed for the grant; the rest comes out of what is free.

    A subsidy that comes back (negative) goes to what is free.
    """
    return max(0, min(held_krw, subsidy_krw))
