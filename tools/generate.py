"""Makes every generated file: `./dure generate`, or `python -m tools.generate`.

A generator is a function from the root of a tree to its files: path from the root on, and text. One test
(`tests/architecture/test_generated.py`) says which file is stale.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import asyncapi, programme_schema, rights_page, rules_index, rules_page

ROOT = Path(__file__).parents[1]
Generator = Callable[[Path], Mapping[str, str]]
GENERATORS: tuple[Generator, ...] = (
    rules_page.documents,
    rights_page.documents,
    asyncapi.documents,
    programme_schema.documents,
)
FOLDERS = ("docs/events/schemas",)
"""Folders that hold generated files only: what no generator makes any more is removed from them."""


def rendered(root: Path = ROOT) -> dict[str, str]:
    """Every generated file of the tree, by its path from the root on."""
    return {name: text for generator in GENERATORS for name, text in generator(root).items()}


def stale(root: Path = ROOT) -> list[str]:
    """The generated files that differ from what the tree says, are missing, or are left over."""
    wanted = rendered(root)
    differ = [name for name, text in wanted.items() if _text(root / name) != text]
    return sorted({*differ, *_left_over(root, wanted)})


def write(root: Path = ROOT) -> list[str]:
    """Bring every generated file up to date; returns those that were stale."""
    wanted, changed = rendered(root), stale(root)
    for name in changed:
        path = root / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[name], encoding="utf-8")
        else:
            path.unlink()
    return changed


def main() -> int:
    """Write what is stale and name it; returns 1, with the reasons, where the index of rules has a fault."""
    for name in write():
        print(f"{name}: 새로 썼습니다 · written", file=sys.stderr)
    wrong = faults()
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


def faults() -> list[str]:
    """What is wrong with the index of rules, one sentence each."""
    return rules_index.problems(rules_index.build(ROOT))


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _left_over(root: Path, wanted: Mapping[str, str]) -> list[str]:
    found = [path.relative_to(root).as_posix() for folder in FOLDERS for path in (root / folder).glob("*")]
    return [name for name in found if name not in wanted]


if __name__ == "__main__":
    sys.exit(main())
