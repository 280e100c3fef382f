"""Selecting providers: orders, steps, rounds of prices, agreements; appended (RV-15)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import Noun, all_of, among, as_json, by_number, columns, one, values, values_of, whole
from services.review.model.providers import (
    AgreedProvider,
    ConsortiumCheck,
    Negotiation,
    Negotiations,
    PriceRound,
    ProviderPlace,
    ProviderSelection,
    ProviderStep,
    SeveralProviders,
    StatedOffer,
)
from services.review.store.applications import list_known
from services.review.store.ids import next_id, place_after, place_of
from services.review.tables.providers import (
    agreed_provider,
    consortium_check,
    price_round,
    provider_place,
    provider_selection,
    provider_selection_seq,
    provider_step,
    several_providers,
    stated_offer,
)

SELECTION = columns(provider_selection, ProviderSelection)
PLACE = columns(provider_place, ProviderPlace)
CHECK = columns(consortium_check, ConsortiumCheck)


async def add_offer(tx: Tx, offer: StatedOffer) -> None:
    """Keep what an application offers; the same again changes nothing."""
    await tx.execute(insert(stated_offer).values(values(offer)).on_conflict_do_nothing())


async def list_offers(tx: Tx, application_ids: Collection[str]) -> dict[str, StatedOffer]:
    """What these applications offer, by id; those of which nothing was said are left out."""
    query = select(*columns(stated_offer, StatedOffer)).where(among(stated_offer.c.application_id, application_ids))
    return {told.application_id: told for told in all_of(StatedOffer, await tx.execute(query))}


async def add_check(tx: Tx, check: ConsortiumCheck) -> None:
    """Keep what a check before the agreement found; the same again changes nothing."""
    await tx.execute(insert(consortium_check).values(values(check)).on_conflict_do_nothing())


async def next_selection_id(tx: Tx) -> str:
    """The id of a new selection of providers."""
    return await next_id(tx, "PSL", provider_selection_seq)


async def add_selection(tx: Tx, made: ProviderSelection, places: Sequence[ProviderPlace]) -> None:
    """Keep an order of negotiation."""
    await tx.execute(insert(provider_selection).values(values(made)))
    key = {"provider_selection_id": made.provider_selection_id}
    if places:
        await tx.execute(insert(provider_place), [{**key, **row} for row in values_of(places)])


async def find_of_call(tx: Tx, programme_code: str, track: str) -> ProviderSelection | None:
    """The selection of providers of a call's track; None where none is made."""
    query = select(*SELECTION).where(
        provider_selection.c.programme_code == programme_code, provider_selection.c.track == track
    )
    row = (await tx.execute(query)).first()
    return None if row is None else one(ProviderSelection, row)


async def get_selection(tx: Tx, selection_id: str) -> ProviderSelection:
    """One selection of providers. Raises NotFound."""
    query = select(*SELECTION).where(provider_selection.c.provider_selection_id == selection_id)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("provider selection", selection_id)
    return one(ProviderSelection, row)


async def list_selections(tx: Tx, after: str, limit: int, programme_code: str | None) -> tuple[ProviderSelection, ...]:
    """Selections of providers by id, after one."""
    at = provider_selection.c.provider_selection_id
    query = select(*SELECTION).where(place_of(at) > place_after(after))
    if programme_code is not None:
        query = query.where(provider_selection.c.programme_code == programme_code)
    return all_of(ProviderSelection, await tx.execute(query.order_by(*by_number(at)).limit(limit)))


async def load(tx: Tx, selection: ProviderSelection) -> Negotiations:
    """A whole selection: the order with the steps, rounds and agreement of each, and the decision for several."""
    query = select(*PLACE).where(provider_place.c.provider_selection_id == selection.provider_selection_id)
    places = all_of(ProviderPlace, await tx.execute(query.order_by(provider_place.c.place)))
    ids = [place.application_id for place in places]
    known = await list_known(tx, ids)
    steps: dict[str, dict[Any, ProviderStep]] = defaultdict(dict)
    for step in await _list_steps(tx, ids):
        steps[step.application_id][step.step] = step
    rounds: dict[str, list[PriceRound]] = defaultdict(list)
    for told in await _list_rounds(tx, ids):
        rounds[told.application_id].append(told)
    checks = {check.application_id: check for check in await _list_checks(tx, ids)}
    agreed = {told.application_id: told for told in await _list_agreed(tx, ids)}
    negotiations = tuple(
        Negotiation(
            place,
            known[place.application_id],
            steps[place.application_id],
            tuple(sorted(rounds[place.application_id], key=lambda found: found.round_no)),
            agreed.get(place.application_id),
            checks.get(place.application_id),
        )
        for place in places
    )
    return Negotiations(selection, negotiations, await _find_several(tx, selection.provider_selection_id))


async def _list_steps(tx: Tx, ids: Collection[str]) -> tuple[ProviderStep, ...]:
    """The steps that these applications have ended."""
    query = select(*columns(provider_step, ProviderStep)).where(among(provider_step.c.application_id, ids))
    return tuple(whole(ProviderStep, row) for row in await tx.execute(query))


async def _list_rounds(tx: Tx, ids: Collection[str]) -> tuple[PriceRound, ...]:
    """The rounds of prices with these applications."""
    query = select(*columns(price_round, PriceRound)).where(among(price_round.c.application_id, ids))
    return tuple(whole(PriceRound, row) for row in await tx.execute(query))


async def _list_agreed(tx: Tx, ids: Collection[str]) -> tuple[AgreedProvider, ...]:
    """The agreements with these applications."""
    query = select(*columns(agreed_provider, AgreedProvider)).where(among(agreed_provider.c.application_id, ids))
    return tuple(whole(AgreedProvider, row) for row in await tx.execute(query))


async def _list_checks(tx: Tx, ids: Collection[str]) -> tuple[ConsortiumCheck, ...]:
    """The checks of these applications, the last one of each last."""
    query = select(*CHECK).where(among(consortium_check.c.application_id, ids))
    order = (consortium_check.c.checked_at, *by_number(consortium_check.c.check_id))
    return all_of(ConsortiumCheck, await tx.execute(query.order_by(*order)))


async def _find_several(tx: Tx, selection_id: str) -> SeveralProviders | None:
    query = select(*columns(several_providers, SeveralProviders))
    row = (await tx.execute(query.where(several_providers.c.provider_selection_id == selection_id))).first()
    return None if row is None else one(SeveralProviders, row)


async def add_step(tx: Tx, step: ProviderStep) -> None:
    """Keep how a step ended."""
    await _add(tx, provider_step, step, shown=as_json(step.shown))


async def add_round(tx: Tx, told: PriceRound) -> None:
    """Keep a round of the price negotiation."""
    await _add(tx, price_round, told, prices=as_json(told.prices))


async def add_several(tx: Tx, decided: SeveralProviders) -> None:
    """Keep the decision for several providers."""
    await _add(tx, several_providers, decided)


async def add_agreed(tx: Tx, agreed: AgreedProvider) -> None:
    """Keep the agreement with a provider."""
    await _add(tx, agreed_provider, agreed, prices=as_json(agreed.prices))


async def _add(tx: Tx, table: Table, noun: Noun, **as_kept: Any) -> None:
    await tx.execute(insert(table).values({**values(noun), **as_kept}))
