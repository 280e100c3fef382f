"""The tax office is asked for the status of a business number; its answer is kept and decides nothing (MS-4)."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from services.intake.rules.business_status import status_told
from services.intake.settings import SETTINGS
from tests.services.intake.people import Office

Answer = Callable[[str, dict[str, Any]], tuple[int, bytes]]
KEY = "a+b/c=="


@asynccontextmanager
async def tax_office(answer: Answer | None) -> AsyncIterator[str]:
    """A small HTTP server on the loopback that speaks as the tax office does, or takes the question and says nothing.

    Yields its address; nothing of it is left afterwards.
    """
    over = asyncio.Event()
    serving: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lengths = [line for line in head.splitlines() if line.lower().startswith("content-length")]
            told = json.loads(await reader.readexactly(int(lengths[0].split(":")[1])))
            if answer is None:
                await over.wait()
                return
            status, body = answer(head.splitlines()[0], told)
            size = len(body)
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/nts-businessman/v1"
        finally:
            over.set()
            await asyncio.gather(*serving, return_exceptions=True)


def told(code: str, ended: str = "", **more: str) -> Answer:
    """The tax office says this of whatever number it is asked about."""

    def answer(line: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        assert line == "POST /api/nts-businessman/v1/status?serviceKey=a%2Bb%2Fc%3D%3D HTTP/1.1"
        (number,) = asked["b_no"]
        row = {"b_no": number, "b_stt_cd": code, "end_dt": ended, **more}
        return 200, json.dumps({"status_code": "OK", "match_cnt": 1, "request_cnt": 1, "data": [row]}).encode()

    return answer


@pytest.fixture
def asked_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has the tax office asked at an address."""

    def at(url: str) -> None:
        monkeypatch.setattr(SETTINGS, "business_status_url", url)
        monkeypatch.setattr(SETTINGS, "business_status_key", SecretStr(KEY))
        monkeypatch.setattr(SETTINGS, "business_status_wait_s", 0.5)

    return at


@pytest.mark.parametrize(
    ("code", "ended", "answer", "closed_on"),
    [
        pytest.param("01", "", "active", None, id="a going business"),
        pytest.param("02", "", "suspended", None, id="suspended"),
        pytest.param("03", "20250131", "closed", "2025-01-31", id="closed"),
        pytest.param("03", "20250231", "closed", None, id="closed on a day that is none"),
        pytest.param("", "", "unregistered", None, id="no such number"),
    ],
)
def test_a_code_of_the_tax_office_is_a_status(code: str, ended: str, answer: str, closed_on: str | None) -> None:
    """Each documented code has its status; the closing day stands where there is one."""
    found = status_told(code, ended)
    assert found is not None
    assert (found.answer, found.closed_on and found.closed_on.isoformat()) == (answer, closed_on)


def test_an_unknown_code_says_nothing() -> None:
    """A code that is not documented is no status."""
    assert status_told("09", "") is None


@pytest.mark.rule("MS-4")
async def test_without_settings_nobody_is_asked(office: Office) -> None:
    """The answer is `not_asked`, kept with its instant; applicants see no such answers."""
    mine = await office.organisation()
    checked = await office.call("POST", f"/organisations/{mine}/status-check", 201)
    assert (checked["answer"], checked["hint"], checked["asked_by"]) == ("not_asked", False, "officer-1")
    await office.call("POST", f"/organisations/{mine}/status-check", 403, who=office.applicant(mine))
    await office.call("GET", f"/organisations/{mine}/status-checks", 403, who=office.applicant(mine))
    await office.call("POST", "/organisations/O-999999/status-check", 404)


async def test_the_answers_of_the_tax_office_are_kept_and_decide_nothing(
    office: Office, asked_at: Callable[[str], None]
) -> None:
    """Active, then closed: both stand with their instants, the latter as a hint; nothing else changes."""
    application_id = await office.submitted()
    mine = (await office.call("GET", f"/applications/{application_id}", 200))["organisation_id"]
    before = await office.call("GET", f"/applications/{application_id}/screening", 200)
    for code, ended in (("01", ""), ("03", "20250131")):
        async with tax_office(told(code, ended)) as url:
            asked_at(f"{url}/")
            await office.call("POST", f"/organisations/{mine}/status-check", 201)
    kept = (await office.call("GET", f"/organisations/{mine}/status-checks", 200))["items"]
    assert [(one["answer"], one["closed_on"], one["hint"]) for one in kept] == [
        ("closed", "2025-01-31", True),
        ("active", None, False),
    ]
    assert await office.call("GET", f"/applications/{application_id}/screening", 200) == before


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(told("09"), id="an unknown code"),
        pytest.param(told("01", b_no="0000000000"), id="another number"),
        pytest.param(lambda *_: (500, b"{}"), id="an error"),
        pytest.param(lambda *_: (302, b"{}"), id="a redirect"),
        pytest.param(lambda *_: (200, b"<html>"), id="no JSON"),
        pytest.param(lambda *_: (200, b'{"data": null}'), id="no data"),
        pytest.param(lambda *_: (200, b" " * 70_000), id="an answer without end"),
    ],
)
async def test_an_answer_that_says_nothing_is_none(
    office: Office, asked_at: Callable[[str], None], answer: Answer
) -> None:
    """503 with words, and nothing is kept."""
    mine = await office.organisation()
    async with tax_office(answer) as url:
        asked_at(url)
        away = await office.call("POST", f"/organisations/{mine}/status-check", 503)
    assert away["code"] == "tax_office_away"
    assert KEY not in json.dumps(away)
    assert (await office.call("GET", f"/organisations/{mine}/status-checks", 200))["items"] == []


async def test_a_tax_office_that_hangs_is_waited_for_so_long(office: Office, asked_at: Callable[[str], None]) -> None:
    """A server that takes the question and never answers is given up after the time of the settings: 503."""
    mine = await office.organisation()
    async with tax_office(None) as url:
        asked_at(url)
        async with asyncio.timeout(3):
            away = await office.call("POST", f"/organisations/{mine}/status-check", 503)
    assert away["code"] == "tax_office_away"
