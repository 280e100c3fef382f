"""From the month's end to the provider's money: statements closed, settlements issued, approved and paid."""

import datetime as dt
from typing import Any

from demo.api import Api
from libs.common.calendar import KST

ISSUER, APPROVER, PAYER = "demo-officer", "demo-officer-approver", "demo-officer-payer"
"""Three officers: nobody takes two steps of one settlement (BL-13)."""


def close_month(api: Api, programme: str, providers: list[str], month: str) -> None:
    """Close every provider's usage statement of a month, as the operator."""
    for provider_id in providers:
        api.post(f"/metering/v1/statements/{provider_id}/{programme}/{month}/close", role="operator")
    api.settle()


def settlements_of(api: Api, programme: str, month: str) -> list[dict[str, Any]]:
    """The settlements of a programme's month, by provider."""
    found = api.all("/billing/v1/settlements", params={"programme": programme, "month": month})
    return sorted(found, key=lambda one: str(one["provider"]))


def issue(api: Api, programme: str, month: str) -> None:
    """Freeze the drafts of a month; the dispute window begins."""
    for one in settlements_of(api, programme, month):
        api.post(f"/billing/v1/settlements/{one['id']}/issue", subject=ISSUER)
    api.settle()


def windows_over(api: Api, programme: str, month: str) -> dt.datetime:
    """When no line of a month can be contested any more."""
    ends = [one["dispute_until"] for one in settlements_of(api, programme, month)]
    return max(dt.datetime.fromisoformat(end) for end in ends if end is not None)


def approve_and_pay(api: Api, programme: str, month: str) -> None:
    """After the dispute window: draw the subsidy and pay the providers, each by another officer."""
    for one in settlements_of(api, programme, month):
        api.post(f"/billing/v1/settlements/{one['id']}/approve", subject=APPROVER)
        paid = {"reference": f"이체-{one['id']}"}
        api.post(f"/billing/v1/settlements/{one['id']}/pay", paid, subject=PAYER)
    api.settle()


def settle_month(api: Api, programmes: dict[str, list[str]], month: str) -> None:
    """The whole way of one month for all programmes: closed on the 5th, issued on the 6th, paid after the window."""
    first = dt.datetime.strptime(month, "%Y-%m").replace(tzinfo=KST)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    api.clock(following.replace(day=5, hour=10))
    for programme, providers in programmes.items():
        close_month(api, programme, providers, month)
    api.clock(following.replace(day=6, hour=10))
    for programme in programmes:
        issue(api, programme, month)
    api.clock(max(windows_over(api, programme, month) for programme in programmes))
    for programme in programmes:
        approve_and_pay(api, programme, month)
