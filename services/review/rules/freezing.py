"""Freezing an announced run under a hash (RV-14)."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import rfc8785

from services.review.model.applications import Application
from services.review.model.places import HeldByRounds, PoolPlaces
from services.review.model.runs import Deliberation, Selection, SelectionRow, SelectionRun
from services.review.model.sheets import Composite, ScoreSheet
from services.review.model.stages import Place, Stage
from services.review.policy.selection import SelectionPolicy

FROZEN_RUN = (
    "selection_id",
    "run_version",
    "programme_code",
    "programme_version",
    "track",
    "product",
    "cause",
    "limits",
    "quota_relaxed_reason",
    "private_missing",
    "supersedes_sha256",
)
FROZEN_APPLICATION = ("receipt_no", "sector", "counting_unit", "youth", "reduction", "product", "organisation_id")
FROZEN_DELIBERATION = ("application_id", "units", "months", "reason")

Stages = Mapping[str, Mapping[Stage, Composite]]
"""The closed stages of applications, by application."""
Given = Mapping[Place, Sequence[ScoreSheet]]
"""The sheets of applications, by seat."""


def freeze(run: Mapping[str, Any]) -> tuple[bytes, str]:
    """RV-14: The canonical bytes of a run and the SHA-256 over them: the same inputs give the same bytes.

    `run` holds inputs, policy version, sheets by seat, counted and dropped seats, ranks and reasons, as texts,
    whole numbers, truth values, lists and maps with text keys; no reviewer's name and no clock's reading.
    Returns canonical JSON (RFC 8785) and its hash in hexadecimal. Raises for anything else in it, floats included.

    Example: {"b": 1, "a": "가"} and {"a": "가", "b": 1} → the same bytes `{"a":"가","b":1}`.
    Source: —.
    """
    _refuse_floats(run)
    canonical = rfc8785.dumps(dict(run))
    return canonical, hashlib.sha256(canonical).hexdigest()


def frozen_limits(
    policy: SelectionPolicy,
    selected_elsewhere: Mapping[str, int],
    share: PoolPlaces | None,
    held: HeldByRounds | None = None,
) -> dict[str, Any]:
    """The limits that a selection was drawn under, as they are frozen.

    Beside those of its policy what other pools had selected per counting unit, and where the call divides its places
    by shares those of this pool: by share, moved, and filled by other selections of the same track (RV-11). What other
    rounds hold is taken off the limits already, and told where they hold anything (AL-20).
    """
    told = {**plain(policy), "selected_elsewhere": dict(sorted(selected_elsewhere.items()))}
    if share is not None:
        told["share"] = plain(share)
    if held is not None:
        told["held_by_rounds"] = plain(held)
    return told


def not_before(run: SelectionRun, now: dt.datetime) -> dt.datetime:
    """When what follows on a version of a selection is dated: now, and never before that version was made (F-80).

    The clock of one worker may be behind that of another. Returns the later of `now` and the instants at which the
    version was drawn and announced. Never raises.
    """
    return max(now, run.run_at, run.announced_at or run.run_at)


def _refuse_floats(node: Any) -> None:
    if isinstance(node, float):
        raise TypeError("a frozen run holds no float")
    if isinstance(node, Mapping):
        for child in node.values():
            _refuse_floats(child)
    elif isinstance(node, (list, tuple)):
        for child in node:
            _refuse_floats(child)


def digest_of(application_id: str, composite: Composite) -> str:
    """The SHA-256 over an application's composite as canonical JSON; its next version is linked to it (RV-17)."""
    return freeze({"application_id": application_id, **plain(composite)})[1]


def evidence(selection: Selection, stages: Stages, given: Given) -> dict[str, Any]:
    """What an announced version rests on, as `freeze` takes it: no reviewer is named in it, and nobody's clock read."""
    return {
        **_told(selection.run, FROZEN_RUN),
        "deliberations": [_told(cut, FROZEN_DELIBERATION) for cut in sorted(selection.deliberations, key=_of_cut)],
        "rows": [_row(row, selection.applications[row.application_id], stages, given) for row in selection.rows],
    }


def _of_cut(decided: Deliberation) -> tuple[str, int, int, str]:
    """By what cuts are put in order: not by when they were typed (RV-12)."""
    return decided.application_id, decided.units, decided.months, decided.reason


def _told(noun: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(noun, name) for name in names}


def _row(row: SelectionRow, application: Application, stages: Stages, given: Given) -> dict[str, Any]:
    closed = stages.get(row.application_id, {})
    return {
        **plain(row),
        **_told(application, FROZEN_APPLICATION),
        "received_at": application.received_at.isoformat(),
        "stages": [
            {**plain(composite), "sheets": [_sheet(sheet) for sheet in given.get((row.application_id, stage), ())]}
            for stage, composite in sorted(closed.items())
        ],
    }


def _sheet(sheet: ScoreSheet) -> dict[str, Any]:
    return {"seat": sheet.seat, "scores": dict(sheet.scores), "total": sheet.total}


def plain(value: Any) -> Any:
    """A noun or policy as maps, lists, texts and whole numbers; a fraction is a text such as `1/4`."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(child) for name, child in value.items()}
    return str(value) if isinstance(value, Fraction) else value
