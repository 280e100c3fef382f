"""What a production image holds, as Dockerfile and .dockerignore say it; and what the repository holds no copy of."""

import re
import subprocess

import pytest

from libs.operator.services import SERVICES
from tests.architecture.source import ROOT

COPIED = {
    "requirements.txt",
    "libs/__init__.py",
    "libs/common",
    "libs/operator",
    "services/__init__.py",
    "services/${SERVICE}",
    "programmes",
}
"""A service, what services share, the operator's command, and the notices as data; nothing of tests, demo or tools."""
LITTER = re.compile(
    r"(?:^|/)(?:__pycache__|\.venv|\.dure|\.[a-z]+_cache|\.hypothesis|\.schemathesis|node_modules|\.DS_Store|\.idea|\.vscode)"
    r"(?:/|$)|\.(?:pyc|pyo|orig|rej|log|tmp|swp|egg-info|coverage)$"
)
LEFT_BY_TOOLS = (
    "x/__pycache__/a.pyc", ".mypy_cache/x", ".ruff_cache/x", ".pytest_cache/x", ".hypothesis/x", ".coverage",
    ".import_linter_cache/x", ".schemathesis/x", ".venv/x", ".dure/x", "dure.egg-info/x",
)  # fmt: skip


def instructions() -> list[list[str]]:
    """The instructions of the Dockerfile, each as its words; continued lines are one."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def copied() -> list[str]:
    """What the Dockerfile takes out of the checkout; copies from an earlier stage are none of that."""
    copies = [words[1:] for words in instructions() if words[0] in ("COPY", "ADD")]
    return [source for words in copies if not words[0].startswith("--from") for source in words[:-1]]


def test_an_image_holds_its_service_and_what_it_shares() -> None:
    """One service, libs/common, libs/operator and the programmes, each under the path it has here."""
    assert sorted(copied()) == sorted(COPIED)
    kept = [words for words in instructions() if words[0] == "COPY" and words[1] in COPIED - {"requirements.txt"}]
    assert all(source == target for _, source, target in kept)


def test_the_build_is_handed_nothing_else() -> None:
    """.dockerignore leaves everything out and lets in what is copied, so that no secret reaches a build."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert lines[0] == "*"
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert let_in == {"requirements.txt", "libs/__init__.py", "libs/common", "libs/operator", "services", "programmes"}


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_imports_only_what_it_holds(service: str) -> None:
    """Neither a service nor what it shares names a package of the checkout that its image has not."""
    named = re.compile(r"^\s*(?:from|import) ((?:libs|services|demo|tools|tests)(?:\.\w+)*)", re.MULTILINE)
    held = ("libs.common", "libs.operator", f"services.{service}")
    files = [f for part in ("libs/common", "libs/operator", f"services/{service}") for f in (ROOT / part).rglob("*.py")]
    strange = {
        f"{file.relative_to(ROOT)}: {module}"
        for file in files
        for module in named.findall(file.read_text(encoding="utf-8"))
        if module not in ("libs", "services") and not f"{module}.".startswith(tuple(f"{name}." for name in held))
    }
    assert strange == set()


def test_no_litter_is_tracked() -> None:
    """What tools, editors and runs leave behind is in no commit."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in tracked.splitlines() if LITTER.search(name)] == []


@pytest.mark.parametrize("left", LEFT_BY_TOOLS)
def test_what_tools_leave_is_ignored(left: str) -> None:
    """A run of the tools leaves a clean checkout."""
    assert subprocess.run(["git", "check-ignore", "-q", left], cwd=ROOT, check=False).returncode == 0
