"""A committee's cuts are applied together, whatever was typed first, and in how many sittings (RV-12)."""

import pytest
import pytest_asyncio

from libs.common.events.review import SelectionAnnounced, SelectionDecided
from tests.services.review.call import CODE, Call

LIMITS = {
    "tracks__2__selection__capacity_kind": "peak_cards",
    "tracks__2__document_stage_may_be_skipped": False,
    "tracks__2__stages": ["document"],
}
PRODUCT = {"track": "2", "product": "H100x8"}
X3 = {"application_id": "A-X", "units": 3, "months": 6, "reason": "서버 수 과다"}
X2 = {**X3, "units": 2, "reason": "데이터 규모에 비해 큼"}
X4_MONTHS = {**X3, "units": 4, "months": 4, "reason": "기간이 긺"}
Y2 = {"application_id": "A-Y", "units": 2, "months": 6, "reason": "자체 자원 보유"}


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


async def drawn(call: Call, capacity: int, **units: int):
    """A draft in which these were ranked in their order, each with the units that it asked for."""
    await call.open(**LIMITS, tracks__2__selection__capacity=capacity * 8)
    for name, asked in units.items():
        await call.screen(name, **PRODUCT, units=asked, months=6)
    await call.panel(track="2")
    for place, name in enumerate(units):
        await call.score(name, str(90 - place))
    return await call.post("selections", programme=CODE, track="2")


async def sit(call: Call, *cuts, status: int = 201):
    return await call.post("selections/SEL-000001/deliberations", status=status, cuts=list(cuts))


def selected(selection) -> str:
    return " ".join(row["application_id"][2:] for row in selection["rows"] if row["outcome"] == "selected")


ORDERS = {
    "one sitting, X first": [[X3, Y2]],
    "one sitting, Y first": [[Y2, X3]],
    "two sittings, X first": [[X3], [Y2]],
    "two sittings, Y first": [[Y2], [X3]],
}


@pytest.mark.rule("RV-12")
@pytest.mark.parametrize("sittings", ORDERS.values(), ids=ORDERS)
async def test_f_53_the_order_of_typing_changes_nothing(call: Call, sittings) -> None:
    """F-53: Capacity 8, X(5) Y(3) A(3) B(2); X cut to 3 and Y to 2 is X Y A, under one and the same hash."""
    assert selected(await drawn(call, 8, X=5, Y=3, A=3, B=2)) == "X Y"
    for cuts in sittings:
        last = await sit(call, *cuts)
    assert selected(last) == "X Y A"
    assert [(row["units"], row["rule_id"]) for row in last["rows"]] == [
        (3, "RV-9"), (2, "RV-9"), (3, "RV-12"), (2, "RV-9"),
    ]  # fmt: skip


@pytest.mark.rule("RV-12")
@pytest.mark.rule("RV-14")
async def test_f_53_the_order_of_typing_changes_not_a_byte(service_client) -> None:
    """F-53: In whatever order and in how many sittings the cuts were typed, one and the same hash is announced."""
    hashes = set()
    for sittings in ORDERS.values():
        call = Call(await service_client("review"))
        await drawn(call, 8, X=5, Y=3, A=3, B=2)
        for cuts in sittings:
            await sit(call, *cuts)
        hashes.add((await call.announce("SEL-000001"))["sha256"])
    assert len(hashes) == 1


@pytest.mark.rule("RV-12")
@pytest.mark.rule("RV-13")
async def test_f_53_freed_cards_that_nobody_fits_into_change_nothing(call: Call) -> None:
    """F-53: Capacity 4, X(2) A(3) B C are X B C; X cut to 1 frees one card, A (3) does not fit: unchanged."""
    assert selected(await drawn(call, 4, X=2, A=3, B=1, C=1)) == "X B C"
    cut = await sit(call, {**X3, "units": 1})
    assert selected(cut) == "X B C"
    assert [row["refused_by"] for row in cut["rows"]] == ["", "capacity", "", ""]


@pytest.mark.rule("RV-12")
@pytest.mark.parametrize(
    "sittings",
    [
        pytest.param([[X3, X2]], id="in one sitting"),
        pytest.param([[X2], [X3]], id="the lower one first"),
        pytest.param([[X3], [X2]], id="the lower one last"),
        pytest.param([[X2], [X2]], id="the same twice"),
    ],
)
async def test_f_53_of_two_cuts_for_one_application_the_lower_counts(call: Call, sittings) -> None:
    """F-53: X cut to 3 and to 2 gets 2 with the reason of that cut; both are on record, with who decided."""
    await drawn(call, 8, X=5, Y=3, A=3)
    for cuts in sittings:
        last = await sit(call, *cuts)
    assert (last["rows"][0]["units"], last["rows"][0]["reason"]) == (2, X2["reason"])
    assert [(cut["units"], cut["decided_by"]) for cut in last["deliberations"]] == [
        (cut["units"], "officer-1") for cuts in sittings for cut in cuts
    ]
    assert selected(last) == "X Y A"


@pytest.mark.rule("RV-12")
@pytest.mark.parametrize("order", [(X3, X4_MONTHS), (X4_MONTHS, X3)], ids=["units first", "months first"])
async def test_f_53_units_and_months_are_lowered_each_by_its_lowest_cut(call: Call, order) -> None:
    """F-53: 3 units for 6 months and 4 units for 4 months leave 3 units for 4 months, with both reasons."""
    await drawn(call, 8, X=5)
    for cut in order:
        last = await sit(call, cut)
    (row,) = last["rows"]
    assert (row["units"], row["months"], row["reason"].split("\n")) == (3, 4, ["서버 수 과다", "기간이 긺"])
    await call.announce("SEL-000001")
    (event,) = await call.client.said(SelectionAnnounced)
    assert (event.units_asked, event.units, event.months_asked, event.months) == (5, 3, 6, 4)


WRONG = {
    "raised units beside a good cut": ([X3, {**Y2, "units": 4}], 409, "deliberation_raises"),
    "raised months, lowered units": ([{**X3, "months": 7}], 409, "deliberation_raises"),
    "exactly what was asked": ([Y2, {**X3, "units": 5}], 409, "deliberation_changes_nothing"),
    "nothing left": ([Y2, {**X3, "units": 0}], 409, "deliberation_leaves_nothing"),
    "somebody who did not apply": ([Y2, {**X3, "application_id": "A-Z"}], 404, "not_found"),
}


@pytest.mark.rule("RV-12")
@pytest.mark.parametrize(("cuts", "status", "code"), WRONG.values(), ids=WRONG)
async def test_f_53_a_sitting_with_a_wrong_cut_is_refused_whole(call: Call, cuts, status, code) -> None:
    """F-53: Nothing of the sitting is kept, the good cut beside the wrong one neither."""
    before = await drawn(call, 8, X=5, Y=3, A=3, B=2)
    assert (await sit(call, *cuts, status=status))["code"] == code
    after = await call.get("selections/SEL-000001")
    assert (after["deliberations"], after["rows"]) == ([], before["rows"])


@pytest.mark.rule("RV-12")
async def test_a_cut_typed_wrongly_is_left_behind_with_its_draft(call: Call) -> None:
    """A new draft of the pool begins without cuts; the old ones stay on record with the discarded draft."""
    await drawn(call, 8, X=5, Y=3, A=3)
    await sit(call, {**X3, "units": 1})
    again = await call.post("selections", programme=CODE, track="2")
    assert (again["rows"][0]["units"], again["deliberations"]) == (5, [])
    old = await call.get("selections/SEL-000001")
    assert (old["state"], [cut["units"] for cut in old["deliberations"]]) == ("discarded", [1])


@pytest.mark.rule("MS-7")
async def test_who_took_part_in_a_selection_is_said(call) -> None:
    """Who drew it, who cut an award, who proposed to announce it, and who confirmed: each once."""
    await call.open(tracks__1__deliberation=True)
    await call.ranked("P1", "P2")
    drawn = await call.post("selections", programme=CODE, track="1")
    path = f"/v1/selections/{drawn['selection_id']}"
    cut = {"cuts": [{"application_id": "A-P1", "units": 1, "months": 2, "reason": "사업비 조정"}]}
    committee = call.client.as_("officer", subject="officer-committee")
    answer = await call.http.post(f"{path}/deliberations", json=cut, headers=committee)
    assert answer.status_code == 201, answer.text
    proposer = call.client.as_("officer", subject="officer-proposer")
    proposed = await call.http.post(f"{path}/announce", json={"reason": "위원회 의결"}, headers=proposer)
    assert proposed.status_code == 201, proposed.text
    assert await call.client.said(SelectionDecided) == []
    await call.confirm(proposed.json())
    (event,) = await call.client.said(SelectionDecided)
    assert (event.selection_id, event.run_version, event.programme_code) == (drawn["selection_id"], 1, CODE)
    assert {"officer-committee", "officer-confirm", "officer-proposer"} <= set(event.took_part)
    assert set(event.took_part) <= {"officer-1", "officer-committee", "officer-confirm", "officer-proposer"}
