"""The walks of `docs/walks` are what a real server answers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 600


@pytest.mark.rule("BL-13")
@pytest.mark.slow
@pytest.mark.timeout(2 * LIMIT_S)
def test_f_10_one_person_pays_nobody_at_any_step() -> None:
    """Played anew through REST on a server of its own, the walk is refused where the page says so, word for word."""
    played = subprocess.run(
        [sys.executable, "-P", "-m", "demo.walks.money"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert played.returncode == 0, played.stderr[-4000:]
    page = (ROOT / "docs" / "walks" / "money.md").read_text(encoding="utf-8")
    assert played.stdout.strip() == page.strip()
