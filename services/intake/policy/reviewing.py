"""What reading by reviewers needs of a programme's definition (RV-16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from libs.common.definition.forms import FormColumn, FormField
    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class Asked:
    """What a field of the form, or a column of a table, is called, and whether it tells who somebody is."""

    key: str
    name_ko: str
    name_en: str
    kind: str
    personal: bool
    choices: Mapping[str, tuple[str, str]]
    """What was chosen, by its key: Korean and English name."""
    columns: tuple["Asked", ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingPolicy:
    """RV-16: whether applicants' names are hidden from reviewers, and what documents are called in both languages."""

    names_hidden: bool
    names: Mapping[str, tuple[str, str]]
    """Kind of document → Korean and English name."""
    form: tuple[Asked, ...] = ()
    """The fields of the form, in their order."""

    @classmethod
    def of(cls, programme: "Programme") -> "ReadingPolicy":
        """Read it; where the notice says nothing, names are shown."""
        names = {kind: (listed.name.ko, listed.name.en) for kind, listed in programme.intake.documents.items()}
        form = tuple(
            _asked(
                key,
                field,
                personal=field.personal,
                columns=tuple(_asked(name, column, personal=column.personal) for name, column in field.columns.items()),
            )
            for key, field in programme.intake.form.items()
        )
        return cls(bool(programme.review.names_hidden.optional()), names, form)


def _asked(key: str, told: "FormField | FormColumn", *, personal: bool, columns: tuple[Asked, ...] = ()) -> Asked:
    choices = {one: (name.ko, name.en) for one, name in told.choices.items()}
    return Asked(key, told.name.ko, told.name.en, told.kind, personal, choices, columns)
