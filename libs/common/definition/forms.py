"""Forms that applicants fill in: fields by kind, and tables of them (IN-9, OB-6)."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from libs.common.bounds import Count, Key, Positive
from libs.common.definition.stated import Flag, Keys, Part, Sector, Text

FieldKind = Literal[
    "text", "long_text", "number", "percent", "money", "date", "month", "choice", "choices", "flag", "url"
]
FormNumber = Annotated[Decimal, Field(ge=-(10**15), le=10**15, decimal_places=4, allow_inf_nan=False)]
Condition = Literal[
    "youth_claimed",
    "region_claimed",
    "student_manager",
    "graduate_manager",
    "sole_proprietor",
    "storage_asked",
    "large",
]
"""What an application says that makes a document or a field needed (IN-9, IN-14, IN-15)."""
Conditions = Annotated[list[Condition], Field(max_length=10)]
"""All of them must hold; an empty list always does."""


class FormColumn(Part):
    """One column of a table: what is filled in once a row."""

    name: Text
    kind: FieldKind
    required: Flag = True
    unit: Text | None = None
    """What a number counts, such as 건 or 억원."""
    choices: Annotated[dict[Key, Text], Field(max_length=200)] = Field(default_factory=dict)
    """What may be chosen, by its key, for `choice` and `choices`."""
    least: FormNumber | None = None
    most: FormNumber | None = None
    """The range of a number."""
    characters_max: Positive | None = None
    """How long a text may be; `long_text` without one has its own limit."""
    personal: Flag = False
    """It tells who a person or the applicant is: reviewers do not see it where the call hides names (RV-16)."""


class FormField(Part):
    """One field of a form; with the kind `table` rows of columns."""

    name: Text
    kind: Literal[FieldKind, "table"]
    required: Flag = True
    why: Text | None = None
    """What the field is for, in the applicant's words."""
    unit: Text | None = None
    choices: Annotated[dict[Key, Text], Field(max_length=200)] = Field(default_factory=dict)
    least: FormNumber | None = None
    most: FormNumber | None = None
    characters_max: Positive | None = None
    columns: Annotated[dict[Key, FormColumn], Field(max_length=50)] = Field(default_factory=dict)
    rows_min: Count = 0
    rows_max: Positive | None = None
    tracks: Keys = Field(default_factory=list)
    """Whom the field asks; an empty list means everyone, as in documents."""
    sectors: Annotated[list[Sector], Field(max_length=10)] = Field(default_factory=list)
    kinds: Keys = Field(default_factory=list)
    when: Conditions = Field(default_factory=list)
    personal: Flag = False
    """It tells who a person or the applicant is: reviewers do not see it where the call hides names (RV-16)."""


Form = Annotated[dict[Key, FormField], Field(max_length=200)]
"""A form's fields by key, in the order in which they are asked."""
