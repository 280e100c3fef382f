"""Who may call what, what pages, and which malformed requests get which answer."""

import pytest
import pytest_asyncio

from tests.services.review.call import CODE, Call


@pytest_asyncio.fixture
async def call(service_client) -> Call:
    return Call(await service_client("review"))


READS = ["panels", "composites?programme=x", "selections", "waiting-list?programme=x", "summary?programme=x"]


@pytest.mark.parametrize("path", READS)
async def test_agency_reads_are_closed_to_others(call, path) -> None:
    """Applicants, reviewers and providers are refused, callers without a token are told to bring one."""
    for role in ("applicant", "reviewer", "provider"):
        answer = await call.http.get(f"/v1/{path}", headers=call.client.as_(role, organisation_id="O-1"))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await call.http.get(f"/v1/{path}")).status_code == 401
    for role in ("operator", "auditor"):
        assert (await call.http.get(f"/v1/{path}", headers=call.client.as_(role))).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("panels", {}, id="seating a panel"),
        pytest.param("stages/skip", {}, id="skipping a stage"),
        pytest.param("selections", {}, id="running a selection"),
        pytest.param("selections/SEL-000001/announce", {}, id="announcing"),
        pytest.param("selections/SEL-000001/recompute", {}, id="drawing again"),
        pytest.param("panels/PN-000001/substitutes", {}, id="seating a substitute"),
    ],
)
async def test_only_officers_command(call, path, body) -> None:
    """Auditors and operators change nothing."""
    for role in ("auditor", "operator", "reviewer", "applicant"):
        answer = await call.http.post(f"/v1/{path}", json=body, headers=call.client.as_(role))
        assert answer.status_code == 403


async def test_officers_do_not_score(call) -> None:
    """Nobody scores in a reviewer's place."""
    answer = await call.http.post("/v1/sheets", json={}, headers=call.officer)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        pytest.param("panels/PN-999999", 404, "not_found", id="an unknown panel"),
        pytest.param("panels/PN-999999/applications", 404, "not_found", id="progress of an unknown panel"),
        pytest.param("selections/SEL-999999", 404, "not_found", id="an unknown selection"),
        pytest.param("selections/SEL-999999/canonical", 404, "not_found", id="bytes of an unknown selection"),
        pytest.param("results/A-none", 404, "not_found", id="an unknown application"),
        pytest.param("panels/none", 422, "invalid_request", id="no panel's id"),
        pytest.param("panels?cursor=nonsense", 422, "bad_cursor", id="a cursor that is not ours"),
        pytest.param("panels?limit=201", 422, "invalid_request", id="a page too large"),
        pytest.param("panels?fields=colour", 200, "", id="an unknown field of an empty list"),
        pytest.param("composites?programme=x&cursor=WzFd", 200, "", id="a cursor of another list"),
        pytest.param("waiting-list?programme=x&cursor=WyJhIiwgImIiXQ", 200, "", id="a waiting list's cursor of texts"),
        pytest.param("composites", 422, "invalid_request", id="no programme named"),
        pytest.param("selections?programme=%00", 422, "invalid_request", id="a NUL"),
    ],
)
async def test_reads_that_cannot_be(call, path, status, code) -> None:
    """Unknown ids and malformed queries get a stable code, never a fault."""
    answer = await call.http.get(f"/v1/{path}", headers=call.officer)
    assert (answer.status_code, answer.json().get("code", "")) == (status, code)


async def test_lists_page(call) -> None:
    """Composites and waiting list go on where the cursor says, and show only the fields asked for."""
    await call.open(tracks__1__selection__projects_max=1)
    await call.ranked("P1", "P2", "P3")
    first = await call.get("composites", programme=CODE, limit=2, fields="application_id,final")
    assert first["items"][0] == {"application_id": "A-P1", "final": "95.00"}
    rest = await call.get("composites", programme=CODE, limit=2, cursor=first["next_cursor"])
    assert [row["application_id"] for row in rest["items"]] == ["A-P3"]
    selection = await call.post("selections", programme=CODE, track="1")
    await call.post(f"selections/{selection['selection_id']}/announce", status=200)
    page = await call.get("waiting-list", programme=CODE, limit=1, track="1", product="H100x1")
    assert [row["application_id"] for row in page["items"]] == ["A-P2"]
    page = await call.get("waiting-list", programme=CODE, limit=1, cursor=page["next_cursor"])
    assert ([row["application_id"] for row in page["items"]], page["next_cursor"]) == (["A-P3"], None)
    assert (await call.get("waiting-list", programme=CODE, product="H100x4"))["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param({"programme": "unknown", "track": "1"}, 404, "not_found", id="an unknown programme"),
        pytest.param({"programme": CODE, "track": "9"}, 404, "not_found", id="an unknown track"),
        pytest.param(
            {"programme": CODE, "track": "1", "product": "H100x8"}, 404, "not_found", id="another track's product"
        ),
        pytest.param({"programme": CODE}, 422, "invalid_request", id="no track"),
    ],
)
async def test_selections_of_nothing(call, body, status, code) -> None:
    """A pool that is none is not selected from."""
    await call.open()
    answer = await call.http.post("/v1/selections", json=body, headers=call.officer)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_pool_of_one_product(call) -> None:
    """A selection may be run for one product of a track; the others stay out of it."""
    await call.open()
    await call.ranked("P1")
    await call.screen("P2", product="H100x2")
    await call.score("P2", "80")
    selection = await call.post("selections", programme=CODE, track="1", product="H100x2")
    assert [row["application_id"] for row in selection["rows"]] == ["A-P2"]
