"""What must agree about how grants get their cards."""

from collections.abc import Iterator

from libs.common.definition.allocation import Spec
from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import out_of_order, twice, unknown
from libs.common.definition.programme import Programme

OPENED_BY_NOBODY = {"training"}
"""Gates that a definition can name and nothing of this version opens: grants behind one would wait for ever."""


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
    for product in programme.products.values():
        if product.spec is not None:
            yield from _readings(product.spec)


def _gates(programme: Programme) -> Iterator[Mistake]:
    gates = programme.allocation.gates
    named = gates.known() or []
    yield from twice(gates.path, named)
    for gate in sorted(OPENED_BY_NOBODY & set(named)):
        yield Mistake(
            gates.path,
            f"'{gate}' 조건을 여는 절차가 없습니다. agreement, self_payment 가운데에서 적으십시오.",
            f"nothing opens the gate '{gate}', so no use could ever begin. Write agreement or self_payment.",
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


def _readings(spec: Spec) -> Iterator[Mistake]:
    """AL-6: the doubtful reading asks for at least as much as the sure one."""
    yield from out_of_order(spec.cores, spec.doubtful_cores)
    yield from out_of_order(spec.memory_gb, spec.doubtful_memory_gb)
    yield from out_of_order(spec.storage_tb, spec.doubtful_storage_tb)
