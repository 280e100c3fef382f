"""Checks of providers and their consortia (IN-8): appended, never edited."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Select, func, insert, literal_column, select

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.keys import fold_key
from libs.common.lists import Counts, Shape, Wanted, between, count, paged, sortable
from libs.common.nouns import as_json, by_number
from services.intake.model.organisations import Restriction
from services.intake.model.providers import NamedCheck, ProviderCheck, ProviderMember, ToldAccounts
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


SHAPE = Shape(
    number=provider_check.c.check_id,
    found_by=(
        provider_check.c.check_id,
        provider_check.c.provider_id,
        provider.c.name,
        func.jsonb_path_query_array(provider_check.c.members, literal_column("'$[*].name'::jsonpath")),
        func.jsonb_path_query_array(provider_check.c.members, literal_column("'$[*].business_no'::jsonpath")),
    ),
    sorts={"checked_at": provider_check.c.checked_at, "provider_id": sortable(provider_check.c.provider_id)},
)


@dataclass(frozen=True, slots=True)
class ChecksWanted:
    """Which checks a list shows; None: whichever. A provider's code finds however it is spelled; half-open instants."""

    provider_id: str | None = None
    programme_code: str | None = None
    checked_from: dt.datetime | None = None
    checked_to: dt.datetime | None = None


async def list_checks(tx: Tx, wanted: Wanted, only: ChecksWanted) -> tuple[NamedCheck, ...]:
    """One page of checks, each with the provider's name."""
    rows = await tx.execute(paged(_narrowed(select(*CHECK, provider.c.name), only), SHAPE, wanted))
    return tuple(NamedCheck(_check(row), row.name) for row in rows)


async def count_checks(tx: Tx, wanted: Wanted, only: ChecksWanted) -> Counts:
    """How many there are on all pages."""
    return await count(tx, _narrowed(select(provider_check.c.check_id), only), SHAPE, wanted)


def _narrowed(query: Select[Any], only: ChecksWanted) -> Select[Any]:
    beside = provider_check.outerjoin(provider, provider.c.provider_id == provider_check.c.provider_id)
    query = query.select_from(beside)
    if only.provider_id is not None:
        query = query.where(provider.c.provider_key == fold_key(only.provider_id))
    if only.programme_code is not None:
        query = query.where(provider_check.c.programme_code == only.programme_code)
    return query.where(between(provider_check.c.checked_at, only.checked_from, only.checked_to))


async def list_accounts(tx: Tx, programme_code: str) -> tuple[ToldAccounts, ...]:
    """What was told in the checks of a call of companies' accounts, in the order of the checks."""
    query = select(provider_check.c.members).where(provider_check.c.programme_code == programme_code)
    rows = (await tx.execute(query.order_by(*by_number(provider_check.c.check_id)))).scalars()
    told = [member for members in rows for member in members if member["fully_impaired"] is not None]
    return tuple(ToldAccounts(member["business_no"], member["fully_impaired"]) for member in told)


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
