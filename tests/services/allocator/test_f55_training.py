"""The gate `training` opens by attendance, told over the inbox, and closes where it is withdrawn (AL-7, F-55)."""

import datetime as dt

import httpx
import pytest

from libs.common.definition.files import load_definition
from libs.common.events.intake import TrainingAttended, TrainingWithdrawn
from services.allocator.model.grants import Grant
from services.allocator.policy import GatePolicy
from services.allocator.rules.gates import is_later_word, opened_gates
from tests.services.allocator.office import PROGRAMMES, SIGNED, Office

DAY = dt.date(2025, 9, 3)
P3 = "regional-2025"


def attended(trained: int, facts: int = 1) -> TrainingAttended:
    """So many people of A-1 have attended by now."""
    return TrainingAttended(
        application_id="A-1",
        programme_code=P3,
        attendance_id="TA-000001",
        attended_on=DAY,
        people=1,
        people_trained=trained,
        facts=facts,
        told_at=SIGNED,
    )


def withdrawn(trained: int, facts: int) -> TrainingWithdrawn:
    """One attendance never was."""
    return TrainingWithdrawn(**attended(trained, facts).model_dump(), reason="잘못 기록함")


@pytest.mark.rule("AL-7")
@pytest.mark.parametrize(
    ("trained", "people_min", "is_open"), [(0, 1, False), (1, 1, True), (1, 2, False), (2, 2, True), (3, 2, True)]
)
def test_as_many_people_as_the_programme_asks_for_open_the_gate(trained: int, people_min: int, is_open: bool) -> None:
    """Exactly the number opens it."""
    grant = Grant(
        "A-1", P3, 1, "O-1", "placed", "H100x1", 1, 3, 1, 3, "", DAY, 1, SIGNED, people_trained=trained
    )  # fmt: skip
    assert ("training" in opened_gates(GatePolicy(("training",), people_min), grant)) == is_open


@pytest.mark.parametrize(("facts", "known", "later"), [(1, [], True), (2, [1], True), (2, [2], False), (1, [3], False)])
def test_of_two_words_the_one_that_rests_on_more_is_the_later(facts: int, known: list[int], later: bool) -> None:
    """The same again is no later word."""
    assert is_later_word(facts, known) == later


async def placed(office: Office, *early: TrainingAttended) -> None:
    """A-1 is placed under P3, whose gates include the training of two people; some words come before all others."""
    await office.open(P3, allocation__training__people_min=2)
    await office.supply("alpha", P3, "A100")
    for word in early:
        await office.client.feed(word)
    await office.award("A-1", P3, "A100x8", 1)
    await office.place(P3)


async def activate(office: Office) -> httpx.Response:
    """Ask for the activation of A-1 on its first day."""
    shown = (await office.get("/grants/A-1")).json()
    office.client.clock.set(dt.datetime.fromisoformat(shown["starts_at"]))
    return await office.post("/grants/A-1/activate", {"delivered_at": shown["starts_at"]})


async def test_f_55_the_shipped_p3_names_the_gate_that_attendance_opens() -> None:
    """S2 §7: at least one person attends before use; nothing of the definition is left that nobody opens."""
    policy = GatePolicy.of(load_definition(PROGRAMMES / f"{P3}.yaml"))
    assert policy == GatePolicy(("agreement", "self_payment", "training"), 1)


async def test_f_55_activation_waits_for_the_training_and_says_so(office: Office) -> None:
    """The placement needs no training; the activation does: refused with the gate in Korean, opened by two people."""
    await placed(office)
    closed = await activate(office)
    assert closed.status_code == 409
    assert [one["facts"]["gate"] for one in closed.json()["refusals"]] == ["training"]
    assert "의무 교육" in closed.text
    await office.client.feed(attended(1))
    assert (await activate(office)).status_code == 409
    assert await office.client.feed(attended(2, facts=2)) == 1
    assert (await office.get("/grants/A-1")).json()["people_trained"] == 2
    assert (await activate(office)).json()["state"] == "active"


async def test_f_55_a_withdrawn_attendance_closes_the_gate_again(office: Office) -> None:
    """What never was opens nothing; a word from before the withdrawal that comes late changes nothing."""
    await placed(office)
    for word in (attended(2), withdrawn(0, 2), attended(2)):
        await office.client.feed(word)
    assert (await activate(office)).status_code == 409
    await office.client.feed(attended(2, facts=3))
    assert (await activate(office)).json()["state"] == "active"


async def test_f_55_training_that_is_heard_first_counts(office: Office) -> None:
    """Both words come before the announcement, the later first: the grant has what the later one says."""
    await placed(office, attended(2, facts=2), attended(1, facts=1))
    assert (await activate(office)).json()["state"] == "active"
