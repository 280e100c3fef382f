"""Where a call stands for whoever looks at it: coming, open, closed (MS-5)."""

import datetime as dt
from collections.abc import Collection
from typing import Literal

from services.intake.policy.call import SubmissionWindow

CallState = Literal["coming", "open", "closed"]
CALL_STATES: tuple[CallState, ...] = ("open", "coming", "closed")


def call_state(window: SubmissionWindow, now: dt.datetime) -> CallState:
    """MS-5: An opened call is told to everybody: coming, open from its first to its last instant, or closed (IN-1).

    A bound that is decided to be `none` does not bind. Never raises.

    Example: closes 15 September 15:00:00.000 → at that instant open, a millisecond later closed.
    """
    if window.opens_at is not None and now < window.opens_at:
        return "coming"
    if window.closes_at is not None and now > window.closes_at:
        return "closed"
    return "open"


def state_of(window: SubmissionWindow | None, now: dt.datetime) -> CallState:
    """`call_state`; a call whose window is not stated yet is coming. Never raises."""
    return "coming" if window is None else call_state(window, now)


def has_state(state: CallState, wanted: Collection[CallState]) -> bool:
    """Whether a call is among those looked for."""
    return state in wanted
