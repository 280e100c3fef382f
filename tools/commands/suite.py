"""`dure test` and `dure bench`: the whole suite, the benchmarks."""

import json as json_module
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from libs.embedded.home import CHECKOUT
from libs.operator.services import SERVICES
from libs.operator.terminal import JSON_HELP, emit, note

PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}
WORKERS_MAX = 4
NO_TESTS = 5
LONG = 100_000
FAST = (
    *(f"tests/services/{name}/rules" for name in SERVICES),
    "tests/architecture",
    "tests/contracts/test_events.py",
    "tests/libs/definition",
    *(f"tests/libs/test_{name}.py" for name in ("calendar", "cards", "clock", "keys", "message_facts", "money")),
)
"""What needs no database: the rules, the contracts, the architecture with linter and types."""
ENGINES = ("tests/e2e", "tests/contracts", "tests/deploy", "tests/engines")
"""Where the tests of the engines stand, in the order in which they begin: what takes longest does not begin last."""
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


def run_suite(
    context: typer.Context,
    fast: Annotated[bool, typer.Option("--fast", help="데이터베이스 없이 1분 안에 · no database, a minute")] = False,
    long: Annotated[
        bool, typer.Option("--long", help="생성한 요청과 이벤트 10만 건씩 · 100,000 generated requests and events")
    ] = False,
    json: Json = False,
) -> None:
    """전체 시험을 실행합니다(pytest 인자 가능) · run the whole suite (pytest arguments may follow).

    엔진(실제 Kafka, PostgreSQL 서버)이 없으면 무엇이 빠졌는지 한 줄로 알립니다.
    Where an engine cannot be had, one line says what is missing; with DURE_REQUIRE_ENGINES=1 that is a failure.
    """
    began = time.monotonic()
    if long:
        # the generated requests of every route and the events of every handler take their number from here
        os.environ["DURE_LONG"] = str(LONG)
    if fast:
        runs = [_pytest([*FAST, *_parallel(), *context.args], json)]
    elif context.args:
        runs = [_pytest(list(context.args), json)]
    else:
        # the engines run apart from what only reckons; they mostly wait, so beside each other they take little
        engines = ["-m", "engines", *_parallel(), *ENGINES]
        runs = [_pytest(["-m", "not engines", *_parallel()], json), _pytest(engines, json)]
    worst = max(code for code, _ in runs)
    seconds = round(time.monotonic() - began, 1)
    if json:
        emit({"ok": worst == 0, "seconds": seconds, **_added([told for _, told in runs])})
    else:
        note(f"dure test: {seconds} s, {'성공 · passed' if worst == 0 else '실패 · failed'}")
    raise typer.Exit(min(worst, 1))


def _parallel() -> list[str]:
    workers = min(WORKERS_MAX, 1 + (os.cpu_count() or 1))  # one more than there are processors: many tests wait
    # files in the order of the tree: the demo, which takes longest, does not begin last
    return ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"] if workers > 1 else []


def run_benchmarks(context: typer.Context, json: Json = False) -> None:
    """성능을 재어 표로 보여 줍니다 · measure the hot paths and print a table."""
    tables: dict[str, list[str]] = {}
    failed = False
    for file in sorted((CHECKOUT / "tests" / "bench").glob("bench_*.py")):
        command = [sys.executable, "-P", "-m", f"tests.bench.{file.stem}", *context.args]
        done = subprocess.run(
            command, check=False, cwd=CHECKOUT, text=True, stdout=subprocess.PIPE if json else None,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
        tables[file.stem] = (done.stdout or "").splitlines()
        failed = failed or done.returncode != 0
    if json:
        emit({"ok": not failed, "tables": tables})
    raise typer.Exit(1 if failed else 0)


def _pytest(arguments: list[str], json: bool) -> tuple[int, dict[str, Any]]:
    """Run pytest in the checkout: its exit code (none found counts as well) and its figures."""
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "tools.left_out", *arguments]
        done = subprocess.run(
            command,
            check=False,
            cwd=CHECKOUT,
            stdout=sys.stderr if json else None,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), "DURE_TEST_SUMMARY": str(summary)},
        )
        told = json_module.loads(summary.read_text(encoding="utf-8")) if summary.exists() else {}
    return 0 if done.returncode == NO_TESTS else done.returncode, told


def _added(parts: list[dict[str, Any]]) -> dict[str, Any]:
    counted = {name: sum(part.get(name, 0) for part in parts) for name in ("passed", "failed", "error", "skipped")}
    listed = {name: sorted({one for part in parts for one in part.get(name, [])}) for name in ("left_out", "missing")}
    return {**counted, **listed}
