"""Draws a pool's selection: ranking, limits, deliberations, and one row for every application (RV-5, RV-9, RV-12)."""

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Refusal, Refused
from services.review.model import Award, Candidate, Composite, Contender, Lowering, Ranked
from services.review.policy import SelectionPolicy, StagePolicy, TiePolicy
from services.review.rules.deliberation import deliberate
from services.review.rules.ranking import rank
from services.review.rules.stages import final_composite
from services.review.store import applications, selections, sheets

NAMED_MAX = 20


class Pool(NamedTuple):
    """What a selection runs on."""

    programme: Programme
    track: str
    product: str | None


class Drawn(NamedTuple):
    """A drawn selection: the award over the passing ones, all rows, and the limits that held."""

    award: Award
    rows: list[dict[str, Any]]
    limits: dict[str, Any]


async def draw(tx: Tx, pool: Pool, selection_id: str, lowerings: Sequence[Lowering], *, quota_relaxed: bool) -> Drawn:
    """Draw the selection of a pool from everything known now.

    Raises PolicyMissing where a limit is unset, and Refused while an application is still being screened or
    scored: nobody loses because staff or reviewers were late.
    """
    policy = SelectionPolicy.of(pool.programme, pool.track, quota_relaxed=quota_relaxed)
    known = await applications.pool(tx, pool.programme.code, pool.track, pool.product)
    rows = {row["application_id"]: row for row in known if row["state"] not in applications.GONE}
    _check_review_over(rows)
    finals = await _finals(tx, pool, list(rows))
    passing = [rows[known] for known, final in finals.items() if final.passed]
    ranked = rank(contenders(passing, finals), TiePolicy.of(pool.programme))
    candidates = [candidate(rows[place.application_id]) for place in ranked]
    elsewhere = await selections.selected_elsewhere(tx, pool.programme.code, selection_id)
    award = await asyncio.to_thread(deliberate, candidates, lowerings, policy, elsewhere)
    return Drawn(award, _rows(rows, ranked, finals, award, lowerings), plain(policy))


def _check_review_over(rows: Mapping[str, Mapping[str, Any]]) -> None:
    unscreened = [known for known, row in rows.items() if row["state"] == "submitted"]
    unscored = [known for known, row in rows.items() if row["state"] == "eligible" and row["passed"] is None]
    refusals = []
    if unscreened:
        refusals.append(Refusal("IN-12", "screening_open", _named(unscreened)))
    if unscored:
        refusals.append(Refusal("RV-1", "stage_open", _named(unscored)))
    if refusals:
        raise Refused(refusals)


def _named(application_ids: Sequence[str]) -> dict[str, str | int]:
    return {"count": len(application_ids), "applications": ", ".join(application_ids[:NAMED_MAX])}


async def _finals(tx: Tx, pool: Pool, application_ids: Sequence[str]) -> dict[str, Composite]:
    composites = await sheets.composites_of(tx, application_ids)
    skipped = pool.track in await applications.skipped_tracks(tx, pool.programme.code)
    policy = StagePolicy.of(pool.programme, pool.track)
    found = {known: final_composite(policy, stages, document_skipped=skipped) for known, stages in composites.items()}
    return {known: final for known, final in found.items() if final is not None}


def contenders(rows: Sequence[Mapping[str, Any]], finals: Mapping[str, Composite]) -> list[Contender]:
    """What ranking compares, of applications with a final composite."""
    return [
        Contender(
            row["application_id"],
            finals[row["application_id"]].final,
            finals[row["application_id"]].criterion_means,
            row["received_at"],
            row["receipt_no"],
        )
        for row in rows
    ]


def candidate(row: Mapping[str, Any], *, units: int | None = None, months: int | None = None) -> Candidate:
    """An application as selection sees it; with other amounts where a committee lowered them."""
    return Candidate(
        row["application_id"],
        row["sector"],
        row["counting_unit"],
        row["product"],
        row["youth"],
        row["units"] if units is None else units,
        row["months"] if months is None else months,
    )


def _rows(
    rows: Mapping[str, Mapping[str, Any]],
    ranked: Sequence[Ranked],
    finals: Mapping[str, Composite],
    award: Award,
    lowerings: Sequence[Lowering],
) -> list[dict[str, Any]]:
    reasons = {lowering.application_id: lowering.reason for lowering in lowerings}
    places = {place.application_id: place for place in ranked}
    drawn = [
        _ranked_row(rows[offered.application_id], places[offered.application_id], finals, award, offered, reasons)
        for offered in award.candidates
    ]
    left = sorted(known for known in rows if known not in places)
    drawn += [_unranked_row(rows[known], finals.get(known)) for known in left]
    return [{"position": position, **row} for position, row in enumerate(drawn, start=1)]


def _ranked_row(
    row: Mapping[str, Any],
    place: Ranked,
    finals: Mapping[str, Composite],
    award: Award,
    offered: Candidate,
    reasons: Mapping[str, str],
) -> dict[str, Any]:
    known = place.application_id
    refused_by = award.choice.refused.get(known, "")
    return {
        **_asked(row),
        "rank": place.rank,
        "ahead_by": place.ahead_by,
        "score": finals[known].final,
        "outcome": "waiting" if refused_by else "selected",
        "refused_by": refused_by,
        "rule_id": rule_of(refused_by, by_deliberation=known in award.promoted),
        "units": offered.units,
        "months": offered.months,
        "reason": reasons.get(known, ""),
    }


def rule_of(refused_by: str, *, by_deliberation: bool = False) -> str:
    """The rule that speaks in a ranked application's outcome."""
    if refused_by == "quota":
        return "RV-10"
    return "RV-12" if by_deliberation and not refused_by else "RV-9"


def _unranked_row(row: Mapping[str, Any], final: Composite | None) -> dict[str, Any]:
    screened_out = final is None
    return {
        **_asked(row),
        "rank": None,
        "ahead_by": "",
        "score": None if final is None else final.final,
        "outcome": "refused",
        "refused_by": "screening" if screened_out else "score",
        "rule_id": "IN-12" if screened_out else "RV-7",
        "units": row["units"],
        "months": row["months"],
        "reason": "",
    }


def _asked(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "application_id": row["application_id"],
        "promoted": False,
        "units_asked": row["units"],
        "months_asked": row["months"],
    }


def plain(value: Any) -> Any:
    """A policy as maps, lists, texts and whole numbers; a fraction is a text such as `1/4`."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(child) for name, child in value.items()}
    return str(value) if isinstance(value, Fraction) else value
