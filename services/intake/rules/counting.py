"""How many applications one applicant may have in a call (IN-3)."""

from collections.abc import Mapping

from services.intake.model.findings import Finding
from services.intake.policy import ApplicationCountPolicy


def application_count(
    track: str, product: str, others_submitted: int, policy: ApplicationCountPolicy
) -> tuple[Finding, ...]:
    """IN-3: One application names one track and one product of it, and a counting unit has at most so many in a call.

    `others_submitted` counts the unit's other applications in this call that are submitted and not withdrawn;
    drafts do not count. Returns every failure, or one `pass`; never raises.

    Example: at most 1: with one submitted a second fails; once the first is withdrawn it passes.
    Source: S0 §2, S2 §2, S3 §1.
    """
    return (*named_product(track, product, policy.products), *_count(others_submitted, policy)) or (
        Finding("IN-3", "pass", "one_track_one_product", {"track": track, "product": product}),
    )


def named_product(track: str, product: str, by_track: Mapping[str, tuple[str, ...]]) -> tuple[Finding, ...]:
    """Whether the track is one of the programme's and the product one of the track's; empty where they are."""
    products = by_track.get(track)
    if products is None:
        return (Finding("IN-3", "fail", "track_unknown", {"track": track, "tracks": ", ".join(by_track)}),)
    if product not in products:
        facts = {"track": track, "product": product, "products": ", ".join(products)}
        return (Finding("IN-3", "fail", "product_not_in_track", facts),)
    return ()


def _count(others_submitted: int, policy: ApplicationCountPolicy) -> tuple[Finding, ...]:
    if policy.applications_max is None or others_submitted < policy.applications_max:
        return ()
    facts = {"submitted": others_submitted, "applications_max": policy.applications_max}
    return (Finding("IN-3", "fail", "applications_max_reached", facts),)


def counting_unit(counted_by: str, organisation_id: str, business_no: str, professor_id: str) -> str:
    """Whom IN-3 and IN-7 count: the business number, the organisation, or its professor (`<organisation>/<professor>`).

    Where a professor counts and none is named the organisation stands in, so that nobody escapes the count.
    """
    if counted_by == "professor":
        return f"{organisation_id}/{professor_id}"
    return organisation_id if counted_by == "organisation" else business_no
