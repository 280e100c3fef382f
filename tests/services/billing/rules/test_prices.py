"""The price book (BL-1)."""

import datetime as dt
from dataclasses import replace

import pytest

from libs.common.money import supply_value_krw
from services.billing.model.prices import Book, Compared
from services.billing.policy import PricePolicy
from services.billing.rules.prices import (
    Call,
    compared_at_agreement,
    discount_from,
    discount_in_month,
    first_rate_month,
    price_in_month,
    price_refusals,
)
from tests.services.billing.rules.uses import discount, monthly_price, price

POLICY = PricePolicy("hourly", rounds_max=3, fixed_max_pct=50)


@pytest.mark.rule("BL-1")
@pytest.mark.parametrize(
    ("book", "offered", "codes"),
    [
        pytest.param([], price(5500), [], id="the first dynamic price enters"),
        pytest.param([price(5500)], price(2750, "fixed"), [], id="a fixed price of exactly half enters"),
        pytest.param([price(5500)], price(2751, "fixed"), ["fixed_price_above_share"], id="one won over half does not"),
        pytest.param(
            [price(5501)],
            price(2751, "fixed"),
            ["fixed_price_above_share"],
            id="half of an odd price is not rounded up",
        ),
        pytest.param([price(5501)], price(2750, "fixed"), [], id="half of an odd price, cut"),
        pytest.param(
            [], price(100, "fixed"), ["dynamic_price_missing"], id="a fixed price needs a dynamic one to compare with"
        ),
        pytest.param(
            [price(5500), price(2750, "fixed")],
            price(5499, valid_from="2025-11"),
            ["fixed_price_above_share"],
            id="a lower dynamic price may not leave the fixed one above half",
        ),
        pytest.param(
            [price(5500), price(9000, valid_from="2025-12")],
            price(4000, "fixed", valid_from="2025-12"),
            [],
            id="each month compares with the dynamic price of that month",
        ),
        pytest.param(
            [price(9000), price(5500, valid_from="2025-12")],
            price(4000, "fixed"),
            ["fixed_price_above_share"],
            id="a later, lower dynamic price counts from its month on",
        ),
        pytest.param([price(5600), price(5500, round_no=2)], price(5400, round_no=3), [], id="the third round enters"),
        pytest.param([price(5600)], price(5400, round_no=4), ["price_round_over"], id="a fourth round does not"),
        pytest.param(
            [price(5600, round_no=2)], price(5400, round_no=2), ["price_round_taken"], id="a round happens once"
        ),
        pytest.param([price(5600, round_no=2)], price(5400, round_no=1), ["price_round_taken"], id="rounds only go up"),
        pytest.param(
            [price(5600, round_no=3)],
            price(5400, valid_from="2026-01"),
            [],
            id="a price of another month is negotiated anew",
        ),
    ],
)
def test_which_offers_enter_the_price_book(book, offered, codes):
    """Rounds and the fixed price's share decide which offers enter."""
    assert [r.code for r in price_refusals(Book(tuple(book)), offered, POLICY)] == codes


def other(krw, provider="beta", **more):
    """A price of another provider of the call."""
    return replace(price(krw, **more), provider_id=provider)


@pytest.mark.rule("BL-1")
@pytest.mark.parametrize(
    ("own", "others", "policy_krw", "fixed_krw", "codes"),
    [
        pytest.param([], [other(5500)], 100, 2750, [], id="half of the other's"),
        pytest.param([], [other(5500)], 9000, 2751, ["fixed_price_above_share"], id="one won more"),
        pytest.param([], [other(5500), other(5000, "gamma")], 0, 2501, ["fixed_price_above_share"], id="the lowest"),
        pytest.param([price(6000)], [other(5000)], 0, 3000, [], id="one's own goes before the call's"),
        pytest.param(
            [], [other(5600), other(5000, round_no=2)], 0, 2501, ["fixed_price_above_share"], id="the last round holds"
        ),
        pytest.param([], [other(5000, valid_from="2025-12")], 6000, 2500, [], id="before the other's month the policy"),
        pytest.param(
            [],
            [other(5000, valid_from="2025-12")],
            6000,
            3000,
            ["fixed_price_above_share"],
            id="a lower one that is agreed already counts from its month on",
        ),
        pytest.param([], [], 6000, 3000, [], id="nobody has one: half of the policy value"),
        pytest.param([], [], 6000, 3001, ["fixed_price_above_share"], id="one won over half of the policy value"),
        pytest.param([], [], None, 9_999_999, [], id="none: no share limits it"),
    ],
)
def test_f_22_a_provider_fixed_from_the_start_is_held_against_the_call(own, others, policy_krw, fixed_krw, codes):
    """F-22: Without a dynamic price of its own: the call's lowest of the product, else the policy value."""
    call = Call(tuple(others), lambda product: Compared(policy_krw, f"billing.lowest_dynamic_price_krw.{product}"))
    offered = price(fixed_krw, "fixed")
    assert [r.code for r in price_refusals(Book(tuple(own)), offered, POLICY, call)] == codes


@pytest.mark.rule("BL-1")
def test_f_22_a_price_says_what_it_was_compared_with():
    """The lowest of the call by its version; of a dynamic price nothing."""
    call = Call((other(5500), other(5000, "gamma")), lambda _: Compared(None, "x"))
    compared = compared_at_agreement(Book(), price(2500, "fixed"), POLICY, call)
    assert (compared.krw, "/gamma/" in compared.against) == (5000, True)
    assert compared_at_agreement(Book(), price(2500), POLICY, call) is None


@pytest.mark.rule("BL-1")
def test_monthly_prices_know_no_share_of_a_dynamic_one():
    """A programme with monthly prices has no dynamic price to compare with."""
    policy = PricePolicy("monthly", rounds_max=3, fixed_max_pct=None)
    assert price_refusals(Book(), monthly_price(3_000_000), policy) == ()


@pytest.mark.rule("BL-1")
@pytest.mark.parametrize(
    ("month", "expected"),
    [
        pytest.param("2025-09", None, id="before the first month there is no price"),
        pytest.param("2025-10", 5400, id="the last round of a month holds"),
        pytest.param("2025-11", 5400, id="a price holds until the next one begins"),
        pytest.param("2025-12", 6000, id="from the first day of its month"),
    ],
)
def test_the_price_of_a_month_of_use(month, expected):
    """A month of use has one price: the newest begun, of the last round."""
    book = [price(5500), price(5400, round_no=2), price(6000, valid_from="2025-12"), price(1, product="other")]
    found = price_in_month(book, "H100x1", "dynamic", month)
    assert (found and found.unit_price_krw) == expected


@pytest.mark.rule("BL-1")
def test_the_wait_discount_of_a_month_is_the_newest_begun():
    """A provider's discount rate holds from its month on."""
    rates = [discount("30"), discount("20", "2025-12")]
    assert [discount_in_month(rates, m) for m in ("2025-09", "2025-11", "2025-12")] == [None, rates[0], rates[1]]


@pytest.mark.rule("BL-1")
def test_a_price_includes_vat_and_splits_into_supply_value_and_the_rest():
    """Supply value is total × 10/11 cut to won, VAT the rest; they add up."""
    assert supply_value_krw(5501) == (5000, 501)


def test_a_rate_without_a_month_holds_from_the_first_of_use():
    """BL-1: the programme's first month of use; while that is unset, the month of now in Seoul."""
    now = dt.datetime(2025, 9, 30, 15, tzinfo=dt.UTC)
    assert [first_rate_month(dt.date(2025, 11, 5), now), first_rate_month(None, now)] == ["2025-11", "2025-10"]


def test_the_rate_that_begins_with_a_month():
    """Only the one of that very month, not the one in force then."""
    rates = [discount("30"), discount("20", "2025-12")]
    assert [discount_from(rates, month) for month in ("2025-12", "2025-11")] == [rates[1], None]
    assert str(rates[0].decimal_pct) == "30"
