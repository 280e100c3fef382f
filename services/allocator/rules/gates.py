"""What must have happened before use starts."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from libs.common.errors import Refusal
from services.allocator.model.grants import Grant
from services.allocator.policy import GatePolicy

GATES_AFTER_PLACEMENT = {"training"}


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


def opened_gates(policy: GatePolicy, grant: Grant) -> frozenset[str]:
    """The gates of a grant that are open (AL-7): `training` once as many people attended as the programme asks for."""
    gates = {
        "agreement": grant.agreed_at is not None,
        "self_payment": grant.self_payment_covered,
        "training": grant.people_trained >= policy.people_min,
    }
    return frozenset(gate for gate, is_open in gates.items() if is_open)


def is_later_word(facts: int, known: Iterable[int]) -> bool:
    """Whether what is said of a grant's training is newer than all that is known, each told by how much it rests on."""
    return all(facts > one for one in known)


def gates_before_placement(policy: GatePolicy, grant: Grant) -> tuple[str, ...]:
    """The closed gates that must be open before a grant is placed: all of AL-7 but training; empty where it can be.

    The agreement always, whatever the programme's gates: AL-5 needs the applicant's representatives, which only it
    tells. In the programme's order. Never raises.

    Example: neither signed nor paid under S0 → agreement, self_payment.
    """
    asked = replace(policy, gates=tuple(dict.fromkeys((*policy.gates, "agreement"))))
    closed = (
        str(refusal.facts["gate"]) for refusal in closed_gates(asked, opened_gates(policy, grant), grant.grant_id)
    )
    return tuple(gate for gate in closed if gate not in GATES_AFTER_PLACEMENT)
