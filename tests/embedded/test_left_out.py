"""The line that says which engine tests were left out, and the rule that continuous integration needs the engines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITE = """
import pytest

@pytest.mark.engines
@pytest.mark.parametrize("n", [1, 2])
def test_needs_a_broker(n):
    pytest.skip("Java 17 not found")

def test_needs_nothing():
    pass

@pytest.mark.skip(reason="not here")
def test_left_out_for_another_reason():
    pass
"""


@pytest.mark.parametrize(
    ("required", "exit_code"),
    [pytest.param("", 0, id="on a desk it is a line"), pytest.param("1", 1, id="in CI it is a failure")],
)
def test_left_out_engine_tests_are_told_in_one_line(tmp_path: Path, required: str, exit_code: int) -> None:
    """Two skipped engine tests make one line with the count and what is missing; other skips do not count."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = engines: needs engines\n")
    summary = tmp_path / "summary.json"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "tools.left_out", "-p", "no:cacheprovider"],
        check=False, capture_output=True, text=True, cwd=tmp_path,
        env={
            **os.environ, "PYTHONPATH": str(ROOT), "DURE_TEST_SUMMARY": str(summary), "DURE_REQUIRE_ENGINES": required,
        },
    )  # fmt: skip
    [line] = [line for line in done.stdout.splitlines() if "left out" in line]
    assert "2 engine tests left out" in line
    assert "Java 17 not found" in line
    assert "not here" not in line
    assert done.returncode == exit_code
    told = json.loads(summary.read_text())
    assert (told["passed"], told["skipped"], told["missing"]) == (1, 3, ["Java 17 not found"])
