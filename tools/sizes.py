"""`python -m tools.sizes [COMMIT]`: files, functions, parameters, and dicts at the edges of stores, then and now."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BASE = "3d1d9d5"
FOLDERS = ("services/", "libs/", "demo/", "tools/")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sizes(texts: dict[str, str]) -> dict[str, int]:
    """The figures of a tree, given its Python files by path; lines and parameters count as written."""
    functions = [(n, f) for n, text in texts.items() for f in ast.walk(ast.parse(text)) if isinstance(f, Function)]
    lengths = sorted(len(text.splitlines()) for text in texts.values())
    counts = [len(f.args.posonlyargs) + len(f.args.args) + len(f.args.kwonlyargs) for _, f in functions]
    return {
        "files": len(texts),
        "lines": sum(lengths),
        "longest file": lengths[-1] if lengths else 0,
        "functions": len(functions),
        "longest function": max(((f.end_lineno or 0) - f.lineno + 1 for _, f in functions), default=0),
        "most parameters": max(counts, default=0),
        "functions with more than 6 parameters": sum(count > 6 for count in counts),
        "store functions with dicts": sum(_with_dict(f) for n, f in functions if "/store" in n),
        "operations with dicts": sum(_with_dict(f) for n, f in functions if "/operations" in n),
    }


def _with_dict(function: Function) -> bool:
    """Whether a parameter or the result is a `dict[str, Any]`, a bare dict or a Row."""
    notes = [a.annotation for a in (*function.args.args, *function.args.kwonlyargs)] + [function.returns]
    told = [ast.unparse(note) for note in notes if note is not None]
    return any("dict[str, Any]" in note or note == "dict" or "Row" in note.split("[")[0] for note in told)


def of_commit(commit: str) -> dict[str, str]:
    """The product's Python files at a commit."""
    listed = _git("ls-tree", "-r", "--name-only", commit).splitlines()
    return {name: _git("show", f"{commit}:{name}") for name in listed if _counts(name)}


def of_tree() -> dict[str, str]:
    """The product's Python files as they stand."""
    names = [path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names if _counts(name)}


def _counts(name: str) -> bool:
    return name.endswith(".py") and name.startswith(FOLDERS) and "/migrations/" not in name


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Print the table of both trees as Markdown."""
    commit = sys.argv[1] if len(sys.argv) > 1 else BASE
    before, now = sizes(of_commit(commit)), sizes(of_tree())
    print(f"| | {commit} | now |\n|---|---:|---:|")
    for name, figure in before.items():
        print(f"| {name} | {figure:,} | {now[name]:,} |")


if __name__ == "__main__":
    main()
