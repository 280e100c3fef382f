"""The announcement of a selection, which one person proposes and another confirms (BL-13)."""

import datetime as dt
from collections import Counter

from libs.common.acts import Thing
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.proposals.model import Kind, Told, by_name
from libs.common.proposals.store import list_proposers
from services.review.model.proposals import Announcement
from services.review.operations import selections
from services.review.operations.announcing import announced
from services.review.operations.turns import take_selection_turn
from services.review.operations.two_people_providers import PROVIDER_AGREEMENT
from services.review.store import selections as store


async def _about(_: Tx, command: Announcement) -> Thing:
    return "selection", command.selection_id


async def _turn(tx: Tx, command: Announcement, clock: Clock) -> dt.datetime:
    run = await store.get_run(tx, command.selection_id)
    return await take_selection_turn(tx, run.programme_code, clock)


async def _frozen(tx: Tx, command: Announcement, clock: Clock) -> Told:
    """The draft by the hash under which it would be frozen: limits, rows, cuts, sheets and composites are in it."""
    run = await store.get_run(tx, command.selection_id)
    frozen, _ = await announced(tx, run, await store.list_rows(tx, run), clock.now())
    return {"run_version": run.run_version, "programme_version": run.programme_version, "sha256": frozen.sha256}


async def _announce(tx: Tx, caller: Caller, command: Announcement, _: str, clock: Clock) -> Told:
    signed = {caller.subject, *await list_proposers(tx, ANNOUNCEMENT.name, command.selection_id)}
    told = await selections.announce(tx, command.selection_id, signed, clock)
    counted = Counter(row.outcome for row in told.rows)
    return {"run_version": told.run.run_version, "sha256": told.run.sha256, **dict(sorted(counted.items()))}


ANNOUNCEMENT = Kind(
    service="review",
    name="announcement",
    command=Announcement,
    about=_about,
    turn=_turn,
    rests_on=_frozen,
    effect=_announce,
)
KINDS = by_name(ANNOUNCEMENT, PROVIDER_AGREEMENT)
