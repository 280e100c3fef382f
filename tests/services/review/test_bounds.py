"""What a request may carry has a stated range; what lies outside is refused before anything is looked up (CV-10)."""

import json

import pytest
import pytest_asyncio

from tests.services.review.call import CODE, Call, scores, seats

PANEL = {"programme": CODE, "track": "1", "stage": "document", "seats": seats()}
CHAIR = {"seat": 6, "reviewer_id": "reviewer-6", "name": "대체 위원", "reason": "기한 경과"}
CONFLICT = {"reviewer_id": "reviewer-1", "application_id": "A-P1", "reason": "공동 연구"}
CUT = {"application_id": "A-P1", "units": 1, "months": 1, "reason": "서버 수 과다"}
SHEET = {"application_id": "A-P1", "stage": "document", "scores": scores("80")}
PANELS, SUBSTITUTES, DELIBERATIONS = "panels", "panels/PN-000001/substitutes", "selections/SEL-000001/deliberations"
HALF = "\ud83d"


def seated(**changes):
    """A panel whose first seat is changed."""
    return {**PANEL, "seats": [{**seats()[0], **changes}, *seats()[1:]]}


def sitting(**changes):
    """A sitting of one cut."""
    return {"cuts": [{**CUT, **changes}]}


def scored(goals):
    """A sheet with another score of the first criterion."""
    return {**SHEET, "scores": {**SHEET["scores"], "goals": goals}}


ABSURD = {
    "F-07: due in year 1": (PANELS, {**PANEL, "due_at": "0001-01-01T00:00:00Z"}),
    "F-07: due in year 9999": (PANELS, {**PANEL, "due_at": "9999-12-31T23:59:59Z"}),
    "due at a bare number": (PANELS, {**PANEL, "due_at": 1759370400}),
    "due without an offset": (PANELS, {**PANEL, "due_at": "2025-09-26T18:00:00"}),
    "seat nought": (PANELS, seated(seat=0)),
    "seat a thousand and one": (PANELS, seated(seat=1_001)),
    "a seat as text": (PANELS, seated(seat="1")),
    "a seat as true": (PANELS, seated(seat=True)),
    "a reviewer of invisible characters": (PANELS, seated(reviewer_id="\u200b\u3164")),
    "an employer of invisible characters": (PANELS, seated(employer_organisation_id="\u200b")),
    "a nameless reviewer": (PANELS, seated(name="  ")),
    "half a character in a name": (PANELS, seated(name=HALF)),
    "51 seats": (PANELS, {**PANEL, "seats": seats(51)}),
    "no application named": (PANELS, {**PANEL, "application_ids": []}),
    "10,001 applications named": (PANELS, {**PANEL, "application_ids": [f"A-{n}" for n in range(10_001)]}),
    "a replaced seat below one": (SUBSTITUTES, {**CHAIR, "replaces_seat": -1}),
    "half a character in a reason": (SUBSTITUTES, {**CHAIR, "reason": HALF}),
    "a reason of 2,001 letters": ("panels/PN-000001/conflicts", {**CONFLICT, "reason": "x" * 2_001}),
    "a programme's code of 61 letters": ("stages/skip", {"programme": "x" * 61, "track": "1", "reason": "x"}),
    "NUL in a track": ("selections", {"programme": CODE, "track": "1\x00"}),
    "F-01: units of a doubled paste": (DELIBERATIONS, sitting(units=1_000_001)),
    "F-01: months of a doubled paste": (DELIBERATIONS, sitting(months=121)),
    "months below nought": (DELIBERATIONS, sitting(months=-1)),
    "units as text": (DELIBERATIONS, sitting(units="1")),
    "a cut without a reason": (DELIBERATIONS, sitting(reason=" ")),
    "a cut's reason of 1,901 letters": (DELIBERATIONS, sitting(reason="x" * 1_901)),
    "a sitting without a cut": (DELIBERATIONS, {"cuts": []}),
    "a sitting of 10,001 cuts": (DELIBERATIONS, {"cuts": [CUT] * 10_001}),
    "F-45: a relaxation without a reason": ("selections/SEL-000001/quota-relaxation", {"reason": ""}),
    "F-45: another drawing without a reason": ("selections/SEL-000001/recompute", {"reason": " "}),
    "F-45: a skipped stage without a reason": ("stages/skip", {"programme": CODE, "track": "2", "reason": ""}),
    "F-45: a skip taken back without a reason": (
        "stages/skip/withdrawals",
        {"programme": CODE, "track": "2", "reason": ""},
    ),
    "F-45: a reopening without a reason": ("panels/PN-000001/reopenings", {**CONFLICT, "reason": ""}),
    "F-45: a conflict taken back without a reason": (
        "panels/PN-000001/conflicts/withdrawals",
        {**CONFLICT, "reason": "\u200b"},
    ),
}
ABSURD_SHEETS = {
    "F-31: a score with an underscore": scored("1_0"),
    "F-31: a score with an underscore behind the point": scored("1.0_0"),
    "a score in another script's digits": scored("１０"),
    "a score with a space inside": scored("1 0"),
    "a score with a comma": scored("27,5"),
    "a score with a plus": scored("+10"),
    "a score without digits before the point": scored(".5"),
    "a score in hexadecimal": scored("0x10"),
    "an empty score": scored(""),
    "a score of ten digits behind the point": scored("1.0000000001"),
    "a score with an exponent": scored("1e1"),
    "a score as true": scored(True),
    "an endless score": scored("Infinity"),
    "a score above all counts": scored(10**7),
    "a score of 20 digits": scored("1" * 20),
    "half a character in a comment": {**SHEET, "comment": HALF},
    "a comment of 5,001 letters": {**SHEET, "comment": "x" * 5_001},
    "a criterion that is no code": {**SHEET, "scores": {**SHEET["scores"], "": "1"}},
}


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """The programme open, nothing else."""
    made = Call(await service_client("review"))
    await made.open()
    return made


@pytest.mark.rule("CV-10")
async def test_f01_absurd_requests_are_refused(call: Call) -> None:
    """F-01, F-07, F-31: 422 with the wrong place, whatever exists; nothing is kept and nothing fails."""
    reviewer = call.client.as_("reviewer", subject="reviewer-1")
    told = {
        **{sentence: (path, body, call.officer) for sentence, (path, body) in ABSURD.items()},
        **{sentence: ("sheets", body, reviewer) for sentence, body in ABSURD_SHEETS.items()},
    }
    for sentence, (path, body, headers) in told.items():
        sent = {"content": json.dumps(body), "headers": {**headers, "Content-Type": "application/json"}}
        answer = await call.http.post(f"/v1/{path}", **sent)
        assert (sentence, answer.status_code, answer.json()["code"]) == (sentence, 422, "invalid_request")
        assert (sentence, len(answer.json()["errors"])) == (sentence, 1)
    assert (await call.get("panels"))["items"] == []


@pytest.mark.rule("CV-10")
async def test_a_batch_with_one_absurd_sheet(call: Call) -> None:
    """The batch is no batch then: 422 with the place of the wrong score."""
    reviewer = call.client.as_("reviewer", subject="reviewer-1")
    answer = await call.http.post("/v1/sheets/batch", json={"sheets": [SHEET, scored("1_0")]}, headers=reviewer)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/sheets/1/scores/goals"]


@pytest.mark.rule("CV-10")
async def test_values_at_their_bounds_are_taken(call: Call) -> None:
    """The first and last instant, the largest seat, nought and the most units: each is judged by its rule."""
    await call.panel(seats=[{**seats()[0], "seat": 1_000}, *seats()[1:]], due_at="2100-12-31T23:59:59Z")
    await call.panel(status=409, due_at="2000-01-01T00:00:00Z")
    for units, months in ((0, 0), (1_000_000, 120)):
        missing = await call.post(DELIBERATIONS, status=404, **sitting(units=units, months=months))
        assert missing["code"] == "not_found"


APPLICATIONS = f"""
INSERT INTO application (application_id, programme_code, receipt_no, received_at, organisation_id, organisation_name,
 sector, counting_unit, track, product, units, months, wished_start, youth, state, final, passed)
SELECT 'A-' || n, '{CODE}', 'R-' || n, '2025-09-02Z', 'O-' || n, 'o', 'private', 'u-' || n, '1', 'H100x1', 1, 3,
 '2025-10-01', false, 'eligible', 8000, true FROM generate_series(1, 10050) n
"""
COMPOSITES = """
INSERT INTO composite (application_id, stage, mean, composite, bonus, final, passed, counted_seats, dropped_seats,
 criterion_means, programme_version, closed_at)
SELECT application_id, 'document', '8000', 8000, 0, 8000, true, '{1,3,4}', '{2,5}', '{}', 1, '2025-09-22Z'
 FROM application
"""


@pytest.mark.rule("RV-9")
async def test_f71_a_pool_of_any_size_is_drawn_whole(call: Call) -> None:
    """F-71: 10,050 applications that passed are 10,050 rows of the draft, not the first 10,000."""
    async with call.client.db.transaction() as tx:
        for statement in (APPLICATIONS, COMPOSITES):
            await tx.exec_driver_sql(statement)
    drawn = await call.post("selections", programme=CODE, track="1")
    assert len(drawn["rows"]) == 10_050
