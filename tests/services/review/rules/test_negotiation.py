"""The steps of negotiating with providers (RV-15), as tables."""

import datetime as dt
from dataclasses import replace

import pytest

from services.review.model.applications import Application
from services.review.model.providers import (
    AgreedProvider,
    DecideStep,
    LastPrice,
    Negotiation,
    PriceLine,
    PriceRound,
    ProviderPlace,
    ProviderStep,
    RecordRound,
    ShownItem,
)
from services.review.policy.providers import ProviderCallPolicy
from services.review.rules.negotiation import (
    agreement_day_refusals,
    decision_refusals,
    last_prices,
    next_step,
    place_state,
    round_refusals,
    several_refusals,
    step_refusals,
)

AT = dt.datetime(2025, 3, 5, 2, tzinfo=dt.UTC)
POLICY = ProviderCallPolicy(
    serves=("users",),
    all_products_first=True,
    one_in_principle=True,
    demonstration=("동적할당", "과금시스템"),
    price_rounds_max=3,
    numbers={"small": "#1", "large": "#2"},
)


def application(name: str, **more) -> Application:
    """An application that passed."""
    told = Application(
        application_id=name, programme_code="call", receipt_no=name, received_at=AT, organisation_id=f"O-{name}",
        organisation_name=name, sector="private", counting_unit=name, track="1", product="small", units=1, months=9,
        wished_start=dt.date(2025, 4, 1), youth=False, state="eligible", passed=True, final=9000,
    )  # fmt: skip
    return replace(told, **more)


def standing(place: int, *ended: tuple[str, bool], agreed: bool = False, rounds=(), **more) -> Negotiation:
    """A provider of the order with the steps that it has ended."""
    name = f"A-{place}"
    steps = {step: ProviderStep(name, step, passed, (), "사유", "officer", AT) for step, passed in ended}
    agreement = AgreedProvider(name, AT.date(), (), "", "officer", AT) if agreed else None
    at = ProviderPlace(place, name, place, 9000, True, ("small", "large"))
    return Negotiation(at, application(name, **more), steps, tuple(rounds), agreement)


NEW = ()
TECHNICAL = (("technical", True),)
PRICED = (*TECHNICAL, ("price", True))
DONE = (*PRICED, ("agreement", True))
FAILED_PRICE = (*TECHNICAL, ("price", False))

NEXT = {
    "nothing yet": (standing(1), "technical"),
    "shown": (standing(1, *TECHNICAL), "price"),
    "priced": (standing(1, *PRICED), "agreement"),
    "agreed": (standing(1, *DONE, agreed=True), None),
    "failed in the price": (standing(1, *FAILED_PRICE), None),
    "failed at once": (standing(1, ("technical", False)), None),
    "withdrawn": (standing(1, *TECHNICAL, state="withdrawn"), None),
    "revoked": (standing(1, *PRICED, state="revoked"), None),
}


@pytest.mark.rule("RV-15")
@pytest.mark.parametrize("sentence", NEXT)
def test_each_step_follows_the_one_before(sentence: str) -> None:
    """Demonstration, then price, then agreement; a failed step ends it for that provider."""
    one, step = NEXT[sentence]
    assert next_step(one) == step


TURNS = {
    # (the steps of the first, whether one alone, the step of the second) → the code, or none where it is its turn
    "the first has not begun": (standing(1), True, standing(2), "provider_not_next"),
    "the first failed the price": (standing(1, *FAILED_PRICE), True, standing(2), None),
    "the first is gone": (standing(1, *TECHNICAL, state="withdrawn"), True, standing(2), None),
    "the first has agreed": (standing(1, *DONE, agreed=True), True, standing(2), "one_provider_in_principle"),
    "the first agreed and was revoked": (standing(1, *DONE, agreed=True, state="revoked"), True, standing(2), None),
    "the first was shown, one alone": (standing(1, *TECHNICAL), True, standing(2), "provider_not_next"),
    "the first was shown, several": (standing(1, *TECHNICAL), False, standing(2), None),
    "the first is not priced, several": (standing(1, *TECHNICAL), False, standing(2, *TECHNICAL), "provider_not_next"),
    "the first was priced, several": (standing(1, *PRICED), False, standing(2, *TECHNICAL), None),
    "the first has agreed, several": (standing(1, *DONE, agreed=True), False, standing(2, *PRICED), None),
}


@pytest.mark.rule("RV-15")
@pytest.mark.parametrize("sentence", TURNS)
def test_the_next_comes_in_the_order(sentence: str) -> None:
    """With one provider the next comes when those before are out; with several each step is taken in the order."""
    first, one_only, second, code = TURNS[sentence]
    step = next_step(second)
    refusals = step_refusals([first, second], second, step, one_only=one_only)
    assert [refusal.code for refusal in refusals] == ([] if code is None else [code])
    shown = place_state([first, second], second, one_only=one_only)
    assert shown == (step if code is None else "waiting")


@pytest.mark.rule("RV-15")
def test_no_step_is_taken_twice_early_or_after_the_end() -> None:
    """A step out of its place, and any step of who is out, are refused; so is one that is judged again (RV-17)."""
    shown = standing(1, *TECHNICAL)
    assert [one.code for one in step_refusals([shown], shown, "technical", one_only=True)] == ["other_step_next"]
    assert [one.code for one in step_refusals([shown], shown, "agreement", one_only=True)] == ["other_step_next"]
    out = standing(1, *FAILED_PRICE)
    assert [one.code for one in step_refusals([out], out, "price", one_only=True)] == ["provider_out"]
    again = standing(1, passed=None)
    assert [one.code for one in step_refusals([again], again, "technical", one_only=True)] == ["stage_open"]


def decide(step="technical", passed=True, shown=(True, True), added=()) -> DecideStep:
    """An officer's word on a step."""
    return DecideStep("A-1", step, passed, tuple(shown), tuple(added), "사유")


WORDS = {
    "all shown": (decide(), None),
    "one of two told": (decide(shown=(True,)), "demonstration_incomplete"),
    "one too many": (decide(shown=(True, True, True)), "demonstration_incomplete"),
    "one not shown, passed": (decide(shown=(True, False)), "demonstration_failed"),
    "one not shown, failed": (decide(passed=False, shown=(True, False)), None),
    "all shown, the negotiation failed": (decide(passed=False), None),
    "an added one not shown": (decide(added=[ShownItem("이관", False)]), "demonstration_failed"),
    "an agreement by one": (decide("agreement", shown=()), "agreement_by_two"),
    "an agreement that fails": (decide("agreement", passed=False, shown=()), None),
    "something shown at the price": (decide("price", passed=False), "nothing_to_show"),
    "a price without a round": (decide("price", shown=()), "price_missing"),
    "a price that fails at once": (decide("price", passed=False, shown=()), None),
}


@pytest.mark.rule("RV-15")
@pytest.mark.parametrize("sentence", WORDS)
def test_a_step_ends_whole(sentence: str) -> None:
    """Every item is told, whoever passes shows all of them, and a price is passed with a price for each product."""
    told, code = WORDS[sentence]
    assert [one.code for one in decision_refusals(standing(1), told, POLICY)] == ([] if code is None else [code])


def prices(number: int, **won: int) -> PriceRound:
    """A round on record."""
    lines = tuple(PriceLine(product, krw) for product, krw in won.items())
    return PriceRound("A-1", number, lines, "", "officer", AT)


ROUND_TABLE = {
    "the first": ((), RecordRound("A-1", 1, (PriceLine("small", 5),), ""), None),
    "the first again": ((prices(1, small=5),), RecordRound("A-1", 1, (PriceLine("small", 5),), ""), "round_not_next"),
    "a gap": ((prices(1, small=5),), RecordRound("A-1", 3, (PriceLine("small", 5),), ""), "round_not_next"),
    "the third": ((prices(1), prices(2)), RecordRound("A-1", 3, (PriceLine("small", 5),), ""), None),
    "a fourth": ((prices(1), prices(2), prices(3)), RecordRound("A-1", 4, (PriceLine("small", 5),), ""), "rounds_over"),
    "another's product": ((), RecordRound("A-1", 1, (PriceLine("huge", 5),), ""), "not_offered"),
    "twice": ((), RecordRound("A-1", 1, (PriceLine("small", 5), PriceLine("small", 4)), ""), "product_priced_twice"),
}


@pytest.mark.rule("RV-15")
@pytest.mark.parametrize("sentence", ROUND_TABLE)
def test_rounds_are_counted_up_to_three(sentence: str) -> None:
    """Rounds come one after the other, at most three, with one price for each product that is offered."""
    rounds, told, code = ROUND_TABLE[sentence]
    one = standing(1, *TECHNICAL, rounds=rounds)
    assert [refusal.code for refusal in round_refusals(one, told, POLICY)] == ([] if code is None else [code])


@pytest.mark.rule("RV-15")
def test_the_last_price_of_each_product_counts() -> None:
    """A product that a later round leaves out keeps the price of the earlier one."""
    rounds = (prices(2, small=55), prices(1, small=60, large=120))
    assert last_prices(rounds) == (LastPrice("small", 55, 2), LastPrice("large", 120, 1))
    one = standing(1, *TECHNICAL, rounds=rounds)
    assert decision_refusals(one, decide("price", shown=()), POLICY) == []
    half = standing(1, *TECHNICAL, rounds=(prices(1, small=60),))
    assert decision_refusals(half, decide("price", shown=()), POLICY)[0].facts["products"] == "large"


DAYS = {
    "the day of the price": (dt.date(2025, 3, 5), []),
    "today": (dt.date(2025, 3, 7), []),
    "before the price": (dt.date(2025, 3, 4), ["agreement_day"]),
    "tomorrow": (dt.date(2025, 3, 8), ["agreement_day"]),
}


@pytest.mark.rule("RV-15")
@pytest.mark.parametrize("sentence", DAYS)
def test_an_agreement_lies_between_the_price_and_today(sentence: str) -> None:
    """Days are Seoul's: 15:30 UTC on 6 March is the 7th."""
    day, codes = DAYS[sentence]
    now = dt.datetime(2025, 3, 6, 15, 30, tzinfo=dt.UTC)
    assert [one.code for one in agreement_day_refusals(standing(1, *PRICED), day, now)] == codes


@pytest.mark.rule("RV-15")
def test_several_are_decided_once_and_only_where_one_is_the_principle() -> None:
    """The NPU call has several anyway."""
    assert several_refusals(True, False) == []
    assert [one.code for one in several_refusals(True, True)] == ["several_decided"]
    assert [one.code for one in several_refusals(False, False)] == ["several_anyway"]
