"""How an approved settlement is paid: each grant's fee from its self-payment, then from the budget (BL-6, BL-9)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from libs.common.errors import Refusal
from services.billing.model.budget import Demand
from services.billing.model.self_payments import Contribution
from services.billing.model.settlements import Drawn, Share
from services.billing.rules.budget import draw_from_budget
from services.billing.rules.burn_down import BurnDown, UnwindingExceededError, burn_down
from services.billing.rules.self_payment import left_to_burn_krw


def fees_burnt_down(
    fees: Mapping[str, int], own: Mapping[str, Contribution], drawn: Mapping[str, Drawn]
) -> tuple[BurnDown, ...] | Refusal:
    """Each grant's fee (won, by grant) against its self-payment; a refusal where one cannot be split (BL-6).

    `own` are the self-payments known, `drawn` what earlier fees were paid from. Refused are a fee whose self-payment
    is not known and one that gives more back than was ever paid.
    """
    found = []
    for grant_id, fee in fees.items():
        noun = own.get(grant_id)
        if fee and (noun is None or noun.due is None or noun.state == "awaiting_policy"):
            missing = noun.missing_path if noun else "agreement"
            return Refusal("BL-6", "self_payment_unknown", {"grant_id": grant_id, "missing": missing})
        try:
            left = left_to_burn_krw(noun) if noun else 0
            found.append(burn_down(grant_id, fee, left, drawn.get(grant_id, Drawn())))
        except UnwindingExceededError:
            return Refusal("BL-6", "more_back_than_paid", {"grant_id": grant_id, "fee_krw": fee})
    return tuple(found)


def shares_drawn(
    burnt: Sequence[BurnDown], settlement_id: str, left_krw: int | None, at: dt.datetime
) -> tuple[Share, ...]:
    """Who pays each grant's fee once the budget gave what it has (BL-9).

    `left_krw` is the subsidy part not executed before (none: no cap); what this settlement gives back is drawn again.
    """
    returned = -sum(found.share.subsidy_krw for found in burnt)
    demands = [Demand(at, settlement_id, found.share.grant_id, found.to_draw_krw) for found in burnt]
    left_krw = None if left_krw is None else left_krw + returned
    draws = {draw.demand.grant_id: draw for draw in draw_from_budget(left_krw, demands)}
    return tuple(
        replace(
            found.share,
            subsidy_krw=found.share.subsidy_krw + draws[found.share.grant_id].subsidy_krw,
            uncovered_krw=found.share.uncovered_krw + draws[found.share.grant_id].uncovered_krw,
        )
        for found in burnt
    )


def deposited_shares_krw(shares: Sequence[Share], own: Mapping[str, Contribution]) -> tuple[int, ...]:
    """What of a settlement the agency pays on from deposits that it holds, in won by share (BL-5).

    A self-payment on the user's own account was paid to the provider by the user and is none of them.
    """
    return tuple(s.self_payment_krw for s in shares if s.grant_id in own and own[s.grant_id].flow == "deposit")
