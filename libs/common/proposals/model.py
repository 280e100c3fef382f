"""A proposal and what became of it: one person proposes, another confirms (BL-13)."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from libs.common.acts import Thing
from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.identity import Caller

C = TypeVar("C")
Told = Mapping[str, Any]
"""What a person reads of it, as JSON."""
ProposalState = Literal["open", "confirmed", "withdrawn", "declined", "expired"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a proposal ended: who ended it, when and why; `did` is what its effect did, none unless it was confirmed."""

    outcome: Literal["confirmed", "withdrawn", "declined"]
    actor: str
    reason: str
    did: Told | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposed: the command, what it would do, and what it rests on, as it was then."""

    proposal_id: str
    kind: str
    thing: str
    thing_id: str
    command: Told
    would: Told
    rests_on: Told
    rests_on_sha256: str
    reason: str
    proposed_by: str
    proposed_at: dt.datetime
    expires_at: dt.datetime
    """Exclusive: at this instant it can be confirmed no more."""
    outcome: Outcome | None = None

    def state(self, now: dt.datetime) -> ProposalState:
        """Where it stands at `now`: nobody has to do anything for one to expire."""
        if self.outcome is not None:
            return self.outcome.outcome
        return "expired" if now >= self.expires_at else "open"


@dataclass(frozen=True, slots=True)
class Kind(Generic[C]):
    """One kind of command that two people take.

    `turn` waits for whatever lock the effect needs and returns the instant after; `rests_on` tells what the command's
    sense depends on, everything that the effect changes included; `effect` does it and tells what it did. A proposal
    is made by trying the effect and taking it back, so whatever refuses the effect refuses the proposal.
    """

    service: str
    name: str
    command: type[C]
    about: Callable[[Tx, C], Awaitable[Thing]]
    turn: Callable[[Tx, C, Clock], Awaitable[dt.datetime]]
    rests_on: Callable[[Tx, C, Clock], Awaitable[Told]]
    effect: Callable[[Tx, Caller, C, str, Clock], Awaitable[Told]]
    """(transaction, whoever acts now, the command, the proposal's reason, clock) → what it did."""
    tells_of_people: bool = False
    """Whether what it rests on tells personal data: then who reads such a proposal is kept (MS-6)."""


Kinds = Mapping[str, Kind[Any]]
"""A service's kinds of proposals, by their names."""


def by_name(*kinds: Kind[Any]) -> Kinds:
    """These kinds by their names."""
    return {kind.name: kind for kind in kinds}
