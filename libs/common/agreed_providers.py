"""Who may offer, price and be paid where providers are selected by a call of their own (RV-15).

Where no opened providers' call serves a programme, the agency designates its providers and nothing is asked here.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, Column, MetaData, Table, Text, any_, select, text
from sqlalchemy.dialects.postgresql import insert

from libs.common.backbone import Instant
from libs.common.db import Tx
from libs.common.errors import Conflict, Refusal
from libs.common.events.review import ProviderAgreed


@dataclass(frozen=True, slots=True)
class AgreedProvider:
    """An agreement as review said it: the organisation, the providers' call, and the programmes that it is for."""

    application_id: str
    programme_code: str
    organisation_id: str
    serves: list[str]
    agreed_at: dt.datetime


def agreed_provider_table(metadata: MetaData) -> Table:
    """The table of agreed providers, for a service that asks for them."""
    return Table(
        "agreed_provider",
        metadata,
        Column("application_id", Text, primary_key=True),
        *(Column(name, Text, nullable=False) for name in ("programme_code", "organisation_id")),
        Column("serves", ARRAY(Text), nullable=False),
        Column("agreed_at", Instant, nullable=False),
    )


def ended_agreement_table(metadata: MetaData) -> Table:
    """The table of agreements that ended before their time, providers' and users' alike (IN-16)."""
    return Table(
        "ended_agreement",
        metadata,
        Column("application_id", Text, primary_key=True),
        Column("ended_at", Instant, nullable=False),
    )


agreed_provider, ended_agreement = agreed_provider_table(MetaData()), ended_agreement_table(MetaData())

_SERVING = text(
    "SELECT code FROM (SELECT DISTINCT ON (code) code, definition FROM programme_version"
    " WHERE in_force_from <= :at ORDER BY code, version DESC) AS in_force"
    " WHERE definition ->> 'audience' = 'providers' AND EXISTS ("
    "SELECT FROM json_array_elements_text(definition -> 'serves') AS served WHERE served = :code) ORDER BY code"
)


async def hear_agreed_provider(tx: Tx, event: ProviderAgreed, _: dt.datetime) -> None:
    """Keep an agreement with a provider; the same again changes nothing."""
    told = AgreedProvider(
        event.application_id, event.programme_code, event.organisation_id, event.serves, event.agreed_at
    )
    row = {name: getattr(told, name) for name in AgreedProvider.__dataclass_fields__}
    await tx.execute(insert(agreed_provider).values(row).on_conflict_do_nothing())


async def keep_agreement_end(tx: Tx, application_id: str, ended_at: dt.datetime) -> None:
    """Keep that an agreement ended before its time, also where it is heard before the agreement; again: no change."""
    row = {"application_id": application_id, "ended_at": ended_at}
    await tx.execute(insert(ended_agreement).values(row).on_conflict_do_nothing())


async def must_be_agreed(
    tx: Tx,
    programme_code: str,
    provider_id: str,
    organisation_id: str | None,
    now: dt.datetime,
    *,
    also_ended: bool = False,
) -> None:
    """Refuse a provider that no agreement covers, where an opened providers' call serves the programme.

    `organisation_id` is the provider's organisation; None where intake has not told it. An agreement that ended covers
    nothing new; what was supplied under it is paid (`also_ended`). Raises Conflict.
    """
    serving = (await tx.execute(_SERVING, {"code": programme_code, "at": now})).scalars().all()
    if not serving:
        return
    covered = select(agreed_provider.c.application_id).where(
        agreed_provider.c.organisation_id == (organisation_id or ""), any_(agreed_provider.c.serves) == programme_code
    )
    if not also_ended:
        ended = select(ended_agreement.c.application_id).where(ended_agreement.c.ended_at <= now)
        covered = covered.where(agreed_provider.c.application_id.not_in(ended))
    agreed = (await tx.execute(covered.limit(1))).first() is not None
    refusal = unagreed_refusal(programme_code, provider_id, serving, agreed=agreed)
    if refusal is not None:
        raise Conflict(refusal.code, refusal.rule_id, **refusal.facts)


def unagreed_refusal(programme_code: str, provider_id: str, serving: Sequence[str], *, agreed: bool) -> Refusal | None:
    """Why a provider neither offers nor is paid (RV-15): `serving` calls select providers, and it is not agreed with.

    None where no call serves the programme, and for who is agreed with. Never raises.
    """
    if agreed or not serving:
        return None
    facts = {"provider": provider_id, "programme": programme_code, "calls": ", ".join(serving)}
    return Refusal("RV-15", "provider_not_agreed", facts)
