"""Lists of review that people work with: found, in every order, counted, as a file; names that are hidden stay so."""

import csv
import io
from typing import Any

import pytest
import pytest_asyncio
from fastapi.dependencies.utils import get_flat_params

from services.review.__main__ import SERVICE
from tests.services.lists import counted, statements, walked
from tests.services.review.call import CODE, Call

CALL = {"programme": CODE}
OF_AGENCY = {
    "/panels": ("panel_id", {}),
    "/panels/PN-000001/applications": ("application_id", {}),
    "/panels/PN-000001/conflicts": ("id", {}),
    "/reopenings": ("id", CALL),
    "/sheets": ("sheet_id", {}),
    "/composites": ("application_id", CALL),
    "/selections": ("selection_id", {}),
    "/waiting-list": ("application_id", CALL),
    "/presentation-slots": ("presentation_slot_id", CALL),
    "/presentations": ("id", {}),
    "/late-sheets": ("reviewer_id", {}),
    "/progress": ("application_id", {}),
}
OF_REVIEWERS = {"/assignments": "application_id", "/sheets": "sheet_id", "/invitations": "panel_id"}


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    """Three applications ranked, one of them selected and two waiting; a fourth not scored, of another panel."""
    made = Call(await service_client("review"))
    await made.open(tracks__1__selection__projects_max=1, tracks__2__presentation=["2025-10-01"])
    await made.ranked("P1", "P2", "P3")
    drawn = await made.post("selections", **CALL, track="1")
    await made.announce(drawn["selection_id"])
    await made.screen("P4", track="2", product="H100x8")
    await made.panel(track="2", due_at="2025-01-01T00:00:00+09:00")
    related = {"reviewer_id": "reviewer-1", "application_id": "A-P4", "reason": "사외이사"}
    await made.post("panels/PN-000002/conflicts", **related)
    slot = {"track": "2", "starts_at": "2025-10-01T10:00:00+09:00", "ends_at": "2025-10-01T10:30:00+09:00"}
    await made.post("presentation-slots", **CALL, **slot, place="서울 회의실 3", reason="일정")
    return made


def reviewer(call: Call, number: int = 1) -> dict[str, str]:
    return call.client.as_("reviewer", subject=f"reviewer-{number}")


def orders_of(path: str) -> list[str]:
    """The orders that a list offers."""
    spelt = f"/v1{path}".replace("PN-000001", "{panel_id}")
    (route,) = [r for router in SERVICE.routers for r in router.routes if r.path == spelt and "GET" in r.methods]
    (sort,) = [one for one in get_flat_params(route.dependant) if one.alias == "sort"]
    return [name for name in sort.field_info.json_schema_extra["enum"] if not name.startswith("-")]


async def keep_order(call: Call, path: str, who: dict[str, str], field: str, **asked: Any) -> None:
    """Each order gives the same rows, and backwards the other way round; the count is theirs."""
    rows = await walked(call.http, path, who, field, **asked)
    for sort in orders_of(path):
        there = await walked(call.http, path, who, field, sort=sort, **asked)
        back = await walked(call.http, path, who, field, sort=f"-{sort}", **asked)
        assert (sorted(map(str, there)), back) == (sorted(map(str, rows)), there[::-1]), (path, sort)
    with statements(call.client) as made:
        assert (await counted(call.http, path, who, **asked))[0] == len(rows), path
    assert len(made) <= 5, (path, made)


async def test_every_order_of_the_agencys_lists_goes_on_over_its_pages(call: Call) -> None:
    """No row twice, none left out, by every order, forwards and backwards; at most five statements with counts."""
    for path, (field, asked) in OF_AGENCY.items():
        await keep_order(call, path, call.officer, field, **asked)


async def test_every_order_of_a_reviewers_lists_goes_on_over_its_pages(call: Call) -> None:
    """The same of what a reviewer works with."""
    for path, field in OF_REVIEWERS.items():
        await keep_order(call, path, reviewer(call), field)


async def test_rows_are_found_by_name_and_receipt_and_counted(call: Call) -> None:
    """By part of a name, a receipt or an id; counts by state of what is left."""
    (row,) = (await call.get("progress", ids="A-P1"))["items"]
    for q in (row["organisation_name"], row["receipt_no"], "a-p1"):
        assert await walked(call.http, "/composites", call.officer, "application_id", **CALL, q=q) == ["A-P1"], q
    assert await counted(call.http, "/waiting-list", call.officer, **CALL) == (2, {"1": 2})
    assert await counted(call.http, "/waiting-list", call.officer, **CALL, ids="A-P2,A-P1") == (1, {"1": 1})
    assert await counted(call.http, "/selections", call.officer) == (1, {"announced": 1})
    assert await counted(call.http, "/panels", call.officer) == (2, {"document": 2})
    assert await counted(call.http, "/panels/PN-000002/conflicts", call.officer) == (1, {"standing": 1})
    assert await counted(call.http, "/presentation-slots", call.officer, **CALL) == (1, {"free": 1})
    assert await counted(call.http, "/presentation-slots", call.officer, **CALL, state="taken") == (0, {})
    assert await counted(call.http, "/sheets", call.officer) == (15, {"counted": 15})
    assert await walked(call.http, "/panels", call.officer, "panel_id", sort="-due_at") == ["PN-000002", "PN-000001"]
    (panel,) = (await call.get("panels", ids="PN-000001"))["items"]
    assert panel["programme_name"]["ko"]


async def test_a_reviewer_finds_nothing_by_whose_an_application_is(call: Call) -> None:
    """Names may be hidden from reviewers: no search, and no count, tells them; nor anything of another reviewer."""
    name = (await call.get("progress", ids="A-P1"))["items"][0]["organisation_name"]
    for path in ("/assignments", "/sheets", "/presentations"):
        assert await counted(call.http, path, reviewer(call), q=name) == (0, {}), path
    assert await counted(call.http, "/assignments", reviewer(call)) == (4, {"given": 3, "conflict": 1})
    assert await counted(call.http, "/assignments", reviewer(call, 2), state="open") == (1, {"open": 1})
    assert await counted(call.http, "/assignments", reviewer(call, 9)) == (0, {})
    others = await walked(call.http, "/sheets", reviewer(call, 2), "sheet_id")
    assert await counted(call.http, "/sheets", reviewer(call), ids=others[0]) == (0, {})


async def test_sealed_sheets_are_neither_found_nor_counted(call: Call) -> None:
    """While a stage is open, what was given is in no list, search or count of the agency (RV-1)."""
    await call.sheet("P4", 2, "70")
    assert await counted(call.http, "/sheets", call.officer, q="A-P4") == (0, {})
    assert await counted(call.http, "/sheets", reviewer(call, 2), q="A-P4") == (1, {"counted": 1})


async def test_an_applicant_counts_its_own_presentations_alone(call: Call) -> None:
    """Neither `q` nor `ids` nor `count` tells of another's slot."""
    await call.screen("P5", track="2", product="H100x8")
    stranger = call.client.as_("applicant", organisation_id="O-P9")
    for asked in ({}, {"q": "서울"}, {"ids": "A-P4"}):
        assert await counted(call.http, "/presentations", stranger, **asked) == (0, {})


@pytest.mark.parametrize(
    ("path", "header", "held"),
    [
        ("/progress/export", "접수번호", f"{CODE}-P1"),
        ("/selections/SEL-000001/rows/export", "결과", "선정됨"),
    ],
)
async def test_what_an_office_works_with_is_a_file(call: Call, path: str, header: str, held: str) -> None:
    """Progress and the rows of a selection, with Korean headers and codes in words."""
    answer = await call.http.get(f"/v1{path}", headers=call.officer)
    assert answer.status_code == 200, answer.text
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert held in [row[rows[0].index(header)] for row in rows[1:]]


async def test_a_reviewers_assignments_are_a_file_of_his_own(call: Call) -> None:
    """His alone, without whose they are."""
    answer = await call.http.get("/v1/assignments/export", params={"sort": "-total"}, headers=reviewer(call))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["A-P1", "A-P2", "A-P3", "A-P4"]
    assert "기관명" not in rows[0]
    assert (await call.http.get("/v1/assignments/export", headers=call.officer)).status_code == 403
