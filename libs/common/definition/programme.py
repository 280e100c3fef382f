"""A programme's definition as a whole: the notice as data (CV-8).

Every value that a notice could change states itself with its source, as `none` (decided: there is no such limit) or
as `unset` (the notice is silent: an officer fills it in). Code reads values by name; only the officer's route that
fills one in names it by its dotted path.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from libs.common.bounds import Day, Instant, Key, Name, Sentence, Version
from libs.common.definition.allocation import AllocationPolicy, Card, Product
from libs.common.definition.billing import BillingPolicy
from libs.common.definition.expected import left_unset
from libs.common.definition.holidays import Holidays
from libs.common.definition.intake import IntakePolicy, Track
from libs.common.definition.metering import MeteringPolicy
from libs.common.definition.obligations import Obligations
from libs.common.definition.public import PublicText
from libs.common.definition.review import ReviewPolicy
from libs.common.definition.stated import (
    Codes,
    LongText,
    Part,
    ProgrammeCode,
    Stated,
    StatedOrNone,
    StatedValue,
    Text,
    none_for,
    parts_of,
)
from libs.common.definition.templates import Templates

__all__ = ["GRANTING", "PROVIDERS_CALL", "Programme", "ProgrammeCode"]
GRANTING = ("allocation", "metering", "billing")
"""The parts that say how a users' call grants; a providers' call need not state them."""
PROVIDERS_CALL = "a call for providers grants nothing: the calls that it serves state this"


def _left_unset(kind: type[Part]) -> Any:
    """The default of a part that a providers' call need not state; a users' call without it is refused by the check."""
    return Field(default=left_unset(kind, PROVIDERS_CALL), validate_default=True)


class Programme(Part):
    """A whole definition, as `programmes/*.yaml` states it and as `programme.opened` carries it."""

    code: ProgrammeCode
    version: Version
    name: Text
    holidays: Holidays = Field(default_factory=Holidays)
    audience: Literal["users", "providers"] = "users"
    """Whom the call asks to apply: users of cards, or providers of them."""
    serves: Codes = Field(default_factory=list)
    """The programmes for whose users a providers' call selects providers (RV-15)."""
    round_of: ProgrammeCode | None = None
    """The call of which this is a further round: it shares that call's limits (AL-20)."""
    summary: LongText | None = None
    public: PublicText = Field(default_factory=PublicText)
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
    allocation: AllocationPolicy = _left_unset(AllocationPolicy)
    metering: MeteringPolicy = _left_unset(MeteringPolicy)
    billing: BillingPolicy = _left_unset(BillingPolicy)
    obligations: Obligations = Field(default_factory=dict)
    """What users and providers owe after the award (OB-1)."""
    messages: Templates = Field(default_factory=dict)
    """Messages in this programme's own words, by occasion (MS-1)."""
    publication_sentence: StatedOrNone[Sentence] = none_for("S4 alone prints a sentence")
    """What publications must say, `{project_number}` filled in."""

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
        """The dotted paths of all unset values in their order; not of parts that a providers' call need not state."""
        left_out = GRANTING if self.audience == "providers" else ()
        values = self.stated_values().items()
        return [path for path, stated in values if stated.is_unset() and path.split(".")[0] not in left_out]

    def as_json(self) -> dict[str, Any]:
        """The definition as `programme.opened` carries it and services keep it."""
        return self.model_dump(mode="json", by_alias=True)
