"""Why an application is where it is in a selection, as one reason that is put in words (RV-9, F-63)."""

import datetime as dt
from collections.abc import Sequence

from libs.common.calendar import period_of_days_end
from libs.common.errors import Fact, Refusal
from services.review.model.explanations import LIMITS_IN_WORDS
from services.review.model.runs import SelectionRow
from services.review.model.sheets import points
from services.review.policy.results import ResultPolicy

GONE_IN_WORDS = {"withdrawn": "result_withdrawn", "revoked": "result_revoked", "screening": "result_not_eligible"}


def reason_of(row: SelectionRow, threshold: int | None) -> Refusal:
    """The one reason of an outcome: for a selected one that it is, for another the one limit that stopped it.

    `threshold` is in hundredths. Never raises.
    """
    facts: dict[str, Fact] = {}
    if row.rank is not None:
        facts["rank"] = row.rank
    if row.score is not None:
        facts["score"] = points(row.score)
    if row.outcome == "selected":
        return Refusal(row.rule_id, "result_moved_up" if row.promoted else "result_selected", facts)
    if row.refused_by == "score":
        told = facts if threshold is None else {**facts, "threshold": points(threshold)}
        return Refusal(row.rule_id, "result_below_threshold", told)
    if row.refused_by in GONE_IN_WORDS:
        return Refusal(row.rule_id, GONE_IN_WORDS[row.refused_by], facts)
    for limit, code in LIMITS_IN_WORDS.items():
        if limit == row.refused_by:
            return Refusal(row.rule_id, code, facts)
    return Refusal(row.rule_id, "result_not_selected", facts)


def sufficing_reason(row: SelectionRow, sufficing: int | None, *, goes_on: bool) -> Refusal | None:
    """What would have sufficed, in words; none for who is selected or left the pool, or was screened out.

    `goes_on`: the score would have let it into its next stage only, where more is decided.
    """
    if row.outcome == "selected" or row.refused_by in GONE_IN_WORDS:
        return None
    if sufficing is None:
        return Refusal("RV-9", "no_score_suffices", {})
    code = "score_would_lead_on" if goes_on else "score_would_suffice"
    return Refusal("RV-9", code, {"score": points(sufficing)})


def lowest_selected(rows: Sequence[SelectionRow]) -> int | None:
    """The lowest score among the selected rows, in hundredths; none where nobody is selected."""
    return min((row.score for row in rows if row.outcome == "selected" and row.score is not None), default=None)


def needs_a_score(row: SelectionRow) -> bool:
    """Whether there is anything to say of a score that would have sufficed."""
    return row.outcome != "selected" and row.refused_by not in GONE_IN_WORDS


def highest_score(maxima: Sequence[int], youth_bonus: int, *, youth: bool) -> int:
    """The highest final score that an application can have, in hundredths: all of the rubric, and its bonus (RV-6)."""
    return sum(maxima) + (youth_bonus if youth else 0)


def next_step(row: SelectionRow, waiting_place: int | None, policy: ResultPolicy) -> Refusal:
    """What comes next for an applicant, in words. Never raises."""
    if row.outcome == "selected":
        if policy.acceptance_days is None:
            return Refusal("RV-13", "next_agreement", {})
        return Refusal("RV-13", "next_acceptance", {"days": policy.acceptance_days})
    if row.outcome == "waiting":
        return Refusal("RV-13", "next_waiting", {} if waiting_place is None else {"place": waiting_place})
    if row.refused_by not in GONE_IN_WORDS and policy.objection_days is not None:
        return Refusal("RV-14", "next_objection", {"days": policy.objection_days})
    return Refusal("RV-14", "next_none", {})


def objection_until(announced_at: dt.datetime, policy: ResultPolicy) -> dt.datetime | None:
    """The first instant at which no objection is taken any more, counted from the announcement (CV-7).

    None where the notice states no window. Example: announced on 15 September 2025, 7 days → 22 September, 24:00 KST.
    """
    return (
        None
        if policy.objection_days is None
        else period_of_days_end(announced_at, policy.objection_days, policy.changed)
    )
