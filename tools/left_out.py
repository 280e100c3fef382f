"""A pytest plugin: says in one visible line which engine tests were left out, and what is missing for them.

With `DURE_REQUIRE_ENGINES=1` (continuous integration) a left-out engine test fails the run.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_reasons: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test of the engines that was skipped, and why."""
    if report.skipped and "engines" in report.keywords:
        _reasons[report.nodeid] = _why(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note a whole file of engine tests that was skipped, and why."""
    if report.outcome == "skipped" and "/engines/" in f"/{report.nodeid}":
        _reasons[report.nodeid] = _why(report)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The one line, and the figures, in the file that `DURE_TEST_SUMMARY` names."""
    for line in _lines():
        terminalreporter.write_line(line, yellow=True, bold=True)
    if path := os.environ.get("DURE_TEST_SUMMARY"):
        counted = {name: len(terminalreporter.stats.get(name, [])) for name in ("passed", "failed", "error", "skipped")}
        document = {**counted, "left_out": sorted(_reasons), "missing": sorted(set(_reasons.values()))}
        Path(path).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration a missing engine is an error."""
    on_worker = hasattr(session.config, "workerinput")
    if _reasons and not on_worker and os.environ.get("DURE_REQUIRE_ENGINES") == "1":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _lines() -> Iterator[str]:
    if _reasons:
        missing = "; ".join(sorted(set(_reasons.values())))
        count = len(_reasons)
        yield f"엔진 시험 {count}건을 뺐습니다 · {count} engine tests left out; 빠진 것 · missing: {missing}"


def _why(report: pytest.TestReport | pytest.CollectReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(reason).removeprefix("Skipped: ").strip()
