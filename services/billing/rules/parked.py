"""Why a grant is parked (BL-11): what it waits for, in facts that a message has words for, and whose task that is."""

from collections.abc import Iterable, Mapping, Sequence

from libs.common.errors import Fact, Refusal
from libs.common.money import KRW_MAX
from services.billing.model.lines import Missing
from services.billing.model.parked import Owner, ParkedChange, ParkedGrant, Reason
from services.billing.model.settlements import Parked

PROVIDERS_TASK = frozenset({"more_back_than_reported"})
"""Reasons that only the provider's reports can remove; the others are an officer's."""
PARKED_CODES = (
    "grant_waits",
    "grant_beyond_bounds",
    "more_back_than_reported",
    "self_payment_unknown",
    "more_back_than_paid",
)
"""Every reason for which a grant is parked."""


def parked_refusals(settlement_id: str, missing: Iterable[Missing]) -> tuple[Refusal, ...]:
    """Why a whole settlement is parked, one refusal for each value that is missing or makes too much (CV-10).

    A price or rate is told by what it is of and its month, a value of the programme's definition by its path. An
    amount beyond all bounds waits for nothing: its price or quantity is wrong. Never raises.
    """
    return tuple(_refusal(settlement_id, each) for each in missing)


def _refusal(settlement_id: str, missing: Missing) -> Refusal:
    facts: dict[str, Fact] = {"settlement": settlement_id, "path": missing.path, **_named(missing)}
    if missing.kind == "bounds":
        return Refusal("CV-10", "settlement_beyond_bounds", {**facts, "krw_max": KRW_MAX})
    if missing.kind == "back":
        return Refusal("BL-11", "more_back_than_reported", {"grant_id": missing.path, "month": missing.month})
    return Refusal("BL-11", "settlement_parked", facts)


def parked_reasons(parked: Parked) -> tuple[Reason, ...]:
    """Why a draft leaves a grant out, one reason for each value that it waits for. Never raises."""
    return tuple(_reason(parked.grant_id, missing) for missing in parked.missing)


def _reason(grant_id: str, missing: Missing) -> Reason:
    if missing.kind == "back":
        return Reason("BL-11", "more_back_than_reported", {"grant_id": grant_id, "month": missing.month})
    facts = {"grant_id": grant_id, "path": missing.path, **_named(missing)}
    if missing.kind == "bounds":
        return Reason("CV-10", "grant_beyond_bounds", {**facts, "krw_max": KRW_MAX})
    return Reason("BL-11", "grant_waits", facts)


def _named(missing: Missing) -> dict[str, str]:
    """What a value is of, by the names of `messages.py`; by its path where nothing else is known of it."""
    if missing.product:
        return {"price_month": missing.month, "product": missing.product, "mode": missing.mode}
    if missing.kind == "wait_discount" and missing.month:
        return {"discount_month": missing.month}
    return {"month": missing.month} if missing.month else {"waits_for": missing.path}


def owner_of(reasons: Sequence[Reason]) -> Owner:
    """Whose task a parked grant is: the provider's where all its reasons lie in what it reported, else an officer's."""
    return "provider" if all(reason.code in PROVIDERS_TASK for reason in reasons) else "officer"


def parked_change(open_ones: Iterable[ParkedGrant], parked: Iterable[Parked]) -> ParkedChange:
    """What a new draft changes about the grants parked in its settlement; for another reason one is parked anew."""
    wanted = {each.grant_id: parked_reasons(each) for each in parked}
    kept, ended = set(), []
    for one in open_ones:
        if wanted.get(one.grant_id) == one.reasons:
            kept.add(one.grant_id)
        else:
            ended.append(one.parked_id)
    return ParkedChange(tuple(ended), {grant_id: why for grant_id, why in wanted.items() if grant_id not in kept})


def counted_by_code(counts: Mapping[str, int]) -> dict[str, int]:
    """How many grants are parked for each reason that there is, also for those for which none is."""
    return {code: counts.get(code, 0) for code in PARKED_CODES}
