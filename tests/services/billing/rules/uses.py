"""Builders of the nouns that the rules' tables need, with every value sayable and none hidden that a test is about."""

import datetime as dt
from fractions import Fraction

from libs.common.calendar import kst_midnight
from services.billing.model.prices import PriceVersion, WaitDiscount
from services.billing.model.statements import Statement, Use


def price(
    krw: int,
    mode: str = "dynamic",
    *,
    product: str = "H100x1",
    valid_from: str = "2025-10",
    round_no: int = 1,
    pricing: str = "hourly",
) -> PriceVersion:
    return PriceVersion("hpc-2025-gpu", "alpha", product, mode, pricing, krw, valid_from, round_no)


def monthly_price(krw: int, valid_from: str = "2025-10") -> PriceVersion:
    return price(krw, "fixed", product="H100", valid_from=valid_from, pricing="monthly")


def discount(pct: str, valid_from: str = "2025-10") -> WaitDiscount:
    return WaitDiscount("hpc-2025-gpu", "alpha", Fraction(pct), valid_from)


def day(text: str) -> dt.datetime:
    return kst_midnight(dt.date.fromisoformat(text))


def hourly(
    grant_id: str = "A-000001",
    *,
    billable: int = 0,
    discounted: int = 0,
    unmatched: int = 0,
    payable: bool = True,
    period: str = "2025-10",
    adjustment: bool = False,
    mode: str = "dynamic",
    product: str = "H100x1",
) -> Use:
    return Use(
        grant_id,
        period,
        adjustment,
        "hourly",
        mode,
        product,
        1,
        payable,
        billable,
        discounted,
        0,
        unmatched,
        None,
        None,
        day("2025-10-01"),
        day("2025-10-01"),
        day("2026-01-01"),
        12,
        "e" * 64,
    )


def monthly(
    grant_id: str = "A-000001",
    *,
    units: int = 1,
    before: str = "0",
    after: str = "1",
    outage: int = 0,
    starts: str = "2025-10-01",
    delivered: dt.datetime | None = None,
    ends: str = "2026-04-01",
    period: str = "2025-10",
    adjustment: bool = False,
) -> Use:
    return Use(
        grant_id,
        period,
        adjustment,
        "monthly",
        "fixed",
        "H100",
        units,
        True,
        0,
        0,
        outage,
        0,
        Fraction(before),
        Fraction(after),
        day(starts),
        delivered or day(starts),
        day(ends),
        7,
        "f" * 64,
    )


def statement(*uses: Use, month: str = "2025-10") -> Statement:
    return Statement(
        f"alpha:hpc-2025-gpu:{month}", "alpha", "hpc-2025-gpu", 1, month, day("2025-11-05"), "a" * 64, uses
    )
