"""Every regular expression of the product, fed with 100,000 hostile characters: none takes more than time in
proportion to its input.

Each is tried in a process of its own whose time on the processor is limited, so that a machine that is busy changes
nothing: what is linear needs milliseconds for each text, what is quadratic twenty seconds or more for the first.
Patterns of request models are no part of it: pydantic matches them with an engine that is linear by its construction.
"""

import ast
import importlib
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.source import code_files, parsed

ROOT = Path(__file__).parents[2]
METHODS = ("match", "fullmatch", "search", "sub", "findall", "finditer", "split")
LENGTH = 100_000
CPU_S_MAX = 4
SIGNS = (
    "a",
    "0",
    "_",
    "-",
    ".",
    "@",
    " ",
    "\n",
    "[",
    "]",
    "[[",
    "\x1b[",
    ";",
    ":",
    "/",
    "'",
    '"',
    "(",
    "q=",
    "=",
    "가",
)
FEED = """
import json, re, resource, sys, time
pattern, flags, methods, texts = json.load(sys.stdin)
compiled = re.compile(pattern, flags)
for text in texts:
    hostile = (text * (int(sys.argv[2]) // len(text) + 1))[: int(sys.argv[2])] + chr(0)
    for method in methods:
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + int(sys.argv[1]), -1))
        found = compiled.sub("", hostile) if method == "sub" else getattr(compiled, method)(hostile)
        list(found) if method == "finditer" else None
"""


@dataclass(frozen=True)
class Pattern:
    """A pattern, where it stands, and which of its methods are called."""

    place: str
    text: str
    flags: int
    methods: tuple[str, ...]


def patterns() -> Iterator[Pattern]:
    """All patterns that are given to `re` in the services and the libraries."""
    names = code_files("services/", "libs/")
    used = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in names)
    for name in names:
        for node in ast.walk(parsed(name)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
                yield from _patterns_of(name, node, used)


TABLES = {"libs/common/reasons.py": "_SENTENCES"}
"""Where a table holds the patterns, each first in its row."""


def _patterns_of(name: str, call: ast.Call, used: str) -> Iterator[Pattern]:
    how = ast.unparse(call.func).removeprefix("re.")
    if how not in {"compile", *METHODS}:
        return
    if isinstance(call.args[0], ast.Name) and name in TABLES:
        rows = getattr(importlib.import_module(name.removesuffix(".py").replace("/", ".")), TABLES[name])
        yield from (Pattern(f"{name}:{row[0]}", row[0], 0, (how,)) for row in rows)
        return
    flags = sum(getattr(re, flag) for flag in set(re.findall(r"re\.([A-Z]+)\b", ast.unparse(call))))
    methods: tuple[str, ...] = (how,)
    written = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
    if how == "compile":
        source = (ROOT / name).read_text(encoding="utf-8").splitlines()[call.lineno - 1]
        known = re.match(r"\s*(\w+)\s*=", source)
        own = re.findall(rf"\b{known[1]}\.({'|'.join(METHODS)})\(", used) if known else []
        methods = tuple(sorted(set(own))) or ("search", "sub")
        if known and not written:  # put together from others
            module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
            written = getattr(module, known[1]).pattern
    assert written, f"{name}:{call.lineno}: a pattern that nobody can read before it is used"
    yield Pattern(f"{name}:{call.lineno}", str(written), int(flags), methods)


TEXTS = [*SIGNS, *("".join(two) for two in itertools.permutations(SIGNS, 2)), "0000-00-00", "a@a.", "a@-"]
"""What is repeated; a sign that fits nothing ends it."""


def fed(pattern: Pattern, texts: Sequence[str] = TEXTS) -> int:
    """How a process ended that fed a pattern with every text: 0, or minus the signal of the limit."""
    told = json.dumps([pattern.text, pattern.flags, pattern.methods, texts])
    command = [sys.executable, "-c", FEED, str(CPU_S_MAX), str(LENGTH)]
    return subprocess.run(command, input=told, text=True, check=False, capture_output=True).returncode


@pytest.mark.parametrize("pattern", [pytest.param(one, id=one.place) for one in patterns()])
def test_f_05_a_pattern_takes_linear_time(pattern: Pattern) -> None:
    """F-05: No pattern needs more than linear time for any repetition of one or two signs."""
    assert fed(pattern) == 0, f"{pattern.place}: {pattern.text}"


def test_f_05_a_quadratic_pattern_is_found() -> None:
    """F-05: The log's former mask for addresses of mail does not come through."""
    former = Pattern("", r"[\w.+-]+@[\w-]+(\.[\w-]+)+", 0, ("sub",))
    assert fed(former, ["a"]) < 0


def test_f_05_models_are_matched_by_the_linear_engine() -> None:
    """F-05: No model asks pydantic for Python's own engine, which can be led astray."""
    for name in code_files("services/", "libs/"):
        assert "regex_engine" not in (ROOT / name).read_text(encoding="utf-8"), name
