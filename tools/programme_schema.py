"""Makes `docs/programme.schema.json`: the JSON Schema by which an editor helps to write a definition, in Korean.

Shape and ranges are those of `libs/common/definition/`, the words those of `docs/programme.words.yaml`. The schema asks
for less than `./dure programme check` does: that a document is right by itself, not that its values agree.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, TypeAdapter

from libs.common import expected as any_model
from libs.common.definition.expected import expected, value_of
from libs.common.definition.programme import Programme
from libs.common.definition.stated import StatedOrNone, StatedValue

NAME = "docs/programme.schema.json"
WORDS = Path(__file__).parents[1] / "docs/programme.words.yaml"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
WRITTEN_NUMBER, WRITTEN_DAY = r"^-?[0-9]+(\.[0-9]+)?$", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
UNSAID = ("title", "description")
ENTRY = r"^[^.\s\x00-\x1f]{1,60}$"
SOURCE = "출처. 공고와 절(예: S0 §5), 미정이면 무엇이 빠졌는지 적습니다"
DEFAULT = "이 공고에 없어 다른 공고에서 가져왔거나 정한 값이면 true. 확인이 필요합니다"
Words = Mapping[str, Mapping[str, str]]
Schema = dict[str, Any]


def documents(_root: Path) -> dict[str, str]:
    """The schema's file. It is the same for every tree: the model is code."""
    return {NAME: json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"}


def schema() -> Schema:
    """The whole schema. Raises KeyError where a field has no Korean words."""
    words: Words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    parts = {part.__name__: _part(part, words) for part in all_parts()}
    top = parts.pop("Programme")
    title = {"title": "두레 사업 정의", "description": "공고를 값으로 적은 사업 정의입니다."}
    return {"$schema": DIALECT, **title, **top, "$defs": parts}


def all_parts() -> tuple[type[BaseModel], ...]:
    """Every part of a definition but the kinds of stated values, each once, the whole first."""
    found: dict[type[BaseModel], None] = {}
    waiting: list[type[BaseModel]] = [Programme]
    while waiting:
        part = waiting.pop(0)
        if part not in found:
            found[part] = None
            waiting += [kind for field in part.model_fields.values() for kind in _parts_in(field.annotation)]
    return tuple(found)


def _parts_in(here: Any) -> Iterator[type[BaseModel]]:
    kind = any_model.bare(here)
    if get_origin(kind) in (list, dict):
        yield from (part for argument in get_args(kind) for part in _parts_in(argument))
    elif _is(kind, StatedValue):
        yield from _parts_in(value_of(kind))
    elif _is(kind, BaseModel):
        yield kind


def _is(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)


def _part(part: type[BaseModel], words: Words) -> Schema:
    """A part's fields, each with what it means and what to write."""
    properties = {}
    for name, field in part.model_fields.items():
        here = any_model.whole(field)
        write = expected(here, name).ko
        told = f"{words[part.__name__][name]}. 적을 것: {write}."
        properties[name] = {"description": told, **_place(here)}
    required = [name for name, field in part.model_fields.items() if field.is_required()]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _place(here: Any) -> Schema:
    """What may stand at a place."""
    if get_origin(here) is Annotated and get_origin(any_model.bare(here)) not in (list, dict):
        inner = any_model.bare(here)
        return _value(here) if not _is(inner, BaseModel) else _place(inner)
    if get_origin(here) in (Union, UnionType):
        return {"anyOf": [{"type": "null"} if kind is NoneType else _place(kind) for kind in get_args(here)]}
    kind, limits = any_model.bare(here), any_model.limits(here)
    if get_origin(kind) is list:
        sizes = {"minItems": limits.get("min_length"), "maxItems": limits.get("max_length")}
        found = {"type": "array", "items": _place(get_args(kind)[0])}
        return found | {name: size for name, size in sizes.items() if size is not None}
    if get_origin(kind) is dict:
        return {
            "type": "object",
            "patternProperties": {ENTRY: _place(get_args(kind)[1])},
            "additionalProperties": False,
        }
    if _is(kind, StatedValue):
        return _stated(kind)
    return {"$ref": f"#/$defs/{kind.__name__}"} if _is(kind, BaseModel) else _value(here)


def _stated(kind: Any) -> Schema:
    words = ["none", "unset"] if issubclass(kind, StatedOrNone) else ["unset"]
    says = "값, none(그런 한도가 없다고 정함), unset(공고에 없어 담당자가 채움)" if len(words) > 1 else "값, 또는 unset"
    return {
        "type": "object",
        "properties": {
            "is": {"description": says, "anyOf": [_place(value_of(kind)), {"enum": words}]},
            "source": {"description": SOURCE, "type": "string", "minLength": 1, "maxLength": 4000},
            "default": {"description": DEFAULT, "type": "boolean"},
        },
        "required": ["is", "source"],
        "additionalProperties": False,
    }


def _value(here: Any) -> Schema:
    """The schema of a plain value, as the type's own reader makes it."""
    kind = any_model.bare(here)
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    limits = any_model.limits(here)
    if kind is Decimal:
        names = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum"}
        number = {"type": "number", **{names[one]: limit for one, limit in limits.items() if one in names}}
        return {"anyOf": [number, {"type": "string", "pattern": WRITTEN_NUMBER}]}
    made = {name: value for name, value in TypeAdapter(here).json_schema().items() if name not in UNSAID}
    return made | ({"pattern": WRITTEN_DAY} if made.get("format", "").startswith("date") else {})
