"""SQL is SQLAlchemy Core: whatever is written as text, or goes to the driver directly, says why."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import ROOT, code_files, parsed

STORES = re.compile(r"services/(\w+)/(?:store|operations)(?:/|\.py)")
BY_HAND = re.compile(r"(?:sqlalchemy\.)?text|\w+\.exec_driver_sql|fetch_hot|conn\.\w+|raw")
MEASURED = re.compile(r"\bmeasured\b", re.IGNORECASE)
WHY = re.compile(r"#\s*Text: |\(`hot\.py`\)")
"""What stands above a statement that is written by hand: why it is text, or which measured path it is part of."""
NEAR = 12


def by_hand(tree: ast.Module) -> Iterator[int]:
    """The lines of calls that run SQL written as text, or that reach for the driver's own connection."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and BY_HAND.fullmatch(ast.unparse(node.func)):
            yield node.lineno


def unexplained(name: str) -> list[str]:
    """The places of a file that give no reason: neither at its head, for all of it, nor just above the statement."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    if MEASURED.search(ast.get_docstring(parsed(name)) or ""):
        return []
    said = [number for number, line in enumerate(lines, start=1) if WHY.search(line)]
    return [f"{name}:{at}" for at in by_hand(parsed(name)) if not any(0 <= at - number <= NEAR for number in said)]


def test_sql_that_is_text_says_why() -> None:
    """A store or operation that leaves Core names the measurement for which it does, or why Core cannot say it."""
    assert [place for name in code_files("services/") if STORES.match(name) for place in unexplained(name)] == []


def test_a_statement_without_a_reason_is_found() -> None:
    """A text, a driver's call and the hot path's function are all seen."""
    tree = ast.parse("text('SELECT 1')\nawait conn.fetch('SELECT 1')\nawait fetch_hot(tx, 'SELECT 1')\nselect(1)\n")
    assert list(by_hand(tree)) == [1, 2, 3]
