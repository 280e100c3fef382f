"""The rules of the house that no linter knows, each a few lines over the syntax tree."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, code_files, functions, parsed, texts, tracked_files
from tools.commands.suite import ENGINES

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 60
CODE = ("services/", "libs/", "demo/", "tools/")
CLOCK = "libs/common/clock.py"
WALL_CLOCK = {"now", "utcnow", "today"}
WALL_CLOCK_OF = re.compile(r"(?:dt\.|datetime\.)?(?:datetime|date)")
SQL_CLOCK = re.compile(
    r"\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)|\bcurrent_(?:timestamp|date|time)\b",
    re.IGNORECASE,
)
EDGES = re.compile(r"libs/|demo/|tools/|services/\w+/(?:routes|consumers|jobs)(?:/|\.py)")
EXACT = re.compile(r"services/\w+/(?:rules/(?!search)|policy|model)|libs/common/(?:money|cards|calendar)\.py")
"""Where no float may stand; a solver's effort (`rules/search*.py`) is one by its nature."""
REGISTRY_HOSTS = re.compile(
    r"pypi\.org|pythonhosted\.org|--(?:extra-)?index-url|PIP_(?:EXTRA_)?INDEX_URL"
    r"|registry\.npmjs\.|repo1?\.maven\.(?:apache\.)?org"
)
MACHINE_PATHS = re.compile(r"(?<![\w.$}-])/(?:work|home|root|Users)/[\w.-]+")
MEASURED = "utilisation_pct"
THIS_FILE = "tests/architecture/test_house_rules.py"


def calls(name: str) -> Iterator[ast.Call]:
    """All calls of a file."""
    return (node for node in ast.walk(parsed(name)) if isinstance(node, ast.Call))


def test_the_time_is_read_in_one_place() -> None:
    """Only the clock asks what time it is: everything else is told, so that the clock can be set."""
    found = [
        f"{name}:{call.lineno} {ast.unparse(call)}"
        for name in code_files(*CODE)
        for call in calls(name)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in WALL_CLOCK
        and WALL_CLOCK_OF.fullmatch(ast.unparse(call.func.value))
        and name != CLOCK
    ]
    assert found == []


def test_the_database_is_never_asked_for_the_time() -> None:
    """No SQL text and no column default says `now()`: a fact's time comes from the clock that can be set."""
    found = [
        f"{name}:{line} {text.strip()[:80]}"
        for name in code_files(*CODE)
        for line, text in texts(name)
        if SQL_CLOCK.search(text)
    ]
    found += [
        f"{name}:{call.lineno} func.now"
        for name in code_files(*CODE)
        for call in calls(name)
        if ast.unparse(call.func) == "func.now"
    ]
    assert found == []


def test_transactions_open_at_the_edges_only() -> None:
    """Routes, consumers, jobs and the shared machinery open transactions; operations and stores receive theirs."""
    found = [
        f"{name}:{call.lineno}"
        for name in code_files(*CODE)
        for call in calls(name)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "transaction" and not EDGES.match(name)
    ]
    assert found == []


def test_files_stay_readable() -> None:
    """No file of the product is longer than 300 lines."""
    names = [name for name in code_files(*CODE) if "/migrations/" not in name]
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in names}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_functions_stay_readable() -> None:
    """No function of the product is longer than 60 lines, its docstring included."""
    found = {
        f"{name}:{function.lineno} {function.name}": length
        for name in code_files(*CODE)
        if "/migrations/" not in name
        for function in functions(name)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES_MAX
    }
    assert found == {}


def floats(name: str) -> Iterator[ast.AST]:
    """Every floating-point number and mention of `float`, but for a measured utilisation and for refusing floats."""
    tree = parsed(name)
    allowed = {
        id(node.annotation)
        for node in ast.walk(tree)
        if (isinstance(node, ast.arg) and node.arg == MEASURED)
        or (isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == MEASURED)
    }
    checks = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance"]
    allowed |= {id(argument) for call in checks for argument in call.args}
    for node in ast.walk(tree):
        number = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if number or (isinstance(node, ast.Name) and node.id == "float" and id(node) not in allowed):
            yield node


def test_rules_are_exact() -> None:
    """Rules, nouns, policy, money and calendar know no floating-point number."""
    names = [name for name in code_files(*CODE) if EXACT.match(name)]
    assert [f"{name}:{getattr(node, 'lineno', 0)} {ast.unparse(node)}" for name in names for node in floats(name)] == []


def test_every_test_says_what_it_shows() -> None:
    """Each test function has its one sentence."""
    found = [
        f"{name}:{function.lineno} {function.name}"
        for name in code_files("tests/")
        for function in functions(name)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert found == []


def test_every_test_of_the_engines_is_run() -> None:
    """`dure test` asks for them by their folders: one that is marked elsewhere would be in neither of its two parts."""
    folders = tuple(f"{folder}/" for folder in ENGINES)
    marked = [
        name
        for name in code_files("tests/")
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.engines"
    ]
    assert marked
    assert [name for name in marked if not name.startswith(folders)] == []


@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param(REGISTRY_HOSTS, id="a registry's host"),
        pytest.param(MACHINE_PATHS, id="an absolute path of one machine"),
    ],
)
def test_files_name_no_machine_and_no_registry(forbidden: re.Pattern[str]) -> None:
    """What is committed builds anywhere: it names neither a package registry nor one machine's folders."""
    found = []
    for name in set(tracked_files()) - {THIS_FILE}:
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {hit.group()}" for hit in forbidden.finditer(text)]
    assert sorted(found) == []
