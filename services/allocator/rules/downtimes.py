"""Cards that are down, and the counter-fact that they are up again."""

import datetime as dt
from collections.abc import Sequence

from libs.common.errors import Refusal
from services.allocator.model.supply import Downtime


def is_down(downtime: Downtime, now: dt.datetime) -> bool:
    """Whether a downtime still takes or is to take cards at `now`: `[from, until)` is not over, nobody brought them up.

    Never raises.
    """
    return downtime.up_at is None and now < downtime.until


def meant_downtime(known: Sequence[Downtime], down_id: str | None, now: dt.datetime) -> Downtime | Refusal:
    """The downtime that is meant: the one named, else the only one of a server that still lasts.

    `known`: all downtimes of the server. A refusal where none lasts, or several do and none is named.
    """
    lasting = [one for one in known if is_down(one, now) and down_id in (None, one.down_id)]
    if not lasting:
        return Refusal("AL-3", "not_down", {})
    if len(lasting) > 1:
        return Refusal("AL-3", "which_downtime", {"downtimes": ", ".join(one.down_id for one in lasting)})
    return lasting[0]


def up_refusal(up_at: dt.datetime | None, now: dt.datetime) -> Refusal | None:
    """Why cards cannot be up as of an instant: it has not come yet. None: they can."""
    if up_at is not None and up_at > now:
        return Refusal("AL-3", "up_in_the_future", {"now": now.isoformat()})
    return None


def up_from(downtime: Downtime, up_at: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """From when on the cards of a downtime are up again: as told, else `now`, and never before they were down.

    Up from its beginning on, a downtime takes nothing: so a wrong one, or one still to come, is taken back.
    Example: down 1–5 October, told on the 3rd → the 3rd; told before the 1st → the 1st.
    """
    return max(downtime.from_at, up_at or now)
