"""An award is revoked: whatever its grant has is given back, once, and nothing is placed afterwards (IN-16, F-55)."""

import datetime as dt

import pytest

from libs.common.events.allocator import GrantEnded, GrantPlaced, SessionReleased, SessionWithdrawn
from libs.common.events.intake import AgreementEnded, ApplicationRevoked
from libs.common.events.review import ProviderAgreed
from tests.services.allocator.office import P0, P1, Office, at

CALL = "hpc-2025-gpu-providers"


def revoked(grant: str, when: dt.datetime, code: str = P0) -> list[AgreementEnded | ApplicationRevoked]:
    """What intake says of a revocation under an agreement, in its order."""
    told = {"application_id": grant, "programme_code": code, "reason": "허위 재직증명서"}
    return [AgreementEnded(**told, ended_at=when), ApplicationRevoked(**told, withdrawn_at=when)]


async def hear(office: Office, grant: str, when: dt.datetime, code: str = P0) -> None:
    """Both words of a revocation, each delivered twice."""
    for event in revoked(grant, when, code):
        assert [await office.client.feed(event) for _ in range(2)] == [1, 1]


async def state(office: Office, grant: str) -> tuple[str, str]:
    """Where a grant stands, and why it ended."""
    shown = (await office.get(f"/grants/{grant}")).json()
    return shown["state"], shown["end_reason"]


async def test_f_55_a_placed_grant_that_is_revoked_frees_its_cards(office: Office) -> None:
    """One server of eight cards: A has it, B finds none; A is revoked before its start, B gets the server."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    for rank, grant in enumerate(("A", "B"), 1):
        await office.award(grant, P0, "H100x8", rank, months=9)
    first = await office.place(P0)
    assert (first["placed"], first["unplaced"]) == (1, 1)
    await hear(office, "A", office.client.clock.now())
    assert await state(office, "A") == ("ended", "허위 재직증명서")
    (said,) = await office.client.said(GrantEnded)
    assert (said.grant_id, said.provider_id, said.ended_at) == ("A", "alpha", office.client.clock.now())
    second = await office.place(P0)
    assert [(line["grant_id"], line["placed"]) for line in second["lines"]] == [("B", True)]
    assert [event.grant_id for event in await office.client.said(GrantPlaced)] == ["A", "B"]
    assert (await office.post("/grants/A/activate", {"delivered_at": None})).json()["code"] == "wrong_state"


async def test_f_55_use_ends_at_the_instant_of_the_decision(office: Office) -> None:
    """A runs, B and C wait: B is revoked and its request withdrawn; then A, whose session ends at 09:00: C starts."""
    await office.pool(("A", "H100x2"), ("B", "H100x2"), ("C", "H100x2"), cards=2)
    asked = [await office.ask(grant, clock) for grant, clock in (("A", "08:00"), ("B", "08:10"), ("C", "08:20"))]
    office.client.clock.set(at("08:30"))
    await hear(office, "B", at("08:30"), P1)
    office.client.clock.set(at("09:00"))
    await hear(office, "A", at("09:00"), P1)
    sessions = [(await office.get(f"/sessions/{one['session_id']}")).json() for one in asked]
    assert [one["state"] for one in sessions] == ["released", "withdrawn", "running"]
    assert (sessions[0]["ended_at"], sessions[2]["assigned_at"]) == ("2025-10-02T09:00:00Z",) * 2
    said = [await office.client.said(one) for one in (GrantEnded, SessionReleased, SessionWithdrawn)]
    assert [len(one) for one in said] == [2, 1, 1]
    assert [(one.grant_id, one.ended_at) for one in said[0]] == [("B", at("08:30")), ("A", at("09:00"))]
    refused = await office.post("/sessions", {"grant_id": "A", "units": 1}, role="applicant", org="O-A")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("known", ["nothing", "selection", "agreement"])
async def test_f_55_a_revocation_that_comes_first_is_kept(office: Office, known: str) -> None:
    """Heard before the selection, the agreement or the payment: nothing is placed whatever comes afterwards."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    if known != "nothing":
        await office.award("A", P0, "H100x8", 1, signed=known == "agreement", paid=False)
    await hear(office, "A", office.client.clock.now())
    await office.award("A", P0, "H100x8", 1)
    assert await state(office, "A") == ("ended", "허위 재직증명서")
    await office.award("B", P0, "H100x8", 2)
    placed = await office.place(P0)
    assert [(line["grant_id"], line["placed"]) for line in placed["lines"]] == [("B", True)]
    assert [event.grant_id for event in await office.client.said(GrantEnded)] == ["A"]


async def test_f_55_a_draft_placement_of_a_revoked_grant_is_outdated(office: Office) -> None:
    """Drawn up before the revocation, confirmed after it: refused, no card is held."""
    await office.open(P0)
    await office.supply("alpha", P0, "H100", 1)
    await office.award("A", P0, "H100x8", 1)
    draft = await office.done("/placements", {"programme": P0})
    await hear(office, "A", office.client.clock.now())
    refused = await office.post(f"/placements/{draft['placement_id']}/confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "placement_outdated")
    assert await office.client.said(GrantPlaced) == []


async def test_f_55_a_revocation_after_the_end_changes_nothing(office: Office) -> None:
    """The period was over; the revocation comes late: the grant ended with its period, and that is said once."""
    await office.pool(("A", "H100x1"))
    ends_at = dt.datetime.fromisoformat((await office.get("/grants/A")).json()["ends_at"])
    office.client.clock.set(ends_at + dt.timedelta(hours=2))
    await hear(office, "A", ends_at + dt.timedelta(hours=1), P1)
    assert await state(office, "A") == ("ended", "period_over")
    (said,) = await office.client.said(GrantEnded)
    assert (said.ended_at, said.reason) == (ends_at, "period_over")


async def test_a_provider_whose_agreement_was_revoked_offers_nothing_more(office: Office) -> None:
    """S1 §8: the agreement covers a first offer; once it is revoked no second one."""
    for code in (CALL, P1):
        await office.open(code)
    signed_at = office.client.clock.now()
    made = ProviderAgreed(
        application_id="A-9", programme_code=CALL, programme_version=1, prices=[], selection_id="PSL-000001",
        organisation_id="O-alpha", serves=[P1], agreed_on=signed_at.date(), agreed_at=signed_at,
    )  # fmt: skip
    await office.client.feed(made)
    await office.supply("alpha", P1, "H100")
    await hear(office, "A-9", signed_at, CALL)
    known = (await office.get("/offers")).json()["items"]
    with pytest.raises(AssertionError, match="provider_not_agreed"):
        await office.supply("alpha", P1, "H100", offer_id="second", prefix="second")
    assert (await office.get("/offers")).json()["items"] == known
    assert await office.client.said(GrantEnded) == []
