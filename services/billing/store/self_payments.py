"""Self-payments: one row for each application with an agreement."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.db import Tx
from libs.common.nouns import after_number, among, by_number
from libs.common.self_payment import Payer, SelfPaymentDue
from services.billing.model.self_payments import Contribution
from services.billing.tables.grants import grants
from services.billing.tables.self_payments import self_payment

PLAIN = (
    "application_id",
    "programme_code",
    "programme_version",
    "organisation_id",
    "track",
    "product",
    "units",
    "months",
    "cards",
    "card_type",
    "basis",
    "signed_at",
    "state",
    "flow",
    "due_at",
    "missing_path",
    "deposited_krw",
    "evidenced_krw",
    "paid_krw",
    "burnt_krw",
    "refunded_krw",
    "covered_at",
    "overdue_at",
    "closed_at",
    "close_reason",
    "version",
)


def _noun(row: RowMapping) -> Contribution:
    due = None if row["due_krw"] is None else SelfPaymentDue(row["due_krw"], row["rate_kind"], row["rate_krw"])
    return Contribution(payer=Payer(row["sector"], row["reduction"]), due=due, **{name: row[name] for name in PLAIN})


def _row(noun: Contribution) -> dict[str, Any]:
    return {
        **{name: getattr(noun, name) for name in PLAIN},
        "sector": noun.payer.sector,
        "youth": noun.payer.reduction == "youth",
        "reduction": noun.payer.reduction,
        "due_krw": noun.due.amount_krw if noun.due else None,
        "rate_kind": noun.due.rate_kind if noun.due else None,
        "rate_krw": noun.due.rate_krw if noun.due else None,
    }


_OF_APPLICATION = select(self_payment).where(self_payment.c.application_id == bindparam("of"))
_OF_APPLICATION_LOCKED = _OF_APPLICATION.with_for_update()


async def find_self_payment(tx: Tx, application_id: str, *, locked: bool = True) -> Contribution | None:
    """One self-payment, locked until the transaction ends unless it is only read; None if there is none."""
    query = _OF_APPLICATION_LOCKED if locked else _OF_APPLICATION
    row = (await tx.execute(query, {"of": application_id})).mappings().first()
    return _noun(row) if row else None


async def list_for_grants(tx: Tx, application_ids: Sequence[str]) -> dict[str, Contribution]:
    """Several self-payments by application, locked in order of their ids."""
    query = (
        select(self_payment)
        .where(among(self_payment.c.application_id, application_ids))
        .order_by(self_payment.c.application_id)
        .with_for_update()
    )
    return {row["application_id"]: _noun(row) for row in (await tx.execute(query)).mappings()}


async def add_self_payment(tx: Tx, noun: Contribution) -> bool:
    """Append a self-payment; False where the application has one."""
    statement = upsert(self_payment).values(_row(noun)).on_conflict_do_nothing()
    result = await tx.execute(statement.returning(self_payment.c.application_id))
    return result.scalar() is not None


_CHANGE = update(self_payment).where(self_payment.c.application_id == bindparam("of"))


async def change_self_payment(tx: Tx, noun: Contribution) -> None:
    """Write a self-payment back as its next version."""
    row = {**_row(noun), "version": noun.version + 1}
    await tx.execute(_CHANGE, {**row, "of": noun.application_id})


async def burn(tx: Tx, burnt_krw: Mapping[str, int]) -> None:
    """Add what a settlement took from each self-payment (negative: gave back)."""
    if burnt_krw:
        statement = (
            update(self_payment)
            .where(self_payment.c.application_id == bindparam("burnt_of"))
            .values(burnt_krw=self_payment.c.burnt_krw + bindparam("krw"), version=self_payment.c.version + 1)
        )
        await tx.execute(statement, [{"burnt_of": grant_id, "krw": krw} for grant_id, krw in burnt_krw.items()])


async def list_awaiting_policy(tx: Tx, programme_code: str | None = None) -> tuple[Contribution, ...]:
    """The parked self-payments, locked, in order of application."""
    query = select(self_payment).where(self_payment.c.state == "awaiting_policy")
    if programme_code is not None:
        query = query.where(self_payment.c.programme_code == programme_code)
    ordered = query.order_by(self_payment.c.application_id).with_for_update()
    return tuple(_noun(row) for row in (await tx.execute(ordered)).mappings())


async def list_past_due(tx: Tx, now: dt.datetime) -> tuple[Contribution, ...]:
    """Deposits whose period has ended without the whole amount, locked, in order of application."""
    query = (
        select(self_payment)
        .where(self_payment.c.state == "due", self_payment.c.due_at <= now)
        .order_by(self_payment.c.application_id)
        .with_for_update()
    )
    return tuple(_noun(row) for row in (await tx.execute(query)).mappings())


async def list_self_payments(
    tx: Tx, *, programme_code: str | None, state: str | None, organisation_id: str | None, after: str, limit: int
) -> tuple[Contribution, ...]:
    """A page of self-payments by number of the application, one more than `limit`."""
    table = self_payment
    number = table.c.application_id
    query = select(table).where(after_number(number, after)).order_by(*by_number(number)).limit(limit + 1)
    if programme_code is not None:
        query = query.where(table.c.programme_code == programme_code)
    if state is not None:
        query = query.where(table.c.state == state)
    if organisation_id is not None:
        query = query.where(table.c.organisation_id == organisation_id)
    return tuple(_noun(row) for row in (await tx.execute(query)).mappings())


async def find_provider_id(tx: Tx, application_id: str) -> str | None:
    """The provider with which the application's grant is placed; None before."""
    query = select(grants.c.provider_id).where(grants.c.grant_id == application_id)
    found: str | None = (await tx.execute(query)).scalar()
    return found


async def count_by_state(tx: Tx, programme_code: str | None) -> dict[str, int]:
    """How many self-payments stand in each state."""
    query = select(self_payment.c.state, func.count()).group_by(self_payment.c.state)
    if programme_code is not None:
        query = query.where(self_payment.c.programme_code == programme_code)
    return {state: int(count) for state, count in (await tx.execute(query)).all()}
