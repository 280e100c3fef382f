"""HTTP: what is left to be stated of a programme once its last settlements are issued (BL-11)."""

from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, ConfigDict

from libs.common.bounds import Text
from libs.common.web import Db, Now, ServiceRouter, View, problems
from services.billing.model.left import Left
from services.billing.operations.drafts import list_left
from services.billing.routes.fields import Filter, ProviderReader, own_provider

router = ServiceRouter(tags=["정산 · Settlements"])

Programme = Annotated[Text, Query(min_length=1, max_length=100, description="사업 · programme")]


class WaitsForView(View):
    """A value that a parked grant waits for."""

    kind: str
    path: str


class LeftView(View):
    """What the next settlement of a provider would state of earlier months, and how it comes about."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "provider_id": "alpha",
                    "programme": "hpc-2025-gpu",
                    "month": "2026-01",
                    "closable_at": "2026-01-31T15:00:00Z",
                    "comes_by_itself": False,
                    "grant_ids": ["A-000002"],
                    "fee_krw": 44000,
                    "waits_for": [],
                    "next_call": "POST /metering/v1/statements/alpha/hpc-2025-gpu/2026-01/close",
                    "rule_id": "BL-11",
                }
            ]
        }
    )

    provider_id: str
    programme: str
    month: str
    closable_at: AwareDatetime
    """When that month is over and its usage statement can be closed, with or without use."""
    comes_by_itself: bool
    """Whether a grant still runs in that month."""
    grant_ids: list[str]
    fee_krw: int
    waits_for: list[WaitsForView]
    next_call: str
    rule_id: str = "BL-11"


def _view(left: Left) -> LeftView:
    place = f"{left.provider_id}/{left.programme_code}/{left.month}"
    return LeftView(
        provider_id=left.provider_id,
        programme=left.programme_code,
        month=left.month,
        closable_at=left.closable_at,
        comes_by_itself=left.comes_by_itself,
        grant_ids=list(left.grant_ids),
        fee_krw=left.fee_krw,
        waits_for=[WaitsForView(kind=missing.kind, path=missing.path) for missing in left.missing],
        next_call=f"POST /metering/v1/statements/{place}/close",
    )


@router.get("/left-to-state", summary="아직 정산하지 않은 차액 · What is left to be stated", responses=problems())
async def list_left_to_state(
    programme: Programme, caller: ProviderReader, db: Db, now: Now, provider: Filter = None
) -> list[LeftView]:
    """Grants parked, disputes decided, prices changed after a provider's last settlement was issued.

    After the last month of use nothing states them until the usage statement of a later month is closed, which needs
    no use. A provider sees its own.
    """
    async with db.transaction() as tx:
        found = await list_left(tx, now, programme, own_provider(caller, provider))
    return [_view(left) for left in found]
