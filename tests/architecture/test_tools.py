"""The tools that read the whole tree: import contracts, linter, formatter, type checker."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

BIN = Path(sys.executable).parent
PACKAGES = ("services", "libs", "demo", "tools")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param([str(BIN / "lint-imports"), "--no-cache"], id="the import contracts are kept"),
        pytest.param([sys.executable, "-m", "ruff", "check"], id="ruff finds nothing"),
        pytest.param([sys.executable, "-m", "ruff", "format", "--check"], id="the code is formatted"),
        pytest.param(
            [sys.executable, "-m", "mypy", "services", "libs", "demo", "tools"],
            id="the types hold",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_tool_is_content(command: list[str]) -> None:
    """The tool ends with 0; what it says otherwise is the failure's text."""
    env = os.environ | {"NO_COLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
