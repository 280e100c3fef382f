"""What a parked grant looks like in an answer: the reason in words, and whose task it is."""

from typing import Any

from pydantic import AwareDatetime, ConfigDict

from libs.common.messages.words import words_of
from libs.common.web import View
from services.billing.model.parked import Owner, ParkedGrant, ParkedStage

_EXAMPLE: dict[str, Any] = {
    "id": "PK-000001",
    "settlement_id": "alpha:hpc-2025-gpu:2025-10",
    "grant_id": "A-000001",
    "stage": "lines",
    "fee_krw": None,
    "owner": "officer",
    "parked_at": "2025-11-04T15:00:00Z",
    "ended_at": None,
}


class ReasonView(View):
    """Why a grant is parked, in words."""

    rule_id: str
    code: str
    ko: str
    en: str


class ParkedView(View):
    """A grant that is, or was, parked in one settlement; the rest of the settlement goes on (BL-11)."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_EXAMPLE]})

    id: str
    settlement_id: str
    grant_id: str
    stage: ParkedStage
    """`lines`: none of its lines is stated; `share`: they are, but who pays them cannot be said yet."""
    fee_krw: int | None
    """What waits for its split; none where no line is stated."""
    reasons: list[ReasonView]
    owner: Owner
    """Whose task it is: `officer` or `provider`."""
    parked_at: AwareDatetime
    ended_at: AwareDatetime | None
    ended_by: str | None
    """The settlement that states it."""
    paid_at: AwareDatetime | None
    """When a share that was split later was paid."""
    paid_by: str | None
    payment_reference: str | None


def parked_view(found: ParkedGrant) -> ParkedView:
    """A parked grant."""
    return ParkedView(
        id=found.parked_id,
        settlement_id=found.settlement_id,
        grant_id=found.grant_id,
        stage=found.stage,
        fee_krw=found.fee_krw,
        reasons=[
            ReasonView(rule_id=reason.rule_id, code=reason.code, **words_of(reason.code, reason.facts))
            for reason in found.reasons
        ],
        owner=found.owner,
        parked_at=found.parked_at,
        ended_at=found.ended_at,
        ended_by=found.ended_by,
        paid_at=found.paid_at,
        paid_by=found.paid_by,
        payment_reference=found.payment_reference,
    )
