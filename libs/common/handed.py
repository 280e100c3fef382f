"""Reads envelopes from a service's database to hand them on: the oldest first, never too much at once."""

from sqlalchemy import TextClause, text

from libs.common.bus import EVENT_BYTES_MAX

HANDED_BYTES_MAX = 4 * EVENT_BYTES_MAX
"""What is read at once, beside the one event with which it passes that."""


def oldest(table: str, condition: str = "true", columns: str = "id, topic, key, envelope, headers") -> TextClause:
    """The oldest rows of a table of envelopes, at most `:limit` and about `HANDED_BYTES_MAX` bytes; at least one.

    Each tells in `so_far` how many bytes it and those before it have: where the last one's reach `HANDED_BYTES_MAX`,
    more rows may wait.
    """
    return text(
        f"SELECT {columns}, so_far FROM (SELECT *, sum(octet_length(envelope)) OVER (ORDER BY id) AS so_far"
        f" FROM (SELECT {columns} FROM {table} WHERE {condition} ORDER BY id LIMIT :limit)"
        f" AS oldest) AS summed WHERE so_far - octet_length(envelope) < {HANDED_BYTES_MAX} ORDER BY id"
    )
