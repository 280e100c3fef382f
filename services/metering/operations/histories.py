"""All that is known of the grants of a provider and programme, loaded together for the rules."""

import datetime as dt
from collections.abc import Callable, Sequence

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.programmes import programme_version
from services.metering.model.grants import GrantHistory, Placement, ZeroPriced
from services.metering.policy import StatementPolicy, WaitPolicy
from services.metering.rules.waits import ended_waits, limit_in_force
from services.metering.rules.zero_prices import zero_priced_periods
from services.metering.store import grants, outages, prices, statements


async def load_histories(
    tx: Tx, provider_id: str, placements: Sequence[Placement], policy: StatementPolicy, until: dt.datetime
) -> list[GrantHistory]:
    """The histories of grants of one programme at one provider, with every hour before `until`: five queries in all."""
    ids = [placement.grant_id for placement in placements]
    sessions = await grants.list_sessions(tx, provider_id, ids)
    totals = await statements.list_hour_totals(tx, provider_id, ids, until)
    known_outages = await outages.list_of_provider(tx, provider_id)
    limit_s_at = await _wait_limits(tx, placements[0].programme_code) if placements else _no_limit
    zero_priced = await _zero_priced(tx, placements, policy)
    return [
        GrantHistory(
            placement=placement,
            pricing=policy.pricing,
            days_per_month=policy.days_per_month,
            sessions=tuple(sessions.get(placement.grant_id, ())),
            totals=totals.get(placement.grant_id, {}),
            outages=known_outages,
            waits=ended_waits(sessions.get(placement.grant_id, ()), limit_s_at),
            zero_priced=tuple(period for period in zero_priced if period.product == placement.priced_product),
        )
        for placement in placements
    ]


def _no_limit(_: dt.datetime) -> int | None:
    return None


async def _zero_priced(tx: Tx, placements: Sequence[Placement], policy: StatementPolicy) -> tuple[ZeroPriced, ...]:
    """The months priced at zero, of every product; only hours can be discounted, so monthly prices do not matter."""
    if not placements or policy.pricing == "monthly":
        return ()
    first = placements[0]
    return zero_priced_periods(await prices.list_agreed_prices(tx, first.provider_id, first.programme_code))


async def _wait_limits(tx: Tx, programme_code: str) -> Callable[[dt.datetime], int | None]:
    """The wait limit in force at an instant: of the newest version by then, else of the first."""
    versions = await statements.list_versions(tx, programme_code)
    if not versions:
        raise NotFound("programme", programme_code)
    return limit_in_force(
        [
            (since, WaitPolicy.of(await programme_version(tx, programme_code, version)).limit_s)
            for since, version in versions
        ]
    )
