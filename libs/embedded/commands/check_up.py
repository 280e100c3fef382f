"""`dure doctor`: what this machine has, what is missing, and what mends it."""

import importlib.metadata
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from libs.embedded.home import CHECKOUT, Home
from libs.operator.terminal import JSON_HELP, emit, say

DISK_MIN_GB = 1.0
JAVA_MIN = 17


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `ok`, or what mends it; `needed` tells what Dure needs from what only engine tests need."""

    name: str
    ok: bool
    found: str
    mend: str = ""
    needed: bool = True


def doctor(
    port: Annotated[int, typer.Option(min=0, max=65535, help="살펴볼 포트 · the port to look at")] = 8080,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """빠진 것과 고치는 법을 알려 줍니다 · name each missing step and its mend. Exit code 1 if something is needed."""
    findings = list(_findings(port))
    well = all(finding.ok for finding in findings if finding.needed)
    if json:
        emit({"ok": well, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = "✓" if finding.ok else "✗" if finding.needed else "-"
            say(f"{mark} {finding.name}: {finding.found}")
            if not finding.ok:
                say(f"    → {finding.mend}")
        say(
            "모두 갖추었습니다 · all that is needed is there"
            if well
            else "✗ 표시를 먼저 고치세요 · mend what is marked ✗"
        )
    raise typer.Exit(0 if well else 1)


def _findings(port: int) -> Iterator[Finding]:
    yield _python()
    yield _packages()
    yield _folder()
    yield _disk()
    yield _port(port)
    yield _postgres()
    yield from _engines()


def _python() -> Finding:
    in_venv = sys.prefix != sys.base_prefix
    found = f"{platform.python_version()} ({sys.prefix})"
    return Finding("Python", in_venv, found, "./dure 로 실행하세요 · run it as ./dure, which makes the venv")


def _packages() -> Finding:
    wanted = dict(re.findall(r"^([\w.-]+)==(\S+)$", (CHECKOUT / "requirements.txt").read_text(), re.MULTILINE))
    wrong = [name for name, version in wanted.items() if _installed(name) != version]
    found = f"{len(wanted) - len(wrong)}/{len(wanted)}" + (f", {', '.join(wrong[:5])}" if wrong else "")
    return Finding("packages", not wrong, found, "rm -rf .venv && ./dure doctor")


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _folder() -> Finding:
    folder = Home.here().folder
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    writable = os.access(nearest, os.W_OK | os.X_OK)
    mend = "쓸 수 있는 폴더를 DURE_HOME 으로 지정하세요 · set DURE_HOME to a folder of yours"
    return Finding("data folder", writable, str(folder), mend)


def _disk() -> Finding:
    folder = Home.here().folder
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    free_gb = shutil.disk_usage(nearest).free / 1e9
    mend = f"{DISK_MIN_GB:.0f} GB 이상 비우세요 · free at least {DISK_MIN_GB:.0f} GB, or set DURE_HOME elsewhere"
    return Finding("disk", free_gb >= DISK_MIN_GB, f"{free_gb:.1f} GB free", mend)


def _port(port: int) -> Finding:
    running = Home.here().running()
    if running is not None and running.port == port:
        return Finding("port", True, f"{port}: Dure (pid {running.pid})")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            mend = "다른 포트로: ./dure up --port 8081 · use another port"
            return Finding("port", False, f"{port}: {error.strerror}", mend)
    return Finding("port", True, f"{port}: free")


def _postgres() -> Finding:
    from libs.embedded.postgres_home import PostgresUnavailable, settle  # noqa: PLC0415

    try:
        home = settle(Home.here().postgres)
    except (PostgresUnavailable, OSError) as error:
        return Finding(
            "PostgreSQL", False, str(error), "위의 까닭을 고치거나 DURE_HOME 을 바꾸세요 · mend that, or set DURE_HOME"
        )
    version = _output([str(home.binaries / "postgres"), "--version"])
    as_whom = f"as {home.user}" if home.user else "as yourself"
    mend = "rm -rf .venv && ./dure doctor (glibc 2.28+ / macOS 필요 · needs glibc 2.28+ or macOS)"
    return Finding("PostgreSQL", bool(version), f"{version or 'does not run'} {as_whom}, {home.folder}", mend)


def _engines() -> Iterator[Finding]:
    java = _output([_java(), "-version"])
    major = int(match[1]) if (match := re.search(r'version "(\d+)', java)) else 0
    mend = "apt install openjdk-17-jre-headless (Kafka 시험용 · for the Kafka tests)"
    yield Finding("Java 17+", major >= JAVA_MIN, java.split("\n", 1)[0] or "none", mend, needed=False)
    yield _program("Maven", ["mvn", "--version"], "apt install maven (Kafka 시험용 · for the Kafka tests)")
    server = next(iter(_postgres_servers()), "")
    mend = "apt install postgresql (실제 서버 시험용 · for tests on a PostgreSQL server beside the embedded one)"
    yield Finding("PostgreSQL server", bool(server), _output([server, "--version"]) or "none", mend, needed=False)


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else "java"


def _postgres_servers() -> Iterator[str]:
    """Server programs outside the wheel, newest first; Debian keeps them out of PATH."""
    if found := shutil.which("postgres"):
        yield found
    yield from sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres")), reverse=True)


def _program(name: str, command: list[str], mend: str) -> Finding:
    told = _output(command)
    return Finding(name, bool(told), told.split("\n", 1)[0] or "none", mend, needed=False)


def _output(command: list[str]) -> str:
    """What a program says of itself; empty where it cannot be run."""
    if not command[0]:
        return ""
    try:
        done = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr).strip()
    return plain if done.returncode == 0 else ""
