"""Which entry points of Dure reach which function: a static call graph over the syntax trees.

An edge leads from a definition to whatever it names, also where a function is passed as a value. Where the class of a
receiver is not known, `x.f` leads to `f` of every class that the same entry point reaches: the graph may hold edges
that no call takes, but what it does not reach is certainly not called.
"""

import ast
from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from tools.entry_points import EntryPoint, entry_points
from tools.syntax import Function, Module, References, read_modules, references

CALLED_BY_FRAMEWORKS = ("validator", "serializer")


class CallGraph:
    """The graph of one tree."""

    def __init__(self, root: Path) -> None:
        self.modules = read_modules(root)
        self._references: dict[str, References] = {}
        self._methods: dict[str, dict[str, ast.stmt]] = {}
        for module in self.modules.values():
            for name, node in module.defined.items():
                if isinstance(node, ast.ClassDef):
                    methods = {inner.name: inner for inner in node.body if isinstance(inner, Function)}
                    self._methods[f"{module.name}:{name}"] = dict(methods)

    @cached_property
    def entries(self) -> list[EntryPoint]:
        """Every entry point of the tree."""
        return entry_points(self.modules)

    @cached_property
    def reached(self) -> dict[str, list[EntryPoint]]:
        """For each node (`module:function` or `module:Class.method`) the entry points that reach it, in their order."""
        by_node: dict[str, list[EntryPoint]] = defaultdict(list)
        by_root: dict[str, set[str]] = {}
        for entry in self.entries:
            if entry.node not in by_root:
                by_root[entry.node] = self.reach(entry.node)
            for node in by_root[entry.node]:
                by_node[node].append(entry)
        return dict(by_node)

    def reach(self, start: str) -> set[str]:
        """All nodes that one node leads to, itself included."""
        seen, waiting = {start}, deque([start])
        attributes: set[str] = set()
        classes: set[str] = set()
        while waiting:
            node = waiting.popleft()
            told = self._references_of(node)
            fresh = set(told.nodes)
            if node in self._methods:
                classes.add(node)
                fresh.update(self._methods_named(node, attributes))
            new_names = told.attributes - attributes
            attributes |= new_names
            for one in classes if new_names else ():
                fresh.update(self._methods_named(one, new_names))
            waiting.extend(fresh - seen)
            seen |= fresh
        return seen

    def _methods_named(self, owner: str, names: set[str] | frozenset[str]) -> Iterator[str]:
        return (f"{owner}.{name}" for name in self._methods[owner] if name in names)

    def _references_of(self, node: str) -> References:
        if node not in self._references:
            self._references[node] = self._read(node)
        return self._references[node]

    def _read(self, node: str) -> References:
        name, _, qualified = node.partition(":")
        module = self.modules.get(name)
        if module is None:
            return References(frozenset(), frozenset())
        if not qualified:
            return references(_module_body(module), module, self.modules)
        owner, _, method = qualified.partition(".")
        if method:
            found: ast.stmt | None = self._methods.get(f"{name}:{owner}", {}).get(method)
        else:
            found = module.defined.get(owner)
        if found is None:
            return References(frozenset(), frozenset())
        parts = _class_parts(found) if isinstance(found, ast.ClassDef) else [found]
        return references(parts, module, self.modules)


def _class_parts(node: ast.ClassDef) -> list[ast.AST]:
    """What runs for a class itself: bases, fields, decorators, and methods that Python or a framework calls."""
    inner = [part for part in node.body if not isinstance(part, Function) or _called_by_itself(part)]
    return [*node.bases, *node.keywords, *node.decorator_list, *inner]


def _called_by_itself(method: Function) -> bool:
    if method.name.startswith("__"):
        return True
    return any(word in ast.unparse(d) for d in method.decorator_list for word in CALLED_BY_FRAMEWORKS)


def _module_body(module: Module) -> list[ast.AST]:
    """What runs when a module is started as a process."""
    return [part for part in module.tree.body if isinstance(part, ast.Expr | ast.If | ast.With | ast.For | ast.Try)]


def node_of(file: str, qualified: str) -> str:
    """The graph's name of a definition in a file."""
    return f"{file.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}:{qualified}"


def reached_by(graph: CallGraph, node: str) -> dict[str, list[str]]:
    """The entry points of a node by kind, each kind's words in order."""
    told: dict[str, list[str]] = defaultdict(list)
    for entry in graph.reached.get(node, []):
        if entry.words not in told[entry.kind]:
            told[entry.kind].append(entry.words)
    return dict(told)
