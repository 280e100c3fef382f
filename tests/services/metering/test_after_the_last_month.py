"""What becomes known after a programme's last month has a month to go to: one that is closed without use (MT-3)."""

import datetime as dt

import pytest

from libs.common.events.billing import PriceWithdrawn
from libs.common.events.metering import StatementClosed
from tests.services.metering.meters import HOURLY, Metering, kst, usage_item


@pytest.mark.rule("MT-3", "MT-10")
async def test_a_late_void_after_the_last_month_is_an_adjustment_of_a_month_without_use(metering: Metering) -> None:
    """October is the only month with use, all grants are over: a void in January is stated by January, and once."""
    await metering.post(*(usage_item(f"e-{hour}", kst(1, hour)) for hour in range(10, 20)))
    metering.clock.set(kst(1, month=11) + dt.timedelta(days=65))
    for month in ("2025-10", "2025-11", "2025-12"):
        assert (await metering.close(month)).status_code == 200
    void = usage_item("v-1", kst(1, 10), held_s=0, corrects="e-10")
    assert (await metering.outcome(void))[0] == "accepted"
    early = await metering.close("2026-01")
    assert (early.status_code, early.json()["code"]) == (409, "statement_month_not_over")
    (coming,) = (await metering.statement("2026-01"))["lines"]
    assert (coming["period"], coming["adjustment"], coming["billable_unit_hours"]) == ("2025-10", True, -8)
    metering.clock.set(metering.clock.now() + dt.timedelta(days=40))
    closed = await metering.close("2026-01")
    assert closed.status_code == 200, closed.text
    assert closed.json()["lines"] == [coming]
    assert (await metering.statement("2026-02"))["lines"] == [], "stated once"
    said = [(one.month, len(one.lines)) for one in await metering.client.said(StatementClosed)]
    assert said[:4] == [("2025-10", 1), ("2025-11", 0), ("2025-12", 0), ("2026-01", 1)]


@pytest.mark.rule("MT-6")
async def test_a_zero_price_that_was_taken_back_uses_discounts_again(metering: Metering) -> None:
    """Round 2 at zero is taken back: round 1 at 5,500 counts; taken back too, what held before goes on."""
    from services.metering.store.prices import list_agreed_prices

    async def agreed() -> list[tuple[str, bool]]:
        async with metering.db.transaction() as tx:
            return [(one.valid_from, one.is_zero) for one in await list_agreed_prices(tx, "alpha", HOURLY)]

    gone = {
        "programme_code": HOURLY,
        "provider_id": "alpha",
        "product": "2",
        "mode": "dynamic",
        "valid_from": "2025-10",
        "reason": "오기",
        "withdrawn_at": kst(3),
    }
    await metering.agree(5_500)
    await metering.agree(0, round_no=2)
    assert await agreed() == [("2025-10", True)]
    await metering.client.feed(PriceWithdrawn(**gone, round_no=2, holds_round_no=1, holds_krw=5_500))
    assert await agreed() == [("2025-10", False)]
    await metering.client.feed(PriceWithdrawn(**gone, round_no=1))
    assert await agreed() == []
    await metering.agree(0, round_no=1)
    assert await agreed() == [("2025-10", True)]
