"""Events by their ids, the corrections between them, and those that are held: on the connection of the careful path.

Part of the measured path of `store/usage.py`: its statements run as texts on the asyncpg connection under the
transaction, on which the batch copies its events.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.metering.model.usage import KnownEvent

NOT_DECIDED = (
    " AND NOT EXISTS (SELECT 1 FROM held_decision d"
    " WHERE d.provider_id = {0}.provider_id AND d.event_id = {0}.event_id)"
)
"""Beside a correction: whether it still names its event. One that was held and decided on does not (MT-3)."""


async def list_known_events(conn: Any, provider_id: str, event_ids: Iterable[str]) -> dict[str, KnownEvent]:
    """The recorded events of these ids."""
    rows = await conn.fetch(
        "SELECT event_id, digest, grant_id, session_id, hour, units, held_s, utilisation_bp, corrects, decision"
        " FROM usage_event LEFT JOIN held_decision USING (provider_id, event_id)"
        " WHERE provider_id = $1 AND event_id = ANY($2::text[])",
        provider_id,
        list(event_ids),
    )
    return {row["event_id"]: KnownEvent(*row.values()) for row in rows}


async def list_replacements(conn: Any, provider_id: str, event_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Event id → (id of the correction that replaces it, the correction's grant), for those that are replaced."""
    rows = await conn.fetch(
        "SELECT corrects, event_id, grant_id FROM usage_event e WHERE provider_id = $1 AND corrects = ANY($2::text[])"
        + NOT_DECIDED.format("e"),
        provider_id,
        list(event_ids),
    )
    return {row["corrects"]: (row["event_id"], row["grant_id"]) for row in rows}


async def list_corrections(conn: Any, provider_id: str, event_ids: Iterable[str]) -> dict[str, str]:
    """Correction id → id that it corrects, for every correction met when following these ids."""
    rows = await conn.fetch(
        "WITH RECURSIVE chain AS ("
        " SELECT event_id, corrects FROM usage_event e"
        " WHERE provider_id = $1 AND event_id = ANY($2::text[]) AND corrects IS NOT NULL"
        + NOT_DECIDED.format("e")
        + " UNION SELECT e.event_id, e.corrects FROM usage_event e JOIN chain c ON e.event_id = c.corrects"
        " WHERE e.provider_id = $1 AND e.corrects IS NOT NULL"
        + NOT_DECIDED.format("e")
        + ") SELECT event_id, corrects FROM chain",
        provider_id,
        list(event_ids),
    )
    return {row["event_id"]: row["corrects"] for row in rows}


async def list_held(conn: Any, provider_id: str) -> dict[str, str]:
    """Every held correction of a provider, with the unknown event that it waits for."""
    rows = await conn.fetch("SELECT event_id, awaits FROM held_event WHERE provider_id = $1", provider_id)
    return {row["event_id"]: row["awaits"] for row in rows}


async def keep_held(conn: Any, provider_id: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Keep which corrections are held: what is held no more, or for another event, goes; what is new comes."""
    gone = [event_id for event_id, awaits in before.items() if after.get(event_id) != awaits]
    come = {event_id: awaits for event_id, awaits in after.items() if before.get(event_id) != awaits}
    if gone:
        await conn.execute(
            "DELETE FROM held_event WHERE provider_id = $1 AND event_id = ANY($2::text[])", provider_id, gone
        )
    if come:
        await conn.execute(
            "INSERT INTO held_event (provider_id, event_id, awaits) SELECT $1, * FROM unnest($2::text[], $3::text[])",
            provider_id,
            list(come),
            list(come.values()),
        )
