"""One reviewer, one employer, one counting unit, however they are spelt (CV-9)."""

import pytest
import pytest_asyncio

from tests.services.review.call import CODE, Call, seats

SPELLINGS = ["REVIEWER-1", "ｒｅｖｉｅｗｅｒ-1", "reviewer\u200b-1", "reviewer-1\u3164", "re viewer-1"]


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """The programme open, one application to be scored."""
    made = Call(await service_client("review"))
    await made.open()
    await made.screen("P1")
    return made


@pytest.mark.rule("CV-9")
@pytest.mark.rule("RV-1")
async def test_f42_one_reviewer_sits_once_however_spelt(call: Call) -> None:
    """F-42: A second spelling of a seated reviewer is refused for a panel and for a substitute; it shows as typed."""
    for again in SPELLINGS:
        chair = {**seats(6)[5], "reviewer_id": again}
        refused = await call.panel(status=409, seats=[*seats(), chair])
        assert (refused["code"], refused["facts"]["reviewer_id"]) == ("reviewer_already_seated", again)
    panel = await call.panel()
    for again in SPELLINGS:
        chair = {**seats(6)[5], "reviewer_id": again, "reason": "기한 경과", "replaces_seat": 2}
        refused = await call.post(f"panels/{panel['panel_id']}/substitutes", status=409, **chair)
        assert refused["code"] == "reviewer_already_seated"


@pytest.mark.rule("CV-9")
@pytest.mark.rule("RV-1")
async def test_f42_an_employer_is_related_however_spelt(call: Call) -> None:
    """F-42: Seats whose employer is the applicant under another spelling cannot score; a substitute neither."""
    spelt = {"seat1": "o-p1", "seat2": "Ｏ-Ｐ1", "seat3": "O\u200b-P1", "seat4": " O-P1\u3164"}
    panel = await call.panel(seats=seats(7, **spelt))
    for seat in (1, 2, 3, 4):
        assert (await call.sheet("P1", seat, status=409))["code"] == "conflict_of_interest"
    chair = {"seat": 8, "reviewer_id": "reviewer-8", "name": "대체 위원", "employer_organisation_id": "o-ｐ1"}
    await call.post(f"panels/{panel['panel_id']}/substitutes", **chair, reason="이해충돌")
    assert (await call.sheet("P1", 8, status=409))["code"] == "conflict_of_interest"
    await call.sheet("P1", 5)


@pytest.mark.rule("CV-9")
@pytest.mark.rule("RV-1")
async def test_f42_a_relation_is_declared_however_the_reviewer_is_spelt(call: Call) -> None:
    """F-42: An officer who types a reviewer otherwise bars the same seat; so does the reviewer themself."""
    panel = await call.panel(seats=seats(7))
    path = f"panels/{panel['panel_id']}/conflicts"
    told = {"application_id": "A-P1", "reason": "공동 연구"}
    await call.post(path, reviewer_id=SPELLINGS[1], **told)
    own = call.client.as_("reviewer", subject="reviewer-2")
    answer = await call.http.post(f"/v1/{path}", json={"reviewer_id": "Reviewer-2", **told}, headers=own)
    assert answer.status_code == 201
    for seat in (1, 2):
        assert (await call.sheet("P1", seat, status=409))["code"] == "conflict_of_interest"


@pytest.mark.rule("CV-9")
async def test_another_account_opens_nobodys_seat(call: Call) -> None:
    """An account whose subject only folds to a reviewer's scores nothing, declares nothing, is asked for nothing."""
    panel = await call.panel()
    other = call.client.as_("reviewer", subject="REVIEWER-1")
    sheet = {"application_id": "A-P1", "stage": "document", "scores": {}}
    told = {"reviewer_id": "reviewer-1", "application_id": "A-P1", "reason": "x"}
    for path, body in (("sheets", sheet), (f"panels/{panel['panel_id']}/conflicts", told)):
        answer = await call.http.post(f"/v1/{path}", json=body, headers=other)
        assert (path, answer.status_code, answer.json()["code"]) == (path, 404, "not_found")
    assert (await call.get("assignments", headers=other))["items"] == []


@pytest.mark.rule("CV-9")
@pytest.mark.rule("RV-9")
async def test_f42_a_counting_unit_is_one_in_and_across_pools(call: Call) -> None:
    """F-42: Two spellings of one professor are selected once: in a pool, and over the announced pools of the call."""
    await call.ranked("P2", "P3", counting_unit="professor:KRI-1")
    await call.score("P1", "96")
    await call.screen("P4", counting_unit="professor:ｋｒｉ-1")
    await call.score("P4", "85")
    drawn = await call.post("selections", programme=CODE, track="1")
    told = {row["application_id"]: row["refused_by"] for row in drawn["rows"]}
    assert told == {"A-P1": "", "A-P2": "", "A-P3": "counting_unit", "A-P4": "counting_unit"}
    await call.announce(drawn["selection_id"])
    await call.screen("P5", track="2", product="H100x8", counting_unit="Professor:kri\u200b-1")
    for stage in ("document", "presentation"):
        await call.panel(track="2", stage=stage, seats=seats(prefix=stage))
        await call.score("P5", "90", stage=stage, prefix=stage)
    other = await call.post("selections", programme=CODE, track="2")
    assert [row["refused_by"] for row in other["rows"]] == ["counting_unit"]
