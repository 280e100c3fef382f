"""Say a closed statement: at once where it fits, else in parts under its hash."""

from math import ceil

from libs.common.events.envelope import Event
from libs.common.events.metering import StatementClosed, StatementClosedPart
from libs.common.outbox import fits

PART_LINES_MAX = 2_000
"""A part with lines of ordinary ids takes less than 2 MB, and with the longest ones still fits."""


def closed_events(statement: StatementClosed) -> tuple[Event, ...]:
    """The events that say a closed statement, in order: itself where it fits on the bus, else its parts 1…N."""
    if fits(statement):
        return (statement,)
    parts = ceil(len(statement.lines) / PART_LINES_MAX)
    return tuple(
        StatementClosedPart(
            statement_id=statement.statement_id,
            provider_id=statement.provider_id,
            programme_code=statement.programme_code,
            programme_version=statement.programme_version,
            month=statement.month,
            closed_at=statement.closed_at,
            sha256=statement.sha256,
            part=number + 1,
            parts=parts,
            line_count=len(statement.lines),
            lines=statement.lines[number * PART_LINES_MAX : (number + 1) * PART_LINES_MAX],
        )
        for number in range(parts)
    )
