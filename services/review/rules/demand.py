"""What an award takes from the limits of its pool."""

from fractions import Fraction

from libs.common.cards import h100_equivalents
from libs.common.self_payment import Asked, rated, self_payment_due
from services.review.model.selections import Candidate, Demand
from services.review.policy.selection import ProductPolicy, SelectionPolicy


def demand_of(candidate: Candidate, policy: SelectionPolicy) -> Demand:
    """Capacity in H100-equivalent cards (`peak_cards`) or times months (`card_months`), and subsidy in won.

    The subsidy is planned: cards × months × planning price, less the self-payment for the same cards and months with
    the reduction that was granted (BL-4); never below zero. A type without H100-equivalents counts as its own cards.
    """
    product = policy.products[candidate.product]
    cards = candidate.units * product.cards_per_unit
    card_months = cards * candidate.months
    counted = cards if policy.capacity_kind == "peak_cards" else card_months
    budget_krw = 0 if policy.budget_krw is None else _subsidy_krw(candidate, product, cards, policy)
    worth = {candidate.product: product.h100_equivalents}
    equivalents = h100_equivalents(counted, candidate.product, worth)
    return Demand(Fraction(counted) if equivalents is None else equivalents, budget_krw)


def _subsidy_krw(candidate: Candidate, product: ProductPolicy, cards: int, policy: SelectionPolicy) -> int:
    asked = Asked(candidate.product, candidate.units, "", cards)
    quantity = rated(product.rated_by, asked)[1]
    own = self_payment_due(candidate.payer, "deposit", product.self_payment.krw, quantity, candidate.months)
    return max(0, cards * candidate.months * (policy.planning_price_krw or 0) - own.amount_krw)
