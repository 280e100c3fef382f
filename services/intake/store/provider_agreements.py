"""Agreements with providers: appended, one an application."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.keys import fold_key
from libs.common.lists import Counts, Shape, Wanted, between, count, paged
from libs.common.nouns import among, as_json, columns, values, whole
from services.intake.model.provider_agreements import ProviderAgreement
from services.intake.store.organisations import PRINTED
from services.intake.tables.organisations import organisation
from services.intake.tables.provider_agreements import provider_agreement
from services.intake.tables.providers import provider

AGREEMENT = columns(provider_agreement, ProviderAgreement)


async def add_agreement(tx: Tx, new: ProviderAgreement) -> None:
    """Keep an agreement; the same again changes nothing."""
    told = {**values(new), "prices": as_json(new.prices)}
    await tx.execute(insert(provider_agreement).values(told).on_conflict_do_nothing())


async def find_agreement(tx: Tx, application_id: str) -> ProviderAgreement | None:
    """The agreement of an application; None where there is none."""
    query = select(*AGREEMENT).where(provider_agreement.c.application_id == application_id)
    row = (await tx.execute(query)).first()
    return None if row is None else whole(ProviderAgreement, row)


SHAPE = Shape(
    number=provider_agreement.c.application_id,
    found_by=(
        provider_agreement.c.application_id,
        provider_agreement.c.provider_id,
        provider_agreement.c.selection_id,
        organisation.c.name,
        organisation.c.business_no,
        PRINTED,
    ),
    sorts={
        "agreed_on": provider_agreement.c.agreed_on,
        "organisation_name": organisation.c.name,
        "provider_id": provider_agreement.c.provider_id,
    },
)


@dataclass(frozen=True, slots=True)
class AgreementsWanted:
    """Which agreements a list shows; None: whichever. `own` shows these organisations' alone, days are half-open."""

    own: Collection[str] | None = None
    programme_code: str | None = None
    provider_id: str | None = None
    agreed_from: dt.date | None = None
    agreed_to: dt.date | None = None


async def list_agreements(
    tx: Tx, wanted: Wanted, only: AgreementsWanted
) -> tuple[tuple[ProviderAgreement, str, str], ...]:
    """One page of agreements, each with the name of whoever applied and that of the provider."""
    query = _narrowed(select(*AGREEMENT, organisation.c.name, provider.c.name), only)
    rows = await tx.execute(paged(query, SHAPE, wanted))
    return tuple((whole(ProviderAgreement, row[:-2]), row[-2], row[-1]) for row in rows)


async def count_agreements(tx: Tx, wanted: Wanted, only: AgreementsWanted) -> Counts:
    """How many there are on all pages."""
    return await count(tx, _narrowed(select(provider_agreement.c.application_id), only), SHAPE, wanted)


def _narrowed(query: Select[Any], only: AgreementsWanted) -> Select[Any]:
    beside = provider_agreement.join(
        organisation, organisation.c.organisation_id == provider_agreement.c.organisation_id
    ).join(provider, provider.c.provider_id == provider_agreement.c.provider_id)
    query = query.select_from(beside)
    if only.own is not None:
        query = query.where(among(provider_agreement.c.organisation_id, only.own))
    if only.programme_code is not None:
        query = query.where(provider_agreement.c.programme_code == only.programme_code)
    if only.provider_id is not None:
        query = query.where(provider.c.provider_key == fold_key(only.provider_id))
    return query.where(between(provider_agreement.c.agreed_on, only.agreed_from, only.agreed_to))
