"""Finds second homes of a rule that carry no id (docs/decisions/0023): the same computation, value or primitive twice.

Three looks at the syntax trees of the services and of what they share:

- two functions, or two larger expressions, that compute the same thing once names of locals are taken away, one of
  them in a rules folder or in libs/common;
- a policy value that is read from the definition in two places;
- a primitive that belongs to one module (folding of keys, Seoul's zone, rounding of money) used beside it.

What may stand twice is listed in `tools/twins_allowed.py`, each with its reason.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.syntax import Function, Module
from tools.twins_allowed import COMPUTED_TWICE, PRIMITIVES, READ_TWICE

LOOKED_AT = re.compile(r"services\.\w+\.(?:rules|operations|store|routes|policy|consumers|jobs|model)\b|libs\.common\.")
HOMES = re.compile(r"services\.\w+\.rules\b|libs\.common\.(?!web|app|db|events)")
READS = ("required", "optional", "known")
BODY_MIN = 30
EXPRESSION_MIN = 26
"""From so many syntax nodes on two equal bodies, or expressions, are no accident."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A function's body or an expression: its module, the function around it, its line."""

    module: str
    function: str
    file: str
    line: int

    @property
    def where(self) -> str:
        """Where it stands, for a person."""
        return f"{self.file}:{self.line} {self.function}"


def twins(modules: Mapping[str, Module]) -> list[str]:
    """What stands twice, one sentence each; empty when every rule has one home."""
    seen = {name: module for name, module in modules.items() if LOOKED_AT.match(name) and ".migrations." not in name}
    return sorted({*_computed_twice(seen), *_read_twice(seen), *_strayed(seen)})


def _computed_twice(modules: Mapping[str, Module]) -> Iterator[str]:
    pieces: dict[str, list[Piece]] = defaultdict(list)
    for module in modules.values():
        for name, function in _functions(module.tree):
            for shape, line in _shapes(function):
                pieces[shape].append(Piece(module.name, name, module.file, line))
    told: set[frozenset[str]] = set()
    for found in pieces.values():
        owners = {(piece.module, piece.function) for piece in found}
        names = frozenset(piece.function for piece in found)
        if (
            len({(piece.module, piece.line) for piece in found}) < 2
            or len(owners) < 2
            or not any(HOMES.match(piece.module) for piece in found)
        ):
            continue
        pair = frozenset(f"{module}:{function}" for module, function in owners)
        if pair in told or any(names <= allowed for allowed in COMPUTED_TWICE):
            continue
        told.add(pair)
        yield f"the same is computed twice: {' and '.join(sorted({piece.where for piece in found}))}"


def _functions(node: ast.AST, within: str = "") -> Iterator[tuple[str, Function]]:
    """Every function below a node with its name; a method's begins with its class, so that two `of` are two."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, Function):
            yield within + inner.name, inner
        yield from _functions(inner, f"{inner.name}." if isinstance(inner, ast.ClassDef) else within)


def _shapes(function: Function) -> Iterator[tuple[str, int]]:
    """The shapes of a function's body and of its larger expressions, without the names of locals."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if sum(1 for part in body for _ in ast.walk(part)) >= BODY_MIN:
        yield _shape(body), function.lineno
    for part in body:
        for node in ast.walk(part):
            if (
                isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare)
                and sum(1 for _ in ast.walk(node)) >= EXPRESSION_MIN
            ):
                yield _shape([node]), getattr(node, "lineno", 0)


def _shape(nodes: Sequence[ast.AST]) -> str:
    """A text that two computations share if they differ in nothing but the names of their own variables.

    What a dotted name begins with is forgotten, so that a noun and a row with the same fields look alike.
    """
    numbered: dict[str, str] = {}

    def plain(node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            return numbered.setdefault(node.id, f"v{len(numbered)}")
        if isinstance(node, ast.Attribute):
            return f".{node.attr}"
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            return f".{node.slice.value}"
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else plain(node.func)
            return f"{called}({', '.join(map(plain, [*node.args, *(k.value for k in node.keywords)]))})"
        if isinstance(node, ast.arg):
            return numbered.setdefault(node.arg, f"v{len(numbered)}")
        if isinstance(node, ast.Constant):
            return repr(node.value)
        return f"{type(node).__name__}[{' '.join(map(plain, ast.iter_child_nodes(node)))}]"

    return " ".join(plain(node) for node in nodes)


def _read_twice(modules: Mapping[str, Module]) -> Iterator[str]:
    readers: dict[str, list[Piece]] = defaultdict(list)
    for module in modules.values():
        if not module.name.startswith("services."):
            continue
        for name, function in _functions(module.tree):
            for value, line in _values_read(function):
                readers[value].append(Piece(module.name, name, module.file, line))
    for value, found in readers.items():
        if len({(piece.module, piece.function) for piece in found}) > 1 and value not in READ_TWICE:
            yield f"the policy value {value} is read twice: {' and '.join(sorted({piece.where for piece in found}))}"


def _values_read(function: Function) -> Iterator[tuple[str, int]]:
    """The last name before `.required()`, `.optional()` or `.known()`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS:
            owner = node.func.value
            if isinstance(owner, ast.Attribute):
                yield owner.attr, node.lineno


def _strayed(modules: Mapping[str, Module]) -> Iterator[str]:
    for primitive, home in PRIMITIVES.items():
        used = re.compile(primitive)
        for module in modules.values():
            if module.name in home:
                continue
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Attribute | ast.Call) and used.fullmatch(ast.unparse(node)):
                    line = node.lineno
                    yield f"{module.file}:{line} {ast.unparse(node)} belongs to {' or '.join(home)}"
