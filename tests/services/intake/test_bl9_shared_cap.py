"""The parts of P1 and P2 never exceed their one cap: intake knows both definitions and refuses (BL-9)."""

import asyncio
import json
from pathlib import Path
from typing import Any

from libs.common.definition.files import load_definition
from tests.services.intake.people import Office

P1, P2 = "hpc-2025-gpu", "hpc-2025-npu"


async def opened(office: Office, code: str) -> None:
    """Upload and open a programme as its notice states it: its part is unset."""
    definition = json.loads(load_definition(Path(f"programmes/{code}.yaml")).model_dump_json(by_alias=True))
    await office.call("POST", "/programmes", 201, json=definition)
    await office.call("POST", f"/programmes/{code}/open", 200)


async def part(office: Office, code: str, krw: Any, status: int = 200) -> Any:
    """An officer states a programme's part."""
    shown = await office.call("GET", f"/programmes/{code}", 200)
    told = {"path": "billing.budget.part_krw", "value": krw, "reason": "예산 배분"}
    at = {"If-Match": f'"{shown["version"]}"'}
    return await office.call("PUT", f"/programmes/{code}/values", status, json=told, headers=at)


async def test_bl_9_a_part_that_exceeds_the_cap_is_refused_in_words(office: Office) -> None:
    """12 billion for P1; 9 for P2 would be 21 of 19.8: refused; 7.8 stand; then P1 cannot grow, but shrink."""
    await opened(office, P1)
    await opened(office, P2)
    await part(office, P1, 12_000_000_000)
    refused = await part(office, P2, 9_000_000_000, 409)
    assert (refused["code"], refused["rule_id"]) == ("shared_cap_exceeded", "BL-9")
    assert "12,000,000,000원" in refused["messages"]["ko"]
    assert "19,800,000,000원" in refused["messages"]["ko"]
    await part(office, P2, 7_800_000_000)
    await part(office, P1, 12_000_000_001, 409)
    await part(office, P1, 11_000_000_000)


async def test_bl_9_a_definition_that_exceeds_the_cap_is_not_opened(office: Office) -> None:
    """P2 is written with its part before P1's is in force: its opening is refused, and nothing of it is in force."""
    definition = json.loads(load_definition(Path(f"programmes/{P2}.yaml")).model_dump_json(by_alias=True))
    definition["billing"]["budget"]["part_krw"] = {"is": 9_000_000_000, "source": "예산 배분"}
    await office.call("POST", "/programmes", 201, json=definition)
    await opened(office, P1)
    await part(office, P1, 12_000_000_000)
    assert (await office.call("POST", f"/programmes/{P2}/open", 409))["code"] == "shared_cap_exceeded"
    assert (await office.call("GET", f"/programmes/{P2}", 200))["in_force_version"] is None
    again = await office.call("POST", "/programmes", 409, json={**definition, "version": 2})
    assert again["code"] == "shared_cap_exceeded"


async def test_bl_9_two_officers_at_once_do_not_exceed_the_cap_together(office: Office) -> None:
    """Each part alone fits, both together do not: one is refused."""
    await opened(office, P1)
    await opened(office, P2)

    async def ask(code: str) -> int:
        told = {"path": "billing.budget.part_krw", "value": 12_000_000_000, "reason": "예산 배분"}
        headers = {**office.officer, "If-Match": '"1"'}
        return (await office.http.put(f"/v1/programmes/{code}/values", json=told, headers=headers)).status_code

    assert sorted(await asyncio.gather(ask(P1), ask(P2))) == [200, 409]
