"""What few processes use is loaded by those alone: `up` stays small, and starts soon."""

import os
import subprocess
import sys

from tests.architecture.source import ROOT

HEAVY = {"numpy", "ortools", "typst", "obstore", "xlsxwriter", "pypdf"}
LOADS = """
import importlib, sys
import libs.embedded.serve
for name in ("intake", "review", "allocator", "metering", "billing"):
    importlib.import_module(f"services.{name}.__main__")
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_the_server_loads_no_heavy_module_before_it_is_used() -> None:
    """Searching, drawing, setting papers, buckets and spreadsheets are loaded by whoever does so first."""
    ours = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-c", LOADS]
    told = subprocess.run(command, cwd=ROOT, env=ours, check=True, capture_output=True, text=True)
    loaded = set(told.stdout.split())
    assert "sqlalchemy" in loaded
    assert loaded & HEAVY == set()
