"""Explain a settlement line: from its amount down to the usage events, the price version and the rules (BL-11)."""

from dataclasses import dataclass
from typing import Any

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.identity import Caller
from libs.common.money import Krw, supply_value_krw
from services.billing.model.settlements import Line, Share
from services.billing.operations.settlements import visible
from services.billing.store import disputes, prices, settlements


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that a line's amount came from."""

    settlement: dict[str, Any]
    line: Line
    supply_value_krw: int
    vat_krw: int
    prices: list[dict[str, Any]]
    share: Share | None
    disputes: list[dict[str, Any]]


async def explain(tx: Tx, caller: Caller, settlement_id: str, line_no: int) -> Explanation:
    """Explain one line. Raises NotFound."""
    row = await visible(tx, caller, settlement_id)
    line = await settlements.line_of(tx, settlement_id, line_no)
    if line is None:
        raise NotFound("settlement line", f"{settlement_id}/{line_no}")
    supply, vat = supply_value_krw(Krw(line.amount_krw))
    shares = await settlements.shares_of(tx, settlement_id)
    versions = line.price_version.split(" + ") if line.price_version else []
    return Explanation(
        settlement=row,
        line=line,
        supply_value_krw=supply,
        vat_krw=vat,
        prices=[found for version in versions if (found := await prices.recorded(tx, version))],
        share=next((share for share in shares if share.grant_id == line.grant_id), None),
        disputes=await disputes.disputes_of(tx, settlement_id, line_no),
    )
