"""Which months are priced at zero (MT-6), by the same reading of the price book as billing's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.model.prices import PriceVersion
from services.billing.rules.prices import price_in_month
from services.metering.model.grants import AgreedPrice, Mode, ZeroPriced
from services.metering.rules.zero_prices import zero_priced_months, zero_priced_periods

MONTHS = ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02")
MODES: tuple[Mode, Mode] = ("dynamic", "fixed")


@pytest.mark.rule("MT-6")
@pytest.mark.parametrize(
    ("agreed", "periods"),
    [
        pytest.param([], [], id="nothing agreed"),
        pytest.param([("2025-10", False)], [], id="a price"),
        pytest.param([("2025-10", True)], [("2025-10", None)], id="zero from October on"),
        pytest.param([("2026-01", False), ("2025-10", True)], [("2025-10", "2026-01")], id="zero until the new year"),
        pytest.param([("2025-10", True), ("2025-12", True)], [("2025-10", None)], id="zero agreed once more"),
        pytest.param(
            [("2025-10", True), ("2025-11", False), ("2026-01", True)],
            [("2025-10", "2025-11"), ("2026-01", None)],
            id="zero, then a price, then zero again",
        ),
    ],
)
def test_a_price_holds_until_the_next_one(
    agreed: list[tuple[str, bool]], periods: list[tuple[str, str | None]]
) -> None:
    """A zero lasts from its month to the one in which another price begins, in whatever order they are known."""
    book = [AgreedPrice("2", "dynamic", month, is_zero) for month, is_zero in agreed]
    assert zero_priced_periods(book) == tuple(ZeroPriced("2", "dynamic", *period) for period in periods)


@pytest.mark.rule("MT-6")
def test_products_and_modes_are_priced_apart() -> None:
    """A price of another product, or of the other mode, ends no period."""
    book = [
        AgreedPrice("2", "fixed", "2025-10", is_zero=True),
        AgreedPrice("2", "dynamic", "2025-11", is_zero=False),
        AgreedPrice("3", "fixed", "2025-12", is_zero=False),
    ]
    assert zero_priced_periods(book) == (ZeroPriced("2", "fixed", "2025-10", None),)


price = st.builds(
    PriceVersion,
    programme_code=st.just("hpc-2025-gpu"),
    provider_id=st.just("alpha"),
    product=st.just("2"),
    mode=st.sampled_from(MODES),
    pricing=st.just("hourly"),
    unit_price_krw=st.sampled_from([0, 2750, 5500]),
    valid_from=st.sampled_from(MONTHS),
    round_no=st.integers(1, 3),
)


@pytest.mark.rule("MT-6")
@given(st.lists(price, max_size=12, unique_by=lambda one: one.version))
def test_a_month_is_at_zero_exactly_where_billing_prices_it_at_zero(book: list[PriceVersion]) -> None:
    """The last rounds' prices give the months that billing's own price book prices at zero won."""
    last = {(one.mode, one.valid_from): one for one in sorted(book, key=lambda one: one.round_no)}
    agreed = [AgreedPrice(one.product, one.mode, one.valid_from, one.unit_price_krw == 0) for one in last.values()]
    billed = {(month, mode): price_in_month(book, "2", mode, month) for month in MONTHS for mode in MODES}
    at_zero = {key for key, held in billed.items() if held is not None and held.unit_price_krw == 0}
    assert zero_priced_months(zero_priced_periods(agreed), MONTHS) == at_zero
