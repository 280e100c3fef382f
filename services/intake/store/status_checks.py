"""What the tax office answered about organisations' numbers: appended."""

import datetime as dt

from sqlalchemy import insert, select

from libs.common.db import Tx
from libs.common.nouns import all_of, by_number, columns, one
from services.intake.model.business_status import BusinessStatus, StatusCheck
from services.intake.model.organisations import Organisation
from services.intake.store.programmes import new_id
from services.intake.tables.organisations import status_check

CHECK = columns(status_check, StatusCheck)
CHECKS_MAX = 200


async def add_check(tx: Tx, of: Organisation, told: BusinessStatus, *, by: str, now: dt.datetime) -> StatusCheck:
    """Keep an answer under a new id; returns it."""
    row = insert(status_check).values(
        check_id=new_id("B", "status_check_seq"),
        organisation_id=of.organisation_id,
        business_no=of.business_no,
        answer=told.answer,
        closed_on=told.closed_on,
        asked_by=by,
        asked_at=now,
    )
    return one(StatusCheck, (await tx.execute(row.returning(*CHECK))).one())


async def list_checks(tx: Tx, organisation_id: str) -> tuple[StatusCheck, ...]:
    """What was answered about an organisation's number, the newest first: the newest so many."""
    query = select(*CHECK).where(status_check.c.organisation_id == organisation_id)
    order = [column.desc() for column in by_number(status_check.c.check_id)]
    return all_of(StatusCheck, await tx.execute(query.order_by(*order).limit(CHECKS_MAX)))
