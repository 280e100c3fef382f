"""What a deliberation committee may change, and what becomes of the limits it frees (RV-12)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from libs.common.errors import Fact, Refusal
from services.review.model.selections import Award, Candidate, Choice, Lowering
from services.review.policy.selection import DeliberationPolicy, SelectionPolicy
from services.review.rules.selection import select_best
from services.review.rules.waiting import promote


def deliberate(
    ranked: Sequence[Candidate],
    lowerings: Sequence[Lowering],
    policy: SelectionPolicy,
    selected_elsewhere: Mapping[str, int] | None = None,
) -> Award:
    """RV-12: The committee lowers units or months, with a reason, and freed limits flow back to RV-9.

    `ranked` as asked, best first; `lowerings` in the order of decision, each let through by `lowering_refusals`.
    After each one, whoever is selected stays so, and selection goes on from that kept set with the lowered
    amounts (RV-13). Returns the candidates with their final amounts in rank order, the choice over all of them,
    and who came in by a lowering only. Never raises.

    Example: capacity 4, X(2) A(3) B(1) C(1) → X B C; X cut to 1: 1 card free, A (3) does not fit → unchanged.
    Source: S0 §2, §5.
    """
    candidates = list(ranked)
    choice = select_best(candidates, policy, selected_elsewhere=selected_elsewhere)
    first = frozenset(choice.selected)
    for lowering in lowerings:
        candidates = [_lowered(candidate, lowering) for candidate in candidates]
        choice = _continue(candidates, choice, policy, selected_elsewhere)
    return Award(tuple(candidates), choice, frozenset(choice.selected) - first)


def _lowered(candidate: Candidate, lowering: Lowering) -> Candidate:
    if candidate.application_id != lowering.application_id:
        return candidate
    return replace(candidate, units=lowering.units, months=lowering.months)


def _continue(
    candidates: Sequence[Candidate],
    before: Choice,
    policy: SelectionPolicy,
    selected_elsewhere: Mapping[str, int] | None,
) -> Choice:
    kept = [candidate for candidate in candidates if candidate.application_id in before.selected]
    waiting = [candidate for candidate in candidates if candidate.application_id not in before.selected]
    added = promote(kept, waiting, policy, selected_elsewhere)
    chosen = {*before.selected, *added.selected}
    in_rank_order = tuple(c.application_id for c in candidates if c.application_id in chosen)
    return Choice(in_rank_order, added.refused, added.private_missing)


def lowering_refusals(current: Candidate, lowering: Lowering, policy: DeliberationPolicy) -> list[Refusal]:
    """Why a committee's decision cannot stand: none in this track, raised, unchanged, nothing left, no reason."""
    facts: dict[str, Fact] = {
        "application_id": current.application_id,
        "units": current.units,
        "months": current.months,
    }
    if not policy.allowed:
        return [Refusal("RV-12", "deliberation_not_foreseen", {})]
    refusals = []
    if lowering.units > current.units or lowering.months > current.months:
        refusals.append(Refusal("RV-12", "deliberation_raises", facts))
    elif (lowering.units, lowering.months) == (current.units, current.months):
        refusals.append(Refusal("RV-12", "deliberation_changes_nothing", facts))
    if lowering.units < 1 or lowering.months < 1:
        refusals.append(Refusal("RV-12", "deliberation_leaves_nothing", facts))
    if not lowering.reason.strip():
        refusals.append(Refusal("RV-12", "reason_missing", {}))
    return refusals
