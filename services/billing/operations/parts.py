"""Hear a statement that is too large for one event: gather its parts, and take it up once it is whole."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import InvalidEvent
from libs.common.events.metering import StatementClosed, StatementClosedPart, StatementLine
from libs.common.reckoning import reckon
from services.billing.model.parts import StatementPart
from services.billing.operations.drafts import hear_statement
from services.billing.operations.turns import take_turn
from services.billing.rules.parts import is_whole, part_fault
from services.billing.store import parts


async def hear_part(tx: Tx, event: StatementClosedPart, clock: Clock) -> None:
    """Keep a part of a closed statement; with the last one, whichever it is, the statement is heard.

    Parts may come in any order and more than once. Raises InvalidEvent for one that is no part of the same
    statement as those before it, or where the parts together are not the whole.
    """
    now = await take_turn(tx, clock)
    part = StatementPart(
        statement_id=event.statement_id,
        part=event.part,
        parts=event.parts,
        sha256=event.sha256,
        lines=tuple(line.model_dump(mode="json") for line in event.lines),
        heard_at=now,
    )
    _refuse(part_fault(part, ()))
    await parts.add_part(tx, part)
    here = await parts.list_parts(tx, event.statement_id)
    _refuse(part_fault(part, here))
    if not is_whole(here, event.parts):
        return
    await hear_statement(tx, await reckon(tx, _whole, event, here), clock)
    await parts.end_parts(tx, event.statement_id)


def _refuse(fault: str | None) -> None:
    if fault is not None:
        raise InvalidEvent(fault)


def _whole(event: StatementClosedPart, here: tuple[StatementPart, ...]) -> StatementClosed:
    lines = [StatementLine.model_validate(line) for part in here for line in part.lines]
    if len(lines) != event.line_count:
        raise InvalidEvent(f"{event.statement_id} has {len(lines)} lines of {event.line_count}")
    return StatementClosed(
        statement_id=event.statement_id,
        provider_id=event.provider_id,
        programme_code=event.programme_code,
        programme_version=event.programme_version,
        month=event.month,
        closed_at=event.closed_at,
        sha256=event.sha256,
        lines=lines,
    )
