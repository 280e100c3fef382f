"""Who pays a grant's month: self-payment first, then subsidy; what is given back goes in the reverse order."""

from dataclasses import dataclass

from services.billing.model.settlements import Drawn, Share


@dataclass(frozen=True, slots=True)
class BurnDown:
    """The part of a grant's fee that is settled without the budget, and the part that the budget is asked for."""

    share: Share
    to_draw_krw: int


class UnwindingExceededError(ValueError):
    """More would come back than was ever paid for the grant: an invariant is broken, people must look."""


def burn_down(grant_id: str, fee_krw: int, self_left_krw: int, drawn: Drawn) -> BurnDown:
    """BL-6: A month's charge of a grant is paid from its self-payment first, the rest by subsidy.

    `fee_krw` is the grant's fee of one settlement (all its lines, in won); `self_left_krw` its self-payment not
    yet burnt down (≥ 0); `drawn` what its fees were paid from so far. A fee ≥ 0 takes min(fee, left) from the
    self-payment; the rest is asked of the budget. A negative fee (adjustments) is given back in the reverse of
    the recorded order: first what stayed uncovered, then subsidy, then self-payment. Whole won, nothing to
    round. Raises UnwindingExceededError where more would come back than was paid.

    Example: fee 540,100, self-payment left 400,000 → self-payment 400,000, subsidy 140,100.
    Source: S0 §3, S2 §3.
    """
    if fee_krw >= 0:
        own = min(fee_krw, self_left_krw)
        return BurnDown(Share(grant_id, fee_krw, own, 0, 0), fee_krw - own)
    back = -fee_krw
    uncovered = min(back, drawn.uncovered_krw)
    subsidy = min(back - uncovered, drawn.subsidy_krw)
    own = back - uncovered - subsidy
    if own > drawn.self_payment_krw:
        raise UnwindingExceededError(f"{grant_id}: {back} won back, but only {drawn} was paid")
    return BurnDown(Share(grant_id, fee_krw, -own, -subsidy, -uncovered), 0)
