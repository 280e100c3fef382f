"""An application's way from the call to its agreement, over REST."""

from libs.common.events.intake import (
    AgreementSigned,
    ApplicationScreened,
    ApplicationSubmitted,
)
from tests.services.intake.people import P0, Office


async def test_flow(office: Office) -> None:
    """From draft to signed agreement, with what every other service hears."""
    application_id = await office.submitted()
    await office.call("POST", f"/applications/{application_id}/screening/conclude", 200)
    await office.announce(application_id)
    await office.call("POST", "/agreements", 201, json={"application_id": application_id})
    signed = await office.call("POST", f"/agreements/{application_id}/sign", 200)
    assert signed["signed_at"] is not None
    (submitted,) = await office.client.said(ApplicationSubmitted)
    (screened,) = await office.client.said(ApplicationScreened)
    (agreed,) = await office.client.said(AgreementSigned)
    assert submitted.receipt_no == f"{P0}-00001"
    assert (screened.eligible, screened.youth, screened.failed_rules) == (True, True, [])
    assert (agreed.units, agreed.months, agreed.youth) == (1, 6, True)
    assert await office.state(application_id) == "signed"
    summary = await office.call("GET", "/summary", 200, params={"programme": P0})
    assert {k: summary[k] for k in ("applications", "eligible", "agreements")} == {
        "applications": 1,
        "eligible": 1,
        "agreements": 1,
    }
