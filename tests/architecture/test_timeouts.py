"""Every setting that bounds a wait stands in the runbook of each service, with the default that the code has."""

import re
from pathlib import Path

import pytest

from libs.common.settings import Settings, WorkerSettings
from libs.operator.services import SERVICES

ROOT = Path(__file__).parents[2]
BOUNDS = re.compile(r"_timeout_(?:s|ms)$|^(?:takeover|keep_alive|kafka_stuck_after|kafka_retry_max|oidc_leeway)_s$")
ALSO = {"oidc_keys_outlive_s"}
ROW = re.compile(r"^\| .+ \| `DURE_(\w+)` \| (\d+)(?:, worker (\d+))? \|$", re.MULTILINE)


@pytest.mark.parametrize("service", SERVICES)
def test_each_timeout_is_told_with_its_default(service: str) -> None:
    """A new or changed timeout fails here until the five READMEs say so; those of a worker too."""
    told = {
        name.lower(): (float(default), float(worker or default))
        for name, default, worker in ROW.findall((ROOT / f"services/{service}/README.md").read_text(encoding="utf-8"))
    }
    fields = {name for name in Settings.model_fields if BOUNDS.search(name)} | ALSO
    real = {
        name: (float(Settings.model_fields[name].default), float(WorkerSettings.model_fields[name].default))
        for name in fields
    }
    assert told == real


@pytest.mark.parametrize("service", SERVICES)
def test_each_runbook_says_how_a_stream_is_freed(service: str) -> None:
    """`bus free` stands in the README of the service that it would free."""
    assert f"dure bus free {service} --reason" in (ROOT / f"services/{service}/README.md").read_text(encoding="utf-8")
