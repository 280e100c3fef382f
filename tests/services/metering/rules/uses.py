"""Short ways to say grants, sessions, hours and outages in the tests of metering's rules."""

import datetime as dt
from dataclasses import replace

from libs.common.calendar import KST, UTC, month_bounds
from services.metering.model.grants import GrantHistory, Outage, Placement, Session, ZeroPriced
from services.metering.model.statements import Share
from services.metering.model.time import us_of
from services.metering.model.usage import HourTotal
from services.metering.rules.shares import ShareKey, month_shares
from services.metering.rules.waits import ended_waits

WAIT_LIMIT_S = 8 * 3600


def kst(day: int, hour: int = 0, minute: int = 0, second: int = 0, month: int = 10) -> dt.datetime:
    """An instant of 2025 in Seoul, in UTC."""
    return dt.datetime(2025, month, day, hour, minute, second, tzinfo=KST).astimezone(UTC)


def placement(**changes: object) -> Placement:
    """A dynamic grant of one H100 from 1 October to the end of the year; `changes` replace fields."""
    usual = Placement(
        grant_id="A-000001",
        provider_id="alpha",
        programme_code="hpc-2025-gpu",
        organisation_id="O-000001",
        data_centre="alpha-dc1",
        pool_id="alpha-h100",
        servers={},
        mode="dynamic",
        units=1,
        cards=1,
        priced_product="2",
        priced_units=1,
        payable=True,
        starts_at=kst(1),
        delivered_at=kst(1),
        ends_at=kst(1, month=12),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def session(
    start: dt.datetime | None,
    end: dt.datetime | None = None,
    session_id: str = "S-000001",
    units: int = 1,
    **changes: object,
) -> Session:
    """A dynamic session from `start` to `end` (None: still running), requested when it was assigned."""
    usual = Session(
        session_id=session_id,
        grant_id="A-000001",
        provider_id="alpha",
        data_centre="alpha-dc1",
        pool_id="alpha-h100",
        mode="dynamic",
        units=units,
        servers={"alpha-s01": units},
        requested_at=start,
        assigned_at=start,
        released_at=end,
        withdrawn_at=None,
        continues=None,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def outage(
    start: dt.datetime, end: dt.datetime | None, scope_kind: str = "provider", scope_id: str = "alpha"
) -> Outage:
    """An outage of provider alpha."""
    return Outage("OUT-000001", "alpha", scope_kind, scope_id, start, end)  # type: ignore[arg-type]


def total(held_s: int = 3600, units: int = 1, utilisation_pct: int = 50, events: int = 1) -> HourTotal:
    """What one event of `held_s` seconds and `units` adds up to."""
    return HourTotal(held_s, held_s * units, held_s * units * utilisation_pct * 100, events)


def reported(*sessions: Session) -> dict[str, dict[int, HourTotal]]:
    """The totals of a provider that reports every second of ended sessions."""
    totals: dict[str, dict[int, HourTotal]] = {}
    for one in sessions:
        assert one.assigned_at is not None
        assert one.released_at is not None
        rows = totals.setdefault(one.session_id, {})
        hour = one.assigned_at.replace(minute=0, second=0)
        while hour < one.released_at:
            end = min(one.released_at, hour + dt.timedelta(hours=1))
            held_s = int((end - max(hour, one.assigned_at)).total_seconds())
            rows[us_of(hour)] = total(held_s, one.units)
            hour += dt.timedelta(hours=1)
    return totals


def history(
    *sessions: Session,
    totals: dict[str, dict[int, HourTotal]] | None = None,
    outages: tuple[Outage, ...] = (),
    grant: Placement | None = None,
    pricing: str = "hourly",
    zero_priced: tuple[ZeroPriced, ...] = (),
) -> GrantHistory:
    """All that is known of one grant; where no totals are given, every second of the sessions was reported."""
    return GrantHistory(
        placement=grant or placement(),
        pricing=pricing,  # type: ignore[arg-type]
        days_per_month=30,
        sessions=sessions,
        totals=reported(*[s for s in sessions if s.assigned_at]) if totals is None else totals,
        outages=outages,
        waits=ended_waits(sessions, lambda _: WAIT_LIMIT_S),
        zero_priced=zero_priced,
    )


def shares_until(known: GrantHistory, last_month: str, until: dt.datetime | None = None) -> dict[ShareKey, Share]:
    """The months' shares at the end of `last_month`, or at `until`."""
    end = until or month_bounds(last_month)[1]
    return month_shares(known, last_month, us_of(end))[0]
