"""What an award takes from the limits of its pool."""

from fractions import Fraction

from libs.common.cards import h100_equivalents
from services.review.model.selections import Candidate, Demand
from services.review.policy.selection import SelectionPolicy


def demand_of(candidate: Candidate, policy: SelectionPolicy) -> Demand:
    """Capacity in H100-equivalent cards (`peak_cards`) or times months (`card_months`), and subsidy in won.

    The subsidy is planned: cards × months × planning price, less the self-payment for the same cards and months;
    never below zero. A type without H100-equivalents counts as its own cards.
    """
    product = policy.products[candidate.product]
    cards = candidate.units * product.cards_per_unit
    card_months = cards * candidate.months
    counted = cards if policy.capacity_kind == "peak_cards" else card_months
    rate_krw = product.self_payment.rate_krw(candidate.sector, youth=candidate.youth)
    budget_krw = 0 if policy.budget_krw is None else max(0, card_months * ((policy.planning_price_krw or 0) - rate_krw))
    worth = {candidate.product: product.h100_equivalents}
    equivalents = h100_equivalents(counted, candidate.product, worth)
    return Demand(Fraction(counted) if equivalents is None else equivalents, budget_krw)
