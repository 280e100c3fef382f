"""What a deliberation committee may change, and what becomes of the limits it frees (RV-12)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    """RV-12: The committee lowers units or months, with a reason, and freed limits flow back to RV-9 once.

    `ranked` as asked, best first; `lowerings` are all cuts of all sittings, each let through by `cut_refusals`, in
    whatever order. They are applied together to the run before any cut: whoever was selected there stays so, and
    selection goes on once from that kept set with the lowered amounts (RV-13). Returns the candidates with their final
    amounts in rank order, the choice over all of them, and who came in by the cuts only. Never raises.

    Example: capacity 8, X(5) Y(3) A(3) B(2) → X Y; X cut to 3 and Y to 2, 3 cards free → X Y A.
    Source: S0 §2, §5.
    """
    choice = select_best(ranked, policy, selected_elsewhere=selected_elsewhere)
    if not lowerings:
        return Award(tuple(ranked), choice, frozenset())
    first, cuts = frozenset(choice.selected), counting_cuts(lowerings)
    candidates = [lowered(candidate, cuts) for candidate in ranked]
    choice = _continue(candidates, choice, policy, selected_elsewhere)
    return Award(tuple(candidates), choice, frozenset(choice.selected) - first)


def counting_cuts(lowerings: Iterable[Lowering]) -> dict[str, Lowering]:
    """What counts of all cuts, by application: the lowest units and the lowest months, whatever came first (RV-12).

    The reason is that of the cut that counts; where one cut counts for the units and another for the months, both,
    each on a line of its own. Never raises.

    Example: (2 units, 6 months) and (3 units, 4 months) → 2 units, 4 months, both reasons.
    """
    told: dict[str, list[Lowering]] = defaultdict(list)
    for lowering in lowerings:
        told[lowering.application_id].append(lowering)
    return {application_id: _lowest(cuts) for application_id, cuts in told.items()}


def _lowest(cuts: Sequence[Lowering]) -> Lowering:
    units, months = min(cut.units for cut in cuts), min(cut.months for cut in cuts)
    whole = sorted(cut.reason for cut in cuts if (cut.units, cut.months) == (units, months))
    in_part = [
        min(cut.reason for cut in cuts if cut.units == units),
        min(cut.reason for cut in cuts if cut.months == months),
    ]
    reasons = whole[:1] or dict.fromkeys(in_part)
    return Lowering(cuts[0].application_id, units, months, "\n".join(reasons))


def lowered(candidate: Candidate, cuts: Mapping[str, Lowering]) -> Candidate:
    """A candidate at what the cuts that count leave of it."""
    cut = cuts.get(candidate.application_id)
    return candidate if cut is None else replace(candidate, units=cut.units, months=cut.months)


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


def sitting_refusals(
    asked: Mapping[str, Candidate], cuts: Sequence[Lowering], policy: DeliberationPolicy
) -> list[Refusal]:
    """Why a sitting cannot stand, whole: the track has no committee, or one of its cuts is none.

    `asked` are the passing applications as they asked, those of all cuts among them. Never raises for these.
    """
    if not policy.allowed:
        return [Refusal("RV-12", "deliberation_not_foreseen", {})]
    return [refusal for cut in cuts for refusal in cut_refusals(asked[cut.application_id], cut)]


def cut_refusals(asked: Candidate, cut: Lowering) -> list[Refusal]:
    """Why a cut is none: it raises, changes nothing, leaves nothing, or has no reason.

    It is measured by what was asked, not by what an earlier cut left: of two cuts the lower counts anyhow, and which
    one was typed first must change nothing (RV-12).
    """
    facts: dict[str, Fact] = {"application_id": asked.application_id, "units": asked.units, "months": asked.months}
    refusals = []
    if cut.units > asked.units or cut.months > asked.months:
        refusals.append(Refusal("RV-12", "deliberation_raises", facts))
    elif (cut.units, cut.months) == (asked.units, asked.months):
        refusals.append(Refusal("RV-12", "deliberation_changes_nothing", facts))
    if cut.units < 1 or cut.months < 1:
        refusals.append(Refusal("RV-12", "deliberation_leaves_nothing", facts))
    if not cut.reason.strip():
        refusals.append(Refusal("RV-12", "reason_missing", {}))
    return refusals
