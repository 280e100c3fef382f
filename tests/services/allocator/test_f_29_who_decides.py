"""F-29, F-43 and F-32 through REST: users decide about sessions, answers name one's own, lists go by number."""

import base64
import json
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.events.allocator import SessionRequested, SessionWithdrawn
from tests.services.allocator.office import P1, Office, at

USER: dict[str, Any] = {"role": "applicant", "org": "O-A"}
ALPHA: dict[str, Any] = {"role": "provider", "org": "alpha"}


async def _as(office: Office, path: str, body: Any, *roles: str, org: str) -> Any:
    """A POST of a caller with several roles."""
    headers = {"Authorization": f"Bearer {office.client.token(*roles, organisation_id=org)}"}
    return await office.client.http.post(f"/v1{path}", json=body, headers=headers)


@pytest.mark.rule("AL-9")
async def test_f_29_a_provider_decides_nothing_for_users(office: Office) -> None:
    """F-29: a provider requests, releases and withdraws nothing, also not with a second role; its report is taken."""
    await office.pool(("A", "H100x1"), ("B", "H100x1"), cards=1, allocation__dynamic__idle_s=3600)
    session, waits = await office.ask("A", "08:00"), await office.ask("B", "08:10")
    tries = (
        ("/sessions", {"grant_id": "A", "units": 1, "reason": "이용자를 위하여"}),
        (f"/sessions/{session['session_id']}/release", {"reason": "유휴"}),
        (f"/sessions/{waits['session_id']}/withdraw", {"reason": "대기"}),
    )
    for path, body in tries:
        assert (await office.post(path, body, **ALPHA)).status_code == 403
        both = await _as(office, path, body, "provider", "applicant", org="alpha")
        assert (both.status_code, both.json()["code"]) == (403, "not_the_user")
    assert await office.client.said(SessionWithdrawn) == []
    assert len(await office.client.said(SessionRequested)) == 2
    office.client.clock.set(at("08:30"))
    report = {"until": at("08:30").isoformat(), "utilisation_pct": 0}
    told = await office.done(f"/sessions/{session['session_id']}/utilisation", report, **ALPHA)
    assert told["state"] == "running"
    denied = await office.post(f"/sessions/{session['session_id']}/utilisation", report, **USER)
    assert denied.status_code == 403


@pytest.mark.rule("AL-9")
async def test_f_29_the_agency_decides_in_its_own_name_and_says_why(office: Office) -> None:
    """F-29: an officer needs a reason to request, withdraw and release; a user does not; blanks are no reason."""
    await office.pool(("A", "H100x1"), ("B", "H100x1"), cards=1)
    why = {"reason": "전화로 받은 이용자의 요청"}
    office.client.clock.set(at("08:00"))
    body = {"grant_id": "A", "units": 1}
    for reason, status, code in ((None, 422, "reason_needed"), (" \u3164", 422, "invalid_request")):
        answer = await office.post("/sessions", body | {"reason": reason})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    session = await office.done("/sessions", body | why)
    waits = await office.ask("B", "08:10")
    for session_id, verb in ((waits["session_id"], "withdraw"), (session["session_id"], "release")):
        bare = await office.post(f"/sessions/{session_id}/{verb}")
        assert (bare.status_code, bare.json()["code"]) == (422, "reason_needed")
        assert (await office.done(f"/sessions/{session_id}/{verb}", why))["state"] in ("withdrawn", "released")


async def test_f_43_an_answer_names_only_ones_own(office: Office) -> None:
    """F-43: A releases while B waits: A is told of no session, grant or server of B's; B, the provider and the agency
    see it.
    """
    await office.pool(("A", "H100x1"), ("B", "H100x1"), ("C", "H100x1"), cards=1)
    first, second, third = [await office.ask(g, c) for g, c in (("A", "08:00"), ("B", "08:10"), ("C", "08:20"))]
    office.client.clock.set(at("09:00"))
    answer = await office.post(f"/sessions/{first['session_id']}/release", **USER)
    assert answer.json()["started"] == []
    for foreign in (second["session_id"], third["session_id"], "O-B", '"B"'):
        assert foreign not in answer.text
    released = await office.done(f"/sessions/{second['session_id']}/release", {"reason": "점검"})
    assert [s["session_id"] for s in released["started"]] == [third["session_id"]], "the agency sees all"
    office.client.clock.set(at("09:30"))
    asked = await office.ask("A", "09:30")
    assert asked["state"] == "waiting"
    await office.done(f"/sessions/{third['session_id']}/release", role="applicant", org="O-C")
    own = await office.ask("B", "10:00")
    assert own["started"] == []
    told = await office.done(f"/sessions/{own['session_id']}/withdraw", role="applicant", org="O-B")
    assert (told["state"], told["started"]) == ("withdrawn", [])
    for path in ("/sessions", "/sessions?pool=alpha-h100", "/sessions?grant=B"):
        page = (await office.get(path, **USER)).json()["items"]
        assert {s["grant_id"] for s in page} <= {"A"}, path


async def _pages(office: Office, path: str, **caller: Any) -> list[str]:
    """The session ids of a list, one a page."""
    ids, cursor = [], ""
    while True:
        page = (await office.get(f"{path}limit=1{cursor}", **caller)).json()
        ids += [s["session_id"] for s in page["items"]]
        if page["next_cursor"] is None:
            return ids
        cursor = f"&cursor={page['next_cursor']}"


async def test_f_32_sessions_past_the_six_digits_follow_by_number(office: Office) -> None:
    """F-32: S-1000000 comes after S-999998 and S-999999, in whole lists, page by page, of a grant and of a pool."""
    await office.pool(("A", "H100x1"), cards=1)
    first = await office.ask("A", "08:00")
    await office.done(f"/sessions/{first['session_id']}/release", **USER)
    async with office.client.db.transaction() as tx:
        copy = (
            "INSERT INTO session SELECT (jsonb_populate_record(s, jsonb_build_object('session_id', 'S-' || n,"
            " 'sequence', n))).* FROM session s, generate_series(999998, 1000001) AS n WHERE s.session_id = :of"
        )
        await tx.execute(text(copy), {"of": first["session_id"]})
    wanted = [first["session_id"], "S-999998", "S-999999", "S-1000000", "S-1000001"]
    assert [s["session_id"] for s in (await office.get("/sessions")).json()["items"]] == wanted
    for path in ("/sessions?", "/sessions?grant=A&", "/sessions?pool=alpha-h100&"):
        assert await _pages(office, path) == wanted
        assert await _pages(office, path, **USER) == wanted


async def test_f_32_a_cursor_of_no_session_is_refused(office: Office) -> None:
    """F-32: what is no session's id is no cursor of this list."""
    for forged in ("x", "S-", "S-1", "S-9" * 40, "S-１０００００", "S-0000001\n"):
        told = base64.urlsafe_b64encode(json.dumps(["allocator.list_sessions", forged]).encode()).decode().rstrip("=")
        answer = await office.get(f"/sessions?cursor={told}")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor"), forged


async def test_f_32_grants_follow_by_number(office: Office) -> None:
    """F-32: A-1000000 comes after A-999999, in the whole list and page by page."""
    await office.open(P1)
    for rank, grant in enumerate(("A-1000000", "A-999999", "A-999998"), 1):
        await office.award(grant, P1, "H100x1", rank)
    wanted = ["A-999998", "A-999999", "A-1000000"]
    page = (await office.get("/grants")).json()
    assert [grant["grant_id"] for grant in page["items"]] == wanted
    first = (await office.get("/grants?limit=2")).json()
    second = (await office.get(f"/grants?limit=2&cursor={first['next_cursor']}")).json()
    assert [grant["grant_id"] for grant in (*first["items"], *second["items"])] == wanted
