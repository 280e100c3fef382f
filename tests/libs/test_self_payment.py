"""The self-payment's one rule: rate, quantity, the one reduction (BL-4)."""

import pytest

from libs.common.errors import PolicyMissing
from libs.common.self_payment import Asked, Payer, applying_reduction, rated, self_payment_due

H100_S0 = {"standard": 400_000, "youth": 200_000, "public": 0, "regional": None}
A100_S0 = {"standard": 100_000, "youth": 50_000, "public": 0, "regional": None}
H100_S2 = {"standard": 400_000, "youth": 200_000, "public": 400_000, "regional": 200_000}
SERVER_S4 = {"standard": 3_200_000}
FIRM, YOUNG, PUBLIC = Payer("private"), Payer("private", "youth"), Payer("public")
REGIONAL, PUBLIC_REGIONAL = Payer("private", "regional"), Payer("public", "regional")


@pytest.mark.rule("BL-4")
@pytest.mark.parametrize(
    ("payer", "rates", "quantity", "months", "expected"),
    [
        pytest.param(FIRM, H100_S0, 4, 6, 9_600_000, id="S0: four H100 for six months"),
        pytest.param(FIRM, A100_S0, 16, 6, 9_600_000, id="S0: given as sixteen A100"),
        pytest.param(YOUNG, H100_S0, 4, 6, 4_800_000, id="S0: youth pays half"),
        pytest.param(YOUNG, A100_S0, 16, 6, 4_800_000, id="S0: youth on A100 pays half"),
        pytest.param(PUBLIC, H100_S0, 4, 6, 0, id="S0: public applicants are free"),
        pytest.param(Payer("public", "youth"), H100_S0, 4, 6, 0, id="S0: the public rate whoever leads it"),
        pytest.param(REGIONAL, H100_S2, 8, 4, 6_400_000, id="S2: H100×8, four months, in Gwangju"),
        pytest.param(YOUNG, H100_S2, 8, 4, 6_400_000, id="S2: youth asked for instead"),
        pytest.param(PUBLIC_REGIONAL, H100_S2, 8, 4, 6_400_000, id="F-14: S2: a public institution in Gwangju"),
        pytest.param(PUBLIC, H100_S2, 8, 4, 12_800_000, id="S2: one elsewhere"),
        pytest.param(FIRM, SERVER_S4, 2, 6, 38_400_000, id="S4: two H200 servers for six months"),
        pytest.param(FIRM, H100_S0, 4, 5, 8_000_000, id="months lowered to five"),
        pytest.param(REGIONAL, H100_S0, 4, 6, 9_600_000, id="a region without a rate: the standard one"),
        pytest.param(PUBLIC_REGIONAL, H100_S0, 4, 6, 0, id="a region without a rate: the public one"),
        pytest.param(YOUNG, {"standard": 7, "youth": None}, 1, 1, 7, id="youth without a rate: the standard one"),
        pytest.param(FIRM, {"standard": None}, 4, 6, 0, id="no rate at all: nobody pays"),
    ],
)
def test_what_a_grant_owes(payer, rates, quantity, months, expected):
    """Rate × quantity × months of the one rate that applies."""
    assert self_payment_due(payer, "deposit", rates.__getitem__, quantity, months).amount_krw == expected


@pytest.mark.rule("BL-4")
@pytest.mark.parametrize(
    ("youth", "regional", "region_first", "applies"),
    [
        pytest.param(True, True, True, "regional", id="the regional one goes first"),
        pytest.param(True, True, False, "youth", id="unless the youth one is asked for"),
        pytest.param(False, True, False, "regional", id="asking for youth without being it changes nothing"),
        pytest.param(True, False, True, "youth", id="youth alone"),
        pytest.param(False, False, True, "none", id="neither"),
    ],
)
def test_reductions_never_add_up(youth, regional, region_first, applies):
    """One of those that are granted applies."""
    assert applying_reduction(youth=youth, regional=regional, region_first=region_first) == applies


@pytest.mark.rule("BL-4")
def test_only_the_rate_that_applies_is_read():
    """S3: no rate where everybody is free; a regional payer's unset rate stops; a standard one's is not asked for."""

    def unset(kind):
        if kind == "standard":
            return 5
        raise PolicyMissing("regional-2025", f"billing.self_payment.rates.H100.{kind}_krw")

    assert self_payment_due(REGIONAL, "free", unset, 4, 6).amount_krw == 0
    assert self_payment_due(FIRM, "deposit", unset, 1, 1).amount_krw == 5
    with pytest.raises(PolicyMissing):
        self_payment_due(REGIONAL, "deposit", unset, 4, 6)


@pytest.mark.rule("BL-4")
def test_rates_are_of_cards_or_of_units():
    """One H100x4: four cards of the assigned type, or one unit of the product."""
    asked = Asked("H100x4", 1, "A100", 16)
    assert (rated("card", asked), rated("product", asked)) == (("A100", 16), ("H100x4", 1))
