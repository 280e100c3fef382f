"""What a reduction does to what is owed and to what is committed, from the event to the won (F-14, BL-4, IN-15)."""

import datetime as dt

import pytest

from libs.common.events.intake import ReductionDecided
from tests.services.billing.office import P0, START, Office

P3, P4 = "regional-2025", "advanced-gpu-2026"
PLANNING = "tracks.1.selection.planning_price_krw"
H100X8 = {"track": "H100", "product": "H100x8", "units": 1, "months": 4}


async def decided(office: Office, code: str, reduction: str, *, later_s: int = 0) -> None:
    """Intake decided which reduction A-000001 has."""
    at = START + dt.timedelta(seconds=later_s)
    told = {"youth": reduction == "youth", "regional": reduction == "regional", "reduction": reduction}
    event = ReductionDecided(application_id="A-000001", programme_code=code, programme_version=1, decided_at=at, **told)
    await office.client.feed(event)


async def owed(office: Office) -> tuple[str, int | None, str | None, str | None]:
    """State, amount, kind of rate and what is missing of A-000001's self-payment."""
    shown = await office.read("/self-payments/A-000001")
    return shown["state"], shown["due_krw"], shown["rate_kind"], shown["missing_path"]


@pytest.mark.rule("BL-4")
@pytest.mark.parametrize(
    ("sector", "youth", "reduction", "due_krw", "kind"),
    [
        pytest.param("public", False, "regional", 6_400_000, "regional", id="F-14: a public institution in Gwangju"),
        pytest.param("private", True, "regional", 6_400_000, "regional", id="youth and in Gwangju"),
        pytest.param("private", True, "youth", 6_400_000, "youth", id="youth asked for"),
        pytest.param("private", True, "none", 12_800_000, "standard", id="youth without its evidence"),
        pytest.param("private", True, None, 6_400_000, "youth", id="screened before reductions travelled"),
        pytest.param("public", False, None, 12_800_000, "public", id="public, nothing claimed"),
    ],
)
async def test_f_14_what_p3_owes(office: Office, sector, youth, reduction, due_krw, kind) -> None:
    """F-14: H100×8 for four months: half of 12,800,000 where a reduction was granted, whoever the applicant is."""
    await office.open(P3)
    if reduction is not None:
        await decided(office, P3, reduction)
    await office.sign("A-000001", P3, sector=sector, youth=youth, **H100X8)
    assert await owed(office) == ("due", due_krw, kind, None)


@pytest.mark.rule("BL-4")
async def test_f_14_a_reduction_heard_late_lowers_what_is_owed(office: Office) -> None:
    """Streams of two services have no common order: after the agreement it is computed anew; an older one is not."""
    await office.open(P3)
    await office.sign("A-000001", P3, sector="public", **H100X8)
    assert (await owed(office))[1] == 12_800_000
    await decided(office, P3, "regional", later_s=10)
    assert (await owed(office))[1] == 6_400_000
    await decided(office, P3, "none")
    assert (await owed(office))[1] == 6_400_000


@pytest.mark.rule("BL-4")
async def test_f_14_an_unset_regional_rate_waits_with_its_path(office: Office) -> None:
    """The self-payment waits for the officer's value and is computed once it is there; nothing is guessed."""
    path = "billing.self_payment.rates.H100.regional_krw"
    await office.open(P3, **{path: "unset"})
    await decided(office, P3, "regional")
    await office.sign("A-000001", P3, sector="public", **H100X8)
    assert await owed(office) == ("awaiting_policy", None, None, path)
    await office.revise(P3, path, 200_000)
    assert (await owed(office))[:2] == ("due", 6_400_000)


@pytest.mark.rule("BL-9")
@pytest.mark.parametrize(("reduction", "committed_krw"), [("youth", 67_200_000), ("none", 62_400_000)])
async def test_f_14_the_commitment_knows_the_reduction_from_the_selection_on(
    office: Office, reduction, committed_krw
) -> None:
    """Four H100 for six months at 3,000,000: less 4,800,000 for a youth enterprise, before any agreement."""
    await office.open(P0, **{PLANNING: 3_000_000})
    await decided(office, P0, reduction)
    asked = {"product": "H100x4", "units": 1, "months": 6}
    await office.announce("A-000001", P0, **asked)
    assert (await office.read(f"/budget/{P0}"))["committed_krw"] == committed_krw
    await office.sign("A-000001", P0, youth=reduction == "youth", **asked)
    assert (await office.read(f"/budget/{P0}"))["committed_krw"] == committed_krw
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-9")
async def test_f_14_the_commitment_follows_a_reduction_heard_after_the_selection(office: Office) -> None:
    """62,400,000 become 67,200,000, booked as the difference."""
    await office.open(P0, **{PLANNING: 3_000_000})
    await office.announce("A-000001", P0, product="H100x4", units=1, months=6)
    await decided(office, P0, "youth")
    assert (await office.read(f"/budget/{P0}"))["committed_krw"] == 67_200_000
    assert await office.ledger_sum() == 0


@pytest.mark.rule("BL-4")
async def test_s4_two_h200_servers_for_six_months(office: Office) -> None:
    """S4's worked example: 38,400,000, by the card as the notice prints it and by the server."""
    await office.open(P4)
    track = next(code for code, one in office.programmes[P4].tracks.items() if "H200x8" in one.products)
    await office.sign("A-000001", P4, track=track, product="H200x8", units=2, months=6)
    shown = await office.read("/self-payments/A-000001")
    assert (shown["due_krw"], shown["cards"]) == (38_400_000, 16)
