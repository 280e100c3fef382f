"""What must have happened before use starts."""

from collections.abc import Collection

from libs.common.errors import Refusal
from services.allocator.policy import GatePolicy


def closed_gates(policy: GatePolicy, opened: Collection[str], grant_id: str) -> list[Refusal]:
    """AL-7: A grant is activated only once every gate of its programme is open.

    `opened`: the gates that are open (`agreement`, `self_payment` in full, `training`). Returns one refusal per
    closed gate, in the programme's order; an empty list opens the way. Never raises.

    Example: gates agreement and self_payment, only the agreement signed → one refusal, for self_payment.
    Source: S0 §3, S1 §3 라, S2 §3, §7, S4.
    """
    return [
        Refusal("AL-7", "gate_closed", {"grant_id": grant_id, "gate": gate})
        for gate in policy.gates
        if gate not in opened
    ]
