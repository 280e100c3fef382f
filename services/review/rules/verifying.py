"""An announced selection computed again from its evidence alone, and the first difference told (RV-14, R12)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from services.review.model.applications import GONE, Application
from services.review.model.places import HeldByRounds
from services.review.model.runs import SelectionRow
from services.review.model.selections import Candidate, Contender, Lowering
from services.review.model.sheets import Composite, Mean, ScoreSheet
from services.review.policy.panels import StageWeights
from services.review.policy.scoring import ScoringPolicy, TiePolicy
from services.review.policy.selection import SelectionPolicy, SharePolicy
from services.review.rules.drawing import DrawnFrom
from services.review.rules.freezing import frozen_limits
from services.review.rules.outcomes import next_row
from services.review.rules.ranking import rank
from services.review.rules.reopening import select_judged_again
from services.review.rules.rounds import less_held
from services.review.rules.scoring import judge
from services.review.rules.shares import places_by_share
from services.review.rules.stages import last_composite
from services.review.rules.waiting import promote

REOPENED = "reopened: "
ROW = tuple(SelectionRow.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a version of the programme's definition says of scoring and selecting this pool."""

    scoring: ScoringPolicy
    ties: TiePolicy
    shares: SharePolicy | None
    weights: StageWeights | None
    policy: SelectionPolicy
    """As the definition alone says it; a share of the places and a relaxed quota are applied to it."""


@dataclass(frozen=True, slots=True)
class Version:
    """A frozen version as it stands in the pack, its policy read from its limits, and the rulebook that held."""

    frozen: Mapping[str, Any]
    policy: SelectionPolicy
    rulebook: Rulebook


def first_difference(versions: Sequence[Version], scoring: Mapping[tuple[str, str], ScoringPolicy]) -> str | None:
    """The first thing in which the versions of a selection differ from what their evidence makes; None where nothing.

    Computed again are composites with counted and dropped seats, bonus and passing, the ranking with what broke ties,
    the limits out of the definition, places by shares, the selection with its cuts, and every later version from the
    one before it. `scoring` says under which rules each application's stage was closed, by stage and version of its
    result. Raises KeyError, TypeError or ValueError for a version that is not formed as a frozen one.
    """
    before: tuple[SelectionRow, ...] | None = None
    for version in versions:
        difference = _of_composites(version.frozen, scoring) or _of_limits(version)
        if difference is None:
            rows = tuple(_row(told) for told in version.frozen["rows"])
            expected = _drawn(version) if before is None else _followed(version, before, rows)
            difference = _of_rows(expected, rows)
            before = rows
        if difference is not None:
            return f"version {version.frozen['run_version']}: {difference}"
    return None


def _of_composites(frozen: Mapping[str, Any], scoring: Mapping[tuple[str, str], ScoringPolicy]) -> str | None:
    for told in frozen["rows"]:
        known = told["application_id"]
        for stage in told["stages"]:
            sheets = [ScoreSheet(one["seat"], one["scores"]) for one in stage["sheets"]]
            if any(one["total"] != sheet.total for one, sheet in zip(stage["sheets"], sheets, strict=True)):
                return f"{known}: a sheet's total is not the sum of its scores"
            used = {*stage["mean"]["counted"], *stage["mean"]["dropped"]}
            policy = scoring[known, f"{stage['stage']}/{stage['version']}"]
            again = judge(
                stage["stage"], [sheet for sheet in sheets if sheet.seat in used], youth=told["youth"], policy=policy
            )
            kept = _composite(stage)
            if replace(again, version=kept.version, supersedes_sha256=kept.supersedes_sha256) != kept:
                return f"{known}: the result of stage {stage['stage']} is not that of its sheets"
    return None


def _of_limits(version: Version) -> str | None:
    frozen, book = version.frozen, version.rulebook
    limits, policy = frozen["limits"], book.policy
    if frozen["quota_relaxed_reason"] is not None:
        policy = replace(policy, quota=None)
    share, held = limits.get("share"), limits.get("held_by_rounds")
    if held is not None:
        policy = less_held(policy, HeldByRounds(Fraction(held["capacity"]), held["budget_krw"], held["projects"]))
    if (share is None) != (book.shares is None or frozen["track"] not in book.shares.shares):
        return "its share of the places is not that of the definition"
    if share is not None and book.shares is not None:
        by_share = places_by_share(book.shares.places, book.shares.shares)[frozen["track"]]
        if share["by_share"] != by_share:
            return f"places by share are {by_share}, not {share['by_share']}"
        left = max(0, by_share + share["moved"] - share["filled"])
        policy = policy.with_places(left)
    expected = frozen_limits(policy, limits["selected_elsewhere"], None)
    told = {name: value for name, value in limits.items() if name not in {"share", "held_by_rounds"}}
    for name in sorted({*expected, *told}):
        if expected.get(name) != told.get(name):
            return f"limit {name} is {told.get(name)!r}, by the definition {expected.get(name)!r}"
    return None


def _drawn(version: Version) -> tuple[SelectionRow, ...]:
    frozen = version.frozen
    weights = version.rulebook.weights
    applications = {told["application_id"]: _application(told, weights) for told in frozen["rows"]}
    finals = {told["application_id"]: _last(told, weights) for told in frozen["rows"] if told["stages"]}
    cuts = [
        Lowering(one["application_id"], one["units"], one["months"], one["reason"]) for one in frozen["deliberations"]
    ]
    elsewhere = frozen["limits"]["selected_elsewhere"]
    return DrawnFrom(applications, finals, cuts, version.policy, version.rulebook.ties, elsewhere).award()[1]


def _followed(
    version: Version, before: tuple[SelectionRow, ...], rows: tuple[SelectionRow, ...]
) -> tuple[SelectionRow, ...]:
    """The rows that follow on those before: somebody went, or somebody was judged again.

    Of those that would move up, who stays where he was is taken to be judged again: his place is held (RV-17).
    """
    frozen = version.frozen
    weights = version.rulebook.weights
    applications = {told["application_id"]: _application(told, weights) for told in frozen["rows"]}
    elsewhere = frozen["limits"]["selected_elsewhere"]
    waits = {row.application_id for row in rows if row.outcome == "waiting"}
    if frozen["cause"].startswith(REOPENED):
        judged = frozen["cause"].removeprefix(REOPENED).split(", ")
        passing = [row for row in before if _passes(row, applications, judged)]
        ranked = rank(
            [Contender.of(applications[row.application_id], _last_of(version, row.application_id)) for row in passing],
            version.rulebook.ties,
        )
        return select_judged_again(before, ranked, applications, judged, version.policy, elsewhere)[0]
    kept, waiting = (
        [
            Candidate.of(applications[row.application_id], units=row.units, months=row.months)
            for row in before
            if row.outcome == outcome and not applications[row.application_id].gone
        ]
        for outcome in ("selected", "waiting")
    )
    choice = promote(kept, waiting, version.policy, elsewhere)
    choice = replace(choice, selected=tuple(known for known in choice.selected if known not in waits))
    return tuple(next_row(row, choice, applications[row.application_id]) for row in before)


def _passes(row: SelectionRow, applications: Mapping[str, Application], judged: Sequence[str]) -> bool:
    if row.application_id in judged:
        return bool(applications[row.application_id].passed)
    return row.rank is not None


def _of_rows(expected: Sequence[SelectionRow], rows: Sequence[SelectionRow]) -> str | None:
    if len(expected) != len(rows):
        return f"{len(rows)} rows, computed {len(expected)}"
    for again, kept in zip(expected, rows, strict=True):
        for name in ROW:
            if getattr(again, name) != getattr(kept, name):
                return f"{kept.application_id}: {name} is {getattr(kept, name)!r}, computed {getattr(again, name)!r}"
    return None


def _row(told: Mapping[str, Any]) -> SelectionRow:
    return SelectionRow(**{name: told[name] for name in ROW})


def _composite(told: Mapping[str, Any]) -> Composite:
    mean = told["mean"]
    return Composite(
        stage=told["stage"],
        mean=Mean(Fraction(mean["exact"]), tuple(mean["counted"]), tuple(mean["dropped"])),
        composite=told["composite"],
        bonus=told["bonus"],
        final=told["final"],
        passed=told["passed"],
        criterion_means={name: Fraction(one) for name, one in told["criterion_means"].items()},
        version=told["version"],
        supersedes_sha256=told["supersedes_sha256"],
    )


def _last(told: Mapping[str, Any], weights: StageWeights | None) -> Composite:
    return last_composite({stage["stage"]: _composite(stage) for stage in told["stages"]}, weights)


def _last_of(version: Version, application_id: str) -> Composite:
    told = next(told for told in version.frozen["rows"] if told["application_id"] == application_id)
    return _last(told, version.rulebook.weights)


def _application(told: Mapping[str, Any], weights: StageWeights | None) -> Application:
    final = _last(told, weights) if told["stages"] else None
    return Application(
        application_id=told["application_id"],
        programme_code="",
        receipt_no=told["receipt_no"],
        received_at=dt.datetime.fromisoformat(told["received_at"]),
        organisation_id=told["organisation_id"],
        organisation_name="",
        sector=told["sector"],
        counting_unit=told["counting_unit"],
        track="",
        product=told["product"],
        units=told["units_asked"],
        months=told["months_asked"],
        wished_start=dt.date.min,
        youth=told["youth"],
        state=told["refused_by"] if told["refused_by"] in GONE else "eligible",
        final=None if final is None else final.final,
        passed=None if final is None else final.passed,
        reduction=told.get("reduction"),
    )
