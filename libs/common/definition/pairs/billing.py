"""What must agree about money."""

from collections.abc import Iterator
from itertools import pairwise

from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import out_of_order, unknown
from libs.common.definition.programme import Programme


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """Reduced rates not above the full one, rates for the cards that are granted, the operating part within the cap."""
    part = programme.billing
    for card, rate in part.self_payment.rates.items():
        yield from unknown(f"billing.self_payment.rates.{card}", "카드", "card", card, programme.cards, "cards")
        yield from out_of_order(rate.youth_krw, rate.standard_krw)
        yield from out_of_order(rate.public_krw, rate.standard_krw)
    if part.self_payment.flow.known() in ("own_account", "deposit"):
        yield from _rates_missing(programme)
    yield from out_of_order(part.budget.operating_krw, part.budget.cap_krw)
    levels = part.budget.levels_pct.known() or []
    if any(later <= earlier for earlier, later in pairwise(levels)):
        yield Mistake(
            part.budget.levels_pct.path,
            f"오름차순이 아닙니다({levels}). [80, 90, 100]처럼 작은 값부터 한 번씩 적으십시오.",
            f"{levels} do not ascend. Write each once, the smallest first, such as [80, 90, 100].",
        )


def _rates_missing(programme: Programme) -> Iterator[Mistake]:
    """BL-4: whoever is granted a card owes by its rate, so each granted type has one, be it `unset`."""
    rates = programme.billing.self_payment.rates
    granted = dict.fromkeys(product.card_type for product in programme.products.values())
    for card in granted:
        if card in programme.cards and card not in rates:
            yield Mistake(
                f"billing.self_payment.rates.{card}",
                f"{card} 카드의 자부담금이 없습니다. 금액을, 공고에 없으면 unset을 적으십시오.",
                f"the rates of a {card} card are missing. Write them, or unset where the notice prints none.",
                ("billing.self_payment.rates", "products", "cards"),
            )
