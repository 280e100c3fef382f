"""Where a providers' call serves a programme, only an agreed provider prices and is paid (RV-15)."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from libs.common.definition.files import load_definition
from libs.common.events.intake import AgreementEnded, ProgrammeOpened, ProviderRegistered
from libs.common.events.review import ProviderAgreed
from tests.services.billing.office import P1, use

CALL = "hpc-2025-gpu-providers"
AT = dt.datetime(2025, 1, 23, tzinfo=dt.UTC)


def opened(in_force_from: dt.datetime = AT) -> ProgrammeOpened:
    """The GPU call for providers comes into force."""
    tree = load_definition(Path(f"programmes/{CALL}.yaml")).model_dump(mode="json", by_alias=True)
    return ProgrammeOpened(code=CALL, version=1, in_force_from=in_force_from, definition=tree)


def registered(provider: str = "alpha") -> ProviderRegistered:
    """Intake knows the provider by its organisation."""
    return ProviderRegistered(
        provider_id=provider, organisation_id=f"O-{provider}", name=provider, business_no="1018100001", members=[],
        representative_keys=[], affiliates=[], registered_at=AT,
    )  # fmt: skip


def agreed(serves: str = P1, organisation: str = "O-alpha") -> ProviderAgreed:
    """The agreement stands."""
    return ProviderAgreed(
        application_id=f"A-{organisation}-{serves}", programme_code=CALL, programme_version=1, prices=[],
        selection_id="PSL-000001", organisation_id=organisation, serves=[serves], agreed_on=AT.date(), agreed_at=AT,
    )  # fmt: skip


async def approved(office: Any) -> str:
    """An October of alpha that is approved."""
    await office.open(P1)
    await office.client.feed(registered())
    await office.price(P1, 5_500)
    await office.paid_up("A-000001")
    settlement_id = await office.close_statement(P1, use("A-000001", billable_unit_hours=1))
    await office.settled(settlement_id, "issue", "approve")
    return str(settlement_id)


@pytest.mark.rule("RV-15")
async def test_only_an_agreed_provider_is_paid(office: Any) -> None:
    """Without an agreement for this programme nobody is paid; with it the same payment goes through."""
    settlement_id = await approved(office)
    await office.client.feed(opened())
    for nothing in (None, agreed(serves="hpc-2025-npu"), agreed(organisation="O-beta")):
        if nothing is not None:
            await office.client.feed(nothing)
        problem = (await office.post(**office.step(settlement_id, "pay"))).json()
        assert (problem["code"], problem["rule_id"], problem["facts"]["calls"]) == (
            "provider_not_agreed",
            "RV-15",
            CALL,
        )
    await office.client.feed(agreed())
    assert (await office.settled(settlement_id, "pay"))["state"] == "paid"


@pytest.mark.rule("RV-15")
async def test_a_call_that_is_not_in_force_asks_nothing(office: Any) -> None:
    """A call of tomorrow, like none at all, leaves the agency's designation as it is."""
    settlement_id = await approved(office)
    await office.client.feed(opened(office.client.clock.now() + dt.timedelta(days=1)))
    assert (await office.settled(settlement_id, "pay"))["state"] == "paid"


@pytest.mark.rule("IN-16")
@pytest.mark.parametrize("ended_first", [True, False])
async def test_an_agreement_that_was_revoked_covers_no_new_price(office: Any, ended_first: bool) -> None:
    """What was supplied under it is still paid; heard before the agreement it counts all the same."""
    settlement_id = await approved(office)
    made, now = agreed(), office.client.clock.now()
    ended = AgreementEnded(application_id=made.application_id, programme_code=CALL, ended_at=now, reason="자본전액잠식")
    for event in (opened(), *((ended, made) if ended_first else (made, ended))):
        await office.client.feed(event)
    refused = await office.price(P1, 5_400, round=2, expect=409)
    assert refused["code"] == "provider_not_agreed"
    assert (await office.settled(settlement_id, "pay"))["state"] == "paid"
