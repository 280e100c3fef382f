"""Further rounds of a call at intake: which may be opened, and whose applications count in them (AL-20, IN-3)."""

from copy import deepcopy
from typing import Any

import pytest

from tests.services.intake.people import DEFINITION, P0, Office

ROUND = "gpu-rental-2025s-2"


def of_round(code: str, round_of: str) -> dict[str, Any]:
    """The call's definition under another code, as a further round on the same budget."""
    definition = {**deepcopy(DEFINITION), "code": code, "round_of": round_of}
    definition["billing"]["budget"] |= {
        "shared_with": {"is": [round_of], "source": "test"},
        "part_krw": {"is": "unset", "source": "test"},
    }
    return definition


async def opened(office: Office, code: str, round_of: str, status: int = 200) -> Any:
    """Upload and open a round."""
    await office.call("POST", "/programmes", 201, json=of_round(code, round_of))
    return await office.call("POST", f"/programmes/{code}/open", status)


@pytest.mark.rule("AL-20")
async def test_a_round_belongs_to_an_open_first_call(office: Office) -> None:
    """Not to one that nobody opened, nor to another round, nor does a call that has rounds become one."""
    refused = await opened(office, "round-of-nothing", "unknown-call", 409)
    assert (refused["code"], refused["rule_id"]) == ("round_of_no_open_call", "AL-20")
    assert "unknown-call" in refused["messages"]["ko"]
    await opened(office, ROUND, P0)
    assert (await opened(office, "round-of-a-round", ROUND, 409))["code"] == "round_of_no_open_call"
    await opened(office, "third-round", P0)
    second = {**of_round(P0, "third-round"), "version": 2}
    await office.call("POST", "/programmes", 201, json=second)
    assert (await office.call("POST", f"/programmes/{P0}/open", 409))["code"] == "round_of_no_open_call"


@pytest.mark.rule("IN-3")
async def test_a_unit_has_one_application_over_the_rounds(office: Office) -> None:
    """At most one: while the first stands a second in the next round is refused; once refused there, it may try."""
    await opened(office, ROUND, P0)
    organisation = await office.organisation()
    first = await office.draft(organisation)
    await office.call("POST", f"/applications/{first}/submit", 200)
    second = await office.draft(organisation, programme=ROUND)
    refused = await office.call("POST", f"/applications/{second}/submit", 409)
    assert refused["refusals"][0]["code"] == "applications_max_reached"
    failed = {"rule_id": "IN-9", "outcome": "fail", "reason": "서류 미비"}
    await office.call("POST", f"/applications/{first}/screening/decisions", 201, json=failed)
    await office.call("POST", f"/applications/{first}/screening/conclude", 200)
    assert await office.state(first) == "ineligible"
    await office.call("POST", f"/applications/{second}/submit", 200)
