"""The repository's own files, as the architecture tests read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked_files() -> tuple[str, ...]:
    """Every file that is, or could be, committed, from the root on."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(name for name in sorted(set(listing.stdout.splitlines())) if (ROOT / name).is_file())


def code_files(*beginnings: str) -> list[str]:
    """The Python files below one of the folders."""
    return [name for name in tracked_files() if name.endswith(".py") and name.startswith(beginnings)]


@cache
def parsed(name: str) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), name)


def functions(name: str) -> Iterator[Function]:
    """All functions and methods of a file."""
    return (node for node in ast.walk(parsed(name)) if isinstance(node, Function))


def texts(name: str) -> Iterator[tuple[int, str]]:
    """Every string of a file that is no docstring, with its line; the literal parts of f-strings too."""
    tree = parsed(name)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, Function | ast.ClassDef | ast.Module) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
