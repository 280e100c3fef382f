"""Why a parked settlement cannot be issued: what each of its lines waits for, in facts that a message has words for."""

from collections.abc import Iterable

from libs.common.errors import Fact, Refusal
from libs.common.money import KRW_MAX
from services.billing.model.lines import Missing


def parked_refusals(settlement_id: str, missing: Iterable[Missing]) -> tuple[Refusal, ...]:
    """Why a settlement is parked (BL-11), one refusal for each value that is missing or makes too much (CV-10).

    A price or rate is told by what it is of and its month, a value of the programme's definition by its path. An
    amount beyond all bounds waits for nothing: its price or quantity is wrong. Never raises.
    """
    return tuple(_refusal(settlement_id, each) for each in missing)


def _refusal(settlement_id: str, missing: Missing) -> Refusal:
    facts: dict[str, Fact] = {"settlement": settlement_id, "path": missing.path, **_named(missing)}
    if missing.kind == "bounds":
        return Refusal("CV-10", "settlement_beyond_bounds", {**facts, "krw_max": KRW_MAX})
    return Refusal("BL-11", "settlement_parked", facts)


def _named(missing: Missing) -> dict[str, Fact]:
    """What a value is of, by the names of `messages.py`; by its path where nothing else is known of it."""
    if missing.product:
        return {"price_month": missing.month, "product": missing.product, "mode": missing.mode}
    if missing.kind == "wait_discount" and missing.month:
        return {"discount_month": missing.month}
    return {"month": missing.month} if missing.month else {"waits_for": missing.path}
