"""Reads which rules are built: what each says, where it stands, what reaches it, its values, its tests, its source.

Only reads: the list of rules from `docs/rules.yaml`, the code and the tests through `ast`, the shipped programmes.
It fails on a rule with two homes, a home that no entry point reaches, a carried rule without a test, a test or a home
that names an unknown rule, a policy path that no programme states, and a value that no rule claims.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tools.call_graph import CallGraph, node_of, reached_by
from tools.policy_values import PolicyValue, matches, policy_values
from tools.twins import twins

HOMES = (
    "libs/common/bounds.py",
    "libs/common/calendar.py",
    "libs/common/cards.py",
    "libs/common/definition/stated.py",
    "libs/common/events/bounds.py",
    "libs/common/keys.py",
    "libs/common/money.py",
    "libs/common/proposals/rules.py",
    "libs/common/large.py",
    "libs/common/self_payment.py",
    "services/*/rules/**/*.py",
)
"""Where a rule may have its home: a function, method or class whose docstring begins with the rule's id."""
POLICIES = ("services/*/policy.py", "services/*/policy/**/*.py")
"""Where a class says in the first line of its docstring which rules' numbers it holds."""
TESTS = "tests/**/test_*.py"
RULE_ID = re.compile(r"[A-Z]{2}-\d+")
HOME = re.compile(r"([A-Z]{2}-\d+): ")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z가-힣`])|\n\s*\n")
NOT_RULED = ("code", "version", "name", "notices", "*.*.name", "intake.*.*.name", "review.*.*.name")
"""Values that name things and decide nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the specification, as `docs/rules.yaml` lists it."""

    rule_id: str
    title_ko: str
    title_en: str
    source: str
    citizen_ko: str
    policy: tuple[str, ...] = ()
    begun: str = ""
    """The file that holds what there is of a rule which is not built as a whole."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the file from the root on, its line, the function or class, what its docstring says."""

    file: str
    line: int
    name: str
    says: str = ""


Places = dict[str, list[Place]]


@dataclass(slots=True)
class Index:
    """Everything that was found below `root`, by rule id."""

    root: Path
    rules: dict[str, Rule]
    homes: Places = field(default_factory=lambda: defaultdict(list))
    policies: Places = field(default_factory=lambda: defaultdict(list))
    tests: Places = field(default_factory=lambda: defaultdict(list))
    entries: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """What reaches the rule's home: the entry points' words, by kind."""
    values: list[PolicyValue] = field(default_factory=list)
    twins: list[str] = field(default_factory=list)
    """Pairs of functions that compute the same thing, one sentence each."""


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def read_rules(root: Path) -> dict[str, Rule]:
    """The rules of `docs/rules.yaml` in their order."""
    tree = yaml.safe_load((root / "docs/rules.yaml").read_text(encoding="utf-8"))
    return {rule_id: Rule(rule_id, **(row | {"policy": tuple(row.get("policy", ()))})) for rule_id, row in tree.items()}


def build(root: Path) -> Index:
    """Read a tree's rules and all that belongs to them. Raises SyntaxError on broken code."""
    index = Index(root, read_rules(root), values=policy_values(root))
    for path, name, node in _definitions(root, HOMES):
        says = ast.get_docstring(node) or ""
        if home := HOME.match(says):
            sentence = _first_sentence(says[home.end() :])
            index.homes[home.group(1)].append(Place(path, node.lineno, name, sentence))
    for path, name, node in _definitions(root, POLICIES):
        says = ast.get_docstring(node) or ""
        if isinstance(node, ast.ClassDef):
            for rule_id in dict.fromkeys(RULE_ID.findall(says.partition("\n")[0])):
                index.policies[rule_id].append(Place(path, node.lineno, name))
    for path, name, node in _definitions(root, (TESTS,)):
        for rule_id in dict.fromkeys(_marked_rules(node)):
            index.tests[rule_id].append(Place(path, node.lineno, name.rpartition(".")[2]))
    graph = CallGraph(root)
    for rule_id, places in index.homes.items():
        index.entries[rule_id] = reached_by(graph, node_of(places[0].file, places[0].name))
    index.twins = twins(graph.modules)
    return index


def _definitions(root: Path, patterns: Sequence[str]) -> Iterator[tuple[str, str, Definition]]:
    """Every function, method and class of these files: the file, its name with its class before it, its node."""
    for pattern in patterns:
        for file in sorted(root.glob(pattern)):
            name = file.relative_to(root).as_posix()
            yield from ((name, *found) for found in _named(ast.parse(file.read_text(encoding="utf-8")), ""))


def _named(node: ast.AST, before: str) -> Iterator[tuple[str, Definition]]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, Definition):
            yield before + inner.name, inner
            yield from _named(inner, f"{before}{inner.name}." if isinstance(inner, ast.ClassDef) else before)
        else:
            yield from _named(inner, before)


def _marked_rules(node: Definition) -> Iterator[str]:
    """The ids in `@pytest.mark.rule(...)`, also where one row of a parametrised table carries the mark."""
    for decorator in node.decorator_list:
        for call in ast.walk(decorator):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.rule":
                yield from (str(a.value) for a in call.args if isinstance(a, ast.Constant))


def _first_sentence(text: str) -> str:
    return " ".join(SENTENCE_END.split(text, maxsplit=1)[0].split())


def problems(index: Index) -> list[str]:
    """What breaks the build, one sentence each; empty when all is well."""
    wrong = (*_wrong_homes(index), *_wrong_beginnings(index), *_wrong_tests(index), *_wrong_values(index))
    return sorted([*wrong, *index.twins])


def _wrong_homes(index: Index) -> Iterator[str]:
    for rule_id, places in index.homes.items():
        where = ", ".join(f"{p.file}:{p.line} {p.name}" for p in places)
        if rule_id not in index.rules:
            yield f"{where} carries {rule_id}, which docs/rules.yaml does not know"
        if len(places) > 1:
            yield f"{rule_id} has {len(places)} homes: {where}"
        if not index.entries.get(rule_id):
            yield f"{rule_id} ({where}) is reached by no route, event, job or command: it is not built"
        if not index.tests.get(rule_id):
            yield f'{rule_id} ({where}) has no test with @pytest.mark.rule("{rule_id}")'


def _wrong_beginnings(index: Index) -> Iterator[str]:
    for rule_id, rule in index.rules.items():
        if rule.begun and not (index.root / rule.begun).is_file():
            yield f"{rule_id} is begun in {rule.begun}, which is not there"
        if rule.begun and index.homes.get(rule_id):
            yield f"{rule_id} is built: it is not begun any more"


def _wrong_tests(index: Index) -> Iterator[str]:
    for rule_id, places in index.tests.items():
        if rule_id not in index.rules:
            where = ", ".join(f"{p.file}::{p.name}" for p in places)
            yield f"{where} shows {rule_id}, which docs/rules.yaml does not know"
        elif rule_id not in index.homes and not index.rules[rule_id].begun:
            where = ", ".join(f"{p.file}::{p.name}" for p in places)
            yield f"{where} shows {rule_id}, which no function carries"


def _wrong_values(index: Index) -> Iterator[str]:
    claimed = [*NOT_RULED, *(path for rule in index.rules.values() for path in rule.policy)]
    for rule in index.rules.values():
        for path in rule.policy:
            if not any(matches(path, value.path) for value in index.values):
                yield f"{rule.rule_id} names the policy path {path}, which no shipped programme states"
    for value in index.values:
        if not any(matches(path, value.path) for path in claimed):
            yield f"{value.file}:{value.line} {value.path} belongs to no rule of docs/rules.yaml"
