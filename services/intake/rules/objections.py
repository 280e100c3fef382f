"""What may be objected to, until when, and who decides on it (MS-7)."""

import datetime as dt
from collections.abc import Collection, Sequence

from libs.common.calendar import period_of_days_end
from libs.common.errors import Refusal
from services.intake.model.agreements import Announcement
from services.intake.model.applications import ApplicationState, Step
from services.intake.model.findings import Decision
from services.intake.model.objections import MadeDecision, Objection, OpenDecision, StandingObjection
from services.intake.policy.objections import ObjectionPolicy

NOT_SELECTED = ("refused", "waiting")
REOPENS = "POST /review/v1/panels/{panel_id}/reopenings"
"""The call by which an officer has a selection judged again (RV-17)."""


def objection_refusal(
    decision_id: str, stands: OpenDecision | None, filed: Sequence[StandingObjection], now: dt.datetime
) -> Refusal | None:
    """MS-7: After a decision the person concerned objects once, names it, and does so within the policy's window.

    `stands` is the decision that went against the application and stands now. The window is counted in days from it
    (CV-7) and ends at 24:00 KST of its last day, exclusive. Returns why an objection is not taken: the named decision
    does not stand (any more), the call takes none, one was filed against it already, or the window is over; None where
    it is taken. Never raises.

    Example: concluded on 15 September 2025, 7 days → 22 September 23:59:59.999 KST is in time, 24:00 is late.
    Source: MS-7.
    """
    if stands is None or stands.made.decision_id != decision_id:
        named = None if stands is None else stands.made.decision_id
        return Refusal("MS-7", "decision_not_open", {"decision_id": decision_id, "stands": named})
    if stands.until is None:
        return Refusal("MS-7", "no_objections", {})
    before = next((one for one in filed if one.filed.decision_id == decision_id), None)
    if before is not None:
        return Refusal("MS-7", "objection_filed", {"objection": before.filed.objection_id})
    if now >= stands.until:
        return Refusal("MS-7", "objection_too_late", {"until": stands.until.isoformat()})
    return None


def contested_selection(found: Objection) -> str | None:
    """The selection that an objection contests; None where it contests a screening. Never raises."""
    return found.decision_id.rpartition("-v")[0] if found.decision == "selection" else None


def decision_refusal(found: StandingObjection, by: str, deciders: Collection[str] = ()) -> Refusal | None:
    """Why somebody does not decide on an objection: it is decided, or he took part in what it contests.

    `deciders` took part in the selection that it contests, as far as that is known now. None where he decides. Never
    raises.
    """
    at = found.filed.objection_id
    if found.decided is not None:
        return Refusal("MS-7", "objection_decided", {"objection": at, "decided": found.decided.outcome})
    if by in found.filed.took_part or by in deciders:
        return Refusal("MS-7", "objection_own_decision", {"objection": at})
    return None


def objection_window(made: MadeDecision, policy: ObjectionPolicy) -> OpenDecision:
    """A decision with the end of its window; None where the call takes no objections. Never raises."""
    until = None if policy.days is None else period_of_days_end(made.decided_at, policy.days, policy.changed)
    return OpenDecision(made, until)


def decision_against(
    state: ApplicationState,
    history: Sequence[Step],
    decisions: Sequence[Decision],
    announced: Announcement | None,
    deciders: Sequence[str] = (),
) -> MadeDecision | None:
    """The decision that went against an application and stands now; None where none does.

    A screening that ended as ineligible was decided by whoever concluded it and whoever decided on one of its rules;
    who took part in a selection (`deciders`) review has said. `history` is the oldest step first. Never raises.
    """
    if state == "ineligible":
        conclusions = [step for step in history if step.state == "ineligible"]
        last = conclusions[-1]
        took_part = dict.fromkeys((*(one.decided_by for one in decisions), last.by))
        return MadeDecision("screening", f"screening-{len(conclusions)}", state, last.at, tuple(took_part))
    if state in NOT_SELECTED and announced is not None and announced.outcome == state:
        named = f"{announced.selection_id}-v{announced.run_version}"
        return MadeDecision("selection", named, state, announced.announced_at, tuple(deciders))
    return None


def next_call(found: StandingObjection) -> str:
    """The officer's next call on an objection: to decide, or what an upheld one leads to; empty where nothing follows.

    Never raises.
    """
    filed, decided = found.filed, found.decided
    at = f"/intake/v1/applications/{filed.application_id}"
    if decided is None:
        return f"POST {at}/objections/{filed.objection_id}/decision"
    if decided.outcome == "rejected":
        return ""
    return f"POST {at}/screening/conclude" if filed.decision == "screening" else REOPENS


def takes_back_screening(found: Objection, outcome: str) -> bool:
    """Whether a decision on an objection has the application screened anew. Never raises."""
    return outcome == "upheld" and found.decision == "screening"
