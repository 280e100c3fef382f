"""One cap over several programmes: what each is appropriated, and what may move between them (BL-9)."""

import pytest

from services.billing.model.budget import BudgetState, OtherBudget, ProgrammeMove
from services.billing.policy import BudgetPolicy, SharedCap
from services.billing.rules.shared_cap import appropriated_krw, as_own, lacking_krw, programme_move_refusal

CAP = 19_800
SHARED = SharedCap(9_000, ("npu",))


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("others", "executed", "moved", "appropriated"),
    [
        pytest.param([], 0, 0, 9_000, id="nobody else was heard of"),
        pytest.param([OtherBudget(CAP, 10_800)], 0, 0, 9_000, id="both parts are exactly the cap"),
        pytest.param([OtherBudget(CAP, 12_000)], 0, 0, 7_800, id="the other was first, and leaves less"),
        pytest.param([OtherBudget(CAP, 19_800)], 0, 0, 0, id="nothing is left"),
        pytest.param([OtherBudget(15_000, 10_800)], 0, 0, 4_200, id="of two caps the smaller counts"),
        pytest.param([OtherBudget(None, 12_000)], 0, 0, 7_800, id="the other states no cap"),
        pytest.param([OtherBudget(CAP, 19_800)], 500, 0, 500, id="what is executed stays taken"),
        pytest.param([OtherBudget(CAP, 19_800)], 500, -2_000, 2_500, id="so does what was moved away"),
        pytest.param([OtherBudget(CAP, 10_000), OtherBudget(CAP, 5_000)], 0, 0, 4_800, id="three under one cap"),
    ],
)
def test_a_part_gets_what_the_others_leave(others: list, executed: int, moved: int, appropriated: int) -> None:
    """All together never exceed the cap, whatever the definitions state."""
    policy = BudgetPolicy(CAP, 0, (), SHARED)
    assert appropriated_krw(policy, others, executed_krw=executed, moved_krw=moved) == appropriated


@pytest.mark.rule("BL-9")
def test_a_cap_of_ones_own_is_appropriated_whole() -> None:
    """Nothing shared, nothing taken off; without a cap nothing."""
    assert appropriated_krw(BudgetPolicy(CAP, 0, ()), [], executed_krw=0, moved_krw=0) == CAP
    assert appropriated_krw(BudgetPolicy(None, 0, ()), [], executed_krw=0, moved_krw=0) is None


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("appropriated", "moved", "own", "lacking"), [(9_000, 0, 9_000, 0), (7_800, 500, 8_300, 1_200), (0, -5, 0, 9_000)]
)
def test_what_a_programme_may_draw_itself(appropriated: int, moved: int, own: int, lacking: int) -> None:
    """What was appropriated and what came from others; what the cap does not hold is shown."""
    assert as_own(BudgetPolicy(CAP, 0, (), SHARED), appropriated, moved).cap_krw == own
    assert lacking_krw(SHARED, appropriated) == lacking


def state(code: str, left_krw: int, part_krw: int | None) -> BudgetState:
    """A budget of which so much is left."""
    return BudgetState(code, CAP, 0, 9_000, 0, 0, 0, left_krw, (), None, part_krw)


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(
    ("to", "amount", "shared", "part", "code"),
    [
        pytest.param("npu", 4_000, SHARED, 10_800, None, id="all that is free"),
        pytest.param("npu", 4_001, SHARED, 10_800, "programme_move_exceeds", id="a won more"),
        pytest.param("rental", 1, SHARED, 10_800, "cap_not_shared", id="a programme with another budget"),
        pytest.param("npu", 1, SHARED, None, "cap_not_shared", id="the other one has a cap of its own"),
        pytest.param("npu", 1, None, 10_800, "cap_not_shared", id="this one has a cap of its own"),
    ],
)
def test_what_may_move_between_programmes(
    to: str, amount: int, shared: SharedCap | None, part: int | None, code: str | None
) -> None:
    """A part gives what it holds free, to a programme under the same cap."""
    move = ProgrammeMove("gpu", to, amount, "r")
    policy = BudgetPolicy(CAP, 0, (), shared)
    refusal = programme_move_refusal(move, policy, state("gpu", 4_000, 9_000), state(to, 0, part))
    assert (refusal and refusal.code) == code
