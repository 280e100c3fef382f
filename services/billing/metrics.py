"""What operators ask billing: budget, settlements and self-payments by state, and that the ledger balances."""

from prometheus_client import CollectorRegistry, Gauge


class BillingMetrics:
    """Gauges, refreshed by a job."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.budget_krw = Gauge(
            "dure_budget_krw",
            "Budget committed, spent, left and uncovered, in won",
            ["programme", "part"],
            registry=registry,
        )
        self.settlements = Gauge("dure_settlements", "Settlements by state", ["state"], registry=registry)
        self.settlement_parked_grants = Gauge(
            "dure_settlement_parked_grants",
            "Grants that are parked in settlements, by reason",
            ["reason"],
            registry=registry,
        )
        self.settlements_left_to_state = Gauge(
            "dure_settlements_left_to_state",
            "Providers of a programme with something to state that no month to come states by itself",
            ["programme"],
            registry=registry,
        )
        self.self_payments = Gauge("dure_self_payments", "Self-payments by state", ["state"], registry=registry)
        self.ledger_sum_krw = Gauge("dure_ledger_sum_krw", "Sum of all ledger entries: 0, always", registry=registry)
        self.ledger_entries = Gauge("dure_ledger_entries", "Entries in the ledger", registry=registry)


REGISTRY = CollectorRegistry()
METRICS = BillingMetrics(REGISTRY)
