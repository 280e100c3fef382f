"""A claimed reduction from the draft to the event that review and billing hear (IN-15, F-14)."""

import pytest

from libs.common.events.intake import ApplicationScreened, ReductionDecided
from tests.services.intake.people import Office


async def concluded(office: Office, *, documents: bool, **asked: object) -> str:
    """An eligible application with or without its documents."""
    application_id = await office.draft(await office.organisation(), **asked)
    if documents:
        await office.documents(application_id)
    await office.call("POST", f"/applications/{application_id}/submit", 200)
    if not documents:
        waived = {"rule_id": "IN-9", "outcome": "pass", "reason": "원본 대조 완료"}
        await office.call("POST", f"/applications/{application_id}/screening/decisions", 201, json=waived)
    await office.call("POST", f"/applications/{application_id}/screening/conclude", 200)
    return application_id


async def codes(office: Office, application_id: str) -> list[str]:
    """What screening says of the reductions."""
    shown = await office.call("GET", f"/applications/{application_id}/screening", 200)
    ours = [finding for finding in shown["findings"] if finding["rule_id"] == "IN-15"]
    assert all(finding["reason"]["ko"] != finding["code"] for finding in ours)
    return [finding["code"] for finding in ours]


@pytest.mark.rule("IN-15")
@pytest.mark.parametrize(
    ("documents", "asked", "reduction", "told"),
    [
        pytest.param(True, {}, "youth", ["reduction_granted", "reduction_applies"], id="youth with its evidence"),
        pytest.param(False, {}, "none", ["reduction_not_shown"], id="youth without it: nothing fails"),
        pytest.param(
            True,
            {"youth_claimed": False, "region_claimed": True},
            "none",
            ["region_without_rate"],
            id="a region in a call that knows none",
        ),
    ],
)
async def test_f_14_what_is_granted_is_said(office: Office, documents, asked, reduction, told) -> None:
    """F-14: After the screening, one event tells which reduction applies; the application is eligible either way."""
    application_id = await concluded(office, documents=documents, **asked)
    assert (await codes(office, application_id)) == told
    (screened,) = await office.client.said(ApplicationScreened)
    (decided,) = await office.client.said(ReductionDecided)
    assert (screened.eligible, decided.application_id, decided.reduction) == (True, application_id, reduction)


@pytest.mark.rule("IN-15")
async def test_who_claims_nothing_is_told_nothing_of(office: Office) -> None:
    """No claim, no event."""
    application_id = await concluded(office, documents=True, youth_claimed=False)
    assert (await codes(office, application_id)) == ["reduction_not_claimed"]
    assert await office.client.said(ReductionDecided) == []
