"""Claims on organisations as people look through them; a claimant never finds one by what he is not told."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, select

from libs.common.db import Tx
from libs.common.lists import Counts, Shape, Wanted, between, count, paged, sortable
from libs.common.nouns import columns, one
from services.intake.model.members import Claim, ClaimState, NamedClaim
from services.intake.store.organisations import PRINTED
from services.intake.tables.organisations import organisation
from services.intake.tables.people import organisation_claim

CLAIM = columns(organisation_claim, Claim)
_OWN = Shape(
    number=organisation_claim.c.claim_id,
    found_by=(organisation_claim.c.claim_id, organisation_claim.c.reason),
    sorts={
        "made_at": organisation_claim.c.made_at,
        "decided_at": sortable(organisation_claim.c.decided_at),
        "state": organisation_claim.c.state,
    },
    state=organisation_claim.c.state,
)
_ALL = replace(
    _OWN,
    found_by=(
        *_OWN.found_by,
        organisation_claim.c.claimant,
        organisation_claim.c.organisation_id,
        organisation.c.name,
        organisation.c.business_no,
        PRINTED,
    ),
)
"""The agency finds a claim by the organisation, too; its claimant is not told which one it is."""


@dataclass(frozen=True, slots=True)
class ClaimsWanted:
    """Which claims a list shows; None: whichever. `claimant` shows his alone, instants are half-open."""

    claimant: str | None = None
    state: ClaimState | None = None
    organisation_id: str | None = None
    made_from: dt.datetime | None = None
    made_to: dt.datetime | None = None

    @property
    def shape(self) -> Shape:
        """By what, and in which order, such claims are found."""
        return _ALL if self.claimant is None else _OWN


async def list_claims(tx: Tx, wanted: Wanted, only: ClaimsWanted) -> tuple[NamedClaim, ...]:
    """One page of claims, each with the name of its organisation."""
    rows = await tx.execute(paged(_narrowed(select(*CLAIM, organisation.c.name), only), only.shape, wanted))
    return tuple(NamedClaim(one(Claim, row[:-1]), row[-1]) for row in rows)


async def count_claims(tx: Tx, wanted: Wanted, only: ClaimsWanted) -> Counts:
    """How many there are on all pages, in sum and by state."""
    return await count(tx, _narrowed(select(organisation_claim.c.claim_id), only), only.shape, wanted)


def _narrowed(query: Select[Any], only: ClaimsWanted) -> Select[Any]:
    on = organisation.c.organisation_id == organisation_claim.c.organisation_id
    query = query.select_from(organisation_claim.join(organisation, on))
    filters = (
        (organisation_claim.c.claimant, only.claimant),
        (organisation_claim.c.state, only.state),
        (organisation_claim.c.organisation_id, only.organisation_id),
    )
    for column, value in filters:
        query = query if value is None else query.where(column == value)
    return query.where(between(organisation_claim.c.made_at, only.made_from, only.made_to))
