"""Runs a selection, lets the committee and an officer decide on it, and announces it (RV-9 … RV-12, RV-14)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from libs.common.db import Tx, lock
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, NotFound, Refused, WrongState
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.review.model import Candidate, Lowering
from services.review.operations.announcing import freeze_run, tell
from services.review.operations.drawing import Drawn, Pool, draw
from services.review.policy import DeliberationPolicy, QuotaPolicy
from services.review.rules.deliberation import lowering_refusals
from services.review.rules.quota import relaxation_refusals
from services.review.store import applications, selections

FIRST = 1


async def run_selection(
    tx: Tx, caller: Caller, *, programme: str, track: str, product: str | None, now: dt.datetime
) -> dict[str, Any]:
    """Draw a pool's selection as a draft; an earlier draft of the pool is discarded.

    Raises NotFound for an unknown track or product, Conflict where the pool is announced, PolicyMissing for an
    unset limit, and Refused while screening or scoring is not over.
    """
    definition = await programme_at(tx, programme, now)
    if track not in definition.tracks:
        raise NotFound("track", f"{programme}:{track}")
    if product is not None and product not in definition.tracks[track].products:
        raise NotFound("product", product)
    await lock(tx, f"selection:{programme}")
    await _make_room(tx, programme, track, product)
    selection_id = await selections.new_id(tx)
    drawn = await draw(tx, Pool(definition, track, product), selection_id, (), quota_relaxed=False)
    run = {
        "selection_id": selection_id,
        "run_version": FIRST,
        "programme_code": programme,
        "programme_version": definition.version,
        "track": track,
        "product": product,
        "state": "draft",
        "cause": "first",
        "limits": drawn.limits,
        "private_missing": drawn.award.choice.private_missing,
        "run_by": caller.subject,
        "run_at": now,
    }
    await selections.add(tx, run, drawn.rows)
    return await describe(tx, selection_id)


async def _make_room(tx: Tx, programme: str, track: str, product: str | None) -> None:
    for run in await selections.live(tx, programme, states=["draft", "announced"]):
        if run["track"] != track or (product is not None and run["product"] not in (None, product)):
            continue
        if run["state"] == "announced":
            raise Conflict("pool_announced_already", "RV-14", track=track, selection_id=run["selection_id"])
        await selections.change(tx, run["selection_id"], run["run_version"], state="discarded")


async def describe(tx: Tx, selection_id: str, run_version: int | None = None) -> dict[str, Any]:
    """A version of a selection with all its rows and the deliberations on it."""
    run = await selections.get(tx, selection_id, run_version)
    rows = await selections.rows(tx, selection_id, run["run_version"])
    facts = await applications.find(tx, applications.ids(rows))
    shown = ("receipt_no", "organisation_id", "organisation_name", "sector", "product")
    return {
        **run,
        "rows": [{**row, **{name: facts[row["application_id"]][name] for name in shown}} for row in rows],
        "deliberations": await selections.deliberations(tx, selection_id),
    }


async def _draft(tx: Tx, selection_id: str, now: dt.datetime) -> tuple[dict[str, Any], Programme]:
    run = await selections.get(tx, selection_id)
    await lock(tx, f"selection:{run['programme_code']}")
    run = await selections.get(tx, selection_id)
    if run["state"] != "draft":
        raise WrongState("selection", selection_id, run["state"], ["draft"], "POST /review/v1/selections")
    return run, await programme_at(tx, run["programme_code"], now)


async def _draw_again(
    tx: Tx, run: Mapping[str, Any], programme: Programme, *, quota_relaxed: bool | None = None
) -> Drawn:
    decisions = await selections.deliberations(tx, run["selection_id"])
    lowerings = [Lowering(d["application_id"], d["units"], d["months"], d["reason"]) for d in decisions]
    relaxed = run["quota_relaxed_reason"] is not None if quota_relaxed is None else quota_relaxed
    pool = Pool(programme, run["track"], run["product"])
    return await draw(tx, pool, run["selection_id"], lowerings, quota_relaxed=relaxed)


async def _keep(tx: Tx, run: Mapping[str, Any], drawn: Drawn, programme: Programme, **values: Any) -> dict[str, Any]:
    await selections.replace_draft(
        tx,
        run["selection_id"],
        drawn.rows,
        limits=drawn.limits,
        private_missing=drawn.award.choice.private_missing,
        programme_version=programme.version,
        **values,
    )
    return await describe(tx, run["selection_id"])


async def recompute(tx: Tx, selection_id: str, now: dt.datetime) -> dict[str, Any]:
    """Draw a draft again from what is known now; its deliberations and its relaxation stay."""
    run, programme = await _draft(tx, selection_id, now)
    return await _keep(tx, run, await _draw_again(tx, run, programme), programme)


async def deliberate(
    tx: Tx,
    caller: Caller,
    selection_id: str,
    *,
    application_id: str,
    units: int,
    months: int,
    reason: str,
    now: dt.datetime,
) -> dict[str, Any]:
    """Record that the committee lowers units or months of a passing application; freed limits flow back (RV-12)."""
    run, programme = await _draft(tx, selection_id, now)
    current = _passing(await _draw_again(tx, run, programme), application_id)
    lowering = Lowering(application_id, units, months, reason)
    refusals = lowering_refusals(current, lowering, DeliberationPolicy.of(programme, run["track"]))
    if refusals:
        raise Refused(refusals)
    await selections.decide(
        tx,
        {
            "selection_id": selection_id,
            "application_id": application_id,
            "units_before": current.units,
            "months_before": current.months,
            "units": units,
            "months": months,
            "reason": reason,
            "decided_by": caller.subject,
            "decided_at": now,
        },
    )
    return await _keep(tx, run, await _draw_again(tx, run, programme), programme)


def _passing(drawn: Drawn, application_id: str) -> Candidate:
    for candidate in drawn.award.candidates:
        if candidate.application_id == application_id:
            return candidate
    raise NotFound("application", application_id)


async def relax_quota(tx: Tx, selection_id: str, *, reason: str, now: dt.datetime) -> dict[str, Any]:
    """Relax the sector quota of a draft with a reason, where too few private ones pass (RV-10)."""
    run, programme = await _draft(tx, selection_id, now)
    drawn = await _draw_again(tx, run, programme, quota_relaxed=True)
    sectors = [candidate.sector for candidate in drawn.award.candidates]
    refusals = relaxation_refusals(sectors, QuotaPolicy.of(programme, run["track"]))
    if refusals:
        raise Refused(refusals)
    return await _keep(tx, run, drawn, programme, quota_relaxed_reason=reason)


async def announce(tx: Tx, selection_id: str, now: dt.datetime) -> dict[str, Any]:
    """Freeze a draft and say every outcome (RV-14).

    Raises Conflict where the draft no longer is what would be drawn now: somebody withdrew, another pool was
    announced, or a limit was changed since.
    """
    run, programme = await _draft(tx, selection_id, now)
    drawn = await _draw_again(tx, run, programme)
    stored = await selections.rows(tx, selection_id, FIRST)
    if drawn.limits != run["limits"] or drawn.rows != [_without_key(row) for row in stored]:
        raise Conflict("selection_stale", "RV-14", selection_id=selection_id)
    run["programme_version"] = programme.version
    canonical, digest = await freeze_run(tx, run, drawn.rows)
    values = selections.announced_now(digest, canonical, now)
    await selections.change(tx, selection_id, FIRST, programme_version=programme.version, **values)
    await tell(tx, programme, {**run, **values}, drawn.rows, now)
    return await describe(tx, selection_id)


def _without_key(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("selection_id", "run_version")}
