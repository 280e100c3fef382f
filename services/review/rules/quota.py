"""The sector quota of a selection (RV-10)."""

from collections.abc import Sequence

from libs.common.errors import Refusal
from services.review.model.applications import Sector
from services.review.policy.selection import QuotaPolicy

PER_CENT = 100


def private_missing(private: int, public: int, policy: QuotaPolicy | None) -> int | None:
    """RV-10: How many more private projects a selection needs so that private ≥ 50 % and public < 50 %.

    `private` and `public` are counts of selected projects; the two percentages are the programme's. Returns the
    smallest number of further private projects (0: the quota holds; without a quota always 0), or None where no
    number is enough (a private share of 100 % beside a public one). Selecting nothing at all is always allowed
    and is not asked here. Never raises.

    Example: 1 private, 1 public → 1 (public must be fewer than private).
    Source: S0 §5, S3 §4.
    """
    if policy is None:
        return 0
    chosen = private + public
    open_pct = PER_CENT - policy.private_min_pct
    lacking = policy.private_min_pct * chosen - PER_CENT * private
    if lacking > 0 and open_pct == 0:
        return None
    for_private = -(-lacking // open_pct) if lacking > 0 else 0
    if policy.public_below_pct is None:
        return for_private
    if policy.public_below_pct == 0:
        return for_private if public == 0 else None
    for_public = (PER_CENT * public - policy.public_below_pct * chosen) // policy.public_below_pct + 1
    return max(0, for_private, for_public)


def relaxation_refusals(passing: Sequence[Sector], policy: QuotaPolicy | None) -> list[Refusal]:
    """Why an officer may not relax the quota: not foreseen, or enough private ones pass for all public ones.

    Too few private ones pass when all that pass, taken together, break the quota.
    """
    if policy is None or not policy.relaxable:
        return [Refusal("RV-10", "quota_not_relaxable")]
    private, public = passing.count("private"), passing.count("public")
    if private_missing(private, public, policy) == 0:
        return [Refusal("RV-10", "private_ones_suffice", {"private": private, "public": public})]
    return []
