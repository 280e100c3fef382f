"""Providers, the members of their consortia, and the history of both."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.keys import fold_key
from libs.common.lists import Counts, Shape, Wanted, count, paged
from libs.common.nouns import as_json, one
from services.intake.model.organisations import Organisation
from services.intake.model.providers import Member, Provider, ProviderStep
from services.intake.store.organisations import ORGANISATION, PRINTED, organisation_of
from services.intake.tables.organisations import organisation
from services.intake.tables.providers import provider, provider_history, provider_member

PROVIDER = [
    provider.c[name]
    for name in ("provider_id", "name", "version", "inherited_keys", "registered_at", "changed_at")
]  # fmt: skip
HISTORY_MAX = 1_000


async def add_provider(tx: Tx, new: Provider, *, by: str) -> bool:
    """Keep a new provider with its members; False where its code, however it is spelled, is taken."""
    row = insert_or_ignore(provider).values(
        provider_id=new.provider_id,
        provider_key=fold_key(new.provider_id),
        name=new.name,
        version=new.version,
        inherited_keys=list(new.inherited_keys),
        registered_by=by,
        registered_at=new.registered_at,
        changed_at=new.changed_at,
    )
    added = row.on_conflict_do_nothing(index_elements=["provider_key"]).returning(provider.c.provider_id)
    if (await tx.execute(added)).first() is None:
        return False
    await _keep_members(tx, new)
    return True


async def change_provider(tx: Tx, changed: Provider) -> None:
    """Keep a provider's facts and members as they are now."""
    await tx.execute(
        update(provider)
        .where(provider.c.provider_id == changed.provider_id)
        .values(
            name=changed.name,
            version=changed.version,
            inherited_keys=list(changed.inherited_keys),
            changed_at=changed.changed_at,
        )
    )
    await tx.execute(delete(provider_member).where(provider_member.c.provider_id == changed.provider_id))
    await _keep_members(tx, changed)


async def _keep_members(tx: Tx, kept: Provider) -> None:
    rows = [
        {
            "provider_id": kept.provider_id,
            "organisation_id": member.organisation.organisation_id,
            "position": position,
            "csap_certified": member.csap_certified,
        }
        for position, member in enumerate(kept.members)
    ]
    await tx.execute(insert(provider_member), rows)


async def find_provider(tx: Tx, provider_id: str) -> Provider | None:
    """The provider of a code, however it is spelled; None where there is none."""
    found = await _providers(tx, select(*PROVIDER).where(provider.c.provider_key == fold_key(provider_id)))
    return found[0] if found else None


async def get_provider(tx: Tx, provider_id: str) -> Provider:
    """The provider of a code, however it is spelled. Raises NotFound."""
    found = await find_provider(tx, provider_id)
    if found is None:
        raise NotFound("provider", provider_id)
    return found


_MEMBERS = (
    select(func.string_agg(func.concat_ws("|", organisation.c.name, organisation.c.business_no, PRINTED), "|"))
    .select_from(provider_member.join(organisation))
    .where(provider_member.c.provider_id == provider.c.provider_id)
    .correlate(provider)
    .scalar_subquery()
)
"""The names and business numbers of a provider's members."""
SHAPE = Shape(
    number=provider.c.provider_id,
    found_by=(provider.c.provider_id, provider.c.name, _MEMBERS),
    sorts={"name": provider.c.name, "registered_at": provider.c.registered_at, "changed_at": provider.c.changed_at},
    by_length=False,
)


async def list_providers(tx: Tx, wanted: Wanted, *, own: str | None) -> tuple[Provider, ...]:
    """One page of providers; `own` shows only that one, and nothing where no key of it remains."""
    return await _providers(tx, paged(_narrowed(select(*PROVIDER), own), SHAPE, wanted))


async def count_providers(tx: Tx, wanted: Wanted, *, own: str | None) -> Counts:
    """How many there are on all pages."""
    return await count(tx, _narrowed(select(provider.c.provider_id), own), SHAPE, wanted)


def _narrowed(query: Select[Any], own: str | None) -> Select[Any]:
    query = query.select_from(provider)
    if own is None:
        return query
    return query.where(provider.c.provider_key == fold_key(own), provider.c.provider_key != "")


async def list_providers_with(tx: Tx, organisation_ids: Sequence[str]) -> tuple[Provider, ...]:
    """The providers of which one of these organisations is a member, by code."""
    ids = select(provider_member.c.provider_id).where(provider_member.c.organisation_id.in_(organisation_ids))
    return await _providers(
        tx, select(*PROVIDER).where(provider.c.provider_id.in_(ids)).order_by(provider.c.provider_id)
    )


async def _providers(tx: Tx, query: Select[Any]) -> tuple[Provider, ...]:
    rows = (await tx.execute(query)).all()
    members = await _list_members(tx, [row.provider_id for row in rows])
    return tuple(one(Provider, (*row, members[row.provider_id])) for row in rows)


async def _list_members(tx: Tx, provider_ids: Sequence[str]) -> dict[str, tuple[Member, ...]]:
    query = (
        select(provider_member.c.provider_id, provider_member.c.csap_certified, *ORGANISATION)
        .join(organisation, organisation.c.organisation_id == provider_member.c.organisation_id)
        .where(provider_member.c.provider_id.in_(provider_ids))
        .order_by(provider_member.c.provider_id, provider_member.c.position)
    )
    found: dict[str, tuple[Member, ...]] = {}
    for row in await tx.execute(query):
        member = Member(organisation_of(row[2:]), row.csap_certified)
        found[row.provider_id] = (*found.get(row.provider_id, ()), member)
    return found


async def add_history(tx: Tx, kept: Provider, *, reason: str, by: str) -> None:
    """Append a provider's facts as they are now to its history."""
    facts = {
        "name": kept.name,
        "inherited_keys": list(kept.inherited_keys),
        "members": [_told(member.organisation, csap_certified=member.csap_certified) for member in kept.members],
    }
    row = {"provider_id": kept.provider_id, "version": kept.version, "facts": facts, "reason": reason}
    await tx.execute(insert(provider_history).values(**row, by=by, at=kept.changed_at))


def _told(of: Organisation, *, csap_certified: bool) -> dict[str, Any]:
    people = as_json(of.representatives)
    company = {"organisation_id": of.organisation_id, "name": of.name, "business_no": of.business_no}
    return {**company, "representatives": people, "affiliates": list(of.affiliates), "csap_certified": csap_certified}


async def list_history(tx: Tx, provider_id: str) -> tuple[ProviderStep, ...]:
    """Who changed a provider's facts when and why, oldest first: the newest so many versions."""
    table = provider_history.c
    query = select(table.version, table.reason, table.by, table.at).where(table.provider_id == provider_id)
    rows = await tx.execute(query.order_by(table.id.desc()).limit(HISTORY_MAX))
    return tuple(ProviderStep(*row) for row in rows)[::-1]
