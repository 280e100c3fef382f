"""A further round of a call over REST: what the first one gave is not given a second time (AL-20)."""

from copy import deepcopy

import pytest

from libs.common.events.intake import ProgrammeOpened
from services.review.operations.evidence import verify
from tests.services.review.call import CODE, NOW, Call, opened, scores, seats, withdrawn

ROUND = "gpu-rental-2025s-2"


def with_shares(event: ProgrammeOpened) -> ProgrammeOpened:
    """Five places, three of them in track 1."""
    definition = deepcopy(event.definition)
    for track, share in (("1", 60), ("2", 40)):
        definition["tracks"][track]["selection"]["share_pct"] = {"is": share, "source": "test"}
    definition["review"]["places"] = {"is": 5, "source": "test"}
    return event.model_copy(update={"definition": definition})


def of_round_two(event: ProgrammeOpened) -> ProgrammeOpened:
    """The event that opens a second round of the call, under the same definition and limits, on the same budget."""
    definition = {**deepcopy(event.definition), "code": ROUND, "round_of": CODE}
    definition["billing"]["budget"] |= {
        "shared_with": {"is": [CODE], "source": "test"},
        "part_krw": {"is": "unset", "source": "test"},
    }
    return event.model_copy(update={"code": ROUND, "definition": definition})


async def ranked_in_round_two(call: Call, *names: str, **changes) -> None:
    """Applications of the second round, screened and scored so that they rank in this order."""
    await call.screen(*names, programme_code=ROUND, **changes)
    if not (await call.get("panels", programme=ROUND))["items"]:
        await call.panel(programme=ROUND, seats=seats(prefix="second"))
    for place, name in enumerate(names):
        for seat in range(1, 6):
            headers = call.client.as_("reviewer", subject=f"second-{seat}")
            told = {"application_id": f"A-{name}", "stage": "document", "scores": scores(str(95 - place))}
            answer = await call.http.post("/v1/sheets", json=told, headers=headers)
            assert answer.status_code == 201, answer.text


async def drawn(call: Call, code: str) -> tuple[str, list[str], dict]:
    """Draw track 1; the selection's id, who is selected, its limits."""
    selection = await call.post("selections", programme=code, track="1")
    chosen = [row["application_id"] for row in selection["rows"] if row["outcome"] == "selected"]
    return selection["selection_id"], chosen, selection["limits"]


async def evidence_fault(call: Call, selection_id: str) -> str | None:
    """What a selection's evidence pack says of it when it is computed again; none where it agrees."""
    pack = await call.http.get(f"/v1/selections/{selection_id}/evidence.zip", headers=call.officer)
    return verify(pack.content)[1]


@pytest.mark.rule("AL-20")
async def test_two_rounds_share_capacity_and_projects(service_client) -> None:
    """15 card-months, at most 4 projects: the first gives 6 and 2, so the second has 9 and 2 to give."""
    limits = {"tracks__1__selection__capacity": 15, "tracks__1__selection__projects_max": 4}
    call = Call(await service_client("review"))
    await call.open(**limits)
    await call.ranked("P1", "P2")
    first, chosen, _ = await drawn(call, CODE)
    assert chosen == ["A-P1", "A-P2"]
    await call.feed(of_round_two(opened(**limits)))
    await ranked_in_round_two(call, "P5", "P6", "P7")
    second, chosen, told = await drawn(call, ROUND)
    assert chosen == ["A-P5", "A-P6", "A-P7"]  # the first is a draft still: it holds nothing
    assert "held_by_rounds" not in told
    await call.announce(first)
    again = await call.post(f"selections/{second}/recompute", reason="1차 발표", status=200)
    assert [row["outcome"] for row in again["rows"]] == ["selected", "selected", "waiting"]
    assert again["limits"]["held_by_rounds"] == {"capacity": "6", "budget_krw": 0, "projects": 2}
    assert (again["limits"]["capacity"], again["limits"]["projects_max"]) == ("9", 2)
    assert again["rows"][2]["refused_by"] == "projects"
    more = await call.post(f"selections/{second}/what-if", status=200, projects_max=5)
    assert more["after"]["selected"] == 3
    await call.announce(second)
    assert await evidence_fault(call, first) is None
    assert await evidence_fault(call, second) is None


@pytest.mark.rule("AL-20")
async def test_a_counting_unit_is_one_over_the_rounds(service_client) -> None:
    """Who was selected in the first round is not selected in the second; once it goes there, it may be."""
    call = Call(await service_client("review"))
    await call.open()
    await call.ranked("P1")
    first, _, _ = await drawn(call, CODE)
    await call.announce(first)
    await call.feed(of_round_two(opened()))
    await ranked_in_round_two(call, "P5", counting_unit="unit-P1")
    await ranked_in_round_two(call, "P6")
    second, chosen, _ = await drawn(call, ROUND)
    assert chosen == ["A-P6"]
    await call.feed(withdrawn("P1"))
    again = await call.post(f"selections/{second}/recompute", reason="1차 포기", status=200)
    assert {row["outcome"] for row in again["rows"]} == {"selected"}


@pytest.mark.rule("RV-11")
async def test_places_by_share_are_one_over_the_rounds(service_client) -> None:
    """Five places, 60/40: of the three of the first pool the first round filled two; one is left."""
    call = Call(await service_client("review"))
    call.client.clock.set(NOW)
    await call.feed(with_shares(opened()))
    await call.ranked("P1", "P2")
    first, _, _ = await drawn(call, CODE)
    await call.announce(first)
    await call.feed(of_round_two(with_shares(opened())))
    await ranked_in_round_two(call, "P5", "P6")
    second, chosen, limits = await drawn(call, ROUND)
    assert chosen == ["A-P5"]
    assert (limits["share"]["by_share"], limits["share"]["filled"], limits["projects_max"]) == (3, 2, 1)
    pools = (await call.get("places", programme=ROUND))["pools"]
    assert [(one["track"], one["places"], one["filled"]) for one in pools] == [("1", 3, 3), ("2", 2, 0)]
    await call.announce(second)
    assert await evidence_fault(call, second) is None
