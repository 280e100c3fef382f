"""What programmes take of one cap does not exceed it (BL-9)."""

import pytest

from libs.common.budget_share import BudgetShare
from services.intake.rules.shared_cap import shared_cap_refusal

CAP = 19_800
OTHER = BudgetShare("npu", CAP, 12_000, ("gpu",))
RENTAL = BudgetShare("rental", 500, 500, ())


def own(takes_krw: int, cap_krw: int | None = CAP, shared_with: tuple[str, ...] = ("npu",)) -> BudgetShare:
    """What `gpu` takes."""
    return BudgetShare("gpu", cap_krw, takes_krw, shared_with)


@pytest.mark.parametrize(
    ("share", "in_force", "refused"),
    [
        pytest.param(own(7_800), [OTHER, RENTAL], False, id="exactly what is left"),
        pytest.param(own(7_801), [OTHER, RENTAL], True, id="a won more"),
        pytest.param(own(19_800), [RENTAL], False, id="the other was never opened"),
        pytest.param(own(0), [BudgetShare("npu", CAP, 20_000, ("gpu",))], False, id="a part that is unset yet"),
        pytest.param(own(7_801), [OTHER, own(7_801)], False, id="in force already: another value is corrected"),
        pytest.param(own(7_801), [OTHER, own(7_000)], True, id="in force with less"),
        pytest.param(own(7_801, 30_000), [OTHER], True, id="of two caps the smaller counts"),
        pytest.param(own(7_801, None), [OTHER], True, id="this one's cap is unset"),
        pytest.param(own(7_801, 7_801, ()), [OTHER], True, id="only the other says that it shares"),
        pytest.param(own(7_801), [BudgetShare("npu", CAP, CAP, ())], True, id="the other has the cap for itself"),
        pytest.param(own(500, 500, ()), [RENTAL, OTHER], True, id="left the cap and takes from it"),
    ],
)
def test_the_parts_of_one_cap_stay_within_it(share: BudgetShare, in_force: list, refused: bool) -> None:
    """Programmes under one cap are those that either of two names."""
    refusal = shared_cap_refusal(share, in_force)
    assert (refusal is not None) == refused


def test_the_refusal_names_both_parts_and_the_cap() -> None:
    """Whoever reads it sees by how much."""
    refusal = shared_cap_refusal(own(9_000), [OTHER])
    assert refusal is not None
    assert refusal.facts == {
        "programme": "gpu", "part_krw": 9_000, "others": "npu", "others_krw": 12_000, "cap_krw": CAP,
    }  # fmt: skip
