"""When a proposal can be confirmed: by another person, in time, and while what it rests on is as it was (BL-13)."""

import datetime as dt
import hashlib
from typing import Any

import rfc8785

from libs.common.calendar import period_of_days_end
from libs.common.errors import Refusal
from libs.common.keys import is_one_person
from libs.common.proposals.model import Proposal, Told

WHOLE_MAX = 2**53 - 1
"""The largest whole number that every reader of JSON keeps (RFC 8785)."""
OPEN_DAYS = 14
"""So many days a proposal waits for its confirmation (CV-7); what was not confirmed by then is proposed anew."""


def expiry(proposed_at: dt.datetime) -> dt.datetime:
    """The exclusive end of the time in which a proposal can be confirmed: 24:00 KST of its last day (CV-7)."""
    return period_of_days_end(proposed_at, OPEN_DAYS)


def fingerprint(rests_on: Told) -> str:
    """SHA-256 over the canonical bytes (RFC 8785) of what a proposal rests on, however large its numbers are.

    RFC 8785 knows no whole number beyond 2⁵³: one that is larger stands as a text.
    """
    return hashlib.sha256(rfc8785.dumps(_written(dict(rests_on)))).hexdigest()


def _written(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _written(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_written(value) for value in told]
    return str(told) if isinstance(told, int) and abs(told) > WHOLE_MAX else told


def confirmation_refusal(proposal: Proposal, by: str, rests_on: Told, now: dt.datetime) -> Refusal | None:
    """BL-13: Why somebody cannot confirm an open proposal at `now`; none where he can.

    `by` is the subject of a token, `rests_on` what the proposal rests on as it is now. The time is half-open: at
    `expires_at` it is over. Never raises.
    """
    of_it = {"proposal": proposal.proposal_id}
    if is_one_person(by, proposal.proposed_by):
        return Refusal("BL-13", "proposer_confirms", of_it)
    if now >= proposal.expires_at:
        return Refusal("BL-13", "proposal_expired", {**of_it, "until": proposal.expires_at.isoformat()})
    if fingerprint(rests_on) != proposal.rests_on_sha256:
        return Refusal("BL-13", "proposal_outdated", of_it)
    return None
