"""What costs more counts more of what a caller and an organisation may ask (F-50)."""

import pytest

from libs.common.caller_limits import CallerLimits
from libs.common.errors import TooMany
from libs.common.identity import Caller
from libs.common.settings import Settings
from services.intake.settings import SETTINGS
from tests.services.intake.people import P0, PDF, Office

ASKED = {"programme": P0, "track": "1", "product": "H100x2", "units": 1, "months": 6, "wished_start": "2025-10-01"}


async def test_f_50_drafts_in_a_row_are_429(office: Office) -> None:
    """F-50: Of 40 requests an hour a draft takes ten: the fifth is 429 with the time to wait; nothing of it is kept."""
    organisation_id = await office.organisation()
    limited = Settings(rate_per_caller="40/hour")
    office.client.runtime.caller_limits = CallerLimits(limited)
    who = office.applicant(organisation_id, "hasty")
    told = {**ASKED, "organisation_id": organisation_id}
    for _ in range(4):
        await office.call("POST", "/applications", 201, who=who, json=told)
    answer = await office.http.post("/v1/applications", headers=who, json=told)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 3600
    shown = await office.call("GET", "/applications", 200, who=office.applicant(organisation_id, "calm"))
    assert len(shown["items"]) == 4


async def test_f_50_uploads_of_an_organisation_are_counted_together(office: Office) -> None:
    """F-50: Members of one organisation share its uploads; another organisation has its own."""
    first, second = await office.organisation(), await office.organisation()
    one, other = await office.draft(first), await office.draft(second)
    office.client.runtime.caller_limits = CallerLimits(Settings(rate_per_organisation="8/hour"))

    async def upload(application_id: str, subject: str) -> int:
        form = {"data": {"kind": "plan"}, "files": {"file": ("a.pdf", PDF)}}
        path = f"/v1/applications/{application_id}/documents"
        return (await office.http.post(path, headers=office.of(path, subject), **form)).status_code

    assert [await upload(one, f"member-{nth}") for nth in range(3)] == [201, 201, 429]
    assert await upload(other, "member-0") == 201


def test_what_counts_as_many_is_refused_as_one() -> None:
    """A request that would pass the limit by its cost is refused."""
    limits = CallerLimits(Settings(rate_per_caller="10/hour"))
    caller = Caller("me", frozenset({"applicant"}), "")
    limits.count(caller, 9)
    with pytest.raises(TooMany):
        limits.count(caller, 2)


async def test_f_05_a_file_of_200_mb_is_refused_with_the_limit(office: Office) -> None:
    """F-05: A body above the limit is 413 with the limit in its words, and so is one whose head says so."""
    application_id = await office.draft(await office.organisation())
    path = f"/v1/applications/{application_id}/documents"
    headers = {**office.of(path), "Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(200 << 20)}
    answer = await office.http.post(path, headers=headers, content=b"--x\r\n")
    assert (answer.status_code, answer.json()["facts"]["bytes_max"]) == (413, SETTINGS.upload_bytes_max)
    assert "52,428,800" in answer.json()["messages"]["ko"]
