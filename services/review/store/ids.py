"""Readable ids, numbered in the order in which they are asked for."""

from sqlalchemy import Sequence, func, select

from libs.common.db import Tx


async def next_id(tx: Tx, prefix: str, sequence: Sequence) -> str:
    """The next id of a kind, such as `PN-000123`."""
    (found,) = await next_ids(tx, prefix, sequence, 1)
    return found


async def next_ids(tx: Tx, prefix: str, sequence: Sequence, count: int) -> tuple[str, ...]:
    """The next ids of a kind, in order."""
    numbers = select(sequence.next_value()).select_from(func.generate_series(1, count))
    return tuple(f"{prefix}-{number:06d}" for number in (await tx.execute(numbers)).scalars())
