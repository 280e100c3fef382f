"""`dure check`: what a commit must pass: lint, format, types, import contracts, generated files."""

import os
import subprocess
import sys
from pathlib import Path

import typer

from libs.embedded.home import CHECKOUT
from libs.operator.terminal import note

BIN = Path(sys.executable).parent
PACKAGES = ("services", "libs", "demo", "tools")
STEPS = (
    (sys.executable, "-P", "-m", "ruff", "check", "-q"),
    (sys.executable, "-P", "-m", "ruff", "format", "-q", "--check"),
    (sys.executable, "-P", "-m", "mypy", *PACKAGES),
    (str(BIN / "lint-imports"),),
)


def check() -> None:
    """코드, 타입, 생성 파일을 점검합니다 · check lint, types, import contracts and generated files."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    failed = [step for step in STEPS if subprocess.run(step, check=False, cwd=CHECKOUT, env=environment).returncode]
    from tools.generate import stale  # noqa: PLC0415  (loads every event contract)

    for name in stale():
        note(f"{name}: 낡았습니다. ./dure generate · stale")
        failed.append((name,))
    raise typer.Exit(1 if failed else 0)
