"""Cards that are down: who took them down, and who brought them back."""

from sqlalchemy import Select, insert, select

from libs.common.db import Tx
from libs.common.nouns import all_of, field_names, values
from services.allocator.model.supply import Downtime, DowntimeEnd
from services.allocator.tables.supply import downtime, downtime_end, downtime_no


async def next_down_no(tx: Tx) -> int:
    """The number of a new downtime."""
    return int((await tx.execute(select(downtime_no.next_value()))).scalar_one())


def down_id_of(number: int) -> str:
    """The id of the downtime with a number."""
    return f"D-{number:06d}"


async def add_downtime(tx: Tx, made: Downtime) -> None:
    """Keep who took which cards down, when and why."""
    row = values(made)
    await tx.execute(insert(downtime).values({column.name: row[column.name] for column in downtime.c}))


async def add_end(tx: Tx, end: DowntimeEnd) -> None:
    """Keep who brought the cards of a downtime back. A second end of one breaks the primary key."""
    await tx.execute(insert(downtime_end).values(**values(end)))


async def list_downtimes(
    tx: Tx, provider_id: str, server_id: str, after: int = 0, limit: int | None = None
) -> tuple[Downtime, ...]:
    """The downtimes of a server by number, after one; those that are over too."""
    query = _downtimes().where(downtime.c.provider_id == provider_id, downtime.c.server_id == server_id)
    query = query.where(downtime.c.down_no > after).order_by(downtime.c.down_no).limit(limit)
    return all_of(Downtime, await tx.execute(query))


def _downtimes() -> Select[tuple[object, ...]]:
    named = {**{c.name: c for c in downtime_end.c}, **{c.name: c for c in downtime.c}}
    fields = [named[name] for name in field_names(Downtime)]
    return select(*fields).outerjoin(downtime_end, downtime_end.c.down_no == downtime.c.down_no)
