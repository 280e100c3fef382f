"""What stores and operations hand about are nouns; handlers and reads are named alike in all five services."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import Function, code_files, functions, parsed

EDGE = re.compile(r"services/\w+/(?:store|operations)(?:/|\.py|_)")
LOOSE = re.compile(r"dict\[str, (?:Any|object)\]|\bdict\b(?!\[)|\bRow(?:Mapping)?\b")
ROW_READERS = {
    "services/billing/store/lines.py": 2,
    "services/billing/store/self_payments.py": 2,
    "services/intake/store/applications.py": 1,
    "services/intake/store/provider_checks.py": 3,
    "services/intake/store/providers.py": 1,
    "services/intake/store/sketches.py": 2,
    "services/metering/store/grants.py": 1,
    "services/metering/store/statements.py": 2,
}
"""Where a store itself reads a noun from a row or writes one into a row, field by field, with how many functions do.

They are called inside their own store alone; nothing of a row leaves it. Numbers only fall, and files only leave.
"""


SHARED = "keep_programme"
"""The handler that `libs/common` lends a service which only keeps programmes."""
READ_VERBS = {
    "find": r".*\bNone\b.*",
    "get": r"(?!.*\bNone\b).*",
    "list": r"(?:tuple|dict|frozenset)\[.*",
    "count": r".*\b(?:int|Counter|\w*Counts?)\b.*",  # `Counts`: how many rows a list has, in sum and by state
    "sum": r"int|Sums",
    "is": r"bool",
    "has": r"bool",
    "next": r"int|str|tuple\[(?:int|str), \.\.\.\]",
    "load": r".*",
    "fetch": r".*",
}
"""What a read is called, and what it gives: `find_` says None where nothing is, `list_` many, `is_` and `has_` a truth.

`load_` and `fetch_` are the allocator's measured hot path.
"""
WRITE_VERBS = {
    "add", "burn", "change", "confirm", "copy", "drop", "end", "hold", "keep", "let", "lock", "lower", "move", "report",
    "set", "start", "tell",
}  # fmt: skip


def loose(function: Function) -> bool:
    """Whether a parameter or the result of a function is a dict of anything, or a row."""
    notes = [a.annotation for a in (*function.args.args, *function.args.kwonlyargs)] + [function.returns]
    return any(LOOSE.search(ast.unparse(note)) for note in notes if note is not None)


def test_stores_and_operations_hand_nouns_about() -> None:
    """No signature holds `dict[str, Any]`, a bare dict or a row, but in the files listed, and there in no more."""
    found = {name: sum(map(loose, functions(name))) for name in code_files("services/") if EDGE.match(name)}
    assert {name: count for name, count in found.items() if count > ROW_READERS.get(name, 0)} == {}


def test_what_reads_rows_stays_in_its_store() -> None:
    """What ROW_READERS lists is named in its own service's store and nowhere else in the service."""
    outside = []
    for name in ROW_READERS:
        service = name.partition("store/")[0]
        readers = {function.name for function in functions(name) if loose(function)}
        others = [user for user in code_files(service) if not user.startswith(f"{service}store/")]
        outside += [(user, name) for user in others if readers & set(_imported_or_asked(user))]
    assert outside == []


def _imported_or_asked(user: str) -> Iterator[str]:
    """Every name that a file imports, and every one that it asks of something."""
    for node in ast.walk(parsed(user)):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.attr


def test_handlers_are_named_for_what_they_hear() -> None:
    """Every handler that a service's `consumers.py` lists is a `hear_…` of its operations."""
    wrong = [
        f"{name}:{node.lineno} {called}"
        for name in code_files("services/")
        if name.endswith("/consumers.py")
        for table in ast.walk(parsed(name))
        if isinstance(table, ast.Dict)
        for node in table.values
        for called in [ast.unparse(node.args[0] if isinstance(node, ast.Call) and node.args else node)]
        if not called.rpartition(".")[2].startswith("hear_") and called != SHARED
    ]
    assert wrong == []


def store_functions() -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """Every public function of a store that asks the database, with its place."""
    for name in code_files("services/"):
        if re.match(r"services/\w+/store/", name):
            for node in parsed(name).body:
                if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
                    yield f"{name}:{node.lineno}", node


def test_a_store_speaks_with_few_verbs() -> None:
    """Reads are `find_`, `get_`, `list_`, `count_`, `sum_`, `is_` or `has_`, and give what the verb says."""
    wrong = []
    for place, function in store_functions():
        verb, result = function.name.partition("_")[0], ast.unparse(function.returns) if function.returns else ""
        given = READ_VERBS.get(verb)
        if (given is None and verb not in WRITE_VERBS) or (given is not None and not re.fullmatch(given, result)):
            wrong.append(f"{place} {function.name} -> {result}")
    assert wrong == []


def test_a_read_says_how_it_misses() -> None:
    """No store reads one row by `…_of`: `find_` gives None, `get_` raises, `list_` and `count_` speak for many."""
    wrong = [
        f"{name}:{function.lineno} {function.name}"
        for name in code_files("services/")
        if re.match(r"services/\w+/store/", name)
        for function in functions(name)
        if isinstance(function, ast.AsyncFunctionDef) and function.name.endswith("_of")
    ]
    assert wrong == []


AT_THE_DOOR = {"services/intake/routes/applications.py:submit_application"}
"""Where the instant of arrival is what counts: a final submit is in time where it reached the server in time (IN-1)."""


def test_f_80_no_command_reads_the_clock_at_its_door() -> None:
    """F-80: a route that waits for its idempotency key is told no instant; it hands the clock on."""
    found, seen = set(), 0
    for name in code_files("services/"):
        for function in functions(name) if "/routes/" in name else ():
            told = {ast.unparse(argument.annotation) for argument in function.args.args if argument.annotation}
            seen += "Command" in told
            if {"Command", "Now"} <= told:
                found.add(f"{name}:{function.name}")
    assert found == AT_THE_DOOR
    assert seen >= 40
