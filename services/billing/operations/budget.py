"""The budget: appropriate, commit at selection, release on forfeiture, shift between its parts (BL-9)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, Invalid, NotFound, PolicyMissing
from libs.common.events.review import SelectionAnnounced
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.billing.model.ledger import Move
from services.billing.operations.ledger import post
from services.billing.operations.turns import take_turn
from services.billing.policy import BudgetPolicy, CommitmentPolicy, missing_path
from services.billing.rules.ledger import transfer
from services.billing.store import budget, forfeitures, ledger


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A programme's budget as it stands, in won; `missing_path` names an unset value without which it is not known."""

    programme_code: str
    cap_krw: int | None
    operating_krw: int
    subsidy_krw: int | None
    """The part for subsidies: cap less operation, shifts included; none where there is no cap."""
    committed_krw: int
    executed_krw: int
    uncovered_krw: int
    left_krw: int | None
    """The subsidy part not yet executed."""
    levels_reached_pct: list[int]
    missing_path: str | None


async def budget_of(tx: Tx, programme: Programme) -> BudgetState:
    """A programme's budget as it stands. Never raises for an unset value: it names it."""
    policy, missing = None, None
    try:
        policy = BudgetPolicy.of(programme)
    except PolicyMissing as error:
        missing = str(error.facts["path"])
    shifted = await budget.shifted_to_subsidy_krw(tx, programme.code)
    executed = await budget.executed_krw(tx, programme.code)
    subsidy = subsidy_part_krw(policy, shifted) if policy else None
    return BudgetState(
        programme_code=programme.code,
        cap_krw=policy.cap_krw if policy else None,
        operating_krw=(policy.operating_krw if policy else 0) - shifted,
        subsidy_krw=subsidy,
        committed_krw=await budget.committed_krw(tx, programme.code),
        executed_krw=executed,
        uncovered_krw=await budget.uncovered_krw(tx, programme.code),
        left_krw=None if subsidy is None else subsidy - executed,
        levels_reached_pct=await budget.levels(tx, programme.code),
        missing_path=missing,
    )


def subsidy_part_krw(policy: BudgetPolicy, shifted_krw: int) -> int | None:
    """The part of the cap for subsidies, after shifts; none where there is no cap."""
    return None if policy.cap_krw is None else policy.cap_krw - policy.operating_krw + shifted_krw


async def appropriate(tx: Tx, programme: Programme, now: dt.datetime) -> None:
    """Book the cap once it is known, and the difference when a revision changes it."""
    try:
        policy = BudgetPolicy.of(programme)
    except PolicyMissing:
        return
    await take_turn(tx)
    if policy.cap_krw is None:
        return
    code = programme.code
    parts = {"free": policy.cap_krw - policy.operating_krw, "operating": policy.operating_krw}
    booked = {part: -await ledger.balance_of(tx, f"budget:{code}:appropriation:{part}") for part in parts}
    entries = [
        entry
        for part, krw in parts.items()
        for entry in transfer(f"budget:{code}:{part}", f"budget:{code}:appropriation:{part}", krw - booked[part])
    ]
    cause = f"budget.appropriated:{code}:v{programme.version}"
    await _post(tx, cause, entries, code, programme.version, now)


async def _post(
    tx: Tx, cause: str, entries: list[Any], programme_code: str, programme_version: int, now: dt.datetime
) -> None:
    await post(
        tx,
        cause,
        entries,
        rule_id="BL-9",
        programme_code=programme_code,
        programme_version=programme_version,
        now=now,
    )


async def hear_selection(tx: Tx, event: SelectionAnnounced, now: dt.datetime) -> None:
    """Commit an estimate for a selected application; release it where a later run no longer selects it.

    The estimate is units × months × the planning price; 0 where the programme decided on none, and 0 with the
    missing path where it is unset, corrected once an officer fills it in. Who withdrew, or whose grant ended, before
    this word came gets nothing committed.
    """
    await take_turn(tx)
    gone = await forfeitures.forfeiture_of(tx, event.application_id) is not None
    if gone or event.outcome != "selected":
        await release(tx, event.application_id, now)
        return
    await commit(
        tx,
        event.application_id,
        programme_code=event.programme_code,
        track=event.track,
        product=event.product,
        units=event.units,
        months=event.months,
        at=event.announced_at,
        now=now,
    )


async def commit(
    tx: Tx,
    application_id: str,
    *,
    programme_code: str,
    track: str,
    product: str,
    units: int,
    months: int,
    at: dt.datetime,
    now: dt.datetime,
) -> None:
    """Commit budget for an application, or change what is committed for it."""
    await take_turn(tx)
    known = await budget.commitment_of(tx, application_id)
    amount, missing, version = await _estimate(tx, programme_code, track, product, units * months, at, now)
    left_before = known["left_krw"] if known and not known["released"] else 0
    executed = known["amount_krw"] - known["left_krw"] if known and not known["released"] else 0
    left = max(0, amount - executed)
    changes = known["changes"] + 1 if known else 1
    await budget.save_commitment(
        tx,
        application_id,
        programme_code=programme_code,
        track=track,
        product=product,
        units=units,
        months=months,
        amount_krw=left + executed,
        left_krw=left,
        released=False,
        missing_path=missing,
        changes=changes,
    )
    entries = [*transfer(f"budget:{programme_code}:committed", f"budget:{programme_code}:free", left - left_before)]
    await _post(tx, f"budget.committed:{application_id}:{changes}", entries, programme_code, version, now)


async def _estimate(
    tx: Tx, programme_code: str, track: str, product: str, unit_months: int, at: dt.datetime, now: dt.datetime
) -> tuple[int, str | None, int]:
    missing = "programme"
    for instant in (at, now):
        try:
            programme = await programme_at(tx, programme_code, instant)
            policy = CommitmentPolicy.of(programme, track, product)
        except (PolicyMissing, NotFound) as error:
            missing = missing_path(error, programme_code)
        else:
            return policy.unit_month_krw * unit_months, None, programme.version
    return 0, missing, 0


async def estimate_again(tx: Tx, programme_code: str, now: dt.datetime) -> None:
    """Correct the commitments whose planning price was unset when they were made."""
    for row in await budget.commitments_awaiting_policy(tx, programme_code):
        if not row["released"]:
            names = ("programme_code", "track", "product", "units", "months")
            await commit(tx, row["application_id"], **{name: row[name] for name in names}, at=now, now=now)


async def release(tx: Tx, application_id: str, now: dt.datetime) -> None:
    """Give back what is still committed for an application; again changes nothing."""
    await take_turn(tx)
    known = await budget.commitment_of(tx, application_id)
    if known is None or known["released"]:
        return
    changes = known["changes"] + 1
    await budget.save_commitment(tx, application_id, **{**_kept(known), "released": True, "changes": changes})
    code = known["programme_code"]
    entries = [*transfer(f"budget:{code}:free", f"budget:{code}:committed", known["left_krw"])]
    version = await _version_at(tx, code, now)
    await _post(tx, f"budget.released:{application_id}:{changes}", entries, code, version, now)


async def _version_at(tx: Tx, programme_code: str, now: dt.datetime) -> int:
    """The version in force; 0 while the programme was not heard of, as for a commitment made then."""
    try:
        return (await programme_at(tx, programme_code, now)).version
    except NotFound:
        return 0


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "application_id"}


async def shift(tx: Tx, caller: Caller, programme: Programme, move: Move, now: dt.datetime) -> BudgetState:
    """Move an amount between the subsidy and the operating part, within the cap, with a reason.

    Raises PolicyMissing, Invalid for one part, Conflict where the part does not hold the amount free.
    """
    if move.from_part == move.to_part:
        raise Invalid("shift_needs_two_parts", "BL-9", part=move.from_part)
    await take_turn(tx)
    policy = BudgetPolicy.of(programme)
    if policy.cap_krw is None:
        raise Conflict("budget_without_cap", "BL-9", programme=programme.code)
    state = await budget_of(tx, programme)
    free = state.operating_krw if move.from_part == "operating" else state.left_krw or 0
    if move.amount_krw > free:
        raise Conflict("shift_exceeds_part", "BL-9", part=move.from_part, free_krw=free, amount_krw=move.amount_krw)
    shift_id = await budget.add_shift(tx, programme.code, move, caller.subject, now)
    accounts = {"subsidy": f"budget:{programme.code}:free", "operating": f"budget:{programme.code}:operating"}
    entries = [*transfer(accounts[move.to_part], accounts[move.from_part], move.amount_krw)]
    await _post(tx, f"budget.shifted:{shift_id}", entries, programme.code, programme.version, now)
    return await budget_of(tx, programme)
