"""What a selection would be under other limits, and what differs between two versions of it (RV-9, RV-14)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from libs.common.errors import Refusal
from services.review.model.applications import Application
from services.review.model.explanations import ChangedRow, OtherLimits, RunDiff, Sums, WhatIf
from services.review.model.runs import SelectionRow, SelectionRun
from services.review.model.selections import Candidate
from services.review.model.stages import Stage
from services.review.policy.selection import QuotaPolicy, SelectionPolicy
from services.review.rules.demand import demand_of
from services.review.rules.drawing import DrawnFrom
from services.review.rules.explaining import lowest_selected
from services.review.rules.rounds import less_held

INPUTS = ("programme_version", "quota_relaxed_reason", "private_missing", "cause")
Applications = Mapping[str, Application]


def other_limits_refusals(policy: SelectionPolicy, other: OtherLimits) -> list[Refusal]:
    """Why limits cannot be tried: a budget without a planning price says nothing of what an award costs."""
    if "budget_krw" in other.named and other.budget_krw is not None and policy.planning_price_krw is None:
        return [Refusal("RV-9", "planning_price_unset", {})]
    return []


def what_if(
    known: DrawnFrom, other: OtherLimits, quota: QuotaPolicy | None, last_stages: Mapping[str, Stage]
) -> WhatIf:
    """What a selection would be under other limits, all else as it is.

    `quota` is the programme's own, for an `other.quota` that is not relaxed; a threshold counts for applications that
    were judged in their own last stage: who failed before never came so far. Never raises.
    """
    policy = _with(known, other, quota)
    finals = known.finals
    if "threshold" in other.named:
        finals = {
            name: replace(final, passed=other.threshold is None or final.composite + final.bonus >= other.threshold)
            if final.stage == last_stages[name]
            else final
            for name, final in known.finals.items()
        }
    before, rows_before = known.award()
    after, rows_after = replace(known, policy=policy, finals=finals).award()
    return WhatIf(
        sums(rows_before, known.applications, known.policy, before.choice.private_missing),
        sums(rows_after, known.applications, policy, after.choice.private_missing),
        tuple(changed_rows(rows_before, rows_after, known.applications)),
    )


def _with(known: DrawnFrom, other: OtherLimits, quota: QuotaPolicy | None) -> SelectionPolicy:
    """Other limits are those of all rounds together, as the definition's are (AL-20)."""
    told: dict[str, Any] = {
        name: getattr(other, name)
        for name in ("capacity", "budget_krw", "projects_max", "cutoff")
        if name in other.named
    }
    if "quota" in other.named:
        told["quota"] = quota if other.quota else None
    left = less_held(replace(known.policy, **told), known.held)
    return replace(known.policy, **{name: getattr(left, name) for name in told})


def sums(
    rows: Sequence[SelectionRow], applications: Applications, policy: SelectionPolicy, private_missing: int
) -> Sums:
    """What the selected rows come to: capacity in H100-equivalent cards or card-months, and planned subsidy in won."""
    chosen = [row for row in rows if row.outcome == "selected"]
    demands = [
        demand_of(Candidate.of(applications[row.application_id], units=row.units, months=row.months), policy)
        for row in chosen
    ]
    private = sum(applications[row.application_id].sector == "private" for row in chosen)
    return Sums(
        selected=len(chosen),
        private=private,
        public=len(chosen) - private,
        units=sum(row.units for row in chosen),
        capacity=sum((demand.capacity for demand in demands), start=Fraction(0)),
        budget_krw=sum(demand.budget_krw for demand in demands),
        lowest_selected=lowest_selected(rows),
        private_missing=private_missing,
    )


def changed_rows(
    before: Sequence[SelectionRow], after: Sequence[SelectionRow], applications: Applications
) -> list[ChangedRow]:
    """Whose row is another, in the order of the later rows, then who is in none of them any more."""
    known = {row.application_id: row for row in before}
    changed = [
        ChangedRow(applications[row.application_id], known.get(row.application_id), row)
        for row in after
        if row != known.get(row.application_id)
    ]
    still = {row.application_id for row in after}
    gone = [
        ChangedRow(applications[row.application_id], row, None) for row in before if row.application_id not in still
    ]
    return changed + gone


def diff_of(
    versions: tuple[SelectionRun, SelectionRun],
    rows: tuple[Sequence[SelectionRow], Sequence[SelectionRow]],
    applications: Applications,
) -> RunDiff:
    """What differs between two versions: who entered, who left, who else changed, and which inputs. Never raises."""
    changed = changed_rows(*rows, applications)
    entered = [one for one in changed if _in(one.after) and not _in(one.before)]
    left = [one for one in changed if _in(one.before) and not _in(one.after)]
    others = [one for one in changed if one not in entered and one not in left]
    before, after = versions
    told = {name: (getattr(before, name), getattr(after, name)) for name in INPUTS}
    names = sorted({*before.limits, *after.limits})
    told |= {f"limits.{name}": (before.limits.get(name), after.limits.get(name)) for name in names}
    inputs = {name: pair for name, pair in told.items() if pair[0] != pair[1]}
    return RunDiff(before, after, tuple(entered), tuple(left), tuple(others), inputs)


def _in(row: SelectionRow | None) -> bool:
    return row is not None and row.outcome == "selected"
