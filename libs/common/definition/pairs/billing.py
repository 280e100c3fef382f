"""What must agree about money."""

from collections.abc import Iterator
from itertools import pairwise

from libs.common.definition.billing import SelfPaymentRate
from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import out_of_order, twice, unknown
from libs.common.definition.programme import Programme


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """Reduced rates not above the full one, rates for the cards that are granted, the operating part within the cap."""
    part = programme.billing
    by_product = part.self_payment.rated_by == "product"
    for name, rate in part.self_payment.rates.items():
        path = f"billing.self_payment.rates.{name}"
        if by_product:
            yield from unknown(path, "상품", "product", name, programme.products, "products")
        else:
            yield from unknown(path, "카드", "card", name, programme.cards, "cards")
        yield from out_of_order(rate.youth_krw, rate.standard_krw)
        yield from out_of_order(rate.public_krw, rate.standard_krw)
        yield from out_of_order(rate.regional_krw, rate.standard_krw)
        yield from _region(programme, rate)
    yield from _shared(programme)
    lowest = part.lowest_dynamic_price_krw
    for name in lowest.known() or {}:
        yield from unknown(f"{lowest.path}.{name}", "상품", "product", name, programme.products, "products")
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


def _region(programme: Programme, rate: SelfPaymentRate) -> Iterator[Mistake]:
    """BL-4, IN-15: a region has its rate, and a rate its region."""
    stated, region = rate.regional_krw, programme.intake.region
    if region is None and stated.known() is not None:
        yield Mistake(
            stated.path,
            "할인 지역(intake.region)이 없는데 지역 단가가 있습니다. none을 적거나 지역을 적으십시오.",
            "is the rate of a region, and intake.region states none. Write none, or state the region.",
            ("intake.region",),
        )
    if region is not None and stated.is_none() and programme.billing.self_payment.flow.known() != "free":
        yield Mistake(
            stated.path,
            "할인 지역(intake.region)은 있는데 지역 단가가 없습니다. 금액을, 공고에 없으면 unset을 적으십시오.",
            "there is a region (intake.region) without its rate. Write it, or unset where the notice prints none.",
            ("intake.region",),
        )


def _shared(programme: Programme) -> Iterator[Mistake]:
    """BL-9: a shared cap is shared with others, and each programme has its part of it."""
    budget = programme.billing.budget
    others = budget.shared_with.known() or []
    yield from twice(budget.shared_with.path, others)
    yield from out_of_order(budget.part_krw, budget.cap_krw)
    if budget.part_krw.known() is not None:
        yield from out_of_order(budget.operating_krw, budget.part_krw)
    if programme.code in others:
        yield Mistake(
            budget.shared_with.path,
            "예산을 자기 자신과 나눕니다. 다른 사업의 코드만 적으십시오.",
            "shares its cap with itself. Write the codes of other programmes only.",
        )
    first, cap = programme.round_of, budget.cap_krw
    if first is not None and first not in others and not (budget.shared_with.is_unset() or cap.is_none()):
        yield Mistake(
            budget.shared_with.path,
            f"추가 모집은 처음 공고({first})의 예산을 함께 씁니다. 그 코드를 적으십시오.",
            f"a further round draws on the budget of its first call ({first}). Write its code.",
            ("round_of",),
        )
    if others and budget.part_krw.is_none():
        yield Mistake(
            budget.part_krw.path,
            "다른 사업과 나누는 예산에 이 사업의 몫이 없습니다. 금액이나 unset을 적으십시오.",
            "the cap is shared, and this programme's part of it is none. Write the part, or unset.",
            (budget.shared_with.path,),
        )
    if budget.shared_with.is_none() and budget.part_krw.known() is not None:
        yield Mistake(
            budget.part_krw.path,
            "나누는 사업이 없는데 몫이 있습니다. none을 적거나 shared_with를 적으십시오.",
            "is a part of a cap that nobody shares. Write none, or state shared_with.",
            (budget.shared_with.path,),
        )


def _rates_missing(programme: Programme) -> Iterator[Mistake]:
    """BL-4: whoever is granted a card owes by its rate, so each granted type has one, be it `unset`."""
    part = programme.billing.self_payment
    rates = part.rates
    if part.rated_by == "product":
        yield from _product_rates_missing(programme)
        return
    granted = dict.fromkeys(product.card_type for product in programme.products.values())
    for card in granted:
        if card in programme.cards and card not in rates:
            yield Mistake(
                f"billing.self_payment.rates.{card}",
                f"{card} 카드의 자부담금이 없습니다. 금액을, 공고에 없으면 unset을 적으십시오.",
                f"the rates of a {card} card are missing. Write them, or unset where the notice prints none.",
                ("billing.self_payment.rates", "products", "cards"),
            )


def _product_rates_missing(programme: Programme) -> Iterator[Mistake]:
    rates = programme.billing.self_payment.rates
    asked = dict.fromkeys(name for track in programme.tracks.values() for name in track.products)
    for name in asked:
        if name in programme.products and name not in rates:
            yield Mistake(
                f"billing.self_payment.rates.{name}",
                f"상품 {name}의 자부담금이 없습니다. 금액을, 공고에 없으면 unset을 적으십시오.",
                f"the rates of product {name} are missing. Write them, or unset where the notice prints none.",
                ("billing.self_payment.rates", "products", "tracks"),
            )
