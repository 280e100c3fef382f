"""What must agree about how grants get their cards."""

from collections.abc import Iterator

from libs.common.definition.allocation import Spec
from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import out_of_order, twice, unknown
from libs.common.definition.programme import Programme


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """A dynamic mode with its rules, gates that something opens, substitutions of known cards, readings in order."""
    part = programme.allocation
    if part.mode.known() == "dynamic" and part.dynamic is None:
        yield Mistake(
            "allocation.dynamic",
            "동적 배분인데 규칙이 없습니다. idle_s와 fallback_report_days를 적거나 mode를 fixed로 하십시오.",
            "the mode is dynamic and its rules are missing. Write idle_s and fallback_report_days, or mode: fixed.",
            (part.mode.path,),
        )
    yield from _gates(programme)
    yield from _substitutions(programme)
    for code, product in programme.products.items():
        if product.spec is not None:
            yield from _readings(product.spec)
        yield from _better_cards(programme, code)
        yield from _lone_cards(programme, code)
    yield from _use(programme)


def _gates(programme: Programme) -> Iterator[Mistake]:
    gates = programme.allocation.gates
    named = gates.known() or []
    yield from twice(gates.path, named)
    training = programme.allocation.training
    if "training" in named and (training is None or training.people_min.is_none()):
        yield Mistake(
            gates.path,
            "의무 교육(training)을 요건으로 두었는데 몇 명이 들어야 하는지 없습니다. allocation.training.people_min에"
            " 적거나 training을 빼십시오.",
            "names the gate training, and nothing says how many people open it, so no use could ever begin. Write"
            " allocation.training.people_min, or leave training out.",
            ("allocation.training.people_min",),
        )


def _substitutions(programme: Programme) -> Iterator[Mistake]:
    stated = programme.allocation.substitutions
    listed = stated.known() or []
    yield from twice(stated.path, [f"{one.asked} → {one.given}" for one in listed])
    for place, one in enumerate(listed):
        path, pointer = f"{stated.path}.{place}", f"/allocation/substitutions/is/{place}"
        for field, card in (("asked", one.asked), ("given", one.given)):
            for mistake in unknown(f"{path}.{field}", "카드", "card", card, programme.cards, "cards"):
                yield Mistake(mistake.path, mistake.ko, mistake.en, mistake.concerns, f"{pointer}/{field}")
        if one.asked == one.given:
            yield Mistake(
                f"{path}.given",
                f"같은 카드({one.given})로 대신할 수 없습니다. 다른 카드를 적으십시오.",
                f"gives {one.given} instead of itself. Write another card.",
                pointer=f"{pointer}/given",
            )


def _better_cards(programme: Programme, code: str) -> Iterator[Mistake]:
    """AL-21, BL-3: what serves instead is another known card."""
    product = programme.products[code]
    stated, alone = product.at_least_as_good, product.alone
    yield from twice(stated.path, stated.known() or [])
    named = [(f"{stated.path}.{place}", card) for place, card in enumerate(stated.known() or [])]
    for path, card in [*named, *((f"{alone.path}.{card}", card) for card in alone.known() or {})]:
        yield from unknown(path, "카드", "card", card, programme.cards, "cards")
        if card == product.card_type:
            yield Mistake(
                path,
                f"상품의 카드({card}) 자신입니다. 다른 카드만 적으십시오.",
                f"{card} is the product's own card. Write other cards only.",
                (f"products.{code}.card_type",),
            )


def _lone_cards(programme: Programme, code: str) -> Iterator[Mistake]:
    """BL-3: what a provider of one type gives is a known card, and none that the product has anyway."""
    product = programme.products[code]
    stated = product.alone
    for card in stated.known() or {}:
        yield from unknown(f"{stated.path}.{card}", "카드", "card", card, programme.cards, "cards")
        if card == product.card_type:
            yield Mistake(
                f"{stated.path}.{card}",
                f"상품의 카드({card}) 자신입니다. 그 카드만 가진 공급사가 대신 주는 다른 카드를 적으십시오.",
                f"{card} is the product's own card. Write another card that a provider gives which has no other.",
                (f"products.{code}.card_type",),
            )


def _use(programme: Programme) -> Iterator[Mistake]:
    """MT-9, AL-14: hardly any use is less than low use; one free period, not two."""
    part = programme.allocation
    if part.low_use is not None:
        yield from out_of_order(part.low_use.hardly_any_pct, part.low_use.below_pct)
        for pct, days in (
            (part.low_use.below_pct, part.low_use.span_days),
            (part.low_use.hardly_any_pct, part.low_use.hardly_any_days),
        ):
            if days.is_none() and pct.known() is not None:
                yield Mistake(
                    days.path,
                    f"'{pct.path}' 기준을 며칠 동안 볼지 없습니다. 날수를 적거나 둘 다 none으로 하십시오.",
                    f"says of '{pct.path}' over how many days it is looked at. Write days, or none in both.",
                    (pct.path,),
                )
    after = part.after_end
    if after is not None and after.free_days.known() is not None and after.free_months.known() is not None:
        yield Mistake(
            after.free_days.path,
            f"무상 기간을 일과 개월로 두 번 적었습니다. '{after.free_months.path}' 값과 하나만 적으십시오.",
            f"the free period is stated in days and at '{after.free_months.path}' in months. Write one of the two.",
            (after.free_months.path,),
        )


def _readings(spec: Spec) -> Iterator[Mistake]:
    """AL-6: the doubtful reading asks for at least as much as the sure one."""
    yield from out_of_order(spec.cores, spec.doubtful_cores)
    yield from out_of_order(spec.memory_gb, spec.doubtful_memory_gb)
    yield from out_of_order(spec.storage_tb, spec.doubtful_storage_tb)
