"""Where things enter Dure: routes, events that are heard, jobs on a clock, commands, and what every request passes."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tools.syntax import Function, Module, resolve

METHODS = ("get", "post", "put", "patch", "delete")
ROUTER = "ServiceRouter"
PREFIX = "/v1"
EVERY = {
    "libs.common.app:build_app": "every request",
    "libs.common.inbox:consume": "every event",
    "libs.common.service:Runtime.start": "every worker",
    "libs.embedded.serve:": "dure up",
}
"""What all routes, all events and all workers of every service share, and what starts the one-machine mode."""
COMMON_ROUTES = {"libs.common.operator_routes", "libs.common.history_routes", "libs.common.proposals.routes"}
"""Routes that several services have."""
Kind = Literal["route", "event", "job", "command", "every"]


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """One way in: its kind, its words as the index prints them, and the node of the call graph behind it."""

    kind: Kind
    words: str
    node: str


def entry_points(modules: Mapping[str, Module]) -> list[EntryPoint]:
    """All entry points of a tree, by kind and words."""
    found = [
        *(EntryPoint("every", words, node) for node, words in EVERY.items() if node.partition(":")[0] in modules),
        *(entry for module in modules.values() for entry in _of_module(module, modules)),
    ]
    return sorted(found, key=lambda entry: (entry.kind, entry.words, entry.node))


def _of_module(module: Module, modules: Mapping[str, Module]) -> Iterator[EntryPoint]:
    service = module.name.split(".")[1] if module.name.startswith("services.") else ""
    if ".migrations." in module.name:
        yield EntryPoint(
            "command", f"dure migrate ({service} {module.name.rpartition('.')[2]})", f"{module.name}:upgrade"
        )
    elif service and module.name.endswith(".consumers"):
        yield from _events(module, service, modules)
    elif service and module.name.endswith(".__main__"):
        yield from _jobs(module, service, modules)
    if ".routes." in module.name or module.name in COMMON_ROUTES:
        yield from _routes(module, service or "*")
    yield from _commands(module, modules)


def _routes(module: Module, service: str) -> Iterator[EntryPoint]:
    for name, node in module.defined.items():
        if not isinstance(node, Function):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
                method, path = decorator.func.attr, _text(decorator.args[0]) if decorator.args else ""
                if method in METHODS:
                    words = f"{method.upper()} /{service}{PREFIX}{path}"
                    yield EntryPoint("route", words, f"{module.name}:{name}")


def _events(module: Module, service: str, modules: Mapping[str, Module]) -> Iterator[EntryPoint]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                handler = _handler(value, module, modules)
                if key is not None and handler:
                    yield EntryPoint("event", f"{_event_type(key, module, modules)} → {service}", handler)


def _handler(value: ast.expr, module: Module, modules: Mapping[str, Module]) -> str | None:
    """The handler behind a value: a name, or the argument of an adapter such as `dated(hear_x)`."""
    if isinstance(value, ast.Call):
        return next((h for argument in value.args if (h := _handler(argument, module, modules))), None)
    return resolve(value, module, modules)


def _event_type(key: ast.expr, module: Module, modules: Mapping[str, Module]) -> str:
    node = resolve(key, module, modules) or ""
    owner, _, name = node.partition(":")
    contract = modules[owner].defined.get(name) if owner in modules else None
    for part in contract.body if isinstance(contract, ast.ClassDef) else []:
        if isinstance(part, ast.AnnAssign) and ast.unparse(part.target) == "TYPE" and part.value is not None:
            return _text(part.value).removeprefix("kr.dure.")
    return ast.unparse(key)


def _jobs(module: Module, service: str, modules: Mapping[str, Module]) -> Iterator[EntryPoint]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Job":
            run = next((k.value for k in node.keywords if k.arg == "run"), node.args[2] if len(node.args) > 2 else None)
            target = resolve(run, module, modules) if run is not None else None
            if target:
                yield EntryPoint("job", f"{service} {_text(node.args[0]) if node.args else '?'}", target)


def _commands(module: Module, modules: Mapping[str, Module]) -> Iterator[EntryPoint]:
    """Functions under `@x.command("name")`, and those given to `x.command("name")(function)`."""
    for name, node in module.defined.items():
        if isinstance(node, Function):
            for decorator in node.decorator_list:
                if words := _command_words(decorator, module):
                    yield EntryPoint("command", words, f"{module.name}:{name}")
    for node in module.tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and node.value.args:
            words = _command_words(node.value.func, module)
            target = resolve(node.value.args[0], module, modules)
            if words and target:
                yield EntryPoint("command", words, target)


def _command_words(called: ast.expr, module: Module) -> str:
    """`dure bus lag` for `bus_app.command("lag")`, `dure up` for `app.command("up")`."""
    if not isinstance(called, ast.Call) or not isinstance(called.func, ast.Attribute) or called.func.attr != "command":
        return ""
    if not called.args or not module.name.startswith(("libs.operator", "libs.embedded", "tools")):
        return ""
    group = ast.unparse(called.func.value).removesuffix("app").removesuffix("_")
    return " ".join(word for word in ("dure", group, _text(called.args[0])) if word)


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
