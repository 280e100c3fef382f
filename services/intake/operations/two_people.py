"""The lifting of a ban and the revocation of an award: one person proposes it, another confirms (BL-13)."""

import datetime as dt

from libs.common.acts import Thing
from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.identity import Caller
from libs.common.nouns import as_json
from libs.common.proposals.model import Kind, Told, by_name
from services.intake.model.facts_on_record import RestrictionOnRecord
from services.intake.model.proposals import EndOfRestriction, WithdrawalOfRestriction
from services.intake.operations import counter_facts
from services.intake.operations.revocation import REVOCATION

Command = EndOfRestriction | WithdrawalOfRestriction


async def _about(_: Tx, command: Command) -> Thing:
    return "restriction", command.restriction_id


async def _turn(tx: Tx, command: Command, clock: Clock) -> dt.datetime:
    await lock(tx, f"restriction:{command.restriction_id}")
    return clock.now()


async def _on_record(tx: Tx, command: Command, _: Clock) -> Told:
    """The restriction with everything that was said against it so far; whom it bars by id, never by name."""
    found = await counter_facts.restriction_on_record(tx, command.restriction_id)
    fact = found.fact
    return {
        "subject": found.subject,
        "kind": fact.kind,
        "days": as_json([fact.from_day, fact.until_day]),
        "counter_facts": as_json(found.counter_facts),
    }


async def _end(tx: Tx, caller: Caller, command: EndOfRestriction, reason: str, clock: Clock) -> Told:
    told = (command.restriction_id, command.last_day, reason)
    return _said(await counter_facts.end_restriction(tx, caller, *told, clock))


async def _withdraw(tx: Tx, caller: Caller, command: WithdrawalOfRestriction, reason: str, clock: Clock) -> Told:
    return _said(await counter_facts.withdraw_restriction(tx, caller, command.restriction_id, reason, clock))


def _said(found: RestrictionOnRecord) -> Told:
    said = found.counter_facts[-1]
    return {"restriction_id": found.restriction_id, "kind": found.fact.kind, "last_day": as_json(said.last_day)}


RESTRICTION_END = Kind(
    service="intake",
    name="restriction_end",
    command=EndOfRestriction,
    about=_about,
    turn=_turn,
    rests_on=_on_record,
    effect=_end,
    tells_of_people=True,
)
RESTRICTION_WITHDRAWAL = Kind(
    service="intake",
    name="restriction_withdrawal",
    command=WithdrawalOfRestriction,
    about=_about,
    turn=_turn,
    rests_on=_on_record,
    effect=_withdraw,
    tells_of_people=True,
)
KINDS = by_name(RESTRICTION_END, RESTRICTION_WITHDRAWAL, REVOCATION)
