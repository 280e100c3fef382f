"""The GPU call for providers from its upload to the first offer: intake, review, allocator and billing together."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.bus import Message
from libs.common.definition.files import load_definition
from libs.common.inbox import consume
from tests.conftest import ServiceClient
from tests.services.intake.people import Office
from tests.services.intake.providers_call import ALL_FOUR, GPU_PROVIDERS, THREE, ProvidersCall

P1 = "hpc-2025-gpu"
USERS: dict[str, Any] = json.loads(load_definition(Path(f"programmes/{P1}.yaml")).model_dump_json(by_alias=True))
REVIEWED = dt.datetime(2025, 2, 27, 1, tzinfo=dt.UTC)
RUBRIC = {
    "understanding": 10, "expertise": 10, "management": 15, "resources": 45, "convenience": 15,
    "jobs_status": 2, "jobs_expansion": 1, "jobs_plan": 2,
}  # fmt: skip
SPECIFICATION = {"cpu_ghz": "2.4", "cores": 32, "memory_gb": 512, "storage_tb": "10", "line_gbps": "10"}


class Dure:
    """The services that a providers' call goes through, and the bus between them."""

    def __init__(self, **services: ServiceClient) -> None:
        self.services = services
        self._carried = dict.fromkeys(services, 0)
        self.officer = services["review"].as_("officer", subject="officer-1")
        self.second = services["review"].as_("officer", subject="officer-2")

    def set(self, now: dt.datetime) -> None:
        """One clock for all."""
        for client in self.services.values():
            client.clock.set(now)

    async def carry(self) -> None:
        """Carry what each service said to all others, in its order, until nobody says anything new."""
        said = True
        while said:
            said = False
            for name, client in self.services.items():
                for place, envelope in await self._said(name, client):
                    said, self._carried[name] = True, place
                    await self._deliver(name, envelope)

    async def _said(self, name: str, client: ServiceClient) -> list[tuple[int, str]]:
        query = text("SELECT id, envelope::text FROM outbox WHERE id > :seen ORDER BY id")
        async with client.db.transaction() as tx:
            return [(row[0], row[1]) for row in await tx.execute(query, {"seen": self._carried[name]})]

    async def _deliver(self, sender: str, envelope: str) -> None:
        told = json.loads(envelope)
        message = Message(f"dure.{sender}.events.v1", told["subject"], envelope)
        for name, client in self.services.items():
            if name != sender:
                await consume(
                    client.db, client.service.handlers, [message], clock=client.clock, dead_letters_max=0,
                    lock_first=client.service.lock_first,
                )  # fmt: skip

    async def call(
        self, service: str, method: str, path: str, status: int, *, who: dict[str, str] | None = None, **body: Any
    ) -> Any:
        """One request, by an officer unless somebody else is named."""
        client = self.services[service]
        answer = await client.http.request(method, f"/v1/{path}", headers=who or self.officer, **body)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:1500]}"
        return answer.json()


def sheet(application: str, total: str) -> dict[str, Any]:
    """A sheet of the presentation that adds up to a total, filled up criterion by criterion."""
    left, scores = float(total), {}
    for name, most in RUBRIC.items():
        scores[name] = str(min(left, most))
        left -= float(scores[name])
    return {"application_id": application, "stage": "presentation", "scores": scores}


async def reviewed(dure: Dure, totals: dict[str, str]) -> None:
    """A panel of five scores every application in the only stage there is."""
    seats = [
        {"seat": at, "reviewer_id": f"reviewer-{at}", "name": f"위원 {at}", "employer_organisation_id": ""}
        for at in range(1, 6)
    ]
    told = {"programme": GPU_PROVIDERS, "track": "1", "stage": "presentation", "seats": seats}
    few = await dure.call("review", "POST", "panels", 409, json={**told, "seats": seats[:4]})
    assert few["code"] == "panel_size"
    await dure.call("review", "POST", "panels", 201, json=told)
    for at in range(1, 6):
        reviewer = dure.services["review"].as_("reviewer", subject=f"reviewer-{at}")
        sheets = [sheet(application, total) for application, total in totals.items()]
        kept = await dure.call("review", "POST", "sheets/batch", 200, who=reviewer, json={"sheets": sheets})
        assert {one["outcome"] for one in kept["items"]} == {"accepted"}


def price(provider: str) -> dict[str, Any]:
    """A price of the user programme's book."""
    return {
        "programme": P1,
        "provider_id": provider,
        "product": "H100x1",
        "mode": "dynamic",
        "unit_price_krw": 5500,
        "valid_from": "2025-04-01",
        "round": 1,
        "reason": "협상 합의",
    }


def offer(provider: str) -> dict[str, Any]:
    """A server of eight H100 for the user programme."""
    return {
        "offer_id": f"{provider}-offer",
        "provider_id": provider,
        "data_centre": "dc1",
        "programme": P1,
        "card_type": "H100",
        "specification": SPECIFICATION,
        "servers": [{"server_id": f"{provider}-s1", "cards": 8}],
        "from": "2025-03-31T15:00:00Z",
        "until": "2025-12-31T15:00:00Z",
        "mode": None,
    }


@pytest.fixture
async def dure(service_client: Any) -> Dure:
    """Intake, review, allocator and billing, each on a database of its own."""
    return Dure(**{name: await service_client(name) for name in ("intake", "review", "allocator", "billing")})


async def negotiated(dure: Dure, at: str, application: str, *, passes: bool) -> Any:
    """One provider shows all, negotiates twice, and passes or fails the price."""
    shown = {"application_id": application, "step": "technical", "passed": True, "shown": [True] * 4, "reason": "시연"}
    told = await dure.call("review", "POST", f"{at}/steps", 201, json=shown)
    (own,) = [place for place in told["places"] if place["application_id"] == application]
    for number, krw in ((1, 6000), (2, 5500)):
        lines = [{"product": product, "unit_price_krw": krw} for product in own["products"]]
        body = {"application_id": application, "round": number, "prices": lines, "reason": f"{number}차 협상"}
        await dure.call("review", "POST", f"{at}/price-rounds", 201, json=body)
    ended = {"application_id": application, "step": "price", "passed": passes, "reason": "단가 합의 여부"}
    return await dure.call("review", "POST", f"{at}/steps", 201, json=ended)


@pytest.mark.rule("RV-15")
@pytest.mark.timeout(120)
async def test_a_providers_call_ends_with_the_only_one_who_offers_and_prices(dure: Dure) -> None:
    """Who offers all four products comes before a higher score; its price fails, so the next is agreed with alone."""
    office = Office(dure.services["intake"])
    call = ProvidersCall(office)
    await call.open()
    dure.set(office.client.clock.now())
    await office.call("POST", "/programmes", 201, json=USERS)
    await office.call("POST", f"/programmes/{P1}/open", 200)
    companies = [await call.company() for _ in range(3)]
    await call.sound(*companies)
    whole, three, low = [
        await call.submitted(company, resources)
        for company, resources in zip(companies, (ALL_FOUR, THREE, ALL_FOUR), strict=True)
    ]
    dure.set(REVIEWED)
    for application in (whole, three, low):
        await office.call("POST", f"/applications/{application}/screening/conclude", 200)
    await dure.carry()

    early = await dure.call("review", "POST", "provider-selections", 409, json=_order())
    assert early["code"] == "stage_open"
    await reviewed(dure, {whole: "85", three: "92", low: "79"})
    users = await dure.call("review", "POST", "selections", 409, json={"programme": GPU_PROVIDERS, "track": "1"})
    assert users["code"] == "providers_are_negotiated"
    made = await dure.call("review", "POST", "provider-selections", 201, json=_order())
    assert [(one["application_id"], one["score"], one["offers_all"], one["state"]) for one in made["places"]] == [
        (whole, "85.00", True, "technical"),
        (three, "92.00", False, "waiting"),
    ]
    again = await dure.call("review", "POST", "provider-selections", 409, json=_order())
    assert again["code"] == "provider_order_made"

    at = f"provider-selections/{made['provider_selection_id']}"
    early = {"application_id": three, "step": "technical", "passed": True, "shown": [True] * 4, "reason": "시연"}
    refused = await dure.call("review", "POST", f"{at}/steps", 409, json=early)
    assert (refused["code"], refused["facts"]["before"]) == ("provider_not_next", whole)
    failed = await negotiated(dure, at, whole, passes=False)
    assert [one["state"] for one in failed["places"]] == ["failed", "technical"]
    passed = await negotiated(dure, at, three, passes=True)
    assert [one["state"] for one in passed["places"]] == ["failed", "agreement"]

    organisation = companies[1][0]
    await _nobody_offers_before_the_agreement(dure, organisation, companies[0])
    told = {"application_id": three, "agreed_on": "2025-02-27", "reason": "협약서 날인"}
    unchecked = await dure.call("review", "POST", f"{at}/agreements", 409, json=told)
    assert (unchecked["rule_id"], unchecked["code"]) == ("IN-8", "consortium_unchecked")
    await _checked_before_the_agreement(dure, at, three, companies[1], told)
    proposed = await dure.call("review", "POST", f"{at}/agreements", 201, json=told)
    alone = await dure.call("review", "POST", f"proposals/{proposed['proposal_id']}/confirm", 409)
    assert alone["rule_id"] == "BL-13"
    confirmed = await dure.call("review", "POST", f"proposals/{proposed['proposal_id']}/confirm", 200, who=dure.second)
    assert set(confirmed["did"]["prices_krw"].values()) == {5500}
    await dure.carry()
    await _who_is_agreed_with_offers_and_prices(dure, organisation)
    shown = await dure.call("intake", "GET", "provider-agreements", 200)
    assert [(one["provider_id"], one["due"][0]["due_on"]) for one in shown["items"]] == [(organisation, "2025-03-13")]
    final = await dure.call("review", "GET", at, 200)
    assert [one["state"] for one in final["places"]] == ["failed", "agreed"]


def _order() -> dict[str, str]:
    return {"programme": GPU_PROVIDERS, "track": "1", "reason": "선정평가 완료"}


async def _nobody_offers_before_the_agreement(dure: Dure, organisation: str, other: tuple[str, str, str]) -> None:
    """A registered provider that nobody agreed with neither offers nor prices: the call is named, in words."""
    body = {"provider_id": "gamma", "name": other[1], "business_no": other[2], "representatives": [], "csap": True}
    await dure.call("intake", "POST", "providers", 201, json=body)
    await dure.carry()
    centre = {"provider_id": "gamma", "data_centre": "dc1", "name": "서울", "address": "서울"}
    await dure.call("allocator", "POST", "data-centres", 201, json=centre)
    offered = await dure.call("allocator", "POST", "offers", 409, json=offer("gamma"))
    priced = await dure.call("billing", "POST", "prices", 409, json=price("gamma"))
    for refused in (offered, priced):
        assert (refused["code"], refused["rule_id"], refused["facts"]["calls"]) == (
            "provider_not_agreed", "RV-15", GPU_PROVIDERS
        )  # fmt: skip
        assert "협약한 공급사가 아닙니다" in refused["messages"]["ko"]
    unknown = await dure.call("billing", "POST", "prices", 409, json=price(organisation))
    assert unknown["code"] == "provider_not_agreed"


async def _checked_before_the_agreement(
    dure: Dure, at: str, application: str, company: tuple[str, str, str], told: dict[str, str]
) -> None:
    """Arrears of the day stand in the way; once they are paid the last check counts."""
    accounts = {"accounts": [{"business_no": company[2], "fully_impaired": False}]}
    arrears = {"kind": "tax_arrears", "from": "2025-01-01", "source": "세무서"}
    fact = await dure.call("intake", "POST", f"organisations/{company[0]}/restrictions", 201, json=arrears)
    await dure.call("intake", "POST", f"applications/{application}/agreement-check", 201, json=accounts)
    await dure.carry()
    fails = await dure.call("review", "POST", f"{at}/agreements", 409, json=told)
    assert fails["code"] == "consortium_fails"
    paid = {"last_day": "2025-02-26", "reason": "완납 확인"}
    proposed = await dure.call("intake", "POST", f"restrictions/{fact['id']}/end", 201, json=paid)
    await dure.call("intake", "POST", f"proposals/{proposed['proposal_id']}/confirm", 200, who=dure.second)
    checked = await dure.call("intake", "POST", f"applications/{application}/agreement-check", 201, json=accounts)
    assert checked["outcome"] == "pass"
    await dure.carry()


async def _who_is_agreed_with_offers_and_prices(dure: Dure, organisation: str) -> None:
    """The new provider offers under its own id, and its price is proposed and confirmed."""
    centre = {"provider_id": organisation, "data_centre": "dc1", "name": "서울", "address": "서울"}
    await dure.call("allocator", "POST", "data-centres", 201, json=centre)
    own = dure.services["allocator"].as_("provider", organisation_id=organisation)
    await dure.call("allocator", "POST", "offers", 201, who=own, json=offer(organisation))
    proposed = await dure.call("billing", "POST", "prices", 201, json=price(organisation))
    path = f"proposals/{proposed['proposal_id']}/confirm"
    await dure.call("billing", "POST", path, 200, who=dure.second)
    refused = await dure.call("allocator", "POST", "offers", 409, json=offer("gamma"))
    assert refused["code"] == "provider_not_agreed"
