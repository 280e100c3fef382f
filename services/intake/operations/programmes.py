"""Programme definitions: upload, open, fill in, read."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from libs.common import programmes
from libs.common.budget_share import BudgetShare
from libs.common.clock import Clock
from libs.common.db import Tx, lock
from libs.common.definition.programme import Programme
from libs.common.definition.reading import read_definition, read_kept, with_value
from libs.common.errors import Conflict, NotFound, WrongState
from libs.common.events.intake import ProgrammeOpened, ProgrammeRevised
from libs.common.identity import Caller
from libs.common.outbox import say
from services.intake.model.programmes import KnownProgramme, Tree
from services.intake.rules.rounds import round_refusal
from services.intake.rules.shared_cap import shared_cap_refusal
from services.intake.rules.versions import version_refusal
from services.intake.store import programmes as store


@dataclass(frozen=True, slots=True)
class ProgrammeStanding:
    """A programme and its newest definition."""

    known: KnownProgramme
    programme: Programme
    definition: Tree
    public: bool = False
    """Whether it is told outside the agency: without confidential values (F-47)."""


async def upload(tx: Tx, caller: Caller, tree: Tree, clock: Clock) -> ProgrammeStanding:
    """Keep an uploaded definition as the newest version. It is in force once it is opened.

    The same version with the same content again changes nothing. Raises Invalid for a broken definition and
    Conflict where its version number is not the next one, or its part exceeds a cap that it shares.
    """
    programme = read_definition(tree)
    definition = programme.as_json()
    await lock(tx, f"programme:{programme.code}")  # of a first version there is no row yet that could be locked
    row = await store.find_programme(tx, programme.code, for_update=True)
    if row is not None:
        if programme.version == row.latest_version and definition == await store.get_definition(
            tx, row.code, row.latest_version
        ):
            return ProgrammeStanding(row, programme, definition)
        refusal = version_refusal(programme.code, programme.version, row.latest_version)
        if refusal is not None:
            raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)
    await _stays_within_the_cap(tx, programme, clock)
    await store.add_version(
        tx, programme.code, programme.version, definition, reason="uploaded", by=caller.subject, now=clock.now()
    )
    return await show(tx, programme.code)


async def open_newest(tx: Tx, code: str, reason: str, clock: Clock) -> ProgrammeStanding:
    """Put the newest version in force and tell every service.

    Raises WrongState where it is in force already, Conflict where its part exceeds a cap that it shares,
    or where it is a round of what is no open first call (AL-20).
    """
    row = await store.get_programme(tx, code, for_update=True)
    if row.in_force_version == row.latest_version:
        raise WrongState("programme", code, "open", ["draft"], "POST /intake/v1/programmes")
    definition = await store.get_definition(tx, code, row.latest_version)
    programme = read_kept(definition)
    refusal = round_refusal(code, programme.round_of, await programmes.first_calls(tx))
    if refusal is not None:
        raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)
    await _stays_within_the_cap(tx, programme, clock)
    await _put_in_force(tx, definition, reason, first=row.in_force_version is None, now=clock.now())
    return await show(tx, code)


async def set_value(
    tx: Tx, caller: Caller, row: KnownProgramme, path: str, value: Any, reason: str, *, clock: Clock
) -> ProgrammeStanding:
    """An officer's value makes a new version; of an open programme it is in force at once.

    `row` is the programme's, locked. Raises NotFound for an unknown path, Invalid where the value is not of the
    path's kind, Conflict where the programme's part exceeds a cap that it shares.
    """
    now = clock.now()
    newest = read_kept(await store.get_definition(tx, row.code, row.latest_version))
    programme = with_value(newest, path, value, reason)
    await _stays_within_the_cap(tx, programme, clock)
    definition = programme.as_json()
    await store.add_version(
        tx, programme.code, programme.version, definition, reason=f"{path}: {reason}", by=caller.subject, now=now
    )
    if row.in_force_version == row.latest_version:
        await _put_in_force(tx, definition, reason, first=False, now=now)
    return ProgrammeStanding(await store.get_programme(tx, row.code), programme, definition)


async def _stays_within_the_cap(tx: Tx, programme: Programme, clock: Clock) -> None:
    """Refuse a part with which programmes in force would exceed their one cap (BL-9); one definition at a time."""
    await lock(tx, "shared caps")
    codes = await store.list_codes_in_force(tx, but=programme.code)
    in_force = [BudgetShare.of(await programmes.programme_at(tx, code, clock.now())) for code in codes]
    refusal = shared_cap_refusal(BudgetShare.of(programme), in_force)
    if refusal is not None:
        raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)


async def _put_in_force(tx: Tx, definition: Tree, reason: str, *, first: bool, now: dt.datetime) -> None:
    code, version = definition["code"], definition["version"]
    opened = ProgrammeOpened(code=code, version=version, in_force_from=now, definition=definition)
    event = opened if first else ProgrammeRevised(**opened.model_dump(), reason=reason)
    await store.set_in_force(tx, code, version)
    await programmes.keep(tx, opened)
    await say(tx, event, now=now)


async def show_to(tx: Tx, caller: Caller, code: str, version: int | None) -> ProgrammeStanding:
    """A programme as the caller may see it: outside the agency only the version in force, without confidential values.

    Raises NotFound.
    """
    row = await store.get_programme(tx, code)
    if caller.sees_all():
        return await show(tx, code, version)
    if row.in_force_version is None or version not in {None, row.in_force_version}:
        raise NotFound("programme", code)
    return replace(await show(tx, code, row.in_force_version), public=True)


async def show(tx: Tx, code: str, version: int | None = None) -> ProgrammeStanding:
    """A programme with its newest definition, or with the one of a version. Raises NotFound."""
    row = await store.get_programme(tx, code)
    definition = await store.get_definition(tx, code, version or row.latest_version)
    return ProgrammeStanding(row, read_kept(definition), definition)
