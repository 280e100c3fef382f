"""Selects providers: the order, the steps of each, rounds of prices, the agreement that two people make (RV-15)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.definition.programme import Programme
from libs.common.errors import Conflict, NotFound, Refusal, Refused
from libs.common.events.intake import ConsortiumChecked, OfferStated
from libs.common.events.review import AgreedPrice, ProviderAgreed
from libs.common.identity import Caller
from libs.common.outbox import say
from libs.common.programmes import programme_at
from services.review.model.providers import (
    AgreedProvider,
    ConsortiumCheck,
    DecideStep,
    Negotiation,
    Negotiations,
    PassingProvider,
    PriceRound,
    ProviderAgreement,
    ProviderSelection,
    ProviderStep,
    RecordRound,
    SeveralProviders,
    StatedOffer,
)
from services.review.model.selections import Contender
from services.review.operations.turns import take_selection_turn
from services.review.policy.panels import StageWeights
from services.review.policy.providers import ProviderCallPolicy
from services.review.policy.scoring import TiePolicy
from services.review.rules.negotiation import (
    agreement_day_refusals,
    check_refusals,
    decision_refusals,
    last_prices,
    round_refusals,
    several_refusals,
    shown_items,
    step_refusals,
)
from services.review.rules.outcomes import review_open_refusals
from services.review.rules.provider_order import provider_order
from services.review.rules.ranking import rank
from services.review.rules.stages import last_composite
from services.review.store import applications, composites, providers


@dataclass(frozen=True, slots=True)
class Turn:
    """A selection of providers whose turn it is, under the call in force at the instant after the turn was had."""

    all: Negotiations
    programme: Programme
    policy: ProviderCallPolicy
    now: dt.datetime

    @property
    def one_only(self) -> bool:
        """Whether one provider alone is selected: in principle, unless somebody decided for several."""
        return self.policy.one_in_principle and not self.several

    @property
    def several(self) -> bool:
        """Whether somebody decided for several."""
        return self.all.several is not None

    def of(self, application_id: str) -> Negotiation:
        """One provider of the order. Raises NotFound."""
        for one in self.all.places:
            if one.place.application_id == application_id:
                return one
        raise NotFound("application", application_id)


async def hear_offer(tx: Tx, event: OfferStated, now: dt.datetime) -> None:  # noqa: ARG001 - a handler's shape
    """Keep what an application of a providers' call offers."""
    offer = StatedOffer(event.application_id, tuple(event.products), tuple(event.cards), event.stated_at)
    await providers.add_offer(tx, offer)


async def hear_check(tx: Tx, event: ConsortiumChecked, now: dt.datetime) -> None:  # noqa: ARG001 - a handler's shape
    """Keep what intake found of a consortium before its agreement."""
    told = (event.check_id, event.application_id, event.outcome, tuple(event.found), event.checked_at)
    await providers.add_check(tx, ConsortiumCheck(*told))


async def make_order(tx: Tx, caller: Caller, programme_code: str, track: str, reason: str, clock: Clock) -> Turn:
    """Make the order in which a providers' call negotiates, once.

    Raises NotFound for an unknown programme or track, Conflict where the call asks for users or its order is made
    already, PolicyMissing, and Refused while screening or scoring is not over.
    """
    now = await take_selection_turn(tx, programme_code, clock)
    programme = await programme_at(tx, programme_code, now)
    policy = _policy(programme, track)
    known = await providers.find_of_call(tx, programme.code, track)
    if known is not None:
        at = known.provider_selection_id
        raise Conflict("provider_order_made", "RV-15", programme=programme.code, provider_selection_id=at)
    passing = await _passing(tx, programme, track)
    made = ProviderSelection(
        provider_selection_id=await providers.next_selection_id(tx),
        programme_code=programme.code,
        programme_version=programme.version,
        track=track,
        reason=reason,
        made_by=caller.subject,
        made_at=now,
    )
    await providers.add_selection(tx, made, provider_order(passing, policy))
    return Turn(await providers.load(tx, made), programme, policy, now)


async def _passing(tx: Tx, programme: Programme, track: str) -> list[PassingProvider]:
    """Who reached the threshold and is not gone, ranked (RV-5), with what it offers."""
    known = {one.application_id: one for one in await applications.list_pool(tx, programme.code, track) if not one.gone}
    _refuse(review_open_refusals(known.values()))
    passing = [one for one in known.values() if one.passed]
    ids = applications.ids(passing)
    stages, offers = await composites.list_by_stage(tx, ids), await providers.list_offers(tx, ids)
    weights = StageWeights.of(programme)
    contenders = [Contender.of(one, last_composite(stages[one.application_id], weights)) for one in passing]
    return [
        PassingProvider(
            place.application_id,
            place.rank,
            known[place.application_id].final or 0,
            offers[place.application_id].products if place.application_id in offers else (),
        )
        for place in rank(contenders, TiePolicy.of(programme))
    ]


def _policy(programme: Programme, track: str) -> ProviderCallPolicy:
    policy = ProviderCallPolicy.of(programme, track)
    if policy is None:
        raise Conflict("not_a_providers_call", "RV-15", programme=programme.code)
    return policy


async def show(tx: Tx, selection_id: str, now: dt.datetime) -> Turn:
    """A selection of providers as it stands. Raises NotFound."""
    selection = await providers.get_selection(tx, selection_id)
    programme = await programme_at(tx, selection.programme_code, now)
    return Turn(await providers.load(tx, selection), programme, _policy(programme, selection.track), now)


async def _turn(tx: Tx, selection_id: str, clock: Clock) -> Turn:
    selection = await providers.get_selection(tx, selection_id)
    now = await take_selection_turn(tx, selection.programme_code, clock)
    return await show(tx, selection_id, now)


async def decide_step(tx: Tx, caller: Caller, selection_id: str, told: DecideStep, clock: Clock) -> Turn:
    """An officer ends a provider's step: passed, or failed with the reason; then the next in the order comes.

    Raises NotFound, and Refused where it is not its turn or the step is not whole.
    """
    turn = await _turn(tx, selection_id, clock)
    one = turn.of(told.application_id)
    _refuse(step_refusals(turn.all.places, one, told.step, one_only=turn.one_only))
    _refuse(decision_refusals(one, told, turn.policy))
    step = ProviderStep(
        application_id=told.application_id,
        step=told.step,
        passed=told.passed,
        shown=shown_items(told, turn.policy),
        reason=told.reason,
        decided_by=caller.subject,
        decided_at=turn.now,
    )
    await providers.add_step(tx, step)
    return await show(tx, selection_id, turn.now)


async def record_round(tx: Tx, caller: Caller, selection_id: str, told: RecordRound, clock: Clock) -> Turn:
    """An officer records a round of the price negotiation, product by product. Raises NotFound, Refused."""
    turn = await _turn(tx, selection_id, clock)
    one = turn.of(told.application_id)
    _refuse(step_refusals(turn.all.places, one, "price", one_only=turn.one_only))
    _refuse(round_refusals(one, told, turn.policy))
    kept = PriceRound(told.application_id, told.round_no, told.prices, told.reason, caller.subject, turn.now)
    await providers.add_round(tx, kept)
    return await show(tx, selection_id, turn.now)


async def decide_for_several(tx: Tx, caller: Caller, selection_id: str, reason: str, clock: Clock) -> Turn:
    """An officer keeps the decision that several providers are selected. Raises NotFound, Refused."""
    turn = await _turn(tx, selection_id, clock)
    _refuse(several_refusals(turn.policy.one_in_principle, turn.several))
    await providers.add_several(tx, SeveralProviders(selection_id, reason, caller.subject, turn.now))
    return await show(tx, selection_id, turn.now)


async def agree(tx: Tx, caller: Caller, command: ProviderAgreement, reason: str, clock: Clock) -> AgreedProvider:
    """The agreement with a provider stands: it is said, and from then on it offers, prices and is paid.

    Raises NotFound, and Refused where it is not its turn, prices are missing or the day cannot be.
    """
    turn = await _turn(tx, command.provider_selection_id, clock)
    one = turn.of(command.application_id)
    _refuse(step_refusals(turn.all.places, one, "agreement", one_only=turn.one_only))
    _refuse([*check_refusals(one), *agreement_day_refusals(one, command.agreed_on, turn.now)])
    at = command.application_id
    agreed = AgreedProvider(at, command.agreed_on, last_prices(one.rounds), reason, caller.subject, turn.now)
    await providers.add_agreed(tx, agreed)
    await providers.add_step(tx, ProviderStep(at, "agreement", True, (), reason, caller.subject, turn.now))
    await say(tx, _agreed(turn, one, agreed), now=turn.now)
    return agreed


def _agreed(turn: Turn, one: Negotiation, agreed: AgreedProvider) -> ProviderAgreed:
    return ProviderAgreed(
        application_id=agreed.application_id,
        programme_code=turn.programme.code,
        programme_version=turn.programme.version,
        selection_id=turn.all.selection.provider_selection_id,
        organisation_id=one.application.organisation_id,
        serves=list(turn.policy.serves),
        prices=[
            AgreedPrice(product=price.product, unit_price_krw=price.unit_price_krw, round_no=price.round_no)
            for price in agreed.prices
        ],
        agreed_on=agreed.agreed_on,
        agreed_at=agreed.agreed_at,
    )


def _refuse(refusals: Sequence[Refusal]) -> None:
    if refusals:
        raise Refused(list(refusals))
