"""How much and how long an application may ask for (IN-4)."""

import datetime as dt

from libs.common.calendar import add_months
from services.intake.model.findings import Finding
from services.intake.policy.call import RequestBounds


def request_within_bounds(units: int, months: int, wished_start: dt.date, bounds: RequestBounds) -> tuple[Finding, ...]:
    """IN-4: Units and whole months lie within the track's bounds, and the use within the programme's use window.

    `wished_start` is the first day of use; use ends at 00:00 of the anchored month's end (CV-3), which may be
    the day after the window's last day at the latest. Returns every failure, or one `pass`; never raises.

    Example: window 2025-10-01 … 2026-06-30: 9 months from 1 October pass, 9 months from 2 October fail.
    Source: S0 §2, S4.
    """
    failures = (
        *_between("units", units, bounds.units_min, bounds.units_max),
        *_between("months", months, bounds.months_min, bounds.months_max),
        *_within_window(months, wished_start, bounds),
    )
    return failures or (Finding("IN-4", "pass", "request_within_bounds", {"units": units, "months": months}),)


def _between(what: str, asked: int, least: int | None, most: int | None) -> tuple[Finding, ...]:
    if (least is None or asked >= least) and (most is None or asked <= most):
        return ()
    facts = {"asked": asked, "least": 1 if least is None else least, "most": most}
    return (Finding("IN-4", "fail", f"{what}_out_of_bounds", facts),)


def last_day_of_use(wished_start: dt.date, months: int) -> dt.date:
    """The last day of a use of whole months from its first day, by anchored months (CV-3).

    Example: six months from 1 October 2025 → 31 March 2026.
    """
    return add_months(wished_start, months) - dt.timedelta(days=1)


def _within_window(months: int, wished_start: dt.date, bounds: RequestBounds) -> tuple[Finding, ...]:
    last_day = last_day_of_use(wished_start, months)
    early = bounds.use_starts_on is not None and wished_start < bounds.use_starts_on
    late = bounds.use_ends_on is not None and last_day > bounds.use_ends_on
    if not early and not late:
        return ()
    facts = {
        "use_from": wished_start.isoformat(),
        "use_until": last_day.isoformat(),
        "window_from": None if bounds.use_starts_on is None else bounds.use_starts_on.isoformat(),
        "window_until": None if bounds.use_ends_on is None else bounds.use_ends_on.isoformat(),
    }
    return (Finding("IN-4", "fail", "outside_use_window", facts),)
