"""What a call's application form asks, by kind of field (IN-9, OB-6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libs.common.definition.forms import FormColumn, FormField
    from libs.common.definition.programme import Programme

LONG_TEXT_MAX = 20_000
TEXT_MAX = 1_000
ROWS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What may be written into one field, or into one column of a table."""

    key: str
    name_ko: str
    name_en: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    least: Decimal | None
    most: Decimal | None
    characters_max: int


@dataclass(frozen=True, slots=True)
class FormEntry(Entry):
    """One field of a form, whom it asks, and the columns of a table."""

    columns: Mapping[str, Entry]
    rows_min: int
    rows_max: int
    tracks: tuple[str, ...]
    sectors: tuple[str, ...]
    kinds: tuple[str, ...]
    when: tuple[str, ...]
    """Conditions (IN-9) that must all hold."""


@dataclass(frozen=True, slots=True)
class FormPolicy:
    """The form's fields by key, in their order."""

    fields: Mapping[str, FormEntry]

    @classmethod
    def of(cls, programme: "Programme") -> "FormPolicy":
        """Read it. Never raises: a form states all of itself."""
        return cls({key: _field(key, field) for key, field in programme.intake.form.items()})


def _field(key: str, field: "FormField") -> FormEntry:
    return FormEntry(
        **_entry(key, field),
        columns={name: Entry(**_entry(name, column)) for name, column in field.columns.items()},
        rows_min=field.rows_min,
        rows_max=field.rows_max or ROWS_MAX,
        tracks=tuple(field.tracks),
        sectors=tuple(field.sectors),
        kinds=tuple(field.kinds),
        when=tuple(field.when),
    )


def _entry(key: str, told: "FormField | FormColumn") -> dict[str, Any]:
    return {
        "key": key,
        "name_ko": told.name.ko,
        "name_en": told.name.en,
        "kind": told.kind,
        "required": told.required,
        "choices": tuple(told.choices),
        "least": told.least,
        "most": told.most,
        "characters_max": told.characters_max or (LONG_TEXT_MAX if told.kind == "long_text" else TEXT_MAX),
    }
