"""How far many applications are, each by its own call's rules (RV-1)."""

import datetime as dt
from collections.abc import Sequence

from libs.common.db import Tx
from libs.common.programmes import programmes_at
from services.review.model.progress import Look, Looked
from services.review.policy.panels import PanelPolicy
from services.review.rules.progress import looked_at
from services.review.store import panels


async def judge_looks(tx: Tx, found: Sequence[Look], now: dt.datetime) -> tuple[Looked, ...]:
    """Tell of each application how many sheets it has and needs: two queries, however many calls there are.

    Of a call that is not known here yet only what came in is told: one such call hides no other.
    """
    panel_ids = {look.panel_id for look in found if look.panel_id is not None}
    seats = await panels.list_seats_by_panel(tx, panel_ids)
    calls = await programmes_at(tx, {look.programme_code for look in found}, now)
    policies = {code: PanelPolicy.of(programme) for code, programme in calls.items()}
    return tuple(
        looked_at(
            look,
            seats.get(look.panel_id or "", ()),
            policies.get(look.programme_code),
            now,
        )
        for look in found
    )
