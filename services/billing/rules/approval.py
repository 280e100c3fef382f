"""How an approved settlement is paid: each grant's fee from its self-payment, then from the budget (BL-6, BL-9)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from libs.common.errors import Refusal
from services.billing.model.budget import Demand
from services.billing.model.parked import Held, Reason
from services.billing.model.self_payments import Contribution
from services.billing.model.settlements import Drawn, Settlement, Share
from services.billing.rules.budget import draw_from_budget
from services.billing.rules.burn_down import BurnDown, UnwindingExceededError, burn_down
from services.billing.rules.self_payment import left_to_burn_krw


@dataclass(frozen=True, slots=True)
class Burnt:
    """The fees of a settlement: those that can be split, and those that cannot, each with its reason."""

    burnt: tuple[BurnDown, ...]
    held: tuple[Held, ...]

    @property
    def held_krw(self) -> int:
        """What of the fee waits for its split, signed."""
        return sum(each.fee_krw for each in self.held)

    @property
    def nothing_can_be_split(self) -> bool:
        """Whether every fee there is waits: an approval would do nothing, and keep nobody else from being paid."""
        return bool(self.held) and not any(each.share.fee_krw for each in self.burnt)


def fees_burnt_down(fees: Mapping[str, int], own: Mapping[str, Contribution], drawn: Mapping[str, Drawn]) -> Burnt:
    """Each grant's fee (won, by grant) against its self-payment; held is one that cannot be split yet (BL-6, BL-11).

    `own` are the self-payments known, `drawn` what earlier fees were paid from. Held are a fee whose self-payment is
    not known and one that gives more back than was paid so far; the others go on. Never raises.
    """
    burnt: list[BurnDown] = []
    held: list[Held] = []
    for grant_id, fee in fees.items():
        noun = own.get(grant_id)
        if fee and (noun is None or noun.due is None or noun.state == "awaiting_policy"):
            missing = (noun.missing_path if noun else None) or "agreement"
            facts = {"grant_id": grant_id, "missing": missing}
            held.append(Held(grant_id, fee, Reason("BL-6", "self_payment_unknown", facts)))
            continue
        try:
            left = left_to_burn_krw(noun) if noun else 0
            burnt.append(burn_down(grant_id, fee, left, drawn.get(grant_id, Drawn())))
        except UnwindingExceededError:
            reason = Reason("BL-6", "more_back_than_paid", {"grant_id": grant_id, "fee_krw": fee})
            held.append(Held(grant_id, fee, reason))
    return Burnt(tuple(burnt), tuple(held))


def held_refusals(burnt: Burnt) -> tuple[Refusal, ...]:
    """Why an approval would split nothing at all: each fee's reason; empty where it splits something."""
    if not burnt.nothing_can_be_split:
        return ()
    return tuple(Refusal(each.reason.rule_id, each.reason.code, dict(each.reason.facts)) for each in burnt.held)


def with_released_share(approved: Settlement, share: Share) -> Settlement:
    """A settlement one of whose parked shares is split now: what was parked of its fee has moved into the split."""
    return replace(
        approved,
        self_payment_krw=(approved.self_payment_krw or 0) + share.self_payment_krw,
        subsidy_krw=(approved.subsidy_krw or 0) + share.subsidy_krw,
        uncovered_krw=(approved.uncovered_krw or 0) + share.uncovered_krw,
        parked_krw=approved.parked_krw - share.fee_krw,
    )


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
