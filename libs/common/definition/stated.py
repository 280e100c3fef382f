"""What every part of a definition is made of: values that state their source, and know where they stand (CV-8).

A part and a stated value know their programme's code and their own dotted path, so that code reads
`programme.metering.wait_limit_s.optional()` and a typo fails the type check, not a request. Two kinds of value:

* `Stated[T]`: must have a value. `required()` gives it and stops with `policy_missing` where it is unset.
* `StatedOrNone[T]`: may also be `none`, which is a decision: there is no such limit. `optional()` gives the value, or
  None where it is decided that there is none, and stops with `policy_missing` where it is unset.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PrivateAttr, StrictBool, Tag

from libs.common.bounds import Expected, Key, Name, Sentence
from libs.common.errors import NotFound, PolicyMissing

T = TypeVar("T")
E = TypeVar("E")
Decision = Literal["pass", "fail", "officer"]
Sector = Literal["private", "public"]
Stage = Literal["document", "presentation"]
Flag = StrictBool
Keys = Annotated[list[Key], Field(max_length=200)]
"""A list of what things are called."""
ProgrammeCode = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9-]{2,40}$"),
    Expected(
        "작은 로마자, 숫자, 붙임표 3~41자(예: gpu-rental-2025s)",
        "3 to 41 small letters, digits and hyphens, such as gpu-rental-2025s",
    ),
]
Codes = Annotated[list[ProgrammeCode], Field(max_length=20)]
"""A list of programmes."""


def _word_or_value(value: Any) -> Literal["word", "value"]:
    return "word" if value in ("none", "unset") else "value"


def _unset_or_value(value: Any) -> Literal["word", "value"]:
    return "word" if value == "unset" else "value"


class Part(BaseModel):
    """A piece of a definition: unknown fields are refused, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)

    _programme: str = PrivateAttr("")
    _path: str = PrivateAttr("")

    def stands_at(self, programme: str, path: str) -> None:
        """Tell the part where it stands: the programme's code and its own dotted path. Reading a definition does."""
        self._programme, self._path = programme, path

    def entry(self, field: str, entries: Mapping[str, E], key: str) -> E:
        """The entry of a field that is keyed, such as a card's rate. Raises NotFound, which names the whole path."""
        if key not in entries:
            raise NotFound("policy value", f"{self._programme}:{'.'.join(filter(None, (self._path, field, key)))}")
        return entries[key]


class StatedValue(Part):
    """Where a value comes from; `Stated` and `StatedOrNone` add the value itself."""

    source: Sentence
    """Notice and section such as `S0 §5`; for an unset value what is missing; for an officer's their reason."""
    default: bool = False
    """Not printed in this notice: taken over from a sister notice or decided by us, to be confirmed."""

    @property
    def path(self) -> str:
        """The dotted path at which the value stands."""
        return self._path

    def is_unset(self) -> bool:
        """Whether the notice is silent and no officer has filled the value in yet."""
        return bool(getattr(self, "is_", None) == "unset")  # each kind below declares `is_` with its own type


class Stated(StatedValue, Generic[T]):
    """One value that a programme must have. `is` is the value or `unset`."""

    is_: Annotated[
        Annotated[T, Tag("value")] | Annotated[Literal["unset"], Tag("word")], Discriminator(_unset_or_value)
    ] = Field(alias="is")

    def required(self) -> T:
        """CV-8: The value; a step that needs an unset one stops with PolicyMissing, which names it: nothing is guessed.

        Never `none`: a definition that says so is refused.
        """
        if self.is_ == "unset":
            raise PolicyMissing(self._programme, self._path)
        return self.is_

    def known(self) -> T | None:
        """The value as far as it is known; None where it is unset. For checks of a definition, not for steps."""
        return None if self.is_ == "unset" else self.is_


class StatedOrNone(StatedValue, Generic[T]):
    """One value of which it can be decided that there is none. `is` is the value, `none` or `unset`."""

    is_: Annotated[
        Annotated[T, Tag("value")] | Annotated[Literal["none", "unset"], Tag("word")], Discriminator(_word_or_value)
    ] = Field(alias="is")

    def optional(self) -> T | None:
        """The value (CV-8); None where it is decided that there is none. Raises PolicyMissing where it is unset."""
        if self.is_ == "unset":
            raise PolicyMissing(self._programme, self._path)
        return None if self.is_ == "none" else self.is_

    def is_none(self) -> bool:
        """Whether it is decided that there is no such limit. For checks of a definition, not for steps."""
        return bool(self.is_ == "none")

    def known(self) -> T | None:
        """The value as far as it is known; None for `none` and unset. For checks of a definition, not for steps."""
        if self.is_ == "unset":
            return None
        return None if self.is_ == "none" else self.is_


def none_for(why: str) -> Any:
    """The default of a value that a definition need not state: there is none, and why. So older ones still read."""
    return Field(default={"is": "none", "source": why}, validate_default=True)


def unset_for(why: str) -> Any:
    """The same for a value that a step must not do without: unset until an officer fills it in (CV-8)."""
    return Field(default={"is": "unset", "source": why}, validate_default=True)


class Text(Part):
    """Words in both languages."""

    ko: Name
    en: Name


class LongText(Part):
    """Whole sentences in both languages."""

    ko: Sentence
    en: Sentence


def parts_of(node: Any, path: str = "") -> Iterator[tuple[str, Part]]:
    """Every part below a node with its dotted path, in the definition's order; stated values are parts too."""
    if isinstance(node, Part):
        if path:
            yield path, node
        children: Any = (
            [] if isinstance(node, StatedValue) else [(n, getattr(node, n)) for n in type(node).model_fields]
        )
    else:
        children = node.items() if isinstance(node, dict) else []
    for name, child in children:
        yield from parts_of(child, f"{path}.{name}".lstrip("."))
