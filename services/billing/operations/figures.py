"""Count what people ask: the summary of a programme, and the gauges."""

import datetime as dt
from dataclasses import dataclass

from libs.common.db import Tx
from libs.common.programmes import programme_at
from services.billing.metrics import METRICS
from services.billing.model.self_payments import SELF_PAYMENT_STATES
from services.billing.model.settlements import SETTLEMENT_STATES
from services.billing.operations.budget import budget_of
from services.billing.operations.drafts import list_left
from services.billing.rules.left import stay_unstated
from services.billing.rules.parked import counted_by_code
from services.billing.store import budget, ledger, parked, self_payments, settlements


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """How many entries, and their sum."""

    entries: int
    sum_krw: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Billing's figures."""

    ledger: LedgerFigures
    settlements: dict[str, int]
    self_payments: dict[str, int]


async def summarise(tx: Tx, programme_code: str | None) -> Summary:
    """The ledger's figures (of all programmes), settlements and self-payments by state."""
    entries, sum_krw = await ledger.count_and_sum(tx)
    return Summary(
        ledger=LedgerFigures(entries, sum_krw),
        settlements=await settlements.count_by_state(tx, programme_code),
        self_payments=await self_payments.count_by_state(tx, programme_code),
    )


async def measure_left(tx: Tx, now: dt.datetime) -> None:
    """Refresh the gauge of what is left to be stated after last months."""
    METRICS.settlements_left_to_state.clear()
    for code, count in stay_unstated(await list_left(tx, now)).items():
        METRICS.settlements_left_to_state.labels(code).set(count)


async def measure_ledger(tx: Tx) -> None:
    """Refresh the gauges of the ledger, by one sum over all of it."""
    entries, sum_krw = await ledger.count_and_sum(tx)
    METRICS.ledger_entries.set(entries)
    METRICS.ledger_sum_krw.set(sum_krw)


async def measure(tx: Tx, now: dt.datetime) -> None:
    """Refresh the other gauges: states and budgets."""
    by_state = await settlements.count_by_state(tx, None)
    for state in SETTLEMENT_STATES:
        METRICS.settlements.labels(state).set(by_state.get(state, 0))
    for code, count in counted_by_code(await parked.count_by_code(tx)).items():
        METRICS.settlement_parked_grants.labels(code).set(count)
    own = await self_payments.count_by_state(tx, None)
    for stands in SELF_PAYMENT_STATES:
        METRICS.self_payments.labels(stands).set(own.get(stands, 0))
    for code in await budget.list_programmes(tx):
        standing = await budget_of(tx, await programme_at(tx, code, now))
        parts = {
            "committed": standing.committed_krw,
            "spent": standing.executed_krw,
            "left": standing.left_krw,
            "uncovered": standing.uncovered_krw,
            "lacking": standing.lacking_krw,
        }
        for part, krw in parts.items():
            _show(code, part, krw)


def _show(programme_code: str, part: str, krw: int | None) -> None:
    """Tell a part of a budget, or nothing any more where there is none: nobody acts on a cap that is gone."""
    if krw is None:
        METRICS.budget_krw.remove(programme_code, part)
    else:
        METRICS.budget_krw.labels(programme_code, part).set(krw)
