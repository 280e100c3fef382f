"""From what the framework finds wrong in a request to fields with words (F-61): read off what the route asks for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast, get_args

from fastapi import UploadFile
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import AwareDatetime

from libs.common.bounds import Expected
from libs.common.errors import FIELDS_TOLD_MAX, InvalidRequest, PartOfRequest, WrongField
from libs.common.expected import annotations_along, bare, expected, whole
from libs.common.wrong_fields import OTHER, code_of, wrong_field

OF_NAME = "[key]"
"""How a wrong name of a dict's entry is marked behind the name."""
OF_TIME = {"too_small": "too_early", "too_large": "too_late"}
OF_TEXT = {"too_few": "too_short", "too_many": "too_long"}
REFINED: dict[Any, dict[str, str]] = {dt.date: OF_TIME, AwareDatetime: OF_TIME, str: OF_TEXT}
"""What a code is for a place of one kind."""


class Asked(NamedTuple):
    """What a route asks for: each parameter by its part and name, and the body, as annotations."""

    parameters: Mapping[tuple[str, str], Any]
    body: Any

    def at(self, part: str, steps: Sequence[str | int]) -> list[Any]:
        """The annotations from a part's root along a path; a parameter's name is its first step."""
        if part == "body":
            return list(annotations_along(self.body, steps))
        names = ", ".join(name for where, name in self.parameters if where == part)
        known = Expected(names, names)
        if not steps or (part, str(steps[0])) not in self.parameters:
            return [known]
        return [known, *annotations_along(self.parameters[part, str(steps[0])], steps[1:])]


def asked_by(route: Any) -> Asked:
    """What a route asks for; nothing where it is no route of ours."""
    if not isinstance(route, APIRoute):
        return Asked({}, Any)
    fields = [(cast("Any", field.field_info).in_.value, field) for field in get_flat_params(route.dependant)]
    body = route.body_field
    return Asked(
        {(where, field.alias): whole(field.field_info) for where, field in fields},
        Any if body is None else whole(body.field_info),
    )


def invalid_request(route: Any, errors: Sequence[Mapping[str, Any]]) -> InvalidRequest:
    """What the framework found wrong in a request to a route, as fields with words. Never raises."""
    asked = asked_by(route)
    return InvalidRequest([_told(error, asked) for error in errors[:FIELDS_TOLD_MAX]], len(errors))


def _told(error: Mapping[str, Any], asked: Asked) -> WrongField:
    part, *steps = error["loc"]
    of_name = bool(steps) and steps[-1] == OF_NAME
    steps = steps[:-1] if of_name else steps
    found = asked.at(part, steps)
    if of_name and len(found) > 1:
        write = expected(get_args(bare(found[-2]))[0])
        return wrong_field("wrong_name", steps, part, write)
    here = found[-1]
    if isinstance(here, Expected):  # a parameter that the route does not know
        return wrong_field(code_of(error["type"]), steps, part, here)
    name = next((step for step in reversed(steps) if isinstance(step, str)), "")
    return wrong_field(_code(error["type"], bare(here)), steps, cast("PartOfRequest", part), expected(here, name))


def _code(error_type: str, kind: Any) -> str:
    code = code_of(error_type)
    if kind is UploadFile and code == OTHER:
        return "not_a_file"
    return REFINED.get(kind, {}).get(code, code)
