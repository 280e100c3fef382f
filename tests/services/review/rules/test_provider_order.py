"""In which order a providers' call negotiates (RV-15), as a table."""

from pathlib import Path

import pytest

from libs.common.definition.files import load_definition
from services.review.model.providers import PassingProvider
from services.review.policy.providers import ProviderCallPolicy
from services.review.rules.provider_order import offers_all, provider_order

GPU = ProviderCallPolicy.of(load_definition(Path("programmes/hpc-2025-gpu-providers.yaml")), "1")
NPU = ProviderCallPolicy.of(load_definition(Path("programmes/hpc-2025-npu-providers.yaml")), "1")
ALL = ("A100x2", "H100x1", "H100x2", "H100x16")
THREE = ("A100x2", "H100x1", "H100x2")


def passing(*told: tuple[str, ...]) -> list[PassingProvider]:
    """Providers that pass, best score first: what each offers."""
    return [PassingProvider(f"A-{rank}", rank, 9500 - 100 * rank, products) for rank, products in enumerate(told, 1)]


ORDERS = {
    "one offers all and is behind": (GPU, [THREE, ALL], ["A-2", "A-1"]),
    "each group by score": (GPU, [THREE, ALL, THREE, ALL], ["A-2", "A-4", "A-1", "A-3"]),
    "nobody offers all": (GPU, [THREE, THREE[:1]], ["A-1", "A-2"]),
    "nobody said what is offered": (GPU, [(), ALL], ["A-2", "A-1"]),
    "the NPU call goes by score alone": (NPU, [("NPU60x1",), ("NPU60x1", "NPU120x1", "NPU240x1")], ["A-1", "A-2"]),
    "nobody passes": (GPU, [], []),
}


@pytest.mark.rule("RV-15")
@pytest.mark.parametrize("sentence", ORDERS)
def test_the_order_is_that_of_the_notice(sentence: str) -> None:
    """Among those with 80 points the offerers of all products come first where the notice says so, each by score."""
    policy, told, order = ORDERS[sentence]
    ranked = passing(*told)
    found = provider_order(ranked, policy)
    assert [place.application_id for place in found] == order
    assert [place.place for place in found] == list(range(1, len(order) + 1))
    assert provider_order(list(reversed(ranked)), policy) == found


@pytest.mark.rule("RV-15")
def test_the_two_ways_of_product_four_stand_for_each_other() -> None:
    """Product 4 of the notice is sixteen H100 or 56 A100: either makes the four products whole."""
    assert offers_all(ALL, GPU)
    assert offers_all((*THREE, "A100x56"), GPU)
    assert not offers_all(THREE, GPU)
    assert not offers_all(("H100x16", "A100x56", "H100x1"), GPU)
    assert not offers_all((), GPU)


@pytest.mark.rule("RV-15")
def test_both_calls_say_what_they_ask() -> None:
    """S1 ①: one in principle, four items shown, three rounds; S1 ②: several, three rounds."""
    assert (GPU.serves, GPU.one_in_principle, len(GPU.demonstration), GPU.price_rounds_max) == (
        ("hpc-2025-gpu",), True, 4, 3
    )  # fmt: skip
    assert (NPU.serves, NPU.one_in_principle, NPU.all_products_first, NPU.price_rounds_max) == (
        ("hpc-2025-npu",), False, False, 3
    )  # fmt: skip


@pytest.mark.rule("RV-15")
def test_a_users_call_negotiates_with_nobody() -> None:
    """A call for users has no such policy."""
    assert ProviderCallPolicy.of(load_definition(Path("programmes/gpu-rental-2025s.yaml")), "1") is None
