"""How far applications are, as an officer sees many of them at once (RV-1)."""

import datetime as dt
from collections.abc import Sequence

from services.review.model.panels import Seat
from services.review.model.progress import Flag, Look, Looked
from services.review.policy.panels import PanelPolicy
from services.review.rules.panel import is_late, stage_standing


def looked_at(look: Look, seats: Sequence[Seat], policy: PanelPolicy | None, now: dt.datetime) -> Looked:
    """How many sheets of an application's stage count, how many it needs to close, and what an officer should see.

    Needed are those that count, those that are awaited and those of substitutes still to be seated. `late` is said
    where an awaited seat is past its due time; a step is never skipped for it. Of a closed stage, and of an application
    that is gone, nothing is awaited. Without a policy, while the call's definition is not known here, the sheets that
    count are counted and nobody says how many are needed. Never raises.

    Example: five seats, three sheets, one conflict, at least five sheets → 3 of 5, `conflict`, `substitute_needed`.
    """
    if policy is None:
        return Looked(look, len(set(look.given) - set(look.conflicted)), None, ())
    standing = stage_standing(look.application_id, seats, look.conflicted, look.given, policy, look.sheets_before)
    in_review = look.panel_id is not None and look.closed_at is None and look.state == "eligible"
    awaited = [seat for seat in seats if seat.seat in standing.awaited] if in_review else []
    missing = standing.substitutes_needed if in_review else 0
    said: dict[Flag, bool] = {
        "late": any(is_late(seat, look.due_at, now) for seat in awaited),
        "conflict": bool(look.conflicted),
        "reopened": look.sheets_before > 0,
        "substitute_needed": missing > 0,
    }
    flags = tuple(flag for flag, holds in said.items() if holds)
    return Looked(look, standing.sheets, standing.sheets + len(awaited) + missing, flags)
