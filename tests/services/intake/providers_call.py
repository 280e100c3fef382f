"""A providers' call in intake's tests: the GPU call of S1, consortia, and how one applies and is screened."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from libs.common.definition.files import load_definition
from tests.services.intake.people import PDF, Office

GPU_PROVIDERS = "hpc-2025-gpu-providers"
GPU_DEFINITION: dict[str, Any] = json.loads(
    load_definition(Path(f"programmes/{GPU_PROVIDERS}.yaml")).model_dump_json(by_alias=True)
)
IN_CALL = dt.datetime(2025, 2, 3, 1, tzinfo=dt.UTC)
DOCUMENTS = (
    "application", "plan", "criteria_sheet", "business_registration", "msp_contract", "tax_clearance",
    "financial_statements", "evidence", "accelerators",
)  # fmt: skip
ALL_FOUR = [("서울", "A100", 8), ("서울", "H100", 16)]
THREE = [("서울", "A100", 8), ("서울", "H100", 8)]


def form(members: list[dict[str, Any]], resources: list[tuple[str, str, int]]) -> dict[str, Any]:
    """The form of the GPU call, whole."""
    return {
        "members": members,
        "data_centres": [{"name": "서울", "place": "서울", "power_kw": 5000, "racks": 40, "rack_kw": 40}],
        "resources": [
            {"data_centre": centre, "card": card, "held": 100, "offered": offered, "at_most": 100}
            for centre, card, offered in resources
        ],
        "target_response": 80,
        "jobs_total": 10,
        "jobs_new": 2,
        "jobs_permanent": 9,
        "jobs_youth": 4,
        "insured": 100,
    }


def member(name: str, business_no: str, *, role: str = "lead", csap: bool = True) -> dict[str, Any]:
    """One row of the consortium."""
    return {"name": name, "business_no": business_no, "role": role, "csap": csap}


class ProvidersCall:
    """The GPU call for providers, open in an intake."""

    def __init__(self, office: Office) -> None:
        self.office = office

    async def open(self) -> None:
        """Upload and open it, and set the clock into its time."""
        self.office.client.clock.set(IN_CALL)
        await self.office.call("POST", "/programmes", 201, json=GPU_DEFINITION)
        await self.office.call("POST", f"/programmes/{GPU_PROVIDERS}/open", 200)

    async def company(self, **more: Any) -> tuple[str, str, str]:
        """A cloud provider that opened long ago; its id, name and business number."""
        organisation_id = await self.office.organisation(kind="cloud_provider", **more)
        shown = await self.office.call("GET", f"/organisations/{organisation_id}", 200)
        return organisation_id, shown["name"], shown["business_no"]

    async def draft(
        self, company: tuple[str, str, str], resources: list[tuple[str, str, int]], *others: dict[str, Any], **own: Any
    ) -> str:
        """A draft that says nothing but its form; returns its id."""
        organisation_id, name, number = company
        nothing = dict.fromkeys(("track", "product", "units", "months", "wished_start"))
        told = form([member(name, number, **own), *others], resources)
        more = {**nothing, "programme": GPU_PROVIDERS, "youth_claimed": False, "form": told}
        return await self.office.draft(organisation_id, **more)

    async def documents(self, draft: str) -> None:
        """All documents that the notice asks for."""
        for kind in DOCUMENTS:
            await self.office.upload(draft, kind, f"{kind}.pdf", PDF + kind.encode())

    async def sound(self, *companies: tuple[str, str, str], impaired: bool = False) -> None:
        """An officer looked at the accounts of these companies."""
        members = [
            {
                "name": name,
                "business_no": number,
                "opened_on": "2015-03-02",
                "csap_certified": True,
                "fully_impaired": impaired,
            }
            for _, name, number in companies
        ]
        told = {"programme": GPU_PROVIDERS, "members": members, "cards": ["A100", "H100"]}
        await self.office.call("POST", "/provider-checks", 201, json=told)

    async def submitted(self, company: tuple[str, str, str], resources: list[tuple[str, str, int]]) -> str:
        """A whole application that is filed; returns its id."""
        draft = await self.draft(company, resources)
        await self.documents(draft)
        await self.office.call("POST", f"/applications/{draft}/submit", 200)
        return draft

    async def findings(self, draft: str, rule: str = "IN-8") -> list[tuple[str, str]]:
        """What a dry run finds by a rule: (outcome, code)."""
        found = await self.office.call("POST", f"/applications/{draft}/check", 200)
        return [(one["outcome"], one["code"]) for one in found["findings"] if one["rule_id"] == rule]
