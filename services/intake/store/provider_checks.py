"""Checks of providers and their consortia (IN-8): appended, never edited."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, insert, select

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.keys import fold_key
from libs.common.nouns import after_number, as_json, by_number
from services.intake.model.organisations import Restriction
from services.intake.model.providers import ProviderCheck, ProviderMember
from services.intake.store.programmes import new_id
from services.intake.store.screenings import findings_of
from services.intake.tables.providers import provider, provider_check

CHECK = [
    provider_check.c[name]
    for name in (
        "check_id", "programme_code", "programme_version", "provider_id", "members", "cards", "at_agreement",
        "findings", "checked_by", "checked_at",
    )
]  # fmt: skip


async def add_check(tx: Tx, new: ProviderCheck) -> ProviderCheck:
    """Keep a check under a new id; returns it with the id."""
    row = insert(provider_check).values(
        check_id=new_id("PC", "provider_check_seq"),
        programme_code=new.programme_code,
        programme_version=new.programme_version,
        provider_id=new.provider_id or None,
        members=[_member_told(member) for member in new.members],
        cards=list(new.cards),
        at_agreement=new.at_agreement,
        findings=as_json(new.findings),
        checked_by=new.checked_by,
        checked_at=new.checked_at,
    )
    check_id = (await tx.execute(row.returning(provider_check.c.check_id))).scalar_one()
    return replace(new, check_id=check_id)


async def get_check(tx: Tx, check_id: str) -> ProviderCheck:
    """One check. Raises NotFound."""
    row = (await tx.execute(select(*CHECK).where(provider_check.c.check_id == check_id))).first()
    if row is None:
        raise NotFound("provider check", check_id)
    return _check(row)


async def list_checks(tx: Tx, after: str, limit: int, *, provider_id: str | None) -> tuple[ProviderCheck, ...]:
    """Checks by id, after one; of one provider where its code, however it is spelled, is given."""
    query = select(*CHECK).where(after_number(provider_check.c.check_id, after))
    if provider_id is not None:
        named = select(provider.c.provider_id).where(provider.c.provider_key == fold_key(provider_id))
        query = query.where(provider_check.c.provider_id.in_(named))
    rows = await tx.execute(query.order_by(*by_number(provider_check.c.check_id)).limit(limit))
    return tuple(_check(row) for row in rows)


def _check(row: Row[Any]) -> ProviderCheck:
    return ProviderCheck(
        row.check_id,
        row.programme_code,
        row.programme_version,
        row.provider_id or "",
        tuple(_member(member) for member in row.members),
        tuple(row.cards),
        row.at_agreement,
        findings_of(row.findings),
        row.checked_by,
        row.checked_at,
    )


def _member_told(member: ProviderMember) -> dict[str, Any]:
    return {
        "name": member.name,
        "business_no": member.business_no,
        "opened_on": None if member.opened_on is None else member.opened_on.isoformat(),
        "fully_impaired": member.fully_impaired,
        "csap_certified": member.csap_certified,
        "restrictions": [_restriction_told(restriction) for restriction in member.restrictions],
    }


def _restriction_told(of: Restriction) -> dict[str, Any]:
    until = None if of.until_day is None else of.until_day.isoformat()
    days = {"kind": of.kind, "from": of.from_day.isoformat(), "until": until}
    return {**days, "instalments_approved": of.instalments_approved, "source": of.source}


def _member(kept: Mapping[str, Any]) -> ProviderMember:
    opened = kept["opened_on"]
    return ProviderMember(
        kept["name"],
        kept["business_no"],
        None if opened is None else dt.date.fromisoformat(opened),
        kept["fully_impaired"],
        kept["csap_certified"],
        tuple(_restriction(one) for one in kept["restrictions"]),
    )


def _restriction(kept: Mapping[str, Any]) -> Restriction:
    until = kept["until"]
    return Restriction(
        kept["kind"],
        dt.date.fromisoformat(kept["from"]),
        None if until is None else dt.date.fromisoformat(until),
        kept["instalments_approved"],
        kept["source"],
    )
