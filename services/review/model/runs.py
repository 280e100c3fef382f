"""Nouns of a selection on record: its versions, their rows, the deliberations on it, what others read of them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from libs.common.errors import Refusal
from services.review.model.applications import Application
from services.review.model.selections import Lowering
from services.review.model.sheets import Composite

RunState = Literal["draft", "discarded", "announced"]
Outcome = Literal["selected", "waiting", "refused"]
FIRST_VERSION = 1
"""A draft, and its announcement; later versions are announced as they are made."""


@dataclass(frozen=True, slots=True)
class AskedPool:
    """The pool to select from: a track, or one product of it."""

    programme_code: str
    track: str
    product: str | None


@dataclass(frozen=True, slots=True)
class SelectionRun:
    """One version of a selection of a pool: a track, or one product of it."""

    selection_id: str
    run_version: int
    programme_code: str
    programme_version: int
    track: str
    product: str | None
    state: RunState
    cause: str
    """`first`, or who went: `withdrawn: A-000001`."""
    limits: Mapping[str, Any]
    """The limits that held, as they are frozen: texts, whole numbers, truth values and maps of them."""
    quota_relaxed_reason: str | None
    private_missing: int
    supersedes_sha256: str | None
    """The version before this one."""
    sha256: str | None
    """Over the canonical bytes, once announced."""
    run_by: str
    run_at: dt.datetime
    announced_at: dt.datetime | None

    @property
    def quota_relaxed(self) -> bool:
        """Whether an officer relaxed its sector quota."""
        return self.quota_relaxed_reason is not None


@dataclass(frozen=True, slots=True)
class CanonicalRun:
    """An announced version as it is frozen."""

    run_version: int
    programme_version: int
    sha256: str
    canonical: str


@dataclass(frozen=True, slots=True)
class SelectionRow:
    """One application's outcome in a version: asked and awarded stand side by side."""

    application_id: str
    position: int
    """In the version, from 1: those with a rank first, in its order."""
    rank: int | None
    ahead_by: str
    score: int | None
    """In hundredths; none where screening refused it."""
    outcome: Outcome
    refused_by: str
    rule_id: str
    promoted: bool
    units_asked: int
    months_asked: int
    units: int
    months: int
    reason: str


@dataclass(frozen=True, slots=True)
class Deliberation:
    """What the committee left of an application, and what it stood at before."""

    selection_id: str
    application_id: str
    units_before: int
    months_before: int
    units: int
    months: int
    reason: str
    decided_by: str
    decided_at: dt.datetime

    @property
    def lowering(self) -> Lowering:
        """The decision as selection applies it."""
        return Lowering(self.application_id, self.units, self.months, self.reason)


@dataclass(frozen=True, slots=True)
class Selection:
    """A version with all its rows, whose they are, and the deliberations on it."""

    run: SelectionRun
    rows: tuple[SelectionRow, ...]
    applications: Mapping[str, Application]
    deliberations: tuple[Deliberation, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place on the waiting list."""

    selection_id: str
    position: int
    application_id: str
    receipt_no: str
    organisation_id: str
    organisation_name: str
    track: str
    product: str
    rank: int
    score: int
    refused_by: str
    units: int
    months: int


@dataclass(frozen=True, slots=True)
class SelectedThere:
    """Who is selected in another round of a call, with what, and under which version of its definition."""

    application_id: str
    programme_code: str
    programme_version: int
    units: int
    months: int


@dataclass(frozen=True, slots=True)
class Announced:
    """An application's row in the newest announced version that holds it."""

    selection_id: str
    run_version: int
    sha256: str
    announced_at: dt.datetime
    row: SelectionRow


@dataclass(frozen=True, slots=True)
class Result:
    """One application's review as its applicant may see it: before the announcement neither a row nor a stage."""

    application: Application
    announced: Announced | None
    stages: tuple[Composite, ...]
    criterion_means_shown: bool = False
    waiting_place: int | None = None
    """On the waiting list, 1 for who moves up next; none for who does not wait."""
    objection_until: dt.datetime | None = None
    """The first instant at which no objection is taken any more; none where the notice states no window."""
    acceptance_days: int | None = None
    next_step: Refusal | None = None
    """What comes next, in words."""


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """How many of a call are selected, waiting and refused now, and how many of the selected moved up."""

    selected: int
    waiting: int
    refused: int
    promoted: int


@dataclass(frozen=True, slots=True)
class CallCounts:
    """The counts of a call: who passed, what became of them, how many score sheets there are."""

    passed: int
    outcomes: OutcomeCounts
    sheets: int
