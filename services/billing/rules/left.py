"""What is left to be stated after a provider's last settlement, and whether a later month comes by itself."""

import datetime as dt
from collections.abc import Iterable

from libs.common.calendar import month_bounds
from services.billing.model.left import Left
from services.billing.model.settlements import Draft
from services.billing.model.statements import Statement
from services.billing.rules.sums import totals_of


def left_to_state(coming: Statement, draft: Draft, ends: Iterable[dt.datetime]) -> Left | None:
    """What the settlement to come has to restate of earlier months (BL-11); none where nothing is left.

    `coming` is the provider's statement after its last one as if it told of no use, `draft` what that would state,
    `ends` when its grants of the programme end. A month comes by itself while a grant runs in it (half-open: one that
    ends at its first instant does not). Won signed, nothing to round, never raises.

    Example: December is issued with a grant parked, all grants ended on 1 January → January is to be closed without
    use, and states that grant.
    """
    if not draft.lines and not draft.missing:
        return None
    starts_at, closable_at = month_bounds(coming.month)
    grants = {line.grant_id for line in draft.lines} | {parked.grant_id for parked in draft.parked}
    return Left(
        provider_id=coming.provider_id,
        programme_code=coming.programme_code,
        month=coming.month,
        closable_at=closable_at,
        comes_by_itself=any(end > starts_at for end in ends),
        grant_ids=tuple(sorted(grants)),
        fee_krw=totals_of(draft.lines).fee_krw,
        missing=draft.missing,
    )


def stay_unstated(found: Iterable[Left]) -> dict[str, int]:
    """Of how many providers of each programme something is left that no month to come states by itself."""
    counts: dict[str, int] = {}
    for left in found:
        counts[left.programme_code] = counts.get(left.programme_code, 0) + (not left.comes_by_itself)
    return counts
