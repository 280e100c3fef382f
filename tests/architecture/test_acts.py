"""Every command of every service leaves who did it, when and why (F-45), or is listed with what is kept instead."""

import ast

import pytest

from libs.common.things import things_of
from libs.common.web import NOT_KEPT
from libs.embedded.together import load
from libs.operator.services import SERVICES
from tests.architecture.source import code_files, parsed

CHANGES = {"post", "put", "patch", "delete"}
DOORS = {"once", "_once", "proposed", "record_act"}
"""What keeps the act in the command's transaction; `_once` is `once` that also answers kept refusals."""
OTHERWISE = {
    "libs/common/operator_routes.py": "orders on the bus are rows of their own, with actor, reason and instant",
    "services/allocator/routes/supply.py register_provider": "sent on to intake, which keeps it",
}
OF_NONE = {
    "collect_documents": "the store as a whole",
    "move_providers": "all providers at once",
    "register_provider": "in the allocator only: sent on to intake",
}
"""Commands about no single thing; their acts stand under the empty id."""


def commands():
    """Every route that changes something: file, function, its decorator's method."""
    for name in code_files("services/", "libs/common/"):
        for node in ast.walk(parsed(name)):
            if isinstance(node, ast.AsyncFunctionDef):
                for made in node.decorator_list:
                    if isinstance(made, ast.Call) and getattr(made.func, "attr", "") in CHANGES:
                        yield name, node


def test_every_command_goes_through_the_one_door() -> None:
    """A route that changes something calls `command.once` or `proposed`, which keep the act in its transaction."""
    beside = [
        f"{name} {node.name}"
        for name, node in commands()
        if not DOORS
        & {
            getattr(call.func, "attr", getattr(call.func, "id", ""))
            for call in ast.walk(node)
            if isinstance(call, ast.Call)
        }
        and node.name not in NOT_KEPT
        and name not in OTHERWISE
        and f"{name} {node.name}" not in OTHERWISE
    ]
    assert beside == []


def test_what_keeps_no_act_is_still_there() -> None:
    """Each exception names a command that exists."""
    known = {node.name for _, node in commands()}
    assert sorted(set(NOT_KEPT) - known) == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_command_is_about_a_thing_whose_history_can_be_asked_for(name: str) -> None:
    """The thing's name is one that `/history/{thing}/{id}` takes, and the answer or the path gives its id."""
    wrong = []
    for router in load(name).routers:
        for route in router.routes:
            if not {method.lower() for method in route.methods} & CHANGES or route.name in NOT_KEPT:
                continue
            fields = getattr(route.response_model, "model_fields", {})
            answer = route.response_model.model_construct(**dict.fromkeys(fields, "x")) if fields else None
            things = things_of(route.path, dict.fromkeys(route.param_convertors, "x"), answer)
            if not things or not all(thing.replace("_", "").isalpha() for thing, _ in things):
                wrong.append(f"{route.name}: {things}")
            if not things[0][1] and "items" not in fields and route.name not in OF_NONE:
                wrong.append(f"{route.name}: no id")
    assert wrong == []
