"""The `dure` script: finds a Python, makes the venv once, says in one sentence what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "dirname", "readlink", "cat", "cksum", "mkdir", "rm", "sleep", "ps", "kill", "tail")
TELL = "import json, os, sys\nprint(json.dumps([sys.argv[1:], sys.executable, os.getcwd()]))\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout in a path with spaces: the real script, no packages, a command that tells its arguments."""
    folder = tmp_path / "my checkout 두레"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "dure", folder / "dure")
    (folder / "requirements.txt").write_text("# nothing\n")
    (folder / "requirements-dev.txt").write_text("# nothing\n")
    (folder / "tools/__init__.py").touch()
    (folder / "tools/cli.py").write_text(TELL)
    return folder


def run(
    script: Path, *arguments: str, path: str | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the script with standard input closed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DURE_", "PYTHON"))}
    environment |= {"PATH": path} if path else {"DURE_PYTHON": sys.executable}
    command = ["/bin/sh", "-c", 'exec "$0" "$@" <&-', str(script), *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment, cwd=cwd or "/", timeout=250
    )


def tool_path(folder: Path, **programs: str) -> str:
    """A PATH that holds the plain tools and the given shell scripts only."""
    folder.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def test_sets_up_once_and_hands_over(checkout: Path, tmp_path: Path) -> None:
    """From any folder, through a link, with closed input: set-up once, again only when the requirements change."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "typing.py").write_text("raise SystemExit('the wrong module')")
    (elsewhere / "link").symlink_to(checkout / "dure")

    first = run(elsewhere / "link", "status", "--json", "two words", cwd=elsewhere)
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("\n") == 1
    assert '["status", "--json", "two words"]' in first.stdout
    assert "my checkout" in first.stdout
    assert "installing pinned packages" in first.stderr

    # F-68: one line of progress, pip's own words in a log file
    assert [line.partition(":")[0] for line in first.stderr.splitlines()] == ["dure"]
    assert (checkout / ".venv" / "setup.log").is_file()

    second = run(checkout / "dure", "up")
    assert (second.returncode, second.stderr) == (0, "")

    (checkout / "requirements.txt").write_text("# something else\n")
    assert "installing pinned packages" in run(checkout / "dure", "up").stderr
    assert "installing pinned packages" in run(checkout / "dure", "test").stderr
    assert run(checkout / "dure", "bench").stderr == ""


def test_two_at_once_set_up_once(checkout: Path) -> None:
    """Two commands started together on a fresh checkout wait for each other; both run, one sets up."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DURE_")} | {"DURE_PYTHON": sys.executable}
    both = [
        subprocess.Popen(
            [checkout / "dure", word], env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for word in ("up", "down")
    ]
    told = [process.communicate(timeout=250) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("installing pinned packages" in errors for _, errors in told) == 1
    assert not (checkout / ".venv.lock").exists()


def test_a_failed_installation_says_so_and_is_tried_again(checkout: Path) -> None:
    """A package that cannot be had ends with one sentence and exit code 1; mended, the next run goes on."""
    (checkout / "requirements.txt").write_text("--no-index\nno-such-package==1\n")
    failed = run(checkout / "dure", "up")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].startswith("dure: 설치하지 못했습니다")
    assert failed.stdout == ""
    assert "no-such-package" in (checkout / ".venv" / "setup.log").read_text()
    (checkout / "requirements.txt").write_text("# mended\n")
    assert run(checkout / "dure", "up").returncode == 0


@pytest.mark.parametrize(
    ("python3", "mend"),
    [
        pytest.param(None, "apt install python3 python3-venv", id="no Python at all"),
        pytest.param("exit 1", "apt install python3 python3-venv", id="a Python that is too old"),
        pytest.param(
            f'case "$*" in *ensurepip*) exit 1 ;; esac; exec "{sys.executable}" "$@"',
            f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv",
            id="a Python without venv",
        ),
    ],
)
def test_what_is_missing_is_one_sentence(checkout: Path, tmp_path: Path, python3: str | None, mend: str) -> None:
    """Without a fit Python there is one sentence, in Korean and English, with what to install, and exit code 1."""
    path = tool_path(tmp_path / "bin", **({} if python3 is None else {"python3": python3}))
    refused = run(checkout / "dure", "demo", path=path)
    assert refused.returncode == 1
    assert refused.stdout == ""
    [line] = refused.stderr.splitlines()
    assert line.startswith("dure: ")
    assert " · " in line
    assert mend in line
    assert any("가" <= letter <= "힣" for letter in line)
    assert not (checkout / ".venv").exists()


def test_continuous_integration_runs_the_same_command(checkout: Path) -> None:
    """`.ci/run` is `./dure test`, in which a missing engine is an error."""
    (checkout / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", checkout / ".ci" / "run")
    (checkout / "tools/cli.py").write_text(
        "import os, sys\nprint(sys.argv[1:], os.environ.get('DURE_REQUIRE_ENGINES'))"
    )
    environment = {**os.environ, "DURE_PYTHON": sys.executable, "CI": "true"}
    environment.pop("DURE_REQUIRE_ENGINES", None)
    done = subprocess.run(
        [checkout / ".ci" / "run"],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout == "['test'] 1\n"
