"""The tree's own modules as syntax: what each defines and imports, and what each definition refers to."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CODE = ("services/**/*.py", "libs/**/*.py", "tools/**/*.py")
MODULE_NAME = re.compile(r"(?:services|libs|tools|demo)(?:\.\w+)+")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@dataclass(slots=True)
class Module:
    """One file: its dotted name, its tree, and what stands behind each of its top-level names."""

    name: str
    file: str
    tree: ast.Module
    defined: dict[str, ast.stmt] = field(default_factory=dict)
    """Functions, classes and assignments by name."""
    imported: dict[str, str] = field(default_factory=dict)
    """Local name to what it stands for: a module (`a.b`) or a name in one (`a.b:c`)."""


@dataclass(frozen=True, slots=True)
class References:
    """What one definition refers to: nodes (`module:name`), and attributes of things whose class is not known."""

    nodes: frozenset[str]
    attributes: frozenset[str]


def read_modules(root: Path, patterns: Sequence[str] = CODE) -> dict[str, Module]:
    """All modules below the root by dotted name. Raises SyntaxError on broken code."""
    files = sorted({file for pattern in patterns for file in root.glob(pattern)})
    names = {file: _dotted(file.relative_to(root)) for file in files}
    known = set(names.values())
    modules = {}
    for file, name in names.items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        module = Module(name, file.relative_to(root).as_posix(), tree)
        for statement in tree.body:
            module.defined.update(_defined_by(statement))
        for node in ast.walk(tree):
            module.imported.update(_imported_by(node, known))
        modules[name] = module
    return modules


def references(nodes: Sequence[ast.AST], module: Module, modules: Mapping[str, Module]) -> References:
    """What these pieces of a module's code refer to, names passed as values and string annotations included."""
    found: set[str] = set()
    attributes: set[str] = set()
    hidden = {name for node in nodes for name in _local_names(node)}
    for top in nodes:
        for node in ast.walk(top):
            if isinstance(node, ast.Name) and node.id not in hidden:
                found.update(_resolved(node.id, (), module, modules))
            elif isinstance(node, ast.Attribute):
                attributes.add(node.attr)
                found.update(_chain(node, hidden, module, modules))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(_named_in_text(node.value, module, modules))
    return References(frozenset(found), frozenset(attributes))


def resolve(expression: ast.expr, module: Module, modules: Mapping[str, Module]) -> str | None:
    """The node that a name or a dotted name stands for; None where it is not of this tree."""
    if isinstance(expression, ast.Name):
        return next(iter(_resolved(expression.id, (), module, modules)), None)
    if isinstance(expression, ast.Attribute):
        return next(iter(_chain(expression, set(), module, modules)), None)
    return None


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _defined_by(statement: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    if isinstance(statement, Definition):
        yield statement.name, statement
    elif isinstance(statement, ast.Assign):
        names = [n.id for target in statement.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
        yield from ((name, statement) for name in names)
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id, statement
    elif isinstance(statement, ast.If):
        for inner in statement.body:
            yield from _defined_by(inner)


def _imported_by(node: ast.AST, known: set[str]) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield alias.asname or alias.name, whole if whole in known else f"{node.module}:{alias.name}"
    elif isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], alias.name if alias.asname else alias.name.split(".")[0]


def _local_names(node: ast.AST) -> Iterator[str]:
    """Parameters and names assigned inside a function, which hide the module's own."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg):
            yield inner.arg
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store) and isinstance(node, Function):
            yield inner.id


def _resolved(name: str, rest: tuple[str, ...], module: Module, modules: Mapping[str, Module]) -> Iterator[str]:
    """The node of `name.rest…` as this module sees it; follows names that another module only imported."""
    if name in module.defined:
        yield f"{module.name}:{name}"
        if rest and isinstance(module.defined[name], ast.ClassDef):
            yield f"{module.name}:{name}.{rest[0]}"
        return
    target = module.imported.get(name)
    if target is None:
        return
    if ":" in target:
        owner, _, inner = target.partition(":")
        if owner in modules:
            yield from _resolved(inner, rest, modules[owner], modules)
        return
    while rest and f"{target}.{rest[0]}" in modules:
        target, rest = f"{target}.{rest[0]}", rest[1:]
    if rest and target in modules:
        yield from _resolved(rest[0], rest[1:], modules[target], modules)


def _chain(node: ast.Attribute, hidden: set[str], module: Module, modules: Mapping[str, Module]) -> Iterator[str]:
    names: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        names.append(inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Name) and inner.id not in hidden:
        yield from _resolved(inner.id, tuple(reversed(names)), module, modules)


def _named_in_text(text: str, module: Module, modules: Mapping[str, Module]) -> Iterator[str]:
    """A module that a string names is started as a process of its own; a class that it names is an annotation."""
    if text in modules and MODULE_NAME.fullmatch(text):
        yield f"{text}:"
    elif text.isidentifier() and text[0].isupper():
        yield from _resolved(text, (), module, modules)
