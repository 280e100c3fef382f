"""Rules stand in `rules/`: what loads, saves and answers weighs nothing, and what is asked of SQL is not a rule."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import code_files, parsed

EDGE = re.compile(r"services/\w+/(?:operations|routes|consumers|jobs)(?:/|\.py)")
SIZES = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
SUMS = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.LShift, ast.RShift)
WEIGHING = ("max", "min", "round", "ceil", "floor", "abs", "div_ceil")
NEVER_BACK = re.compile(r"max\((?:clock\.now\(\)|now), [\w.]+\)")
"""An instant read after a lock, and never before what it judges was changed (F-80)."""
ALLOWED = {
    "services/allocator/operations/confirm.py _hold_named_cards": "a set of cards within another, not a size",
    "services/allocator/operations/supply.py decide_conformance": "a code that several providers chose",
    "services/allocator/operations/supply.py take_down": "a code that several providers chose",
    "services/allocator/routes/placements.py _view": "a view's count of the lines that are not placed",
    "services/billing/routes/ledger.py _after": "how a cursor is read",
    "services/intake/operations/provider_checks.py check_registered": "a difference of two sets",
    "services/metering/operations/record_usage.py _counts": "the newest hour of a batch, kept for the lag",
    "services/metering/operations/telling.py closed_events": "how many lines an event of the bus holds",
    "services/metering/routes/usage_document.py read_batch": "a batch's largest number of items",
    "services/metering/routes/usage_document.py _plain_columns": "a set within another, not a size",
    "services/review/operations/panels.py seat_panel": "a difference of two sets",
    "services/review/operations/substitutes.py _to_score": "a difference of two sets",
}
"""Functions that compare or compute, with what they do instead of judging."""


def weighs(node: ast.AST) -> bool:
    """Whether a piece of code compares sizes, subtracts, multiplies, divides or picks the larger of two."""
    if isinstance(node, ast.Compare):
        return any(isinstance(operator, SIZES) for operator in node.ops)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, SUMS)
    named = isinstance(node, ast.Call) and ast.unparse(node.func) in WEIGHING
    return named and not NEVER_BACK.fullmatch(ast.unparse(node))


def weighing(tree: ast.Module) -> Iterator[str]:
    """The functions of a file that weigh something; what stands in constants of the module is a constant."""
    for part in tree.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and any(map(weighs, ast.walk(part))):
            yield part.name


def test_what_loads_and_answers_weighs_nothing() -> None:
    """Operations, routes, consumers and jobs hold no arithmetic, no threshold and no comparison of instants."""
    found = {
        f"{name} {function}"
        for name in code_files("services/")
        if EDGE.match(name)
        for function in weighing(parsed(name))
    }
    assert sorted(found - set(ALLOWED)) == []
    assert sorted(set(ALLOWED) - found) == [], "listed, but weighing nothing any more"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("if asked > free: pass", id="a threshold"),
        pytest.param("left = cap - drawn", id="arithmetic"),
        pytest.param("late = now >= due_at", id="a comparison of instants"),
        pytest.param("end = min(end, until)", id="the earlier of two"),
    ],
)
def test_a_rule_in_an_operation_is_found(line: str) -> None:
    """Each way in which a rule hides is told by its function; reading the clock after a lock is none."""
    assert list(weighing(ast.parse(f"def act():\n    {line}\n"))) == ["act"]
    assert list(weighing(ast.parse("def act():\n    now = max(clock.now(), known.changed_at)\n"))) == []
