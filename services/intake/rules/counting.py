"""How many applications one applicant may have in a call (IN-3)."""

from collections.abc import Mapping, Sequence

from services.intake.model.applications import Receipt, Submitted
from services.intake.model.findings import Finding
from services.intake.model.organisations import Organisation, Person
from services.intake.policy.call import ApplicationCountPolicy
from services.intake.rules.people import same_person

PROFESSOR = "professor:"
WITHDRAWN = frozenset({"withdrawn"})
NO_AWARD = frozenset({"withdrawn", "ineligible", "refused", "revoked"})
"""Where an application stands that ended without an award."""


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


def counting_unit(counted_by: str, organisation: Organisation, person: Person) -> str:
    """Whom IN-3 and IN-7 count: the business number, the organisation, or the professor alone, whatever the house.

    `professor:<researcher number>`, or by name and birth date where there is no number. Where a professor counts and
    none is told apart the organisation stands in, so that nobody escapes the count. Never raises.
    """
    if counted_by == "professor":
        known = person.number_key or person.person_key
        return f"{PROFESSOR}{known}" if known else f"{organisation.organisation_id}/"
    return organisation.organisation_id if counted_by == "organisation" else organisation.business_no


def others_counted(unit: str, person: Person, submitted: Sequence[Submitted], before: Receipt | None) -> int:
    """How many of a call's submitted applications are of the same counting unit; withdrawn ones do not count.

    Rounds of a call share the limit (AL-20): those of another round count too, unless they ended without an award, for
    who was refused in one round may try the next.

    Professors are one where `same_person` says so, though one of them is known by name and birth date alone. Once an
    application has its receipt (`before`) only earlier receipts count, so that looking again finds the same. Never
    raises.
    """
    standing = [one for one in submitted if one.state not in (NO_AWARD if one.of_another_round else WITHDRAWN)]
    earlier = [one for one in standing if before is None or _is_earlier(one, before)]
    return sum(one.counting_unit == unit or _same_professor(unit, person, one) for one in earlier)


def _same_professor(unit: str, person: Person, one: Submitted) -> bool:
    both = unit.startswith(PROFESSOR) and one.counting_unit.startswith(PROFESSOR)
    return both and same_person(person, one.person)


def _is_earlier(one: Submitted, than: Receipt) -> bool:
    if one.of_another_round:
        return one.received_at < than.received_at
    return _nth(one.receipt_no) < _nth(than.receipt_no)


def _nth(receipt_no: str) -> int:
    return int(receipt_no.rpartition("-")[2])
