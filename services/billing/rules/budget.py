"""The budget: settlements draw on it in order of approval, never above the cap; levels reached are announced."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from libs.common.errors import Fact, Refusal
from libs.common.self_payment import Payer, SelfPaymentDue, as_asked, self_payment_due
from services.billing.model.budget import BudgetState, Commitment, Demand, Draw, Move, Part
from services.billing.policy import BudgetPolicy, CommitmentPolicy

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


def levels_reached(levels_pct: Sequence[int], executed_krw: int, subsidy_krw: int | None) -> tuple[int, ...]:
    """The levels that an execution has reached, ascending: per cent of the part that subsidy may use (BL-9).

    `subsidy_krw` is the cap less operation, shifts included, in won; none where there is no cap: then there are no
    levels. Exactly at a level it is reached. Never raises, nothing to round.

    Example: cap 1,000, operation 200, 800 executed → 80, 90 and 100 %, although the cap is used by 80 % only.
    """
    if subsidy_krw is None or executed_krw <= 0:
        return ()
    return tuple(level for level in sorted(levels_pct) if executed_krw * PER_CENT >= level * subsidy_krw)


def subsidy_part_krw(policy: BudgetPolicy, shifted_krw: int) -> int | None:
    """The part of the cap for subsidies in won, `shifted_krw` moved into it by officers; none where there is no cap.

    Never below 0 nor above the cap (BL-9), also where a later version keeps another part for operation than the moves
    rested on. Nothing to round, never raises.

    Example: cap 1,000 of which 800 for operation, 800 moved out of it, operation then revised to 0 → 1,000. 200 for
    operation, 800 moved into it, operation then revised to 1,000 → 0.
    """
    return None if policy.cap_krw is None else policy.cap_krw - operating_part_krw(policy, shifted_krw)


def operating_part_krw(policy: BudgetPolicy | None, shifted_krw: int) -> int:
    """The part kept for operation in won, less what officers moved out of it; nothing while the budget is unset.

    Never below 0 nor above the cap, so that both parts add up to it (BL-9). Never raises.
    """
    operating_krw = max(0, (policy.operating_krw if policy else 0) - shifted_krw)
    return operating_krw if policy is None or policy.cap_krw is None else min(operating_krw, policy.cap_krw)


def subsidy_left_krw(part_krw: int | None, executed_krw: int) -> int | None:
    """What of the subsidy part is not executed yet, in won; none where there is no cap."""
    return None if part_krw is None else part_krw - executed_krw


def uncommitted_krw(left_krw: int | None, committed_krw: int) -> int | None:
    """What of the subsidy part is neither executed nor committed, in won; none where there is no cap.

    `left_krw` is what is not executed. Below 0 where more is committed than the part holds: then it is over-committed.
    """
    return None if left_krw is None else left_krw - committed_krw


def appropriated_parts_krw(policy: BudgetPolicy) -> dict[Part, int]:
    """What is appropriated to each part before anything is shifted, in won; 0 where it is decided that no cap is.

    Example: cap 19,800 of which 800 for operation → 19,000 and 800; changed to no cap → 0 and 0.
    """
    subsidy_krw = subsidy_part_krw(policy, 0)
    operating_krw = 0 if subsidy_krw is None else operating_part_krw(policy, 0)
    return {"subsidy": subsidy_krw or 0, "operating": operating_krw}


def shift_refusal(move: Move, state: BudgetState) -> Refusal | None:
    """Why an amount cannot move between the parts (BL-9): the part it leaves does not hold so much free.

    Free of the operating part is all of it, of the subsidy part what is neither committed nor executed. Exactly all may
    move.
    """
    free_krw = state.operating_krw if move.from_part == "operating" else max(0, state.left_krw or 0)
    if move.amount_krw <= free_krw:
        return None
    facts: dict[str, Fact] = {"part": move.from_part, "free_krw": free_krw, "amount_krw": move.amount_krw}
    return Refusal("BL-9", "shift_exceeds_part", facts)


def approval_instant(now: dt.datetime, last: dt.datetime | None) -> dt.datetime:
    """When an approval counts as given: now, but after the programme's last one: draws have one order (BL-9)."""
    return now if last is None or last < now else last + TICK


def estimate_krw(policy: CommitmentPolicy, asked: Commitment) -> int:
    """What a selected application is planned to cost the budget, in whole won: the commitment is RV-9's amount (BL-9).

    Units × months × the planning price of a unit, less the self-payment for the same units and months, by the asked
    type and the payer as far as the commitment knows him (nothing where it does not); never below 0, nothing to round.
    Raises PolicyMissing for a rate that is unset.

    Example: four H100 for six months at 3,000,000 a card: 72,000,000 − 9,600,000 = 62,400,000.
    """
    own = SelfPaymentDue(0, None, 0)
    if asked.sector is not None:
        payer = Payer(asked.sector, asked.reduction)
        rates, quantity = policy.rates.of(as_asked(asked.product, asked.units, policy.card_type, policy.cards_per_unit))
        own = self_payment_due(payer, policy.flow, rates, quantity, asked.months)
    return max(0, policy.unit_month_krw * asked.units * asked.months - own.amount_krw)


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
