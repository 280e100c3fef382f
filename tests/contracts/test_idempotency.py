"""Commands that are repeated, late, too large or malformed: one effect or none, and always a clear problem."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from libs.embedded.issuer import Issuer
from services.intake.tables.base import metadata
from tests.conftest import Databases
from tests.contracts.furnished import client_of
from tests.owner import as_owner
from tests.services.intake.people import DEFINITION, P0, PDF, Office, business_no

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
async def opened(
    databases: Databases, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """Intake with P0 open, once for this file."""
    made = Office(await client_of("intake", databases, issuer, tmp_path_factory.mktemp("intake")))
    await made.open_programme()
    yield made
    await made.client.close()


@pytest.fixture
async def office(opened: Office) -> Office:
    """Intake with P0 open and nothing else."""
    gone = ", ".join(name for name in metadata.tables if not name.startswith("programme"))
    async with as_owner(opened.client.db) as tx:
        await tx.execute(text(f"TRUNCATE {gone} RESTART IDENTITY"))
    return opened


def organisation(nth: int = 1, **more) -> dict:
    """A request to register the nth organisation."""
    return {
        "name": f"한빛에이아이{nth}",
        "business_no": business_no(nth),
        "kind": "sme",
        "legal_form": "corporation",
        "representatives": [{"name": "김하나", "born_on": "1990-01-01"}],
        "opened_on": "2015-03-02",
        **more,
    }


async def register(office: Office, body: dict, key: str | None = "key-1", **headers: str) -> httpx.Response:
    """Register an organisation under an idempotency key."""
    told = {**office.officer, **({} if key is None else {"Idempotency-Key": key}), **headers}
    return await office.http.post("/v1/organisations", json=body, headers=told)


async def registered(office: Office) -> list[str]:
    """The names of all organisations."""
    return [one["name"] for one in (await office.call("GET", "/organisations", 200))["items"]]


def problem(answer: httpx.Response, status: int, code: str) -> dict:
    """The problem that an answer is, after a look at its shape."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    told: dict = answer.json()
    assert (told["status"], told["code"]) == (status, code)
    assert told["messages"]["ko"] != told["messages"]["en"]
    return told


async def test_the_same_key_twice_gives_the_same_answer_and_one_effect(office) -> None:
    """The second answer is the first, byte for byte, and says that it is a repetition."""
    first = await register(office, organisation())
    second = await register(office, organisation())
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert await registered(office) == ["한빛에이아이1"]


async def test_a_repeated_edit_gives_its_first_answer_although_the_version_is_old_now(office) -> None:
    """A retry after a lost answer is no stale edit: it gets the first answer and its ETag."""
    draft = await office.draft(await office.organisation())
    asked = {"track": "1", "product": "H100x2", "units": 1, "months": 5, "wished_start": "2025-10-01"}
    headers = {**office.of(draft), "If-Match": '"1"', "Idempotency-Key": "edit-1"}
    first = await office.http.put(f"/v1/applications/{draft}", json=asked, headers=headers)
    second = await office.http.put(f"/v1/applications/{draft}", json=asked, headers=headers)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["etag"] == first.headers["etag"] == '"2"'
    assert second.json() == first.json()


async def test_a_key_with_another_body_is_refused(office) -> None:
    """The same key with other content, or for another path, is 422 and has no effect."""
    await register(office, organisation(1))
    problem(await register(office, organisation(2)), 422, "idempotency_key_reused")
    opening = await office.http.post(
        f"/v1/programmes/{P0}/open", headers={**office.officer, "Idempotency-Key": "key-1"}
    )
    problem(opening, 422, "idempotency_key_reused")
    assert await registered(office) == ["한빛에이아이1"]


async def test_a_key_belongs_to_its_caller(office) -> None:
    """Two callers may use the same key for different commands."""
    await register(office, organisation(1))
    other = office.client.as_("officer", subject="officer-2")
    assert (await register(office, organisation(2), **other)).status_code == 201


async def test_concurrent_requests_with_one_key_have_one_effect(office) -> None:
    """Five requests at once: each gets the same answer, one of them did it."""
    answers = await asyncio.gather(*(register(office, organisation()) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert await registered(office) == ["한빛에이아이1"]


async def test_after_a_refused_command_its_key_is_free(office) -> None:
    """What was refused left nothing behind, so the mended command may use the key."""
    await register(office, organisation(1), "key-0")
    refused = await register(office, organisation(1), "key-1")
    assert refused.status_code == 409
    assert (await register(office, organisation(2), "key-1")).status_code == 201


async def test_a_key_of_an_upload_stands_for_the_file_too(office) -> None:
    """The same file again is a repetition; another file under the same key is refused."""
    draft = await office.draft(await office.organisation())

    async def upload(content: bytes) -> httpx.Response:
        headers = {**office.of(draft), "Idempotency-Key": "file-1"}
        files = {"file": ("[한빛에이아이1] 1_계획서.pdf", content, "application/pdf")}
        path = f"/v1/applications/{draft}/documents"
        return await office.http.post(path, data={"kind": "plan"}, files=files, headers=headers)

    first, second, other = await upload(PDF), await upload(PDF), await upload(PDF + b"other")
    assert first.status_code == 201, first.text
    assert second.json() == first.json()
    problem(other, 422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x00b"], ids=["empty", "201 characters", "with a NUL"])
async def test_a_key_that_cannot_be_kept_is_refused(office, key) -> None:
    """A key has 1 to 200 characters and no NUL."""
    problem(await register(office, organisation(), key), 422, "invalid_request")
    assert await registered(office) == []


async def test_an_edit_names_the_version_it_edits(office) -> None:
    """Without If-Match 428; with an older version, or one that is none, 412; nothing is changed."""
    draft = await office.draft(await office.organisation())
    asked = {"track": "1", "product": "H100x2", "units": 1, "months": 5, "wished_start": "2025-10-01"}
    path = f"/v1/applications/{draft}"
    problem(await office.http.put(path, json=asked, headers=office.of(path)), 428, "if_match_missing")
    for tag in ('"7"', '"0"', "*", "nonsense", '"１"'.encode()):
        answer = await office.http.put(path, json=asked, headers={**office.of(path), "If-Match": tag})
        problem(answer, 412, "stale")
    shown = await office.http.get(path, headers=office.officer)
    assert (shown.headers["etag"], shown.json()["months"]) == ('"1"', 6)
    done = await office.http.put(path, json=asked, headers={**office.of(path), "If-Match": 'W/"1"'})
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')


async def test_too_large_a_body_is_refused_as_a_problem(office) -> None:
    """More than the limit, told in advance or found while reading, is 413 and has no effect."""
    body = json.dumps(organisation(name="가" * 1_200_000)).encode()
    headers = {**office.officer, "Content-Type": "application/json"}
    problem(await office.http.post("/v1/organisations", content=body, headers=headers), 413, "body_too_large")

    async def pieces():
        for start in range(0, len(body), 100_000):
            yield body[start : start + 100_000]

    problem(await office.http.post("/v1/organisations", content=pieces(), headers=headers), 413, "body_too_large")
    assert await registered(office) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b"{", "application/json", id="cut off"),
        pytest.param(b"", "application/json", id="empty"),
        pytest.param(b"\xff\xfe{}", "application/json", id="no UTF-8"),
        pytest.param(b"[1, 2]", "application/json", id="a list"),
        pytest.param(b"null", "application/json", id="null"),
        pytest.param(b'{"name": "x"}', "text/plain", id="another media type"),
        pytest.param(json.dumps(organisation(opened_on="2015-02-30")).encode(), "application/json", id="no such day"),
        pytest.param(json.dumps(organisation(colour="red")).encode(), "application/json", id="an unknown field"),
        pytest.param(json.dumps(organisation(name="한빛\x00")).encode(), "application/json", id="a NUL"),
        pytest.param(json.dumps(organisation(name="\ud800")).encode(), "application/json", id="half a character"),
        pytest.param(json.dumps(organisation(representatives=[])).encode(), "application/json", id="an empty list"),
    ],
)
async def test_a_malformed_body_is_a_clear_problem_without_effect(office, body, kind) -> None:
    """Whatever is wrong with the body: 422 with the places, and nothing is registered."""
    headers = {**office.officer, "Content-Type": kind, "Idempotency-Key": "key-1"}
    answer = await office.http.post("/v1/organisations", content=body, headers=headers)
    assert problem(answer, 422, "invalid_request")["facts"]["places"]
    assert await registered(office) == []
    assert (await register(office, organisation(), "key-1")).status_code == 201


async def test_a_body_nested_without_end_is_a_clear_problem(office) -> None:
    """A hundred thousand brackets exhaust no stack: the body cannot be read."""
    headers = {**office.officer, "Content-Type": "application/json"}
    answer = await office.http.post("/v1/organisations", content=b"[" * 100_000, headers=headers)
    problem(answer, 422, "invalid_request")
    assert await registered(office) == []


async def test_a_nul_in_a_definition_or_an_address_is_no_server_error(office) -> None:
    """PostgreSQL keeps no NUL: free JSON, path and query with one are refused or find nothing."""
    definition = {**DEFINITION, "code": "another", "name": {"ko": "사업\x00", "en": "call"}}
    answer = await office.http.post("/v1/programmes", json=definition, headers=office.officer)
    assert answer.status_code == 422, answer.text
    for path in ("/v1/applications/A%00", "/v1/organisations?cursor=WyJcdTAwMDAiXQ", "/v1/applications?programme=%00"):
        answer = await office.http.get(path, headers=office.officer)
        assert answer.status_code in {400, 404, 422}, answer.text
        assert answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    ("language", "title"),
    [
        pytest.param(None, "찾을 수 없음", id="Korean where nothing is asked"),
        pytest.param("ko-KR,ko;q=0.9,en;q=0.8", "찾을 수 없음", id="Korean first"),
        pytest.param("en-GB,en;q=0.9", "Not found", id="English first"),
        pytest.param("fr, en;q=0.5", "Not found", id="English as second choice"),
        pytest.param("en;q=0.1, ko;q=0.9", "찾을 수 없음", id="Korean weighs more"),
        pytest.param("fr", "찾을 수 없음", id="neither"),
        pytest.param(";;q=x,,", "찾을 수 없음", id="nonsense"),
    ],
)
async def test_a_problem_speaks_the_language_that_is_accepted(office, language, title) -> None:
    """The detail follows Accept-Language with its weights; both languages are told in any case."""
    headers = {**office.officer, **({} if language is None else {"Accept-Language": language})}
    told = problem(await office.http.get("/v1/applications/A-999999", headers=headers), 404, "not_found")
    assert told["title"] == title
    assert told["detail"] == told["messages"]["en" if title == "Not found" else "ko"]
    assert "A-999999" in told["detail"]


def form(kind: str, name: str, content: bytes, boundary: str) -> tuple[bytes, str]:
    """The bytes and the media type of an upload's form."""
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    field = f'--{boundary}\r\nContent-Disposition: form-data; name="kind"\r\n\r\n{kind}\r\n'.encode()
    end = f"\r\n--{boundary}--\r\n".encode()
    return field + file + content + end, f"multipart/form-data; boundary={boundary}"


async def upload(office: Office, path: str, told: tuple[bytes, str], key: str) -> httpx.Response:
    """Upload a form under an idempotency key."""
    headers = {**office.of(path), "Idempotency-Key": key, "Content-Type": told[1]}
    return await office.http.post(path, content=told[0], headers=headers)


async def test_f_05_an_upload_repeated_is_one_document(office: Office) -> None:
    """F-05: An upload under a used key is answered again where the content is the same, whatever the boundary;
    another name, kind or content of the same length is told."""
    path = f"/v1/applications/{await office.draft(await office.organisation())}/documents"
    first = await upload(office, path, form("plan", "a.pdf", PDF, "one"), "form-1")
    again = await upload(office, path, form("plan", "a.pdf", PDF, "two"), "form-1")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    for kind, name, content in (
        ("plan", "a.pdf", PDF[:-1] + b"!"),
        ("plan", "b.pdf", PDF),
        ("consent", "a.pdf", PDF),
    ):
        other = await upload(office, path, form(kind, name, content, "one"), "form-1")
        problem(other, 422, "idempotency_key_reused")


async def test_f_05_a_fingerprint_over_the_content_stays_valid(office: Office) -> None:
    """F-05: A key that was used when fingerprints were made over the content itself still knows its request."""
    path = f"/v1/applications/{await office.draft(await office.organisation())}/documents"
    first = await upload(office, path, form("plan", "a.pdf", PDF, "one"), "form-2")
    over_content = hashlib.sha256(f"POST {path}?\n".encode())
    over_content.update(b"kind  4\nplan" + f"file a.pdf {len(PDF)}\n".encode() + PDF)
    kept = {"fingerprint": over_content.hexdigest()}
    async with as_owner(office.client.db) as tx:
        await tx.execute(text("UPDATE idempotency_key SET fingerprint = :fingerprint WHERE key = 'form-2'"), kept)
    again = await upload(office, path, form("plan", "a.pdf", PDF, "two"), "form-2")
    assert (again.status_code, again.content) == (201, first.content)
    other = await upload(office, path, form("plan", "a.pdf", PDF[:-1] + b"!", "one"), "form-2")
    problem(other, 422, "idempotency_key_reused")
