"""One cap over several programmes: what each may draw of it, and how parts of it move between them (BL-9)."""

from collections.abc import Sequence
from dataclasses import replace

from libs.common.errors import Fact, Refusal
from services.billing.model.budget import BudgetState, OtherBudget, ProgrammeMove
from services.billing.policy import BudgetPolicy, SharedCap


def appropriated_krw(
    policy: BudgetPolicy, others: Sequence[OtherBudget], *, executed_krw: int, moved_krw: int
) -> int | None:
    """What a programme is appropriated in won: its cap, or of a cap that it shares its own part; none without a cap.

    A part gets at most what the other programmes under the cap leave of it, so that all together never exceed it; of
    caps that differ the smallest counts. What is executed or was moved away to another programme is never taken off
    again: it is spent of the one cap. `moved_krw` is what came from other programmes, less what went to them.
    Nothing to round; never raises.

    Example: a cap of 19.8 billion, the other programme appropriated 12 billion, a part of 9 billion stated → 7.8.
    """
    if policy.shared is None or policy.cap_krw is None:
        return policy.cap_krw
    cap_krw = min([policy.cap_krw, *(other.cap_krw for other in others if other.cap_krw is not None)])
    room_krw = cap_krw - sum(other.appropriated_krw for other in others)
    return max(0, executed_krw - moved_krw, min(policy.shared.part_krw, room_krw))


def as_own(policy: BudgetPolicy, appropriated: int, moved_krw: int) -> BudgetPolicy:
    """The policy of a programme that shares its cap, with what it may draw itself as its cap: its part as it stands.

    Never below 0, in won. Never raises.
    """
    return replace(policy, cap_krw=max(0, appropriated + moved_krw))


def lacking_krw(shared: SharedCap, appropriated: int) -> int:
    """What is stated as a programme's part and is not left of the cap, in won; 0 where the parts agree with it."""
    return max(0, shared.part_krw - appropriated)


def programme_move_refusal(
    move: ProgrammeMove, policy: BudgetPolicy, giving: BudgetState, getting: BudgetState
) -> Refusal | None:
    """Why an amount cannot move from one programme to another (BL-9); None where it can.

    Both must share the cap, with a part each, and the giving one must hold the amount: neither committed nor executed.
    Exactly all may move. Never raises.
    """
    if policy.shared is None or move.to_programme not in policy.shared.others or getting.part_krw is None:
        return Refusal("BL-9", "cap_not_shared", {"programme": move.from_programme, "other": move.to_programme})
    free_krw = max(0, giving.left_krw or 0)
    if move.amount_krw <= free_krw:
        return None
    facts: dict[str, Fact] = {
        "programme": move.from_programme,
        "free_krw": free_krw,
        "amount_krw": move.amount_krw,
    }
    return Refusal("BL-9", "programme_move_exceeds", facts)
