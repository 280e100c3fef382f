"""The steps of negotiating with providers, one after the other (RV-15)."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from libs.common.calendar import kst_day
from libs.common.errors import Fact, Refusal
from services.review.model.providers import (
    STEPS,
    DecideStep,
    LastPrice,
    Negotiation,
    PlaceState,
    PriceRound,
    ProviderStepName,
    RecordRound,
    ShownItem,
)
from services.review.policy.providers import ProviderCallPolicy


def next_step(one: Negotiation) -> ProviderStepName | None:
    """The step that a provider comes to next; None once one is failed, the agreement stands, or it is gone.

    Never raises.
    """
    if one.application.gone or any(not step.passed for step in one.steps.values()):
        return None
    return next((step for step in STEPS if step not in one.steps), None)


def is_agreed(one: Negotiation) -> bool:
    """Whether the agreement with it stands: made, and not revoked since. Never raises."""
    return one.agreement is not None and not one.application.gone


def place_state(places: Sequence[Negotiation], one: Negotiation, *, one_only: bool) -> PlaceState:
    """Where a provider stands: its step, or how it ended; `waiting` while those before it keep it. Never raises."""
    if is_agreed(one):
        return "agreed"
    if one.application.gone:
        return "gone"
    step = next_step(one)
    if step is None:
        return "failed"
    return "waiting" if turn_refusal(places, one, step, one_only=one_only) else step


def turn_refusal(
    places: Sequence[Negotiation], one: Negotiation, step: ProviderStepName, *, one_only: bool
) -> Refusal | None:
    """Why it is not a provider's turn in a step: somebody before it in the order has not ended it.

    With one provider alone (`one_only`: the call says so in principle, and nobody decided for several) the next comes
    only where everybody before it failed or is gone, and nobody after an agreement. With several each step is taken in
    the order: everybody before has passed it, failed or is gone. `places` are in the order. Never raises.

    Example: the first failed the price negotiation → the second begins; the first has agreed → nobody else does.
    Source: S1 §2, §4–5.
    """
    facts: dict[str, Fact] = {"application_id": one.place.application_id}
    for before in places:
        if before.place.place >= one.place.place:
            return None
        if one_only and is_agreed(before):
            return Refusal("RV-15", "one_provider_in_principle", {**facts, "agreed": before.place.application_id})
        passed = not one_only and step in before.steps
        if next_step(before) is not None and not passed:
            return Refusal("RV-15", "provider_not_next", {**facts, "before": before.place.application_id})
    return None


def step_refusals(
    places: Sequence[Negotiation], one: Negotiation, step: ProviderStepName, *, one_only: bool
) -> list[Refusal]:
    """Why a provider does not take this step now: it is another's turn, another step's, it is gone or judged again."""
    application_id = one.place.application_id
    awaited = next_step(one)
    if awaited != step:
        code = "provider_out" if awaited is None else "other_step_next"
        facts: dict[str, Fact] = {"application_id": application_id, "provider_step": step}
        return [Refusal("RV-15", code, facts if awaited is None else {**facts, "awaited_step": awaited})]
    if one.application.passed is not True:
        return [Refusal("RV-17", "stage_open", {"count": 1, "applications": application_id})]
    turn = turn_refusal(places, one, step, one_only=one_only)
    return [] if turn is None else [turn]


def decision_refusals(one: Negotiation, told: DecideStep, policy: ProviderCallPolicy) -> list[Refusal]:
    """Why a step does not end as an officer says: items of the demonstration or prices are missing, or contradict it.

    Every item of the notice is shown well or not; who passes shows all of them well, those that were added too. A
    price negotiation is passed with a price for every product that the provider offers. The agreement is passed by
    two people alone. Never raises.
    """
    facts: dict[str, Fact] = {"application_id": told.application_id}
    if told.step == "agreement" and told.passed:
        return [Refusal("RV-15", "agreement_by_two", facts)]
    if told.step != "technical":
        if told.shown or told.added:
            return [Refusal("RV-15", "nothing_to_show", {**facts, "provider_step": told.step})]
        return missing_prices(one, policy) if told.step == "price" and told.passed else []
    if len(told.shown) != len(policy.demonstration):
        counted: dict[str, Fact] = {"shown": len(told.shown), "items": len(policy.demonstration)}
        return [Refusal("RV-15", "demonstration_incomplete", {**facts, **counted})]
    failed = [item.name for item in shown_items(told, policy) if not item.passed]
    if told.passed and failed:
        return [Refusal("RV-15", "demonstration_failed", {**facts, "failed": ", ".join(failed)})]
    return []


def shown_items(told: DecideStep, policy: ProviderCallPolicy) -> tuple[ShownItem, ...]:
    """The demonstration with its items' names: the notice's in its order, then those that were added. Never raises."""
    printed = (ShownItem(name, passed) for name, passed in zip(policy.demonstration, told.shown, strict=False))
    return (*printed, *told.added) if told.step == "technical" else ()


def round_refusals(one: Negotiation, told: RecordRound, policy: ProviderCallPolicy) -> list[Refusal]:
    """Why a round of the price negotiation is not recorded: it is not the next one, there are too many, or its lines.

    Rounds are counted from 1 without gaps, up to the call's maximum. A line is of a product that the provider offers
    (of any product of the call where intake has told of none), and each product has one. Never raises.
    """
    facts: dict[str, Fact] = {"application_id": told.application_id, "round": told.round_no}
    due = len(one.rounds) + 1
    if policy.price_rounds_max is not None and told.round_no > policy.price_rounds_max:
        return [Refusal("RV-15", "rounds_over", {**facts, "rounds_max": policy.price_rounds_max})]
    if told.round_no != due:
        return [Refusal("RV-15", "round_not_next", {**facts, "next_round": due})]
    known = priced_products(one, policy)
    strangers = [line.product for line in told.prices if line.product not in known]
    if strangers:
        return [Refusal("RV-15", "not_offered", {**facts, "products": ", ".join(strangers)})]
    twice = [product for product, count in Counter(line.product for line in told.prices).items() if count > 1]
    return [Refusal("RV-15", "product_priced_twice", {**facts, "products": ", ".join(twice)})] if twice else []


def priced_products(one: Negotiation, policy: ProviderCallPolicy) -> tuple[str, ...]:
    """The products whose prices are negotiated with a provider, in the call's order. Never raises."""
    offered = one.place.products
    return tuple(product for product in policy.numbers if product in offered or not offered)


def last_prices(rounds: Sequence[PriceRound]) -> tuple[LastPrice, ...]:
    """The last price of every product, in the order in which they were first told. Never raises.

    Example: round 1: H100x1 6,000, H100x2 12,000; round 2: H100x1 5,500 → H100x1 5,500 of round 2, H100x2 12,000 of 1.
    """
    found: dict[str, LastPrice] = {}
    for one in sorted(rounds, key=lambda told: told.round_no):
        for line in one.prices:
            found[line.product] = LastPrice(line.product, line.unit_price_krw, one.round_no)
    return tuple(found.values())


def missing_prices(one: Negotiation, policy: ProviderCallPolicy) -> list[Refusal]:
    """Why a price negotiation cannot be passed: a product that the provider offers has no price, or there is none."""
    priced = {price.product for price in last_prices(one.rounds)}
    wanted = priced_products(one, policy) if one.place.products or not priced else ()
    missing = [product for product in wanted if product not in priced]
    facts = {"application_id": one.place.application_id, "products": ", ".join(missing)}
    return [Refusal("RV-15", "price_missing", facts)] if missing else []


def check_refusals(one: Negotiation) -> list[Refusal]:
    """Why no agreement is made: intake has not checked the consortium before it, or found it failing (IN-8, S1 §8).

    What is left to an officer is what the two people who make the agreement decide on. Never raises.
    """
    facts: dict[str, Fact] = {"application_id": one.place.application_id}
    if one.check is None:
        return [Refusal("IN-8", "consortium_unchecked", facts)]
    if one.check.outcome == "fail":
        return [Refusal("IN-8", "consortium_fails", {**facts, "check_id": one.check.check_id})]
    return []


def agreement_day_refusals(one: Negotiation, agreed_on: dt.date, now: dt.datetime) -> list[Refusal]:
    """Why an agreement is not of this day (CV-2): it is still to come, or lies before the price was agreed."""
    priced = one.steps.get("price")
    earliest = None if priced is None else kst_day(priced.decided_at)
    if agreed_on > kst_day(now) or (earliest is not None and agreed_on < earliest):
        facts: dict[str, Fact] = {"agreed_on": agreed_on.isoformat(), "today": kst_day(now).isoformat()}
        return [Refusal("RV-15", "agreement_day", facts)]
    return []


def several_refusals(one_in_principle: bool, decided: bool) -> list[Refusal]:
    """Why nobody decides for several providers: the call has several anyway, or it is decided already."""
    if not one_in_principle:
        return [Refusal("RV-15", "several_anyway")]
    return [Refusal("RV-15", "several_decided")] if decided else []


def told_prices(prices: Sequence[LastPrice]) -> Mapping[str, int]:
    """Prices by product, as a proposal tells them. Never raises."""
    return {price.product: price.unit_price_krw for price in prices}
