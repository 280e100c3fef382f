"""Writes `docs/rules.md`: for every rule what it says, where it stands in the code, its tests and its source.

Only reads: the list of rules from `docs/rules.yaml`, the code and the tests through `ast`. It fails on a rule with
two homes, a carried rule without a test, and a test or a home that names an unknown rule.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

HOMES = (
    "libs/common/calendar.py",
    "libs/common/cards.py",
    "libs/common/keys.py",
    "libs/common/money.py",
    "libs/common/definition/stated.py",
    "services/*/rules/**/*.py",
)
"""Where a rule may have its home: a function or class whose docstring begins with the rule's id."""
POLICIES = ("services/*/policy.py", "services/*/policy/**/*.py")
"""Where a class says in the first line of its docstring which rules' numbers it holds."""
TESTS = "tests/**/test_*.py"
INDEX = "docs/rules.md"
RULE_ID = re.compile(r"[A-Z]{2}-\d+")
HOME = re.compile(r"([A-Z]{2}-\d+): ")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z가-힣`])|\n\s*\n")

GROUPS = {
    "CV": "Conventions",
    "IN": "Intake",
    "RV": "Review",
    "AL": "Allocation",
    "MT": "Metering",
    "BL": "Billing",
    "OB": "Obligations after the award",
    "MS": "Messages, people, public",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the specification, as `docs/rules.yaml` lists it."""

    rule_id: str
    title_ko: str
    title_en: str
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the file from the root on, its line, the function or class, what its docstring says."""

    file: str
    line: int
    name: str
    says: str = ""


@dataclass(slots=True)
class Index:
    """Everything that was found, by rule id."""

    rules: dict[str, Rule]
    homes: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    policies: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    tests: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def read_rules(root: Path) -> dict[str, Rule]:
    """The rules of `docs/rules.yaml` in their order."""
    tree = yaml.safe_load((root / "docs/rules.yaml").read_text(encoding="utf-8"))
    return {rule_id: Rule(rule_id, **row) for rule_id, row in tree.items()}


def build(root: Path) -> Index:
    """Read the rules, their homes, the policy classes and the tests of a tree. Raises SyntaxError on broken code."""
    index = Index(read_rules(root))
    for path, node in _definitions(root, HOMES):
        says = ast.get_docstring(node) or ""
        if home := HOME.match(says):
            sentence = _first_sentence(says[home.end() :])
            index.homes[home.group(1)].append(Place(path, node.lineno, node.name, sentence))
    for path, node in _definitions(root, POLICIES):
        says = ast.get_docstring(node) or ""
        if isinstance(node, ast.ClassDef):
            for rule_id in dict.fromkeys(RULE_ID.findall(says.partition("\n")[0])):
                index.policies[rule_id].append(Place(path, node.lineno, node.name))
    for path, node in _definitions(root, (TESTS,)):
        for rule_id in dict.fromkeys(_marked_rules(node)):
            index.tests[rule_id].append(Place(path, node.lineno, node.name))
    return index


def _definitions(root: Path, patterns: Sequence[str]) -> Iterator[tuple[str, Definition]]:
    for pattern in patterns:
        for file in sorted(root.glob(pattern)):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, Definition):
                    yield file.relative_to(root).as_posix(), node


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
    found = []
    for rule_id, places in index.homes.items():
        where = ", ".join(f"{p.file}:{p.line} {p.name}" for p in places)
        if rule_id not in index.rules:
            found.append(f"{where} carries {rule_id}, which docs/rules.yaml does not know")
        if len(places) > 1:
            found.append(f"{rule_id} has {len(places)} homes: {where}")
        if not index.tests.get(rule_id):
            found.append(f'{rule_id} ({where}) has no test with @pytest.mark.rule("{rule_id}")')
    for rule_id, places in index.tests.items():
        if rule_id not in index.rules:
            where = ", ".join(f"{p.file}::{p.name}" for p in places)
            found.append(f"{where} shows {rule_id}, which docs/rules.yaml does not know")
    return sorted(found)


def render(index: Index) -> str:
    """The index as Markdown; the same tree gives the same bytes."""
    built = [rule for rule_id, rule in index.rules.items() if index.homes.get(rule_id)]
    missing = [rule for rule_id, rule in index.rules.items() if not index.homes.get(rule_id)]
    lines = [
        "# 규칙 색인 · Rules",
        "",
        "<!-- Generated by `./dure generate`; edit docs/rules.yaml, the code or the tests. -->",
        "",
        f"{len(index.rules)} rules, {len(built)} built, {len(missing)} not yet built. A source `—` marks a decision",
        "where the notices are silent; S0 … S4 are the notices of [programmes/](../programmes).",
    ]
    for group, title in GROUPS.items():
        of_group = [rule for rule in built if rule.rule_id.startswith(group)]
        if of_group:
            lines += ["", f"## {group} · {title}"]
        for rule in of_group:
            lines += _entry(rule, index)
    lines += ["", "## Not yet built", ""]
    if missing:
        lines += ["| rule | title | source |", "|---|---|---|"]
    lines += [f"| {r.rule_id} | {r.title_ko} · {r.title_en} | {r.source} |" for r in missing]
    return "\n".join(lines).rstrip() + "\n"


def _entry(rule: Rule, index: Index) -> list[str]:
    home = index.homes[rule.rule_id][0]
    policies = ", ".join(_link(p, p.name) for p in index.policies.get(rule.rule_id, []))
    tests = index.tests.get(rule.rule_id, [])
    return [
        "",
        f"### {rule.rule_id} · {rule.title_ko} · {rule.title_en}",
        "",
        home.says,
        "",
        f"- code: {_link(home, f'{home.file}:{home.line}')} `{home.name}`",
        *([f"- policy: {policies}"] if policies else []),
        *(["- tests:"] if tests else []),
        *(f"  - {_link(t, f'{t.file}::{t.name}')}" for t in tests),
        f"- source: {rule.source}",
    ]


def _link(place: Place, words: str) -> str:
    return f"[{words}](../{place.file}#L{place.line})"


def documents(root: Path) -> dict[str, str]:
    """The index of the tree below `root`."""
    return {INDEX: render(build(root))}
