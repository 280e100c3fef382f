"""`dure check`: what a commit must pass: lint, format, types, import contracts, generated files."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from libs.embedded.home import CHECKOUT
from libs.operator.terminal import JSON_HELP, emit, note

BIN = Path(sys.executable).parent
PACKAGES = ("services", "libs", "demo", "tools")
STEPS = (
    (sys.executable, "-P", "-m", "ruff", "check", "-q"),
    (sys.executable, "-P", "-m", "ruff", "format", "-q", "--check"),
    (sys.executable, "-P", "-m", "mypy", *PACKAGES),
    (str(BIN / "lint-imports"),),
)


def check(json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """코드, 타입, 생성 파일을 점검합니다 · check lint, types, import contracts and generated files."""
    from tools.generate import stale  # noqa: PLC0415  (loads every event contract)

    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    told = sys.stderr if json else None
    failed = [
        " ".join(Path(word).name for word in step)
        for step in STEPS
        if subprocess.run(step, check=False, cwd=CHECKOUT, env=environment, stdout=told).returncode
    ]
    old = list(stale())
    for name in old:
        note(f"{name}: 낡았습니다. ./dure generate · stale")
    if json:
        emit({"ok": not failed and not old, "failed": failed, "stale": old})
    raise typer.Exit(1 if failed or old else 0)
