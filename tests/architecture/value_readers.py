"""Which fields of definitions the code reads: a small inference of types over the syntax trees of services and libs."""

import ast
import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from libs.common import expected as any_model
from libs.common.definition.expected import value_of
from libs.common.definition.programme import Programme
from libs.common.definition.stated import LongText, Stated, StatedOrNone, StatedValue, Text
from tests.architecture.source import Function, code_files, parsed
from tools.programme_schema import all_parts

PARTS: dict[str, Any] = {part.__name__: part for part in all_parts()}
NAMES = {**PARTS, "Stated": Stated, "StatedOrNone": StatedOrNone}
NOT_READERS = ("libs/common/definition/",)
"""The definition's own checks compare values; they do nothing by them."""
WORDS = (Text, LongText)


def leaves() -> dict[str, str]:
    """Every value of a definition, as `Part.field`, with its part; parts within parts are no values."""
    found = {}
    for part in PARTS.values():
        for name, field in part.model_fields.items():
            if not _is_container(field.annotation):
                found[declared(part, name)] = part.__name__
    return found


def _is_container(here: Any) -> bool:
    kind = any_model.bare(here)
    if get_origin(kind) in (list, dict):
        return any(_is_container(argument) for argument in get_args(kind))
    return isinstance(kind, type) and issubclass(kind, BaseModel) and not issubclass(kind, (StatedValue, *WORDS))


def declared(part: Any, field: str) -> str:
    """`Part.field` by the class that states the field."""
    owner = next(kind for kind in reversed(part.__mro__) if field in getattr(kind, "__annotations__", {}))
    return f"{owner.__name__}.{field}"


@cache
def read_values() -> frozenset[str]:
    """Every `Part.field` that some function of services or libs reads, but for the definition's own checks."""
    found: set[str] = set()
    for name in code_files("services/", "libs/"):
        if not name.startswith(NOT_READERS) and "/migrations/" not in name:
            reader = _Reader(found, _returning())
            reader.visit(parsed(name))
    return frozenset(found)


@cache
def _returning() -> dict[str, Any]:
    """Functions by name that return a definition or a part of one, wherever they stand."""
    found = {}
    for name in code_files("services/", "libs/"):
        for node in ast.walk(parsed(name)):
            if isinstance(node, Function) and node.returns is not None and (kind := _annotated(node.returns)):
                found[node.name] = kind
    return found


def _annotated(node: ast.expr | None) -> Any:
    """The part that an annotation names; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = ast.parse(node.value, mode="eval").body
    if isinstance(node, ast.BinOp):
        left, right = _annotated(node.left), _annotated(node.right)
        return ("either", left, right) if left and right else left or right
    if isinstance(node, ast.Subscript):
        kind = _annotated(node.slice)
        return list[kind] if kind and ast.unparse(node.value) in ("list", "tuple", "Sequence", "Iterable") else kind
    if isinstance(node, ast.Tuple):
        return _annotated(node.elts[-1])
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return PARTS.get(name)


def _plain(kind: Any) -> Any:
    while get_origin(kind) is Annotated or get_origin(kind) in (Union, types.UnionType):
        kind = any_model.bare(kind)
    return kind


class _Reader(ast.NodeVisitor):
    """Walks statements in their order; knows of each name which part of a definition it holds."""

    def __init__(self, found: set[str], returning: dict[str, Any]) -> None:
        self.found, self.returning = found, returning
        self.held: dict[str, Any] = {}
        self.fields: dict[str, Any] = {}

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before, self.fields = self.fields, {}
        for line in node.body:
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                self.fields[line.target.id] = _annotated(line.annotation)
        self.generic_visit(node)
        self.fields = before

    def visit_FunctionDef(self, node: Any) -> None:
        before = dict(self.held)
        for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
            self.held[argument.arg] = _annotated(argument.annotation)
        for line in node.body:
            self.visit(line)
        self.held = before

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the visitor asks for these names

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._bind(target, node.value)
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._bind(node.target, node.value)
            self.visit(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._bind(node.target, node.value)
        self.visit(node.value)

    def visit_For(self, node: Any) -> None:
        self.visit(node.iter)
        self._spread(node.target, self._item(self.kind_of(node.iter)))
        for line in [*node.body, *node.orelse]:
            self.visit(line)

    def _comprehension(self, node: Any) -> None:
        before = dict(self.held)
        for one in node.generators:
            self.visit(one.iter)
            self._spread(one.target, self._item(self.kind_of(one.iter)))
            for condition in one.ifs:
                self.visit(condition)
        for part in [getattr(node, name, None) for name in ("key", "value", "elt")]:
            if part is not None:
                self.visit(part)
        self.held = before

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.kind_of(node)
        self.visit(node.value)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for one, other in zip(target.elts, value.elts, strict=True):
                self._bind(one, other)
        elif isinstance(target, ast.Name):
            self.held[target.id] = self.kind_of(value)

    def _spread(self, target: ast.expr, kinds: Any) -> None:
        if isinstance(target, ast.Tuple) and isinstance(kinds, tuple):
            for one, kind in zip(target.elts, kinds, strict=False):
                self._spread(one, kind)
        elif isinstance(target, ast.Name):
            self.held[target.id] = kinds

    def _item(self, kind: Any) -> Any:
        """What a loop over it gives."""
        if isinstance(kind, tuple) and kind[:1] == ("pairs",):
            return kind[1:]
        kind = _plain(kind)
        return get_args(kind)[0] if get_origin(kind) in (list, dict) else None

    def kind_of(self, node: ast.expr) -> Any:
        """The annotation of what an expression gives, where it is of a definition; notes what it reads on the way."""
        if isinstance(node, ast.Name):
            return self.held.get(node.id)
        if isinstance(node, ast.Await | ast.NamedExpr | ast.Starred):
            return self.kind_of(node.value)
        if isinstance(node, ast.BoolOp):
            return next((kind for one in node.values if (kind := self.kind_of(one)) is not None), None)
        if isinstance(node, ast.IfExp):
            return self.kind_of(node.body) or self.kind_of(node.orelse)
        if isinstance(node, ast.Subscript):
            kind = _plain(self.kind_of(node.value))
            return get_args(kind)[-1] if get_origin(kind) in (list, dict) else None
        if isinstance(node, ast.Call):
            return self._called(node)
        return self._field(node) if isinstance(node, ast.Attribute) else None

    def _field(self, node: ast.Attribute) -> Any:
        if isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr in self.fields:
            return self.fields[node.attr]
        kind = _plain(self.kind_of(node.value))
        if isinstance(kind, tuple) and kind[:1] == ("either",):
            return next(filter(None, [self._field_of(one, node.attr) for one in kind[1:]]), None)
        return self._field_of(kind, node.attr)

    def _field_of(self, kind: Any, name: str) -> Any:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and name in kind.model_fields:
            if kind.__name__ in PARTS:
                self.found.add(declared(kind, name))
            return any_model.whole(kind.model_fields[name])
        return Programme if kind is None and name == "programme" else None

    def _called(self, node: ast.Call) -> Any:
        if not isinstance(node.func, ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            passes = name in ("tuple", "list", "sorted", "reversed") and node.args
            return self.kind_of(node.args[0]) if passes else self.returning.get(name)
        kind, method = _plain(self.kind_of(node.func.value)), node.func.attr
        if get_origin(kind) is dict:
            key, value = get_args(kind)
            given = {"items": ("pairs", key, value), "values": list[value], "keys": list[key], "get": value}
            return given.get(method)
        if isinstance(kind, type) and issubclass(kind, StatedValue):
            return value_of(kind) if method in ("optional", "required", "known") else None
        if isinstance(kind, type) and issubclass(kind, BaseModel) and hasattr(kind, method):
            return get_type_hints(getattr(kind, method)).get("return")
        return self.returning.get(method)


def unread() -> Iterator[str]:
    """The values that nothing reads, by name."""
    yield from sorted(set(leaves()) - read_values())
