"""Billing's processes: `python -m services.billing api | worker | migrate`."""

from libs.common.process import main
from libs.common.service import Job, Service
from services.billing.consumers import HANDLERS
from services.billing.jobs import look_for_left, refresh_gauges, sum_ledger, take_up_parked, tell_overdue
from services.billing.messages import MESSAGES
from services.billing.metrics import REGISTRY
from services.billing.operations.two_people import KINDS
from services.billing.routes import (
    budget,
    clawback_payments,
    clawbacks,
    evidence,
    ledger,
    left,
    parked,
    prices,
    public_cost,
    self_payments,
    settlements,
    ways_back,
)
from services.billing.settings import LEFT_EVERY_S, MEASURE_EVERY_S, OVERDUE_EVERY_S, RETRY_EVERY_S, SUM_EVERY_S
from services.billing.tables.base import metadata

SERVICE = Service(
    name="billing",
    title="두레 정산 · Dure billing",
    routers=[
        prices.router,
        ways_back.router,
        public_cost.router,
        self_payments.router,
        evidence.router,
        budget.router,
        clawbacks.router,
        clawback_payments.router,
        settlements.router,
        parked.router,
        left.router,
        ledger.router,
    ],
    handlers=HANDLERS,
    jobs=[
        Job("tell-overdue", OVERDUE_EVERY_S, tell_overdue),
        Job("take-up-parked", RETRY_EVERY_S, take_up_parked),
        Job("refresh-gauges", MEASURE_EVERY_S, refresh_gauges, only_measures=True),
        Job("look-for-left", LEFT_EVERY_S, look_for_left, only_measures=True),
        Job("sum-ledger", SUM_EVERY_S, sum_ledger, only_measures=True),
    ],
    metadata=metadata,
    messages=MESSAGES,
    kinds=KINDS,
    registry=REGISTRY,
)

if __name__ == "__main__":
    main(SERVICE)
