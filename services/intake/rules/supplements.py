"""When the agency may ask for what is missing, and what an answer may hold (IN-9)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from libs.common.calendar import kst_day, kst_midnight
from libs.common.errors import Refusal
from services.intake.model.applications import Document
from services.intake.model.supplements import StandingSupplement, SupplementState, Wanted
from services.intake.policy.supplements import SupplementPolicy

SUPPLEMENTS_MAX = 100
"""So many requests one application may see."""
ONE_DAY = dt.timedelta(days=1)


def supplement_refusal(
    wanted: Wanted,
    policy: SupplementPolicy,
    kinds: Collection[str],
    fields: Collection[str],
    asked_before: int,
) -> Refusal | None:
    """Why a supplement cannot be asked for; None where it can.

    The call takes none (S2, S3); nothing is named; a kind of document or a field of the form is not the call's; or
    there are too many requests already. Never raises.
    """
    if not policy.allowed:
        return Refusal("IN-9", "no_supplements", {})
    if not wanted.documents and not wanted.fields:
        return Refusal("IN-9", "supplement_names_nothing", {})
    named = ((wanted.documents, kinds), (wanted.fields, fields))
    unknown = [one for told, known in named for one in told if one not in known]
    if unknown:
        return Refusal("IN-9", "supplement_unknown", {"unknown": ", ".join(unknown)})
    if asked_before >= SUPPLEMENTS_MAX:
        return Refusal("IN-9", "supplements_max_reached", {"supplements_max": SUPPLEMENTS_MAX})
    return None


def end_of_day(day: dt.date) -> dt.datetime:
    """When a request ends whose last day is stated: 24:00 KST of that day, exclusive; a printed day never moves (CV-7).

    Example: 20 September 2025, a Saturday → 21 September 2025 00:00 KST.
    """
    return kst_midnight(day + ONE_DAY)


def last_day(due_at: dt.datetime) -> dt.date:
    """The last day of a request, of which its end is 24:00. Never raises."""
    return kst_day(due_at) - ONE_DAY


def due_day_refusal(due_on: dt.date, now: dt.datetime, before: dt.datetime | None = None) -> Refusal | None:
    """Why a day cannot be the last one of a request: it is over, or no later than the day that it would extend."""
    today = kst_day(now)
    if due_on < today:
        return Refusal("IN-9", "supplement_due_over", {"due_on": due_on.isoformat(), "on": today.isoformat()})
    if before is not None and end_of_day(due_on) <= before:
        facts = {"due_on": due_on.isoformat(), "before": last_day(before).isoformat()}
        return Refusal("IN-9", "supplement_not_extended", facts)
    return None


def state_of(due_at: dt.datetime, now: dt.datetime, *, answered: bool) -> SupplementState:
    """Where a request stands: answered, overdue from its end on, else open. Being overdue decides nothing by itself."""
    if answered:
        return "answered"
    return "overdue" if now >= due_at else "open"


def answer_refusal(found: StandingSupplement, now: dt.datetime) -> Refusal | None:
    """Why a request takes no answer or file any more: it is answered, or over; None where it does. Never raises.

    Example: due on 20 September: 20 September 23:59:59.999 KST is in time, 21 September 00:00 is late.
    """
    at = found.request.supplement_id
    if found.answer is not None:
        facts = {"supplement": at, "on": kst_day(found.answer.at).isoformat()}
        return Refusal("IN-9", "supplement_answered", facts)
    if now >= found.due_at:
        return Refusal("IN-9", "supplement_over", {"supplement": at, "due_on": last_day(found.due_at).isoformat()})
    return None


def answer_holds(found: StandingSupplement, form: Mapping[str, Any]) -> Refusal | None:
    """Why an answer cannot be taken as it is: it is empty, or states what was not asked for. None where it can.

    What it leaves open is found by screening. Never raises.
    """
    beside = [key for key in form if key not in found.request.fields]
    if beside:
        return not_asked(found, beside)
    if not form and not found.files:
        return Refusal("IN-9", "supplement_empty", {"supplement": found.request.supplement_id})
    return None


def file_refusal(found: StandingSupplement, kind: str) -> Refusal | None:
    """Why a file is none of an answer's: its kind was not asked for. Never raises."""
    return None if kind in found.request.documents else not_asked(found, [kind])


def not_asked(found: StandingSupplement, beside: Sequence[str]) -> Refusal:
    """That something was not asked for, with what was."""
    asked = (*found.request.documents, *found.request.fields)
    return Refusal("IN-9", "supplement_not_asked", {"beside": ", ".join(beside), "asked": ", ".join(asked)})


def documents_of_version(documents: Sequence[Document], version: int) -> tuple[Document, ...]:
    """The documents that stood in a version: of each kind those that came with it last, up to then.

    Example: a plan in version 1, a plan and a list in version 2 → version 1: the first plan; version 2: the other two.
    """
    newest: dict[str, int] = {}
    for one in documents:
        if one.filing_version <= version:
            newest[one.kind] = max(newest.get(one.kind, 0), one.filing_version)
    return tuple(one for one in documents if newest.get(one.kind) == one.filing_version)


def next_version(kept: Sequence[int]) -> int:
    """The number of the version after those that are kept; there is at least the first. Never raises."""
    return max(kept, default=1) + 1
