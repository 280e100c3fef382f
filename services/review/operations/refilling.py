"""When a selected one goes, the waiting list moves up in a new, linked version (RV-13, RV-14)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from libs.common.db import Tx, lock
from libs.common.definition.programme import Programme
from libs.common.programmes import programme_at
from services.review.model import Candidate, Choice
from services.review.operations.announcing import freeze_run, tell
from services.review.operations.drawing import candidate, plain, rule_of
from services.review.policy import SelectionPolicy
from services.review.rules.waiting import promote
from services.review.store import applications, selections

SYSTEM = "review"


async def refill(tx: Tx, programme_code: str, gone_id: str, now: dt.datetime) -> None:
    """Run the announced selection that holds the one who went again from its kept set; only additions are made.

    Another pool of the call moves up too where one of the same counting unit waits for no other reason than this
    one's selection. Whoever was not selected goes without a trace in the selection; drafts are drawn again before
    they are announced.
    """
    await lock(tx, f"selection:{programme_code}")
    programme = await programme_at(tx, programme_code, now)
    announced = [
        (run, await selections.rows(tx, run["selection_id"], run["run_version"]))
        for run in await selections.live(tx, programme_code, states=["announced"])
    ]
    left = [(run, rows) for run, rows in announced if _outcome_in(rows, gone_id) == "selected"]
    for run, rows in left:
        await _next_version(tx, run, rows, gone_id, programme, now)
    if left:
        for run, rows in announced:
            if (run, rows) not in left and await _frees(tx, rows, gone_id):
                await _next_version(tx, run, rows, gone_id, programme, now, only_where_moved=True)


def _outcome_in(rows: Sequence[Mapping[str, Any]], application_id: str) -> str | None:
    return next((str(row["outcome"]) for row in rows if row["application_id"] == application_id), None)


async def _frees(tx: Tx, rows: Sequence[Mapping[str, Any]], gone_id: str) -> bool:
    """Whether somebody in these rows waits only because the one who went was selected elsewhere."""
    held_back = [row["application_id"] for row in rows if row["refused_by"] == "counting_unit"]
    facts = await applications.find(tx, [gone_id, *held_back])
    unit = facts[gone_id]["counting_unit"]
    return any(facts[application_id]["counting_unit"] == unit for application_id in held_back)


async def _next_version(
    tx: Tx,
    run: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    gone_id: str,
    programme: Programme,
    now: dt.datetime,
    *,
    only_where_moved: bool = False,
) -> None:
    facts = await applications.find(tx, {gone_id, *applications.ids(rows)})
    policy = SelectionPolicy.of(programme, run["track"], quota_relaxed=run["quota_relaxed_reason"] is not None)
    present = [row for row in rows if facts[row["application_id"]]["state"] not in applications.GONE]
    elsewhere = await selections.selected_elsewhere(tx, run["programme_code"], run["selection_id"])
    kept, waiting = _offered(present, facts, "selected"), _offered(present, facts, "waiting")
    choice = promote(kept, waiting, policy, elsewhere)
    if only_where_moved and not choice.selected:
        return
    new_rows = [_moved(row, choice, facts[row["application_id"]]) for row in rows]
    new_run = _linked(run, policy, programme, choice, f"{facts[gone_id]['state']}: {gone_id}", now)
    canonical, digest = await freeze_run(tx, new_run, new_rows)
    new_run |= selections.announced_now(digest, canonical, now)
    await selections.add(tx, new_run, new_rows)
    await tell(tx, programme, new_run, [row for row in new_rows if row["application_id"] in choice.selected], now)


def _linked(
    run: Mapping[str, Any], policy: SelectionPolicy, programme: Programme, choice: Choice, cause: str, now: dt.datetime
) -> dict[str, Any]:
    """The next version of a run, linked to the one it follows."""
    return {
        **{name: run[name] for name in ("selection_id", "programme_code", "track", "product", "quota_relaxed_reason")},
        "run_version": run["run_version"] + 1,
        "programme_version": programme.version,
        "state": "announced",
        "cause": cause,
        "limits": plain(policy),
        "private_missing": choice.private_missing,
        "supersedes_sha256": run["sha256"],
        "run_by": SYSTEM,
        "run_at": now,
    }


def _offered(
    rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Mapping[str, Any]], outcome: str
) -> list[Candidate]:
    return [
        candidate(facts[row["application_id"]], units=row["units"], months=row["months"])
        for row in rows
        if row["outcome"] == outcome
    ]


def _moved(row: Mapping[str, Any], choice: Choice, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A row in the new version: moved up, still waiting, gone, or as it was."""
    moved = {name: value for name, value in row.items() if name not in ("selection_id", "run_version")}
    if facts["state"] in applications.GONE and row["outcome"] != "refused":
        return moved | {"outcome": "refused", "refused_by": facts["state"], "rule_id": "RV-13", "promoted": False}
    if row["application_id"] in choice.selected:
        return moved | {"outcome": "selected", "refused_by": "", "rule_id": "RV-13", "promoted": True}
    if row["application_id"] in choice.refused:
        refused_by = choice.refused[row["application_id"]]
        return moved | {"refused_by": refused_by, "rule_id": rule_of(refused_by)}
    return moved
