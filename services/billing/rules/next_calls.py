"""Which call leads on from a settlement's state (F-62)."""

from services.billing.model.settlements import Settlement, SettlementState

NEXT_STEP: dict[SettlementState, str] = {
    "parked": "GET {at}",
    "draft": "POST {at}/issue",
    "issued": "POST {at}/approve",
    "approved": "POST {at}/pay",
}


def next_call(settlement: Settlement) -> str:
    """The call that leads on from a settlement's state (a parked one shows what it waits for); empty once paid."""
    at = f"/billing/v1/settlements/{settlement.settlement_id}"
    return NEXT_STEP.get(settlement.state, "").format(at=at)
