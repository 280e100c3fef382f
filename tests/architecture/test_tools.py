"""The steps of `./dure check`, each by itself: import contracts, linter, formatter, type checker; and the command."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer

from tests.architecture.source import ROOT
from tools.commands import checking


def _named(step: Sequence[str]) -> str:
    return " ".join(Path(word).name for word in step if not word.startswith("-"))


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(step, id=_named(step), marks=[pytest.mark.slow] if "mypy" in step else [])
        for step in checking.STEPS
    ],
)
def test_the_tool_is_content(step: tuple[str, ...]) -> None:
    """The step ends with 0; what it says otherwise is the failure's text."""
    env = os.environ | {"NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(step, cwd=ROOT, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


@pytest.mark.parametrize(
    ("ends_with", "ok"), [pytest.param(0, True, id="all are content"), pytest.param(1, False, id="one is not")]
)
def test_the_command_ends_as_its_steps_do(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], ends_with: int, ok: bool
) -> None:
    """`./dure check` fails where a step fails, and names it; it goes through all of them."""
    step = (sys.executable, "-c", f"raise SystemExit({ends_with})")
    monkeypatch.setattr(checking, "STEPS", (step, (sys.executable, "-c", "")))
    with pytest.raises(typer.Exit) as ended:
        checking.check(json=True)
    told = json.loads(capfd.readouterr().out)
    assert (ended.value.exit_code == 0, told["ok"], len(told["failed"])) == (ok, ok, ends_with)
    assert told["stale"] == []
