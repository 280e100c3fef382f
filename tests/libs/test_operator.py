"""The operator's command as a service's image has it: its service, what the services share, nothing embedded."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from libs.embedded.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
COPIED = re.compile(r"^COPY (?!--from)(\S+) \S+$", re.MULTILINE)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what an image of intake holds."""
    return assemble(tmp_path_factory.mktemp("image"), "intake")


def assemble(folder: Path, service: str) -> Path:
    """Lay in `folder` what the Dockerfile copies into the image of a service; returns it."""
    for name in COPIED.findall((ROOT / "Dockerfile").read_text(encoding="utf-8").replace("${SERVICE}", service)):
        if name != "requirements.txt":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, folder / name)
    return folder


def test_an_image_holds_its_service_and_nothing_of_the_workshop(image: Path) -> None:
    """Neither the one-machine mode nor demo, tools, tests or another service is in an image."""
    assert sorted(path.name for path in image.iterdir()) == ["libs", "programmes", "services"]
    assert sorted(path.name for path in (image / "libs").iterdir()) == ["__init__.py", "common", "operator"]
    assert sorted(path.name for path in (image / "services").iterdir()) == ["__init__.py", "intake"]


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
