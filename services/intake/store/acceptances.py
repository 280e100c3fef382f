"""Deliveries of results, acceptances of selections, and where they stand; all appended."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, insert, select

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.lists import BEFORE_ALL, Counts, Shape, Wanted, count, paged
from libs.common.nouns import all_of, by_number, columns, one
from services.intake.model.acceptances import (
    Acceptance,
    AcceptanceState,
    Delivery,
    DeliveryWay,
    ListedAcceptance,
    StandingAcceptance,
)
from services.intake.store.organisations import PRINTED
from services.intake.store.programmes import new_id
from services.intake.tables.acceptances import acceptance, result_delivery, result_delivery_withdrawal
from services.intake.tables.agreements import announcement
from services.intake.tables.applications import application
from services.intake.tables.organisations import organisation

ACCEPTANCE = columns(acceptance, Acceptance)
_WITHDRAWN = result_delivery_withdrawal.c
_DELIVERIES = select(*result_delivery.c, _WITHDRAWN.by, _WITHDRAWN.at, _WITHDRAWN.reason).outerjoin_from(
    result_delivery, result_delivery_withdrawal
)


async def get_selected_at(tx: Tx, application_id: str) -> dt.datetime:
    """When an application was announced as selected first. Raises NotFound where it never was."""
    query = select(func.min(announcement.c.announced_at)).where(
        announcement.c.application_id == application_id, announcement.c.outcome == "selected"
    )
    found: dt.datetime | None = (await tx.execute(query)).scalar_one()
    if found is None:
        raise NotFound("selection", application_id)
    return found


async def add_delivery(
    tx: Tx,
    application_id: str,
    delivered: tuple[dt.datetime, DeliveryWay],
    accept_until: dt.datetime | None,
    *,
    by: str,
    now: dt.datetime,
) -> None:
    """Keep a delivery under a new id: when it reached the applicant, and how."""
    delivered_at, way = delivered
    row = insert(result_delivery).values(
        delivery_id=new_id("RD", "delivery_seq"),
        application_id=application_id,
        delivered_at=delivered_at,
        way=way,
        accept_until=accept_until,
        recorded_by=by,
        recorded_at=now,
    )
    await tx.execute(row)


async def add_withdrawal(tx: Tx, delivery_id: str, reason: str, *, by: str, now: dt.datetime) -> None:
    """Append that a delivery never was."""
    told = {"delivery_id": delivery_id, "reason": reason, "by": by, "at": now}
    await tx.execute(insert(result_delivery_withdrawal).values(**told))


async def add_acceptance(tx: Tx, application_id: str, *, by: str, now: dt.datetime) -> None:
    """Append that a selection was accepted."""
    await tx.execute(insert(acceptance).values(application_id=application_id, accepted_by=by, accepted_at=now))


async def get_standing(tx: Tx, application_id: str) -> StandingAcceptance:
    """Where the acceptance of an application stands; nothing on record is no error."""
    query = _DELIVERIES.where(result_delivery.c.application_id == application_id)
    deliveries = await tx.execute(query.order_by(*by_number(result_delivery.c.delivery_id)))
    accepted = (await tx.execute(select(*ACCEPTANCE).where(acceptance.c.application_id == application_id))).first()
    return StandingAcceptance(
        application_id, all_of(Delivery, deliveries), None if accepted is None else one(Acceptance, accepted)
    )


@dataclass(frozen=True, slots=True)
class AcceptancesWanted:
    """Which acceptances a list shows; None: whichever. They are looked at `now`: one is overdue from its end on."""

    now: dt.datetime
    programme_code: str | None = None
    state: AcceptanceState | None = None


_COUNTS = ~exists().where(_WITHDRAWN.delivery_id == result_delivery.c.delivery_id)
UNTIL = result_delivery.c.accept_until
BESIDE = (
    application.join(organisation, organisation.c.organisation_id == application.c.organisation_id)
    .outerjoin(result_delivery, and_(result_delivery.c.application_id == application.c.application_id, _COUNTS))
    .outerjoin(acceptance, acceptance.c.application_id == application.c.application_id)
)
"""Applications with their organisations, the delivery that counts, and the acceptance."""
LISTED = (
    application.c.application_id,
    application.c.programme_code,
    application.c.organisation_id,
    organisation.c.name,
    application.c.receipt_no,
    application.c.state,
    result_delivery.c.delivered_at,
    UNTIL,
    acceptance.c.accepted_at,
)


def awaits_acceptance() -> ColumnElement[bool]:
    """Of `BESIDE`: selected, and not accepted yet; whoever is asked to sign answers by that."""
    return and_(application.c.state == "selected", acceptance.c.accepted_at.is_(None))


def _state(now: dt.datetime) -> ColumnElement[str]:
    return case(
        (acceptance.c.accepted_at.is_not(None), "accepted"),
        (result_delivery.c.delivered_at.is_(None), "undelivered"),
        (now >= UNTIL, "overdue"),
        else_="open",
    )


def _shape(now: dt.datetime) -> Shape:
    return Shape(
        number=application.c.application_id,
        found_by=(
            application.c.application_id,
            application.c.receipt_no,
            organisation.c.name,
            organisation.c.business_no,
            PRINTED,
        ),
        sorts={"accept_until": func.coalesce(UNTIL, BEFORE_ALL), "organisation_name": organisation.c.name},
        state=_state(now),
    )


async def list_acceptances(tx: Tx, wanted: Wanted, only: AcceptancesWanted) -> tuple[ListedAcceptance, ...]:
    """One page of applications that are selected and not signed, each with where its acceptance stands."""
    rows = await tx.execute(paged(_narrowed(select(*LISTED), only), _shape(only.now), wanted))
    return all_of(ListedAcceptance, rows)


async def count_acceptances(tx: Tx, wanted: Wanted, only: AcceptancesWanted) -> Counts:
    """How many there are on all pages, in sum and by where they stand."""
    return await count(tx, _narrowed(select(application.c.application_id), only), _shape(only.now), wanted)


def _narrowed(query: Select[Any], only: AcceptancesWanted) -> Select[Any]:
    query = query.select_from(BESIDE).where(application.c.state.in_(("selected", "agreed")))
    if only.programme_code is not None:
        query = query.where(application.c.programme_code == only.programme_code)
    return query if only.state is None else query.where(_state(only.now) == only.state)
