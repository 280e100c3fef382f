"""Seated reviewers read an application and its documents; what review says of seats is heard here (RV-16)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.events.review import SeatCleared, SeatSeated, SeatVacated
from libs.common.identity import Caller
from libs.common.programmes import programme_at
from services.intake.model.reviewing import OpenedApplication, ReaderFact, ShownDocument, Stage
from services.intake.policy.reviewing import ReadingPolicy
from services.intake.rules.reviewing import (
    Access,
    Answer,
    access_of,
    answers_shown,
    documents_of_stage,
    shown_to_reviewer,
)
from services.intake.store import applications, documents, reviewing


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reviewer sees of an application, with the answers of its form once a conflict is denied."""

    opened: OpenedApplication
    answers: tuple[Answer, ...]


async def hear_seated(tx: Tx, event: SeatSeated, now: dt.datetime) -> None:  # noqa: ARG001 - a handler's shape
    """These seats read the application's head from now on."""
    await reviewing.add_facts(tx, _facts(event, event.seated_at, "seated", ""))


async def hear_cleared(tx: Tx, event: SeatCleared, now: dt.datetime) -> None:  # noqa: ARG001 - a handler's shape
    """This seat has denied a conflict: it reads the whole."""
    cleared = ReaderFact(
        application_id=event.application_id,
        stage=event.stage,
        reviewer_id=event.reviewer_id,
        panel_id=event.panel_id,
        seat=event.seat,
        sitting=event.sitting,
        fact="cleared",
        why="",
        at=event.cleared_at,
    )
    await reviewing.add_facts(tx, [cleared])


async def hear_vacated(tx: Tx, event: SeatVacated, now: dt.datetime) -> None:  # noqa: ARG001 - a handler's shape
    """These seats read nothing of the application any more."""
    await reviewing.add_facts(tx, _facts(event, event.vacated_at, "vacated", event.why))


def _facts(
    event: SeatSeated | SeatVacated, at: dt.datetime, fact: Literal["seated", "vacated"], why: str
) -> list[ReaderFact]:
    return [
        ReaderFact(
            application_id=event.application_id,
            stage=event.stage,
            reviewer_id=one.reviewer_id,
            panel_id=event.panel_id,
            seat=one.seat,
            sitting=one.sitting,
            fact=fact,
            why=why,
            at=at,
        )
        for one in event.seats
    ]


async def open_application(tx: Tx, caller: Caller, application_id: str, stage: Stage, now: dt.datetime) -> Reading:
    """An application as its reviewer reads it: its head until a conflict is denied, then text and documents.

    Raises NotFound for whoever does not sit for it in this stage, or not any more: what is not yours is not there.
    """
    found, organisation = await applications.get_with_organisation(tx, application_id)
    access = await _access(tx, caller, application_id, stage, found.state)
    policy = ReadingPolicy.of(await programme_at(tx, found.programme_code, now))
    shown: tuple[ShownDocument, ...] = ()
    if access == "whole":
        kept = documents_of_stage(await documents.list_documents(tx, application_id), stage)
        shown = tuple(shown_to_reviewer(document, policy) for document in kept)
    told = (found, organisation, stage, access == "whole", policy.names_hidden, shown)
    return Reading(OpenedApplication(*told), answers_shown(found.asked.form, policy) if access == "whole" else ())


async def open_document(
    tx: Tx, caller: Caller, place: tuple[str, Stage], document_id: str, now: dt.datetime
) -> ShownDocument:
    """One document of an application's stage. Raises NotFound, also before a conflict is denied."""
    application_id, stage = place
    reading = await open_application(tx, caller, application_id, stage, now)
    for one in reading.opened.documents:
        if one.document.document_id == document_id:
            return one
    raise NotFound("document", document_id)


async def _access(tx: Tx, caller: Caller, application_id: str, stage: Stage, state: str) -> Access:
    access = access_of(await reviewing.list_facts(tx, application_id, stage, caller.subject), state)
    if access == "none":
        raise NotFound("application", application_id)
    return access
