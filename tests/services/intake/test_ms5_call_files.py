"""The files of a call: an officer uploads what the definition names, everybody fetches it (MS-5)."""

import copy
import hashlib
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest

from tests.services.intake.people import DEFINITION, P0, Office

NOTICE = "공모안내서.txt"
FILES = [
    {"name": {"ko": "공모안내서", "en": "the notice"}, "file_name": NOTICE},
    {"name": {"ko": "신청 서식", "en": "forms"}, "file_name": "서식.txt"},
]


async def public(office: Office, path: str = "", status: int = 200, **given: Any) -> Any:
    """What somebody without a token is answered."""
    answer = await office.http.get(f"/v1/public/calls/{P0}/files{path}", **given)
    assert answer.status_code == status, answer.text
    return answer


async def upload(office: Office, content: bytes, status: int = 201, name: str = NOTICE, who: Any = None) -> Any:
    """An officer uploads a file."""
    sent = {"file": (name, content, "text/plain")}
    answer = await office.http.post(f"/v1/programmes/{P0}/files", files=sent, headers=who or office.officer)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
async def named(office: Office) -> Office:
    """P0 in force, naming two files."""
    newer = {**copy.deepcopy(DEFINITION), "version": 2}
    newer["public"] = {**newer.get("public", {}), "files": FILES}
    await office.call("POST", "/programmes", 201, json=newer)
    await office.call("POST", f"/programmes/{P0}/open", 200, json={"reason": "파일 이름을 적음"})
    return office


@pytest.mark.rule("MS-5")
async def test_everybody_fetches_what_an_officer_uploaded(named: Office) -> None:
    """Named before it is there; then its size, SHA-256, bytes and Korean name, and once only while it is the same."""
    assert [(one["name_ko"], one["file"]) for one in (await public(named)).json()] == [
        ("공모안내서", None), ("신청 서식", None),
    ]  # fmt: skip
    content = "공고 제2025-1호\n".encode()
    kept = await upload(named, content)
    first = (await public(named)).json()[0]["file"]
    assert first == kept
    assert (kept["size_bytes"], kept["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    fetched = await public(named, f"/{kept['file_id']}")
    assert (fetched.content, fetched.headers["x-content-type-options"]) == (content, "nosniff")
    assert quote(NOTICE) in fetched.headers["content-disposition"]
    again = await public(named, f"/{kept['file_id']}", 304, headers={"If-None-Match": fetched.headers["etag"]})
    assert again.content == b""


@pytest.mark.rule("MS-5")
async def test_a_newer_upload_stands_and_a_withdrawn_one_is_gone(named: Office) -> None:
    """What was replaced is told to nobody; taking the newer one back lets the one before stand again."""
    first, second = (
        await upload(named, b"first"),
        await upload(named, b"second", name=unicodedata.normalize("NFD", NOTICE)),
    )
    assert (await public(named)).json()[0]["file"]["sha256"] == second["sha256"]
    await public(named, f"/{first['file_id']}", 404)
    gone = f"/programmes/{P0}/files/{second['file_id']}/withdraw"
    await named.call("POST", gone, 422, json={"reason": ""})
    await named.call("POST", gone, 200, json={"reason": "개인정보가 들어 있음"})
    await named.call("POST", gone, 404, json={"reason": "다시"})
    await public(named, f"/{second['file_id']}", 404)
    assert (await public(named, f"/{first['file_id']}")).content == b"first"


@pytest.mark.rule("MS-5")
async def test_what_no_call_names_is_refused(named: Office) -> None:
    """Another name, another's role, an empty file, a call that is not there or not open."""
    refused = await upload(named, b"x", 422, name="다른 파일.txt")
    assert refused["code"] == "call_file_unknown"
    assert NOTICE in refused["messages"]["ko"]
    assert (await upload(named, b"", 422))["code"] == "document_empty"
    await upload(named, b"x", 403, who=named.client.as_("applicant", organisation_id="O-000001"))
    await upload(named, b"x", 403, who=named.client.as_("auditor"))
    other = await named.http.get("/v1/public/calls/no-such-call/files")
    assert other.status_code == 404
    draft = {**copy.deepcopy(DEFINITION), "code": "next-year", "public": {"files": FILES}}
    await named.call("POST", "/programmes", 201, json=draft)
    sent = {"file": (NOTICE, b"early", "text/plain")}
    early = await named.http.post("/v1/programmes/next-year/files", files=sent, headers=named.officer)
    assert early.status_code == 201
    assert (await named.http.get("/v1/public/calls/next-year/files")).status_code == 404
    file_id = early.json()["file_id"]
    assert (await named.http.get(f"/v1/public/calls/next-year/files/{file_id}")).status_code == 404
    await public(named, f"/{file_id}", 404)


@pytest.mark.rule("MS-5")
async def test_a_name_that_the_call_gives_no_more_is_not_told(named: Office) -> None:
    """The next version names one file: the other one's upload stays on record and is fetched by nobody."""
    kept = await upload(named, b"forms", name="서식.txt")
    newer = {**copy.deepcopy(DEFINITION), "version": 3, "public": {"files": FILES[:1]}}
    await named.call("POST", "/programmes", 201, json=newer)
    await named.call("POST", f"/programmes/{P0}/open", 200, json={"reason": "서식을 뺌"})
    assert [one["file_name"] for one in (await public(named)).json()] == [NOTICE]
    await public(named, f"/{kept['file_id']}", 404)


async def test_a_files_content_is_not_collected(named: Office) -> None:
    """What a call's file names is no orphan."""
    kept = await upload(named, b"stays")
    collected = await named.http.post("/v1/documents/collect", headers=named.client.as_("operator"))
    assert collected.json() == {"collected": 0}
    assert (await public(named, f"/{kept['file_id']}")).content == b"stays"
