"""What a small call consists of: its definition's code, who applies, what officers set, and when what happens."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.people import business_number


@dataclass(frozen=True)
class Applicant:
    """An organisation, the person who founds it in Dure, and what is applied for."""

    nth: int
    """Of its business number; one organisation may stand here twice, with two applications."""
    name: str
    kind: str
    track: str
    product: str
    units: int
    months: int
    wished_start: str
    documents: tuple[str, ...]
    form: Mapping[str, Any] = field(default_factory=dict)
    points: str = "80"
    """What each reviewer gives it."""
    files_at: dt.datetime | None = None
    """When it is filed, where that is not when all others are."""
    legal_form: str = "corporation"
    born_on: str = "1970-05-05"
    """Of its representative."""
    opened_on: str = "2020-03-02"
    places: tuple[Mapping[str, str], ...] = ()
    restrictions: tuple[Mapping[str, Any], ...] = ()
    asks: Mapping[str, Any] = field(default_factory=dict)
    """What else the draft says: claims, investigator, manager."""

    def wish(self) -> dict[str, Any]:
        """What the draft asks for: of whom a providers' call takes its offer from the form, nothing."""
        asked = {"track": self.track, "product": self.product, "units": self.units, "months": self.months}
        return {**asked, "wished_start": self.wished_start, **self.asks} if self.product else {}

    @property
    def person(self) -> str:
        """Whose token everything is done with."""
        return f"applicant-{self.nth}"

    def registration(self) -> dict[str, Any]:
        """What its founder registers."""
        return {
            "name": self.name,
            "business_no": business_number(self.nth),
            "kind": self.kind,
            "legal_form": self.legal_form,
            "representatives": [{"name": "김하나", "born_on": self.born_on}],
            "opened_on": self.opened_on,
            "affiliates": [],
        }


@dataclass(frozen=True)
class Plan:
    """One call."""

    code: str
    opens: dt.datetime
    files: dt.datetime
    screens: dt.datetime
    reviews: dt.datetime
    announces: dt.datetime
    applicants: Mapping[str, Applicant]
    """By a short name of what each shows."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """An officer's values for what the notice leaves unset, filled in where a step needs them."""
    decisions: Mapping[str, str] = field(default_factory=dict)
    """Of officers in screening: rule → outcome; what is not named passes."""
