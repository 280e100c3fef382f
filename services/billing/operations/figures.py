"""Count what people ask: the summary of a programme, and the gauges."""

import datetime as dt
from dataclasses import dataclass

from libs.common.db import Tx
from libs.common.programmes import programme_at
from services.billing.metrics import METRICS
from services.billing.model.self_payments import SELF_PAYMENT_STATES
from services.billing.model.settlements import SETTLEMENT_STATES
from services.billing.operations.budget import budget_of
from services.billing.store import budget, ledger, self_payments, settlements


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


async def measure(tx: Tx, now: dt.datetime) -> None:
    """Refresh the gauges."""
    found = await summarise(tx, None)
    METRICS.ledger_entries.set(found.ledger.entries)
    METRICS.ledger_sum_krw.set(found.ledger.sum_krw)
    for state in SETTLEMENT_STATES:
        METRICS.settlements.labels(state).set(found.settlements.get(state, 0))
    for stands in SELF_PAYMENT_STATES:
        METRICS.self_payments.labels(stands).set(found.self_payments.get(stands, 0))
    for code in await budget.list_programmes(tx):
        standing = await budget_of(tx, await programme_at(tx, code, now))
        parts = {
            "committed": standing.committed_krw,
            "spent": standing.executed_krw,
            "left": standing.left_krw,
            "uncovered": standing.uncovered_krw,
        }
        for part, krw in parts.items():
            if krw is not None:
                METRICS.budget_krw.labels(code, part).set(krw)
