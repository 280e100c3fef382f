"""What an applicant would pay of its own, without a token (BL-4, MS-5)."""

from pathlib import Path

import pytest
from sqlalchemy import text

from libs.common.definition.files import load_definition
from libs.common.events.intake import ProgrammeOpened
from tests.services.billing.office import START


@pytest.fixture
async def billing(service_client):
    """Billing with the calls of S0, S2, S3 and S4 open."""
    client = await service_client("billing")
    client.clock.set(START)
    for code in ("gpu-rental-2025s", "regional-2025", "hpc-2025-npu", "advanced-gpu-2026"):
        definition = load_definition(Path(f"programmes/{code}.yaml")).as_json()
        await client.feed(ProgrammeOpened(code=code, version=1, in_force_from=START, definition=definition))
    return client


async def cost(billing, code: str, status: int = 200, **wish):
    """The answer to somebody without a token."""
    answer = await billing.http.post(f"/v1/public/calls/{code}/cost", json=wish)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("code", "wish", "krw"),
    [
        ("gpu-rental-2025s", {"product": "H100x4", "units": 1, "months": 6}, 9_600_000),
        ("gpu-rental-2025s", {"product": "H100x4", "units": 1, "months": 6, "youth": True}, 4_800_000),
        (
            "gpu-rental-2025s",
            {"product": "H100x4", "units": 1, "months": 6, "youth": True, "regional": True},
            4_800_000,
        ),
        ("gpu-rental-2025s", {"product": "H100x4", "units": 1, "months": 6, "public": True}, 0),
        ("regional-2025", {"product": "H100x8", "units": 1, "months": 4}, 12_800_000),
        ("regional-2025", {"product": "H100x8", "units": 1, "months": 4, "public": True, "regional": True}, 6_400_000),
        ("regional-2025", {"product": "H100x8", "units": 1, "months": 4, "youth": True, "regional": True}, 6_400_000),
        ("advanced-gpu-2026", {"product": "H200x8", "units": 2, "months": 6}, 38_400_000),
    ],
    ids=["S0", "S0 youth", "S0 knows no region", "S0 public", "S2", "S2 in the region", "S2 both", "S4"],
)
async def test_the_worked_amounts(billing, code: str, wish: dict, krw: int) -> None:
    """BL-4's examples, as anybody may ask for them before applying."""
    told = await cost(billing, code, **wish)
    assert told["asked"]["amount_krw"] == krw
    assert (f"{told['asked']['rate_krw']:,}원" in told["asked"]["formula_ko"]) is (krw > 0)


async def test_what_may_be_given_instead_is_told(billing) -> None:
    """S0: four H100 as H200 or as sixteen A100 cost the same."""
    told = await cost(billing, "gpu-rental-2025s", product="H100x4", units=1, months=6)
    instead = [(line["card_type"], line["cards"], line["amount_krw"]) for line in told["instead"]]
    assert instead == [("H200", 4, 9_600_000), ("A100", 16, 9_600_000)]
    assert (told["flow"], told["deposit_days"]) == ("own_account", None)
    regional = await cost(billing, "regional-2025", product="H100x8", units=1, months=4)
    assert (regional["flow"], regional["deposit_days"], regional["instead"]) == ("deposit", 15, [])


async def test_everybody_is_free_in_s3(billing) -> None:
    """Free is said as free, with the flow."""
    products = load_definition(Path("programmes/hpc-2025-npu.yaml")).products
    told = await cost(billing, "hpc-2025-npu", product=next(iter(products)), units=1, months=6)
    assert (told["flow"], told["asked"]["amount_krw"], told["asked"]["formula_ko"]) == ("free", 0, "무상")


@pytest.mark.parametrize(
    ("code", "wish", "status", "told"),
    [
        ("no-such-call", {"product": "H100x4", "units": 1, "months": 6}, 404, "not_found"),
        ("gpu-rental-2025s", {"product": "H999", "units": 1, "months": 6}, 404, "not_found"),
        ("gpu-rental-2025s", {"product": "H100x4", "units": 0, "months": 6}, 422, "invalid_request"),
        ("gpu-rental-2025s", {"product": "H100x4", "units": 1, "months": 10**19}, 422, "invalid_request"),
        ("advanced-gpu-2026", {"product": "H200x8", "units": 2, "months": 6, "youth": True}, 409, "policy_missing"),
    ],
)
async def test_what_cannot_be_reckoned_is_said(billing, code: str, wish: dict, status: int, told: str) -> None:
    """An unknown call or product, a number out of range, a rate that the notice does not print: never guessed."""
    assert (await cost(billing, code, status, **wish))["code"] == told


async def test_nothing_is_stored(billing) -> None:
    """No table has a row more afterwards."""
    async with billing.db.transaction() as tx:
        tables = (await tx.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).scalars().all()
        count = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in sorted(tables))
        before = (await tx.execute(text(count))).all()
    await cost(billing, "gpu-rental-2025s", product="H100x4", units=1, months=6)
    async with billing.db.transaction() as tx:
        assert (await tx.execute(text(count))).all() == before
