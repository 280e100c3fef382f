"""A programme's definition as a whole: the notice as data (CV-8).

Every value that a notice could change states itself with its source, as `none` (decided: there is no such limit) or
as `unset` (the notice is silent: an officer fills it in). Code reads values by name; only the officer's route that
fills one in names it by its dotted path.
"""

from typing import Annotated, Any

from pydantic import Field, model_validator

from libs.common.bounds import Day, Expected, Instant, Key, Name, Version
from libs.common.definition.allocation import AllocationPolicy, Card, Product
from libs.common.definition.billing import BillingPolicy
from libs.common.definition.intake import IntakePolicy, Track
from libs.common.definition.metering import MeteringPolicy
from libs.common.definition.review import ReviewPolicy
from libs.common.definition.stated import Part, Stated, StatedOrNone, StatedValue, Text, parts_of

ProgrammeCode = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9-]{2,40}$"),
    Expected(
        "작은 로마자, 숫자, 붙임표 3~41자(예: gpu-rental-2025s)",
        "3 to 41 small letters, digits and hyphens, such as gpu-rental-2025s",
    ),
]


class Programme(Part):
    """A whole definition, as `programmes/*.yaml` states it and as `programme.opened` carries it."""

    code: ProgrammeCode
    version: Version
    name: Text
    notices: Annotated[dict[Key, Name], Field(max_length=200)]
    notice_date: StatedOrNone[Day]
    submissions_open_at: StatedOrNone[Instant]
    submissions_close_at: StatedOrNone[Instant]
    use_starts_on: Stated[Day]
    use_ends_on: Stated[Day]
    """The last day of use, inclusive: use ends at its 24:00 KST."""
    cards: Annotated[dict[Key, Card], Field(max_length=200)]
    products: Annotated[dict[Key, Product], Field(max_length=200)]
    tracks: Annotated[dict[Key, Track], Field(max_length=200)]
    intake: IntakePolicy
    review: ReviewPolicy
    allocation: AllocationPolicy
    metering: MeteringPolicy
    billing: BillingPolicy

    @model_validator(mode="after")
    def _tell_places(self) -> "Programme":
        self.stands_at(self.code, "")
        for path, part in parts_of(self):
            part.stands_at(self.code, path)
        return self

    def card(self, card_type: str) -> Card:
        """A type of card. Raises NotFound for one that the definition does not name."""
        return self.entry("cards", self.cards, card_type)

    def product(self, code: str) -> Product:
        """A product. Raises NotFound for one that the definition does not name."""
        return self.entry("products", self.products, code)

    def track(self, code: str) -> Track:
        """A track. Raises NotFound for one that the definition does not name."""
        return self.entry("tracks", self.tracks, code)

    def stated_values(self) -> dict[str, StatedValue]:
        """Every stated value by its dotted path, in the definition's order."""
        return {path: part for path, part in parts_of(self) if isinstance(part, StatedValue)}

    def unset_paths(self) -> list[str]:
        """The dotted paths of all unset values, in the definition's order."""
        return [path for path, stated in self.stated_values().items() if stated.is_unset()]

    def as_json(self) -> dict[str, Any]:
        """The definition as `programme.opened` carries it and services keep it."""
        return self.model_dump(mode="json", by_alias=True)
