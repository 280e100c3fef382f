"""What is left of a grant's discounted hours (MT-6)."""

import datetime as dt

from libs.common.calendar import month_of
from services.metering.model.grants import GrantHistory
from services.metering.model.statements import Balance
from services.metering.model.time import us_of
from services.metering.rules.shares import month_shares
from services.metering.rules.waits import balance_of


def balance_at(history: GrantHistory, now: dt.datetime) -> Balance:
    """A grant's discounted hours at its provider as of `now`: earned by waits, used by billable hours, left.

    A grant that has not begun has used none; one that ended, at its exclusive end too, has none left. Never raises.
    """
    placement = history.placement
    until = max(now, placement.starts_at)
    shares, _ = month_shares(history, month_of(until), us_of(until))
    used = sum(share.discounted_unit_hours for share in shares.values())
    ended = placement.ends_at <= now
    return balance_of(placement.grant_id, placement.provider_id, history.waits, used, ended=ended)
