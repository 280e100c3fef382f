"""The operator's command as a service's image has it: its service, what the services share, nothing embedded."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from libs.embedded.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
CARRIED = ("libs/common", "libs/operator", "services/intake", "programmes")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what an image of intake holds."""
    folder = tmp_path_factory.mktemp("image")
    for name in CARRIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("libs/__init__.py", "services/__init__.py"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def run(image: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as the image would, with this environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DURE_", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-P", "-m", "libs.operator", *arguments],
        env={**kept, "PYTHONPATH": str(image), "SERVICE": "intake", **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_definition_is_checked_in_an_image(image: Path) -> None:
    """`programme check` needs neither a server nor the embedded parts."""
    told = run(image, "programme", "check", str(image / "programmes/hpc-2025-gpu.yaml"))
    assert told.returncode == 0, told.stderr
    assert "hpc-2025-gpu" in told.stdout


def test_without_a_token_the_command_says_what_to_set(image: Path) -> None:
    """Asked wrongly: exit code 2 and one sentence in both languages, no traceback."""
    refused = run(image, "bus", "lag")
    assert (refused.returncode, refused.stdout) == (2, "")
    [line] = refused.stderr.splitlines()
    assert "DURE_TOKEN" in line
    assert " · " in line


def test_a_service_that_does_not_answer_is_told_in_a_sentence(image: Path) -> None:
    """Nothing listens on the image's port: exit code 1 and one sentence."""
    told = run(image, "bus", "lag", DURE_TOKEN="any", DURE_PORT="1")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("dure: 서버가 응답하지 않습니다")


def test_migrate_brings_the_services_own_database_up(image: Path, pg: EmbeddedPostgres) -> None:
    """`migrate` names the newest schema, and the second run changes nothing."""
    pg.create_database("operator_migrate")
    for _ in range(2):
        told = run(image, "migrate", DURE_DATABASE_URL=pg.url("operator_migrate"))
        assert told.returncode == 0, told.stderr
        assert told.stdout.startswith("intake ")
