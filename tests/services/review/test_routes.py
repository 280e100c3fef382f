"""Who may call what, what pages, and which malformed requests get which answer."""

import pytest_asyncio

from tests.services.review.call import CODE, Call


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


READS = ["panels", "composites?programme=x", "selections", "waiting-list?programme=x", "summary?programme=x"]
COMMANDS = [
    "panels",
    "stages/skip",
    "selections",
    "selections/SEL-000001/announce",
    "selections/SEL-000001/recompute",
    "panels/PN-000001/substitutes",
]


async def test_agency_reads_are_closed_to_others(call) -> None:
    """Applicants, reviewers and providers are refused, callers without a token are told to bring one."""
    for path in READS:
        for role in ("applicant", "reviewer", "provider"):
            answer = await call.http.get(f"/v1/{path}", headers=call.client.as_(role, organisation_id="O-1"))
            assert (path, answer.status_code, answer.json()["code"]) == (path, 403, "forbidden")
        assert (await call.http.get(f"/v1/{path}")).status_code == 401
        for role in ("operator", "auditor"):
            assert (await call.http.get(f"/v1/{path}", headers=call.client.as_(role))).status_code == 200


async def test_only_officers_command(call) -> None:
    """Auditors and operators change nothing."""
    for path in COMMANDS:
        for role in ("auditor", "operator", "reviewer", "applicant"):
            answer = await call.http.post(f"/v1/{path}", json={}, headers=call.client.as_(role))
            assert (path, answer.status_code) == (path, 403)


async def test_officers_do_not_score(call) -> None:
    """Nobody scores in a reviewer's place."""
    answer = await call.http.post("/v1/sheets", json={}, headers=call.officer)
    assert answer.status_code == 403


UNREADABLE = {
    "an unknown panel": ("panels/PN-999999", 404, "not_found"),
    "progress of an unknown panel": ("panels/PN-999999/applications", 404, "not_found"),
    "an unknown selection": ("selections/SEL-999999", 404, "not_found"),
    "bytes of an unknown selection": ("selections/SEL-999999/canonical", 404, "not_found"),
    "an unknown application": ("results/A-none", 404, "not_found"),
    "no panel's id": ("panels/none", 422, "invalid_request"),
    "a cursor that is not ours": ("panels?cursor=nonsense", 400, "bad_cursor"),
    "a page too large": ("panels?limit=201", 422, "invalid_request"),
    "an unknown field of an empty list": ("panels?fields=colour", 200, ""),
    "a cursor of another list": ("composites?programme=x&cursor=WzFd", 400, "bad_cursor"),
    "a waiting list's cursor of texts": ("waiting-list?programme=x&cursor=WyJhIiwgImIiXQ", 400, "bad_cursor"),
    "no programme named": ("composites", 422, "invalid_request"),
    "a NUL": ("selections?programme=%00", 422, "invalid_request"),
}


async def test_reads_that_cannot_be(call) -> None:
    """Unknown ids and malformed queries get a stable code, never a fault."""
    for sentence, (path, status, code) in UNREADABLE.items():
        answer = await call.http.get(f"/v1/{path}", headers=call.officer)
        assert (sentence, answer.status_code, answer.json().get("code", "")) == (sentence, status, code)


async def test_lists_page(call) -> None:
    """Composites and waiting list go on where the cursor says, and show only the fields asked for."""
    await call.open(tracks__1__selection__projects_max=1)
    await call.ranked("P1", "P2", "P3")
    first = await call.get("composites", programme=CODE, limit=2, fields="application_id,final")
    assert first["items"][0] == {"application_id": "A-P1", "final": "95.00"}
    rest = await call.get("composites", programme=CODE, limit=2, cursor=first["next_cursor"])
    assert [row["application_id"] for row in rest["items"]] == ["A-P3"]
    selection = await call.post("selections", programme=CODE, track="1")
    await call.announce(selection["selection_id"])
    page = await call.get("waiting-list", programme=CODE, limit=1, track="1", product="H100x1")
    assert [row["application_id"] for row in page["items"]] == ["A-P2"]
    page = await call.get("waiting-list", programme=CODE, limit=1, cursor=page["next_cursor"])
    assert ([row["application_id"] for row in page["items"]], page["next_cursor"]) == (["A-P3"], None)
    assert (await call.get("waiting-list", programme=CODE, product="H100x4"))["items"] == []


NO_POOLS = {
    "an unknown programme": ({"programme": "unknown", "track": "1"}, 404, "not_found"),
    "an unknown track": ({"programme": CODE, "track": "9"}, 404, "not_found"),
    "another track's product": ({"programme": CODE, "track": "1", "product": "H100x8"}, 404, "not_found"),
    "no track": ({"programme": CODE}, 422, "invalid_request"),
}


async def test_selections_of_nothing(call) -> None:
    """A pool that is none is not selected from."""
    await call.open()
    for sentence, (body, status, code) in NO_POOLS.items():
        answer = await call.http.post("/v1/selections", json=body, headers=call.officer)
        assert (sentence, answer.status_code, answer.json()["code"]) == (sentence, status, code)


async def test_pool_of_one_product(call) -> None:
    """A selection may be run for one product of a track; the others stay out of it."""
    await call.open()
    await call.ranked("P1")
    await call.screen("P2", product="H100x2")
    await call.score("P2", "80")
    selection = await call.post("selections", programme=CODE, track="1", product="H100x2")
    assert [row["application_id"] for row in selection["rows"]] == ["A-P2"]
