"""Hour totals as columns: what a batch adds to `usage_hour`."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.metering.model import HourTotal

Key = tuple[str, str, dt.datetime]
"""What one hour total is kept for: grant, session, hour."""


class HourColumns(NamedTuple):
    """Hour totals column by column; no grant, session and hour stand twice."""

    grant_ids: Sequence[str]
    session_ids: Sequence[str]
    hours: Sequence[dt.datetime]
    held_s: Sequence[int]
    held_unit_s: Sequence[int]
    utilisation_weight: Sequence[int]
    events: Sequence[int]


def hour_columns(totals: Mapping[Key, HourTotal]) -> HourColumns:
    """The columns of these totals."""
    return HourColumns(
        [grant_id for grant_id, _, _ in totals],
        [session_id for _, session_id, _ in totals],
        [hour for _, _, hour in totals],
        [total.held_s for total in totals.values()],
        [total.held_unit_s for total in totals.values()],
        [total.utilisation_weight for total in totals.values()],
        [total.events for total in totals.values()],
    )


def in_key_order(columns: HourColumns) -> HourColumns:
    """The same, sorted by grant, session and hour: writers that keep to one order never wait in a ring."""
    keys = list(zip(columns.grant_ids, columns.session_ids, columns.hours, strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return HourColumns._make([column[place] for place in order] for column in columns)
