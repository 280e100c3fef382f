"""Services with a little in their databases, and the ids of it by the names that parameters and fields have."""

import datetime as dt
from pathlib import Path
from typing import Any

from libs.common.clock import SettableClock
from libs.common.identity import Verifier
from libs.common.service import Runtime
from libs.common.settings import Settings
from libs.embedded.issuer import AUDIENCE, ISSUER, Issuer
from libs.embedded.local_bus import LocalBus
from tests.conftest import START, Databases, ServiceClient, service_named
from tests.services.allocator.office import Office as AllocatorOffice
from tests.services.billing.office import Office as BillingOffice
from tests.services.billing.office import use
from tests.services.intake.people import PDF
from tests.services.intake.people import Office as IntakeOffice
from tests.services.metering.meters import Metering, kst, usage_item
from tests.services.review.call import Call

P0, P1 = "gpu-rental-2025s", "hpc-2025-gpu"
Known = dict[str, list[Any]]


async def client_of(name: str, databases: Databases, issuer: Issuer, folder: Path) -> ServiceClient:
    """A service on an empty database, for several tests that share it; whoever asks for it closes it."""
    clock, service = SettableClock(), service_named(name)
    clock.set(START)
    settings = Settings(database_url=await databases.fresh(name), database_pool_max=5, state_dir=folder)
    verifier = Verifier(ISSUER, AUDIENCE, issuer.keys)
    return ServiceClient(service, Runtime(service, settings, clock, LocalBus(), verifier), issuer, clock)


async def intake(client: ServiceClient) -> Known:
    """P0 open; a draft with a document, a submitted application, and one that was selected."""
    office = IntakeOffice(client)
    await office.open_programme()
    organisation_id = await office.organisation()
    draft = await office.draft(organisation_id)
    document = await office.upload(draft, "plan", "[한빛에이아이1] 1_사업수행계획서.pdf", PDF)
    provider = {"provider_id": "alpha", "name": "알파클라우드", "business_no": "124-81-00998"}
    await office.call("POST", "/providers", 201, json=provider)
    return {
        "code": [P0],
        "programme": [P0],
        "organisation_id": [organisation_id],
        "application_id": [draft, await office.submitted(), await office.selected()],
        "document_id": [document["document_id"]],
        "principal_investigator_id": ["P-1001"],
        "check_id": ["PC-000001"],
        "provider_id": ["alpha"],
        "track": ["1"],
        "product": ["H100x2"],
        "path": ["selection.panel.seats", "billing.dispute_days"],
    }


async def review(client: ServiceClient) -> Known:
    """P0 open; three scored applications, one unscored, and a drafted selection."""
    call = Call(client)
    await call.open()
    await call.ranked("P1", "U1", "P2")
    selection = await call.post("selections", programme=P0, track="1")
    await call.screen("P3")
    panels = await call.get("panels", programme=P0)
    return {
        "programme": [P0],
        "track": ["1"],
        "stage": ["document"],
        "application_id": ["A-P3", "A-P1", "A-U1"],
        "panel_id": [panels["items"][0]["panel_id"]],
        "selection_id": [selection["selection_id"]],
        "reviewer_id": ["reviewer-1"],
        "scores": [{"goals": "27.5", "capability": "12", "resource_plan": "21.25", "results": "26"}],
    }


async def allocator(client: ServiceClient) -> Known:
    """P0 and P1 open; a pool with two active grants, a running session and one that waits; supply for P0."""
    office = AllocatorOffice(client)
    await office.open(P0)
    await office.pool(("A-000001", "H100x1"), ("A-000002", "H100x1"), cards=2)
    await office.supply("beta", P0, "H100")
    await office.award("A-000003", P0, "H100x1", 1)
    running = await office.ask("A-000001", "01:00")
    waiting = await office.ask("A-000002", "02:00")
    placements = await office.get("/placements")
    return {
        "programme": [P1, P0],
        "provider_id": ["alpha", "beta"],
        "data_centre": ["alpha-dc1", "beta-dc1"],
        "offer_id": ["alpha-h100", "beta-h100"],
        "server_id": ["alpha-h100-s01"],
        "pool_id": ["alpha-h100"],
        "placement_id": [placements.json()["items"][0]["placement_id"]],
        "grant_id": ["A-000001", "A-000002", "A-000003"],
        "session_id": [running["session_id"], waiting["session_id"]],
    }


async def metering(client: ServiceClient) -> Known:
    """P0 and P1 open; a grant with a session, some of its hours reported, and an outage."""
    service = Metering(client)
    await service.open(kst(5, month=11))
    await service.place()
    await service.assign(kst(1, 10))
    await service.release(kst(1, 20))
    await service.post(usage_item("e-1", kst(1, 10)), usage_item("e-2", kst(1, 11)))
    outage = {
        "provider_id": "alpha",
        "scope_kind": "data_centre",
        "scope_id": "alpha-dc1",
        "started_at": kst(1, 12).isoformat(),
        "reason": "정전",
    }
    told = await client.http.post("/v1/outages", json=outage, headers=service.provider())
    return {
        "programme": [P1, P0],
        "provider": ["alpha"],
        "provider_id": ["alpha"],
        "month": ["2025-10"],
        "grant": ["A-000001"],
        "grant_id": ["A-000001"],
        "session_id": ["S-000001"],
        "outage_id": [told.json()["outage_id"]],
    }


async def billing(client: ServiceClient) -> Known:
    """P0 and P1 open; a grant that paid up, a settlement with a dispute and one in draft."""
    office = BillingOffice(client)
    for code in (P0, P1):
        await office.open(code)
        await office.price(code, 5_500, **({"wait_discount_pct": "30"} if code == P1 else {}))
    await office.paid_up("A-000001")
    issued = await office.close_statement(P1, use("A-000001", billable_unit_hours=100, discounted_unit_hours=6))
    await office.settled(issued, "issue")
    await office.done(
        f"/settlements/{issued}/lines/1/dispute", {"reason": "시간이 다름"}, role="provider", organisation_id="alpha"
    )
    await office.sign("A-000002", P0, signed_at=client.clock.now() - dt.timedelta(days=1))
    later = use("A-000001", billable_unit_hours=20, period="2025-11")
    drafted = await office.close_statement(P1, later, month="2025-11")
    return {
        "programme": [P1, P0],
        "provider": ["alpha"],
        "provider_id": ["alpha"],
        "month": ["2025-10"],
        "settlement_id": [drafted, issued],
        "line_no": [1],
        "application_id": ["A-000001", "A-000002"],
        "dispute_id": ["DP-000001"],
    }


FURNISH = {"intake": intake, "review": review, "allocator": allocator, "metering": metering, "billing": billing}
