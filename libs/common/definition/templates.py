"""Messages of a programme in its own words, with the places that may be filled in (MS-1)."""

import re
from typing import Annotated

from pydantic import Field

from libs.common.bounds import Key
from libs.common.definition.stated import Flag, LongText, Part, Text

EVERYWHERE = frozenset({"programme", "recipient", "organisation", "application", "day"})
OCCASIONS: dict[str, frozenset[str]] = {
    "receipt": frozenset({"receipt_no", "received_at"}),
    "supplement": frozenset({"receipt_no", "documents", "due_on"}),
    "screening_decision": frozenset({"receipt_no", "decision", "reason", "objection_until"}),
    "panel_invitation": frozenset({"track", "stage", "answer_until"}),
    "presentation_invitation": frozenset({"receipt_no", "starts_at", "place"}),
    "selection_result": frozenset({"receipt_no", "decision", "reason", "answer_until", "objection_until"}),
    "agreement": frozenset({"receipt_no", "due_on"}),
    "amount_due": frozenset({"amount_krw", "due_on", "account"}),
    "refund": frozenset({"amount_krw", "reason"}),
    "use_starts": frozenset({"product", "starts_on", "ends_on", "provider"}),
    "outage": frozenset({"provider", "starts_at", "reason"}),
    "recovery": frozenset({"provider", "starts_at", "ends_at"}),
    "low_use_warning": frozenset({"utilisation_pct", "due_on"}),
    "reclaim_notice": frozenset({"ends_on", "reason", "objection_until"}),
    "duty": frozenset({"duty", "due_on"}),
    "duty_overdue": frozenset({"duty", "due_on"}),
    "statement": frozenset({"provider", "month", "amount_krw", "due_on"}),
}
"""What a message may be about, and the names that its template may hold in braces beside those of EVERYWHERE."""
PUBLICATION = frozenset({"project_number"})
"""What the sentence of acknowledgement may hold in braces."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Template(Part):
    """One message; `{name}` stands for what is filled in."""

    subject: Text
    body: LongText
    urgent: Flag = False
    """Goes at once; the rest goes as one digest a day (MS-3)."""
    required_by_law: Flag = False
    """Cannot be muted (MS-3)."""


Templates = Annotated[dict[Key, Template], Field(max_length=100)]


def places_in(text: str) -> tuple[str, ...]:
    """The names in braces of a text, in its order."""
    return tuple(PLACEHOLDER.findall(text))
