"""What can be claimed back of a grant's subsidy (BL-12)."""

from libs.common.errors import Fact, Refusal
from services.billing.model.clawbacks import Claimed, GrantClaims


def clawback_krw(claims: GrantClaims, asked_krw: int | None) -> int | Refusal:
    """BL-12: Clawback is of the government-paid part, wholly or partly; never of the user's own.

    `claims` says what approved settlements drew for the grant from the budget and what of it stands claimed already;
    `asked_krw` is what is claimed, > 0, none for all that is left. Returns whole won > 0, nothing to round, or a
    refusal where nothing is left or more is claimed than is. Never raises.

    Example: 140,100 of subsidy beside 400,000 of self-payment: all → 140,100; 140,101 → refused.
    Source: S0 §3, §7, S1 §3, S3 §1.
    """
    left_krw = claims_left_krw(claims)
    wanted_krw = left_krw if asked_krw is None else asked_krw
    if 0 < wanted_krw <= left_krw:
        return wanted_krw
    facts: dict[str, Fact] = {
        "grant_id": claims.grant_id,
        "subsidy_krw": claims.subsidy_krw,
        "claimed_krw": claims.claimed_krw,
        "left_krw": left_krw,
    }
    return Refusal("BL-12", "clawback_over_subsidy" if left_krw else "no_subsidy_to_claim", facts)


def claims_left_krw(claims: GrantClaims) -> int:
    """What of the subsidy is not claimed yet, in won ≥ 0; a later adjustment may have given back what was claimed."""
    return max(0, claims.subsidy_krw - claims.claimed_krw)


def withdrawal_refusal(claimed: Claimed) -> Refusal | None:
    """Why a claim cannot be taken back: it was taken back before."""
    if claimed.withdrawal is None:
        return None
    return Refusal("BL-12", "clawback_withdrawn", {"clawback": claimed.clawback.clawback_id})
