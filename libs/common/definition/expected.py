"""What belongs at a place of a definition: what any model tells, stated values, and stand-ins for a check."""

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from libs.common import expected as any_model
from libs.common.bounds import Expected
from libs.common.definition.stated import Stated, StatedOrNone, StatedValue


def names_at(here: Any) -> tuple[str, ...]:
    """The names of the fields at a place; none where it has no fields of its own."""
    kind = any_model.bare(here)
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return ()
    return tuple(field.alias or name for name, field in kind.model_fields.items())


def value_of(stated: Any) -> Any:
    """The annotation of the value of a kind of stated value, such as `Krw` of `StatedOrNone[Krw]`."""
    return stated.__pydantic_generic_metadata__["args"][0]


def expected(here: Any, name: str = "") -> Expected:
    """What belongs at a place with this annotation; its name tells the unit of a number."""
    kind = any_model.bare(here)
    if not (isinstance(kind, type) and issubclass(kind, StatedValue)):
        return any_model.expected(here, name)
    value = any_model.expected(value_of(kind), name)
    if issubclass(kind, StatedOrNone):
        return Expected(f"{value.ko}, 또는 none, unset", f"{value.en}, or none, or unset")
    return Expected(f"{value.ko}, 또는 unset(none은 쓸 수 없음)", f"{value.en}, or unset (none is not possible here)")


def left_unset(kind: type[BaseModel], why: str) -> dict[str, Any]:
    """A part of which nothing is stated: every value unset, every map empty, optional parts left out."""
    parts = {f.alias or name: any_model.whole(f) for name, f in kind.model_fields.items() if f.is_required()}
    return {name: _unset(here, why) for name, here in parts.items()}


def _unset(here: Any, why: str) -> Any:
    kind = any_model.bare(here)
    if isinstance(kind, type) and issubclass(kind, Stated | StatedOrNone):
        return {"is": "unset", "source": why}
    if isinstance(kind, type) and issubclass(kind, BaseModel) and get_origin(here) not in (Union, UnionType):
        return left_unset(kind, why)
    return stand_in(here)


def stand_in(here: Any) -> Any:
    """Something harmless for a place that is wrong or missing, so that everything else can still be checked."""
    if get_origin(here) in (Union, UnionType) and NoneType in get_args(here):
        return None
    kind = any_model.bare(here)
    if isinstance(kind, type) and issubclass(kind, Stated | StatedOrNone):
        return {"is": "unset", "source": "?"}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = kind.model_fields.items()
        return {f.alias or name: stand_in(any_model.whole(f)) for name, f in fields if f.is_required()}
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    return {dict: {}, list: [], int: 1, bool: False}.get(get_origin(kind) or kind, "stand-in")
