"""Who may do and see what at the allocator, and what malformed requests get."""

import datetime as dt

import pytest

from libs.common.definition.files import load_definition
from libs.common.events.intake import ProgrammeRevised
from tests.services.allocator.office import P1, PROGRAMMES, SPECIFICATION, Office


async def test_everyone_sees_only_what_is_theirs(office: Office) -> None:
    """Another applicant gets 404 for grant and session, an applicant may not place, an auditor changes nothing."""
    await office.pool(("A", "H100x1"))
    session = await office.ask("A", "08:00")
    for path in ("/grants/A", f"/sessions/{session['session_id']}"):
        assert (await office.get(path, role="applicant", org="O-A")).status_code == 200
        assert (await office.get(path, role="provider", org="alpha")).status_code == 200
        assert (await office.get(path, role="applicant", org="O-B")).status_code == 404
    assert (await office.get("/grants", role="applicant", org="O-B")).json()["items"] == []
    foreign = {"grant_id": "A", "units": 1}
    assert (await office.post("/sessions", foreign, role="applicant", org="O-B")).status_code == 404
    assert (await office.post("/placements", {"programme": P1}, role="applicant", org="O-A")).status_code == 403
    assert (await office.post("/sessions", foreign, role="auditor")).status_code == 403


async def test_malformed_and_unknown_requests_are_clear_problems(office: Office) -> None:
    """Unknown fields, impossible units, unknown things, an inactive grant: each has its code."""
    await office.open(P1)
    await office.award("A", P1, "H100x1", 1)
    extra = await office.post("/sessions", {"grant_id": "A", "units": 1, "x": 1}, role="applicant", org="O-A")
    none = await office.post("/sessions", {"grant_id": "A", "units": 0}, role="applicant", org="O-A")
    early = await office.post("/sessions", {"grant_id": "A", "units": 1}, role="applicant", org="O-A")
    unknown = await office.post("/placements", {"programme": "no-such-call"})
    codes = [(a.status_code, a.json()["code"]) for a in (extra, none, early, unknown)]
    assert codes == [(422, "invalid_request"), (422, "invalid_request"), (409, "wrong_state"), (404, "not_found")]


async def test_a_revision_counts_from_the_instant_it_is_in_force(office: Office) -> None:
    """A card that a version of tomorrow names is refused today, and taken tomorrow."""
    await office.open(P1)
    tomorrow = office.client.clock.now() + dt.timedelta(days=1)
    tree = load_definition(PROGRAMMES / f"{P1}.yaml").model_dump(mode="json", by_alias=True) | {"version": 2}
    tree["cards"]["B200"] = tree["cards"]["H100"]
    await office.client.feed(
        ProgrammeRevised(code=P1, version=2, in_force_from=tomorrow, definition=tree, reason="새 카드")
    )
    await office.supply("alpha", P1, "H100")
    body = {
        "offer_id": "alpha-b200",
        "provider_id": "alpha",
        "data_centre": "alpha-dc1",
        "programme": P1,
        "card_type": "B200",
        "specification": SPECIFICATION,
        "servers": [{"server_id": "alpha-b200-s01", "cards": 8}],
        "from": "2025-03-01T00:00:00Z",
        "until": "2026-12-31T00:00:00Z",
    }
    refused = await office.post("/offers", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_card_type")
    office.client.clock.set(tomorrow)
    assert (await office.done("/offers", body))["card_type"] == "B200"


OUT_OF_BOUNDS = [
    ("/sessions", {"grant_id": "A", "units": 1_000_001}, "units"),
    ("/sessions", {"grant_id": "A", "units": True}, "units"),
    ("/sessions", {"grant_id": "A", "units": "1"}, "units"),
    ("/sessions", {"grant_id": "A", "units": 1, "max_duration_s": 366 * 86_400 + 1}, "max_duration_s"),
    ("/sessions", {"grant_id": "A\u0000", "units": 1}, "grant_id"),
    ("/grants/A/reduce", {"units": 1, "months": 121, "reason": "x"}, "months"),
    ("/grants/A/activate", {"delivered_at": "1999-12-31T23:59:59Z"}, "delivered_at"),
    ("/grants/A/activate", {"delivered_at": "2101-01-01T00:00:00Z"}, "delivered_at"),
    ("/placements", {"programme": P1, "not_before": "1999-12-31"}, "not_before"),
    ("/pools", {"pool_id": "p", "programme": P1, "server_ids": ["s"], "cards": 0}, "cards"),
    ("/pools", {"pool_id": "p", "programme": P1, "server_ids": []}, "server_ids"),
    ("/servers/s/down", {"cards": 10**20, "from": "2025-01-01T00:00:00Z", "until": "2025-01-02T00:00:00Z"}, "cards"),
    ("/sessions/S-1/utilisation", {"until": "2025-10-01T00:00:00Z", "utilisation_pct": 101}, "utilisation_pct"),
]  # fmt: skip


@pytest.mark.rule("CV-10")
async def test_every_field_is_bounded(office: Office) -> None:
    """F-01: numbers, instants, lengths and kinds beyond their range are 422 at the field, whatever the thing is."""
    for path, body, field in OUT_OF_BOUNDS:
        answer = await office.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), (path, body, answer.text)
        assert field in answer.text, (field, answer.text)
