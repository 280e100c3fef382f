"""Explain a settlement line: from its amount down to the usage events, the price version and the rules (BL-11)."""

from dataclasses import dataclass

from libs.common.db import Tx
from libs.common.identity import Caller
from libs.common.money import Krw, supply_value_krw
from services.billing.model.disputes import Dispute
from services.billing.model.lines import Line
from services.billing.model.prices import RecordedDiscount, RecordedPrice
from services.billing.model.settlements import Settlement, Share
from services.billing.operations.settlements import visible
from services.billing.rules.lines import versions_of
from services.billing.store import disputes, prices, settlements


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that a line's amount came from."""

    settlement: Settlement
    line: Line
    supply_value_krw: int
    vat_krw: int
    prices: tuple[RecordedPrice | RecordedDiscount, ...]
    share: Share | None
    disputes: tuple[Dispute, ...]


async def explain(tx: Tx, caller: Caller, settlement_id: str, line_no: int) -> Explanation:
    """Explain one line. Raises NotFound."""
    settlement = await visible(tx, caller, settlement_id)
    line = await settlements.get_line(tx, settlement_id, line_no)
    supply, vat = supply_value_krw(Krw(line.amount_krw))
    shares = await settlements.list_shares(tx, settlement_id)
    found = [await prices.find_recorded(tx, version) for version in versions_of(line)]
    return Explanation(
        settlement=settlement,
        line=line,
        supply_value_krw=supply,
        vat_krw=vat,
        prices=tuple(recorded for recorded in found if recorded),
        share=next((share for share in shares if share.grant_id == line.grant_id), None),
        disputes=await disputes.list_disputes(tx, settlement_id, line_no),
    )
