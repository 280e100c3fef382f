"""Hours priced at zero, from the prices that billing tells to the statement (MT-6)."""

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from tests.services.metering.meters import HOURLY, MONTHLY, Metering, kst, usage_item

ROUNDS = ((5_500, "2025-10", 1), (0, "2025-10", 2), (5_500, "2025-11", 1))
"""Zero by the second round, until the price of November."""


async def wait_and_use(metering: Metering) -> None:
    """Two units wait 10 h 20 min, six discounted hours; they run two hours in October and four in November."""
    await metering.assign(kst(3, 19), "S-000002", units=2, servers={"s": 2}, requested_at=kst(3, 8, 40))
    await metering.release(kst(3, 21), "S-000002")
    await metering.assign(kst(2, 10, month=11), "S-000003", units=2, servers={"s": 2})
    await metering.release(kst(2, 14, month=11), "S-000003")
    october = [usage_item(f"o-{hour}", kst(3, hour), units=2, session_id="S-000002") for hour in (19, 20)]
    november = [
        usage_item(f"n-{hour}", kst(2, hour, month=11), units=2, session_id="S-000003") for hour in range(10, 14)
    ]
    await metering.post(*october, *november)


async def stated(metering: Metering, month: str) -> list[tuple[str, int, int]]:
    """A month's lines: period, billable and discounted hours."""
    lines = (await metering.statement(month))["lines"]
    return [(line["period"], line["billable_unit_hours"], line["discounted_unit_hours"]) for line in lines]


async def balance(metering: Metering) -> tuple[int, int]:
    """Used and left discounted hours, as an officer sees them."""
    answer = await metering.http.get("/v1/discounts?grant=A-000001", headers=metering.officer())
    (told,) = answer.json()
    return told["used_unit_hours"], told["left_unit_hours"]


async def evidence(metering: Metering, month: str, programme: str = HOURLY) -> dict[str, Any]:
    """What a closed statement's hash is taken over."""
    url = f"/v1/statements/alpha/{programme}/{month}/evidence"
    found: dict[str, Any] = json.loads((await metering.http.get(url, headers=metering.officer())).content)
    return found


@pytest.mark.rule("MT-6")
@pytest.mark.parametrize("order", list(itertools.permutations(ROUNDS)), ids=lambda order: f"told as {order}")
async def test_prices_may_come_in_any_order_and_twice(
    metering: Metering, order: Sequence[tuple[int, str, int]]
) -> None:
    """October is free by its last round, so all six discounted hours go to November, which has a price."""
    await wait_and_use(metering)
    for price in (*order, *order):
        await metering.agree(*price)
    assert await stated(metering, "2025-10") == [("2025-10", 4, 0)]
    assert (await metering.close("2025-10")).status_code == 200
    assert await stated(metering, "2025-11") == [("2025-11", 8, 6)]
    assert await balance(metering) == (6, 0)


@pytest.mark.rule("MT-6")
@pytest.mark.parametrize(
    "price",
    [
        pytest.param({"krw": 5_500}, id="a price"),
        pytest.param({"krw": 0, "mode": "fixed"}, id="zero for the other mode"),
        pytest.param({"krw": 0, "product": "3"}, id="zero for another product"),
        pytest.param({"krw": 0, "provider_id": "beta"}, id="zero at another provider"),
        pytest.param({"krw": 0, "programme_code": MONTHLY}, id="zero in another programme"),
        pytest.param({"krw": 0, "valid_from": "2025-12"}, id="zero from a later month on"),
    ],
)
async def test_what_does_not_make_an_hour_free(metering: Metering, price: dict[str, Any]) -> None:
    """Hours use the balance up as if nothing had been told."""
    await wait_and_use(metering)
    before = await stated(metering, "2025-10")
    await metering.agree(**price)
    assert await stated(metering, "2025-10") == before == [("2025-10", 4, 4)]


@pytest.mark.rule("MT-6")
async def test_the_evidence_shows_what_was_priced_at_zero(metering: Metering) -> None:
    """The months at zero stand under the statement's hash, as far as they have begun."""
    await wait_and_use(metering)
    for price in (*ROUNDS, (0, "2025-12", 1)):
        await metering.agree(*price)
    await metering.agree(0, mode="fixed")
    await metering.close("2025-10")
    assert (await evidence(metering, "2025-10"))["zero_priced"] == [
        {"product": "2", "mode": "dynamic", "first_month": "2025-10", "end_month": "2025-11"},
        {"product": "2", "mode": "fixed", "first_month": "2025-10", "end_month": None},
    ]


@pytest.mark.rule("MT-6")
async def test_without_a_zero_the_evidence_names_no_price(metering: Metering) -> None:
    """Prices above zero, and zeros that have not begun, leave the evidence as if no price had been told."""
    await wait_and_use(metering)
    await metering.agree(5_500)
    await metering.agree(0, "2025-11")
    await metering.close("2025-10")
    assert set(await evidence(metering, "2025-10")) == {
        "statement_id",
        "programme_version",
        "rule_id",
        "lines",
        "gaps",
        "waits",
        "outages",
    }


@pytest.mark.rule("MT-6")
async def test_a_grant_priced_by_the_month_rests_on_no_price(metering: Metering) -> None:
    """Its hours are never discounted, so a monthly price of zero is no evidence of its statement."""
    await metering.place("A-000002", programme_code=MONTHLY, mode="fixed", pool_id=None)
    await metering.agree(0, programme_code=MONTHLY, mode="fixed", pricing="monthly")
    assert (await metering.close("2025-10", MONTHLY)).status_code == 200
    assert "zero_priced" not in await evidence(metering, "2025-10", MONTHLY)


@pytest.mark.rule("MT-6")
@pytest.mark.parametrize(
    ("known", "late", "closed", "next_month"),
    [
        pytest.param(
            ROUNDS[:1],
            ROUNDS[1:],
            [("2025-10", 4, 4)],
            [("2025-11", 8, 6), ("2025-10", 0, -4)],
            id="October turns out to be free: what it used goes back to November",
        ),
        pytest.param(
            (ROUNDS[1], ROUNDS[2]),
            ((5_500, "2025-10", 3),),
            [("2025-10", 4, 0)],
            [("2025-11", 8, 2), ("2025-10", 0, 4)],
            id="October turns out to have a price: its hours were discounted after all",
        ),
    ],
)
async def test_a_price_after_the_month_was_closed_is_an_adjustment(
    metering: Metering,
    known: Sequence[tuple[int, str, int]],
    late: Sequence[tuple[int, str, int]],
    closed: list[tuple[str, int, int]],
    next_month: list[tuple[str, int, int]],
) -> None:
    """The closed statement stays; the next one states the difference, as for any other late fact."""
    await wait_and_use(metering)
    for price in known:
        await metering.agree(*price)
    await metering.close("2025-10")
    for price in late:
        await metering.agree(*price)
    assert await stated(metering, "2025-10") == closed
    assert await stated(metering, "2025-11") == next_month


async def test_no_amount_is_kept(metering: Metering) -> None:
    """Metering keeps of a price whether it is zero, and nothing of how much."""
    await metering.agree(5_500)
    await metering.agree(0, round_no=2)
    async with metering.db.transaction() as tx:
        (row,) = (await tx.execute(text("SELECT * FROM agreed_price"))).mappings()
    assert dict(row) == {
        "programme_code": HOURLY,
        "provider_id": "alpha",
        "product": "2",
        "mode": "dynamic",
        "valid_from": "2025-10",
        "round_no": 2,
        "is_zero": True,
    }
