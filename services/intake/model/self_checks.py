"""What somebody says of themselves to see what screening would find; nothing of it is kept."""

import datetime as dt
from dataclasses import dataclass

from services.intake.model.applications import Sketch
from services.intake.model.organisations import Award, Place, Restriction


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The facts as they were typed: who applies, for what, which documents are at hand, what is on record."""

    kind: str
    legal_form: str
    births: tuple[dt.date, ...]
    """Of the representatives."""
    opened_on: dt.date | None
    places: tuple[Place, ...]
    sketch: Sketch
    documents: tuple[str, ...]
    """Kinds of the documents at hand."""
    restrictions: tuple[Restriction, ...]
    awards: tuple[Award, ...]
