"""The agreement with a provider, which one person proposes and another confirms (BL-13, RV-15)."""

import datetime as dt

from libs.common.acts import Thing
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.proposals.model import Kind, Told
from services.review.model.providers import ProviderAgreement
from services.review.operations import providers
from services.review.operations.turns import take_selection_turn
from services.review.rules.negotiation import last_prices, told_prices
from services.review.store import providers as store


async def _about(_: Tx, command: ProviderAgreement) -> Thing:
    return "provider_selection", command.provider_selection_id


async def _turn(tx: Tx, command: ProviderAgreement, clock: Clock) -> dt.datetime:
    selection = await store.get_selection(tx, command.provider_selection_id)
    return await take_selection_turn(tx, selection.programme_code, clock)


async def _negotiated(tx: Tx, command: ProviderAgreement, clock: Clock) -> Told:
    """How every provider of the order stands, and what was negotiated with this one."""
    turn = await providers.show(tx, command.provider_selection_id, clock.now())
    ended = {
        one.place.application_id: {name: step.passed for name, step in sorted(one.steps.items())}
        for one in turn.all.places
    }
    one = turn.of(command.application_id)
    told = {"steps": ended, "prices_krw": dict(told_prices(last_prices(one.rounds))), "several": turn.several}
    check = one.check
    return {**told, "check_id": check and check.check_id, "check": check and check.outcome}


async def _agree(tx: Tx, caller: Caller, command: ProviderAgreement, reason: str, clock: Clock) -> Told:
    agreed = await providers.agree(tx, caller, command, reason, clock)
    return {
        "application_id": agreed.application_id,
        "agreed_on": agreed.agreed_on.isoformat(),
        "prices_krw": dict(told_prices(agreed.prices)),
    }


PROVIDER_AGREEMENT = Kind(
    service="review",
    name="provider_agreement",
    command=ProviderAgreement,
    about=_about,
    turn=_turn,
    rests_on=_negotiated,
    effect=_agree,
)
