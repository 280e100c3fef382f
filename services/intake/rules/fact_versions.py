"""Dated versions of an organisation's facts (MS-4): from which day a change may hold, and what it leaves as it is."""

import datetime as dt
from dataclasses import replace

from libs.common.calendar import kst_day
from libs.common.errors import Refusal
from services.intake.model.organisations import Organisation, Representative
from services.intake.model.versions import FactsEdit
from services.intake.rules.companies import plain_name


def holds_from(known: Organisation, edit: FactsEdit, now: dt.datetime) -> dt.date:
    """The first day of changed facts: the one told, else today in Seoul, but never before those that they follow."""
    return edit.valid_from or max(kst_day(now), known.valid_from)


def day_refusal(known: Organisation, valid_from: dt.date, now: dt.datetime) -> Refusal | None:
    """Why a change cannot hold from this day: it lies in the future, or before the facts that it changes.

    Today and the first day of the last version are both in order: the latter corrects it. None where it can.
    """
    today = kst_day(now)
    if valid_from > today:
        return Refusal("MS-4", "facts_in_future", {"valid_from": valid_from.isoformat(), "on": today.isoformat()})
    if valid_from < known.valid_from:
        told = {"valid_from": valid_from.isoformat(), "last": known.valid_from.isoformat()}
        return Refusal("MS-4", "facts_before_last", told)
    return None


def edited(known: Organisation, edit: FactsEdit, affiliates: tuple[str, ...]) -> Organisation:
    """An organisation with the facts that an edit tells; `affiliates` are its checked numbers. Never raises."""
    people = known.representatives if edit.representatives is None else edit.representatives
    return replace(
        known,
        name=known.name if edit.name is None else plain_name(edit.name),
        kind=known.kind if edit.kind is None else edit.kind,
        legal_form=known.legal_form if edit.legal_form is None else edit.legal_form,
        representatives=tuple(Representative(plain_name(one.name), one.born_on) for one in people),
        affiliates=affiliates,
        opened_on=known.opened_on if edit.opened_on is None else edit.opened_on,
        places=known.places if edit.places is None else edit.places,
    )


def provider_refusal(known: Organisation, changed: Organisation) -> Refusal | None:
    """Why a member cannot change a company that supplies cards: nobody escapes AL-5 by dropping whom it is bound to.

    Its representatives and affiliates are an officer's to change; None where both stay.
    """
    if (known.representatives, known.affiliates) == (changed.representatives, changed.affiliates):
        return None
    return Refusal("MS-4", "provider_facts_by_officer", {"organisation": known.organisation_id})


def nothing_changed(known: Organisation, changed: Organisation) -> Refusal | None:
    """Why a change of facts is none: all of them are as they were. None where something differs."""
    return Refusal("MS-4", "facts_unchanged", {}) if known == changed else None
