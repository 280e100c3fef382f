"""A provider, a grant and its sessions as metering hears of them, and a provider's meter that reports through REST."""

import datetime as dt
import json
from typing import Any

from libs.common.calendar import KST, UTC
from libs.common.events.allocator import (
    GrantActivated,
    GrantPlaced,
    SessionAssigned,
    SessionReleased,
)
from libs.common.events.billing import PriceAgreed
from libs.common.events.intake import ProgrammeOpened
from tests.services.metering.definition import definition

HOURLY = "hpc-2025-gpu"
MONTHLY = "gpu-rental-2025s"
OFFICER = "officer"


def kst(day: int, hour: int = 0, minute: int = 0, month: int = 10) -> dt.datetime:
    """An instant of 2025 in Seoul, in UTC."""
    return dt.datetime(2025, month, day, hour, minute, tzinfo=KST).astimezone(UTC)


def usage_item(
    event_id: str,
    hour: dt.datetime | str,
    *,
    units: Any = 8,
    held_s: Any = 3600,
    grant_id: str = "A-000001",
    session_id: str | None = "S-000001",
    corrects: str | None = None,
    provider_id: str = "alpha",
    utilisation_pct: Any = 87.5,
    evidence: str = "meter.log",
) -> dict[str, Any]:
    """One usage event as a provider sends it."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/providers/{provider_id}",
        "type": "kr.dure.usage.reported.v1",
        "subject": grant_id,
        "data": {
            "grant_id": grant_id,
            "session_id": session_id,
            "hour": hour if isinstance(hour, str) else hour.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "units": units,
            "held_s": held_s,
            "utilisation_pct": utilisation_pct,
            "evidence": evidence,
            "corrects": corrects,
        },
    }


class Metering:
    """Metering with its real routes and database, and what the allocator would have told it."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.http = client.http
        self.clock = client.clock
        self.db = client.db

    async def open(self, now: dt.datetime) -> None:
        """Set the clock and open an hourly and a monthly-priced programme."""
        self.clock.set(now)
        for code in (HOURLY, MONTHLY):
            await self.client.feed(
                ProgrammeOpened(code=code, version=1, in_force_from=kst(1, month=1), definition=definition(code))
            )

    async def place(self, grant_id: str = "A-000001", *, delivered: bool = True, **changes: Any) -> None:
        """A grant placed with alpha from October to the end of the year, and activated at its start."""
        told: dict[str, Any] = {
            "grant_id": grant_id,
            "programme_code": HOURLY,
            "programme_version": 1,
            "organisation_id": "O-000001",
            "placement_id": "PL-000001",
            "provider_id": "alpha",
            "data_centre": "alpha-dc1",
            "pool_id": "alpha-h100",
            "servers": {},
            "mode": "dynamic",
            "product": "2",
            "units": 8,
            "months": 3,
            "card_type": "H100",
            "cards": 8,
            "asked_card_type": "H100",
            "priced_product": "2",
            "priced_units": 8,
            "payable": True,
            "starts_at": kst(1),
            "ends_at": dt.datetime(2026, 1, 1, tzinfo=KST),
            "rank": 1,
        } | changes
        await self.client.feed(GrantPlaced(**told))
        if delivered:
            await self.client.feed(
                GrantActivated(
                    grant_id=grant_id,
                    programme_code=told["programme_code"],
                    provider_id=told["provider_id"],
                    starts_at=told["starts_at"],
                    delivered_at=told["starts_at"],
                    ends_at=told["ends_at"],
                    agreed_at=told["starts_at"],
                )
            )

    async def assign(self, start: dt.datetime, session_id: str = "S-000001", **changes: Any) -> None:
        """A dynamic session gets 8 units at `start`, at once unless `requested_at` says otherwise."""
        told: dict[str, Any] = {
            "session_id": session_id,
            "grant_id": "A-000001",
            "programme_code": HOURLY,
            "provider_id": "alpha",
            "data_centre": "alpha-dc1",
            "pool_id": "alpha-h100",
            "mode": "dynamic",
            "units": 8,
            "servers": {"alpha-s01": 8},
            "requested_at": start,
            "assigned_at": start,
            "continues": None,
        } | changes
        await self.client.feed(SessionAssigned(**told))

    async def release(self, end: dt.datetime, session_id: str = "S-000001", grant_id: str = "A-000001") -> None:
        """A session gives its cards back at `end`."""
        await self.client.feed(
            SessionReleased(
                session_id=session_id,
                grant_id=grant_id,
                programme_code=HOURLY,
                provider_id="alpha",
                pool_id="alpha-h100",
                released_at=end,
                reason="released",
            )
        )

    async def agree(self, krw: int, valid_from: str = "2025-10", round_no: int = 1, **changes: Any) -> None:
        """Billing's book has a price for dynamic hours of product 2 at alpha."""
        told: dict[str, Any] = {
            "programme_code": HOURLY,
            "provider_id": "alpha",
            "product": "2",
            "mode": "dynamic",
            "pricing": "hourly",
            "unit_price_krw": krw,
            "valid_from": valid_from,
            "round_no": round_no,
        } | changes
        await self.client.feed(PriceAgreed(**told))

    def provider(self, code: str = "alpha") -> dict[str, str]:
        """Headers of a provider."""
        headers: dict[str, str] = self.client.as_("provider", organisation_id=code)
        return headers

    def officer(self) -> dict[str, str]:
        """Headers of an officer."""
        headers: dict[str, str] = self.client.as_("officer")
        return headers

    async def post(self, *items: Any, provider_id: str = "alpha", query: str = "") -> Any:
        """Report items and give the answer's JSON; the batch itself must be taken."""
        answer = await self.http.post(
            f"/v1/usage{query}", content=json.dumps(list(items)), headers=self.provider(provider_id)
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def outcome(self, item: Any) -> tuple[str, str]:
        """Report one item: its outcome, and `correction`, the adjusted month, or the code of its refusal."""
        answer = await self.post(item, query="?items=all")
        (told,) = answer["items"]
        detail = told["code"] or told["adjusts"] or ("correction" if told["correction"] else "")
        return told["outcome"], detail

    async def close(self, month: str = "2025-10", programme: str = HOURLY, provider_id: str = "alpha") -> Any:
        """Close a month's statement as an officer; gives the response."""
        return await self.http.post(f"/v1/statements/{provider_id}/{programme}/{month}/close", headers=self.officer())

    async def statement(self, month: str = "2025-10", programme: str = HOURLY, provider_id: str = "alpha") -> Any:
        """A month's statement, drafted or closed."""
        answer = await self.http.get(f"/v1/statements/{provider_id}/{programme}/{month}", headers=self.officer())
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def hours(self) -> list[dict[str, Any]]:
        """All hour totals, as an officer sees them."""
        answer = await self.http.get("/v1/usage/hours?limit=200", headers=self.officer())
        rows: list[dict[str, Any]] = answer.json()["items"]
        return rows
