"""What everybody may read of the calls that were opened (MS-5): no token, nothing confidential, nothing personal."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from libs.common.db import Tx
from libs.common.definition.confidential import published
from libs.common.definition.programme import Programme
from libs.common.definition.reading import read_kept
from libs.common.errors import NotFound, PolicyMissing
from services.intake.model.programmes import InForce, Tree
from services.intake.policy.call import SubmissionWindow
from services.intake.rules.calls import CALL_STATES, CallState, has_state, state_of
from services.intake.store import programmes as store

NOT_OVER: tuple[CallState, ...] = ("open", "coming")


@dataclass(frozen=True, slots=True)
class PublicCall:
    """A call in force as everybody may read it."""

    programme: Programme
    state: CallState
    definition: Tree
    """Without the values that the agency keeps to itself (F-47)."""

    def stated(self, name: str) -> str | None:
        """A value of the definition's own as JSON holds it; None where it is unset or decided to be none."""
        value: str = self.definition[name]["is"]
        return None if value in ("unset", "none") else value


async def list_calls(tx: Tx, wanted: Collection[CallState], now: dt.datetime) -> tuple[PublicCall, ...]:
    """The calls in force by code, as far as their states are wanted."""
    return _told(await store.list_in_force(tx), wanted, now)


async def get_call(tx: Tx, code: str, now: dt.datetime) -> PublicCall:
    """One call in force. Raises NotFound, also for one that was never opened."""
    found = _told(await store.list_in_force(tx, code), CALL_STATES, now)
    if not found:
        raise NotFound("programme", code)
    return found[0]


def _told(found: Sequence[InForce], wanted: Collection[CallState], now: dt.datetime) -> tuple[PublicCall, ...]:
    told = [_public(one, now) for one in found]
    return tuple(call for call in told if has_state(call.state, wanted))


def _public(found: InForce, now: dt.datetime) -> PublicCall:
    return PublicCall(read_kept(found.definition), state_of(_window(found), now), published(found.definition))


def _window(found: InForce) -> SubmissionWindow | None:
    """When submissions count; None where the notice leaves a bound open."""
    try:
        return SubmissionWindow.of(read_kept(found.definition))
    except PolicyMissing:
        return None
